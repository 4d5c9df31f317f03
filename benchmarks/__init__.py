"""Speed against named baselines, measured in the same run. ``python -m benchmarks`` prints the report."""
