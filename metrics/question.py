"""What can be asked of the engine besides a ``Query``, and what every answer says of itself.

A kind of question is a frozen, hashable dataclass with ``measures`` and ``as_of``. Its module registers who answers it::

    @answers(Why)
    def explain(engine: Engine, question: Why, bounds: Bounds, version: int) -> Explanation: ...

``Engine.answer`` then keeps each answer under the question, the viewer's bounds and the version, and computes it once for all
who ask at the same time. A function that answers may ask the engine for more, under the same bounds and version.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from typing import Any, Final, Protocol

from metrics.scope import Filter

Bounds = tuple[Filter, ...]


class Question(Hashable, Protocol):
    """Of what it is asked: keys of measures of the catalogue, and the day after which no fact counts."""

    @property
    def measures(self) -> tuple[str, ...]: ...

    @property
    def as_of(self) -> date: ...


class Answered(Protocol):
    """``query``: the question; ``sql``: the statements that were run, as text with the values written in."""

    @property
    def query(self) -> Question: ...

    @property
    def sql(self) -> tuple[str, ...]: ...


Answerer = Callable[[Any, Any, Bounds, int], Any]
"""Engine, question, bounds, version: the answer."""

_ANSWERERS: Final[dict[type, Answerer]] = {}


def answers(kind: type) -> Callable[[Answerer], Answerer]:
    """Register who answers a kind of question."""

    def register(answerer: Answerer) -> Answerer:
        _ANSWERERS[kind] = answerer
        return answerer

    return register


def answerer_of(question: Question) -> Answerer:
    """Who answers a question. Raises ``TypeError`` for a kind that nobody answers."""
    try:
        return _ANSWERERS[type(question)]
    except KeyError:
        raise TypeError(f"nobody answers a {type(question).__name__}") from None
