"""``python -m benchmarks``: every benchmark, each figure with its bound; exit 1 where one is not kept."""

from __future__ import annotations

import argparse
import sys

from benchmarks import collections, living, overview, planted, regions, wall_load, wall_soak
from benchmarks.store import grown


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000, help="order lines of the demo company (default: 10 million)")
    arguments = parser.parse_args()
    folder = grown(arguments.lines)
    kept = [overview.run(folder), regions.run(folder), collections.run(folder)]
    kept += [living.targets(folder), living.demo_company(), planted.run(), wall_load.run(folder), wall_soak.run()]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
