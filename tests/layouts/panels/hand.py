"""Hand-made scopes and results: a company with weekdays for working days, data up to Sunday 13 September 2026."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from data.schema import MEASURE_KEYS
from data.settings import Settings
from layouts.resolving import resolve
from layouts.urls import Scope, parse_address
from metrics.ageing import Aged, Owed, Receivables
from metrics.catalog import BUCKET_NOT_DUE, buckets
from metrics.query import Member, Missing, Query, Result
from metrics.snapshot import Calendar, Coverage, Snapshot

FIRST, LAST = date(2025, 1, 1), date(2026, 9, 13)
M = Decimal(1_000_000)

MEMBERS: dict[str, dict[str | None, Member]] = {
    "region": {
        "E": Member("E", "East", "华东"),
        "O": Member("O", "Overseas", "海外"),
        "S": Member("S", "Southeast Asia and Pacific Distribution", None),
        None: Member("", "Not assigned", "未分配"),
    },
    "area": {"E1": Member("E1", "Jiangsu", "江苏", "E"), "E2": Member("E2", "Zhejiang", "浙江", "E")},
    "rep": {
        "r1": Member("r1", "Luo Rui", "罗睿", "E1"),
        "r2": Member("r2", "Zhao Peng", "赵鹏", "E2"),
        "r3": Member("r3", "Qi Lan", None, None),
    },
    "category": {"P": Member("P", "Pumps", "泵")},
    "product": {"p1": Member("p1", "HP 200", None, "P")},
    "segment": {"S": Member("S", "Chemicals", "化工")},
    "customer": {"c1": Member("c1", "Bohe", "渤和", "S")},
}


def weekdays(first: date, last: date) -> tuple[date, ...]:
    days = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return tuple(day for day in days if day.weekday() < 5)


def snapshot(**company: str) -> Snapshot:
    start, end = date(2024, 1, 1), date(2027, 12, 31)
    named = {"name": "Acme Pumps", "name_zh": "甲泵业", "currency": "CNY", "unit": "units", "unit_zh": "台", **company}
    covered = Coverage(FIRST, LAST, 1000)
    return Snapshot(
        version=3,
        published=datetime(2026, 9, 14, 7, 30, tzinfo=UTC),
        note="",
        company=named,
        coverage={"order_line": covered, "payment": covered, "receivable_event": covered},
        calendar=Calendar(start, end, weekdays(start, end)),
        regions=3,
    )


@dataclass(frozen=True)
class Board:
    """Makes scopes out of addresses, and results out of rows."""

    settings: Settings = field(default_factory=Settings)

    def scope(self, search: str = "", **company: str) -> Scope:
        address, notices = parse_address(search)
        scope, more = resolve(address, snapshot(**company), self.settings, MEMBERS.__getitem__)
        assert not notices
        assert not more
        return scope

    def result(self, query: Query, rows: Sequence[Mapping[str, Any]], missing: Mapping[str, Missing] | None = None) -> Result:
        named = (*query.by, *(("area",) if "rep" in query.by else ()))
        members = {dimension: MEMBERS[dimension] for dimension in named if dimension in MEMBERS}
        return Result(query=query, rows=tuple(rows), members=members, missing=missing or {}, version=3)


def aged(
    asked: Receivables,
    rows: Mapping[str | None, Sequence[str]],
    *,
    rest: Sequence[str] = (),
    count: int = 0,
    missing: Missing | None = None,
) -> Aged:
    """What members owe, in the order of ``rows``: millions by bucket, unapplied cash last; None: what belongs to nobody.

    By invoice day all but the youngest bucket is taken to be overdue.
    """
    names = buckets(Settings().ageing_edges, asked.aged)
    assert names[0] == BUCKET_NOT_DUE or asked.aged == "age"

    def owed(member: str | None, amounts: Sequence[str]) -> Owed:
        values = tuple(Decimal(v) * M for v in amounts)
        assert len(values) == len(names)
        return Owed(member=member, amounts=values, overdue=sum(values[1:-1], Decimal(0)))

    return Aged(
        query=asked,
        names=names,
        rows=tuple(owed(key, row) for key, row in rows.items() if key is not None),
        rest=owed(None, rest) if count else None,
        count=count,
        nobody=owed(None, rows[None]) if None in rows else None,
        members=MEMBERS.get(asked.split, {}),
        missing=missing,
        statements=((sa.select(sa.literal(1)), {}),),
    )


def standing(key: str, actual: Any, target: Any, expected: Any, status: str | None, **more: Any) -> dict[str, Any]:
    """A row of one measure with everything a panel may ask for. Shares and gaps follow from the figures; ``more`` replaces."""
    a, t, e = (None if v is None else Decimal(str(v)) for v in (actual, target, expected))
    row: dict[str, Any] = {
        "": a,
        "target": t,
        "expected_share": e / t if t and e is not None else None,
        "completion": a / t if a is not None and t else None,
        "pace": a / e if a is not None and e else None,
        "gap": a - e if a is not None and e is not None else None,
        "days": Decimal("-3.1") if a is not None and e is not None and a < e else Decimal("2.4") if e is not None else None,
        "needed": (t - a) / 13 if a is not None and t else None,
        "status": status,
        "py": a * Decimal("0.98") if a is not None else None,
        "py_change": Decimal("0.0204") if a is not None else None,
        **dict.fromkeys(("landing", "landing_low", "landing_high", "landing_rate", "landing_chance", "best_days")),
        "lag": "none" if t else None,
        "lag_since": None,
        "lag_change": None,
        "tier": None,
        "tier_full": None,
    }
    row |= more
    return {f"{key}_{kind}" if kind else key: value for kind, value in row.items()}


LANDED: dict[str, Any] = {
    "landing": Decimal("484.9") * M,
    "landing_low": Decimal("470.8") * M,
    "landing_high": Decimal("498.0") * M,
    "landing_rate": Decimal("0.9698"),
    "landing_chance": Decimal("0.1234"),
    "best_days": Decimal("7.9") * M,
}
"""Where the amount of ``five`` may land."""


def five(**replaced: Mapping[str, Any]) -> dict[str, Any]:
    """The row of the five measures: amount, margin, profit and collections behind, volume ahead; ``replaced`` by measure."""
    rows = {
        "amount": standing("amount", 391 * M, 500 * M, Decimal("407.6") * M, "behind"),
        "volume": standing("volume", 12028, 14215, 11588, "ahead"),
        "margin": standing("margin", Decimal("118.5") * M, Decimal("160.1") * M, Decimal("130.5") * M, "behind"),
        "profit": standing("profit", Decimal("41.9") * M, Decimal("60.1") * M, 49 * M, "behind"),
        "collections": standing("collections", Decimal("357.6") * M, Decimal("470.2") * M, Decimal("383.3") * M, "behind"),
        **replaced,
    }
    assert tuple(rows) == MEASURE_KEYS
    return {name: value for row in rows.values() for name, value in row.items()}
