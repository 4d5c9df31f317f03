"""Who has reached the full target of the running period; the screen celebrates each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layouts.panels import progress
from layouts.urls import Scope
from layouts.wall.standing import brief
from metrics.query import Query
from metrics.tiers import is_reached


@dataclass(frozen=True, slots=True)
class Passed:
    """``key`` stays the same while the period runs, whatever else changes; ``say``: what is shown."""

    key: str
    say: str


class PassedTargets:
    """Of the measure looked at: the members one level below, and the reps."""

    def needs(self, scope: Scope) -> Mapping[str, Query]:
        if not scope.is_running:
            return {}
        asked = (scope.measure, f"{scope.measure}_target", f"{scope.measure}_completion")
        return {dimension: progress.query(scope, asked, by=(dimension,)) for dimension in dict.fromkeys((scope.child, "rep"))}

    def say(self, scope: Scope, results: Mapping[str, Any]) -> tuple[Passed, ...]:
        key = scope.measure
        found = []
        for dimension, result in results.items():
            for row in result.rows:
                member, done = row[dimension], row[f"{key}_completion"]
                if member is not None and row[f"{key}_target"] and is_reached(done):
                    name = result.label(dimension, member, scope.language)
                    said = scope.text("{name} has reached the target in {measure}", name=name, measure=brief(scope, key))
                    found.append(Passed(f"{scope.period.format()}:{key}:{dimension}:{member}", said))
        return tuple(found)
