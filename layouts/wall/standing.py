"""Where a measure or a member stands, for people far away: how much of the target is done, and how far that is from pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from layouts import html, parts
from layouts.figures import wide
from layouts.format import MISSING
from layouts.panels import progress
from layouts.panels.headline import SHORT
from layouts.panels.progress import Row
from layouts.parts import Bar, Judgement
from layouts.text import N_
from layouts.urls import Scope
from metrics.query import Missing
from metrics.tiers import Status

Sign = Literal["", "up", "down", "check"]
Figure = tuple[str, str, str]
"""Prefix, digits and suffix, to be set in different sizes."""

_BRIEF: Final = {**SHORT, "amount": N_("sales")}
"""What the measures are called in headers and lines that have little room."""
_SMALL: Final = 0.55
"""Prefix and suffix are so small beside the digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``done``: the completion; the value itself where there is no target. ``why`` it is missing, else empty.

    ``gap`` in the unit of its list or of itself; ``days``: working days ahead, with their sign. Both empty where there is none.
    """

    name: str
    done: Figure
    why: str
    bar: Bar | None
    gap: str
    days: str
    sign: Sign
    judgement: Judgement


def share(rate: Decimal | None, scope: Scope) -> Figure:
    """A share to be set large: ("", "78.2", "%")."""
    said = scope.number.share(rate)
    return ("", said.removesuffix("%"), "%") if rate is not None else ("", MISSING, "")


def standing(
    scope: Scope,
    row: Row,
    *,
    key: str,
    name: str,
    limit: float,
    gap: str,
    lags: bool = False,
    missing: Mapping[str, Missing] | None = None,
    largest: Decimal | None = None,
) -> Standing:
    """A row of progress. ``gap``: the gap as its list says it; ``limit``: the end of the bar's scale, as a multiple of the target.

    ``lags``: there is an alert, whatever its status; ``largest``: what bars without targets are compared with.
    """
    actual, done, status, days = row[key], row[f"{key}_completion"], row[f"{key}_status"], row[f"{key}_days"]
    ink: Judgement = "bad" if lags else progress.judgement(status)
    figure = share(done, scope) if actual is None or done is not None else scope.number.split(actual, progress.unit_of(key))
    return Standing(
        name=name,
        done=figure,
        why=progress.why(scope, key, (missing or {}).get(key)) if actual is None else "",
        bar=progress.bar_of(scope, key, row, limit, largest=largest) if actual is not None else None,
        gap=gap if row[f"{key}_gap"] is not None else "",
        days="" if days is None else scope.text("{days} days", days=scope.number.days(days)),
        sign=_sign(row[f"{key}_gap"], status),
        judgement=ink,
    )


def _sign(gap: Decimal | None, status: str | None) -> Sign:
    if status == Status.ACHIEVED:
        return "check"
    if gap is None:
        return ""
    return "up" if gap >= 0 else "down"


def letters(*said: str) -> dict[str, Any]:
    """How long a text is, for the style sheet to set it as large as there is room: ``--n`` letters."""
    return {"--n": max(round(sum(map(wide, said)), 1), 1)}


def figure(value: Figure, class_name: str) -> Any:
    """A figure, its prefix and suffix smaller."""
    prefix, digits, suffix = value
    small = [html.Small(part) if part else None for part in (prefix, suffix)]
    style = {"--n": max(round(wide(digits) + _SMALL * (wide(prefix) + wide(suffix)), 1), 1)}
    return html.Div([small[0], digits, small[1]], className=class_name, style=style)


def sign(kind: Sign) -> Any:
    """A mark of judgement, drawn by the style sheet in the colour of the text."""
    return html.I(className=f"sg {kind}", **parts.aria(hidden="true")) if kind else None


def brief(scope: Scope, key: str) -> str:
    """What a measure is called where there is little room."""
    return scope.text(_BRIEF[key])


def heading(scope: Scope, title: str) -> str:
    """The heading of a scene, with its measure if the title has one, and where, unless it is the company: ``East: Areas, sales``."""
    said = scope.text(title, measure=brief(scope, scope.measure))
    return scope.text("{place}: {heading}", place=scope.place, heading=said) if scope.path else said
