"""How often an explanation finds what is behind a gap: causes that are planted, and whether they are named.

Into each region of a quiet company (``benchmarks.quiet``) one case is planted (``benchmarks.plants``), and "why" is asked once
for the company against what is expected, each region explained. A case is right at first if its plant is the driver named first,
and right among three if it is one of the first three:

    lost customer    the customer by its name
    price cut        the price effect, in the category where it was cut
    mix shift        the mix effect
    rep left         the rep by name, with all that is missing or with the customers lost
    late shipment    the area by its name
    two at once      two of the above: either one named first, both among the first three
    decoy: turnover  one of the above; as much as small customers take away new ones bring, which is not to be named before it
    decoy: even      the whole region sold less by one rate, a large customer too: nothing is named, at first or among three
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks import quiet
from benchmarks.plants import KINDS, Plant, planted
from data.settings import Settings
from metrics.drivers import Driver
from metrics.engine import Engine
from metrics.why import Explanation, Why

LINES: Final = 100_000
COMPANIES: Final = 36
NOISE: Final = 0.05
FIRST_BOUND: Final = 0.90
THREE_BOUND: Final = 0.99
SEED: Final = 50_000
"""Companies are numbered from here; the ranking was tuned on others."""


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: str
    seed: int
    region: str
    plants: tuple[Plant, ...]
    drivers: tuple[Driver, ...]

    @property
    def is_first(self) -> bool:
        if not self.plants:
            return not self.drivers
        return bool(self.drivers) and any(plant.is_named_by(self.drivers[0]) for plant in self.plants)

    @property
    def is_among_three(self) -> bool:
        if not self.plants:
            return not self.drivers
        return all(any(plant.is_named_by(driver) for driver in self.drivers[:3]) for plant in self.plants)


def outcomes(source: quiet.Source, seeds: Sequence[int], noise: float = NOISE) -> Iterator[Outcome]:
    """The cases of every company, one a region."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        company = quiet.company(source, rng, noise)
        cases: dict[str, tuple[str, tuple[Plant, ...]]] = {}
        for place, region in enumerate(sorted(company.keys)):
            kind = KINDS[(seed + place) % len(KINDS)]  # eight companies have every kind in every region
            company, plants = planted(kind, (company, region, rng))
            cases[region] = kind, plants
        found = _explained(company)
        for region, (kind, plants) in cases.items():
            yield Outcome(kind, seed, region, plants, found.children[region].drivers)


def _explained(company: quiet.Company) -> Explanation:
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(quiet.publish(company, Path(folder)), Settings())
        found = engine.answer(Why(measure="amount", child="region", period=company.period, as_of=company.as_of))
        assert isinstance(found, Explanation)
        return found


def shares(found: Sequence[Outcome]) -> tuple[float, float]:
    """Of how many cases the first driver is right, and of how many the first three."""
    return sum(o.is_first for o in found) / len(found), sum(o.is_among_three for o in found) / len(found)


def run(companies: int = COMPANIES, *, noise: float = NOISE, first_seed: int = SEED, misses: bool = False) -> bool:
    """Print the score by kind of cause, and say whether the whole keeps its bounds."""
    found = list(outcomes(quiet.source(LINES), range(first_seed, first_seed + companies), noise))
    print(f"\nPlanted causes, {len(found)} cases, quantities ± {noise:.0%} a line{'':<12}cases   first   among three")
    for kind in KINDS:
        of_kind = [outcome for outcome in found if outcome.kind == kind]
        if of_kind:
            first, three = shares(of_kind)
            print(f"  {kind:<60}{len(of_kind):5d} {first:7.1%} {three:13.1%}")
    first, three = shares(found)
    kept = first >= FIRST_BOUND and three >= THREE_BOUND
    bounds = f"at least {FIRST_BOUND:.0%} and {THREE_BOUND:.0%}: {'kept' if kept else 'NOT KEPT'}"
    print(f"  {'all':<60}{len(found):5d} {first:7.1%} {three:13.1%}  {bounds}", flush=True)
    for outcome in found if misses else ():
        if not (outcome.is_first and outcome.is_among_three):
            print(f"  {outcome.kind}, {outcome.region} of {outcome.seed}: {_told(outcome)}")
    return kept


def _told(outcome: Outcome) -> str:
    plants = " and ".join(" ".join(filter(None, (p.cause, p.dimension, p.key))) for p in outcome.plants)
    named = (f"{' '.join(filter(None, (d.cause, d.dimension, d.key)))} {float(d.share):.2f} ({d.score:.2f})" for d in outcome.drivers)
    return f"planted {plants or 'nothing'}; named {', '.join(named) or 'nothing'}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted", description="How often planted causes are found.")
    parser.add_argument("--companies", type=int, default=COMPANIES, help=f"of six cases each (default: {COMPANIES})")
    parser.add_argument("--noise", type=float, default=NOISE, help=f"of a line's quantity, as a share of it (default: {NOISE})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"number of the first company (default: {SEED})")
    parser.add_argument("--misses", action="store_true", help="tell of every case that is not found")
    arguments = parser.parse_args()
    return 0 if run(arguments.companies, noise=arguments.noise, first_seed=arguments.seed, misses=arguments.misses) else 1


if __name__ == "__main__":
    sys.exit(main())
