"""Targets by the day: they add up to themselves exactly, and below every node to the node's own, whatever is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data import schema
from data.errors import CheckFailed
from data.phasing import derive_targets
from data.workdays import derive_calendar

if TYPE_CHECKING:
    from tests.data.conftest import Star

START = date(2026, 1, 26)
DAYS = 60  # with the Spring Festival and its shifted working days

REGIONS = {"r1": ("a1", "a2"), "r2": ("a3",)}
AREAS = {area: region for region, areas in REGIONS.items() for area in areas}
MOVED = date(2026, 2, 24)
# rep: stretches of days in an area. p2 moves to another region, p4 belongs to a region without area, p5 nowhere.
TERMS: dict[str, tuple[tuple[date, date, str | None, str | None], ...]] = {
    "p1": ((date(2020, 1, 1), date.max, "a1", "r1"),),
    "p2": ((date(2020, 1, 1), MOVED - timedelta(days=1), "a2", "r1"), (MOVED, date.max, "a3", "r2")),
    "p3": ((date(2020, 1, 1), date.max, "a3", "r2"),),
    "p4": ((date(2020, 1, 1), date.max, None, "r1"),),
    "p5": (),
}
OWNERS = (("company", ""), *(("region", r) for r in REGIONS), *(("area", a) for a in AREAS), *(("rep", p) for p in TERMS))
CATEGORIES = ("", "pumps", "parts")

# The State Council's days for 2026: off 15 to 23 February for the Spring Festival, worked on the Saturdays 14 and 28; off on
# the Monday after the Qingming Festival.
FESTIVAL = {date(2026, 2, 15) + timedelta(days=n) for n in range(9)}
QINGMING = date(2026, 4, 6)
SHIFTED = {date(2026, 2, 14), date(2026, 2, 28)}


def is_worked(day: date) -> bool:
    return day in SHIFTED or (day.weekday() < 5 and day not in FESTIVAL and day != QINGMING)


@dataclass(frozen=True)
class Target:
    kind: str
    owner: str
    measure: str
    category: str
    first: date
    last: date
    amount: Decimal
    status: str = "approved"

    def days(self) -> dict[date, Fraction]:
        """What is due on each day of the span, before rounding. Without working days every day counts alike."""
        span = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        counted = [d for d in span if is_worked(d)] or span
        return {day: Fraction(self.amount) / len(counted) if day in counted else Fraction(0) for day in span}


@st.composite
def plans(draw: st.DrawFn) -> list[Target]:
    """Targets of any owners, with and without category; those of one owner, measure and category do not overlap."""
    targets = []
    keys = st.tuples(st.sampled_from(OWNERS), st.sampled_from(("amount", "profit")), st.sampled_from(CATEGORIES))
    for (kind, owner), measure, category in draw(st.sets(keys, min_size=1, max_size=9)):
        first = START + timedelta(days=draw(st.integers(0, 20)))
        for _ in range(draw(st.integers(1, 2))):
            last = first + timedelta(days=draw(st.integers(0, 30)))
            amount = Decimal(draw(st.integers(-100_000, 10_000_000))) / 100
            status = draw(st.sampled_from(("approved", "approved", "approved", "draft", "superseded")))
            targets.append(Target(kind, owner, measure, category, first, last, amount, status))
            first = last + timedelta(days=draw(st.integers(1, 5)))
    return targets


@pytest.fixture(scope="module")
def company(star: Star) -> Star:
    """The star with the people above and a Chinese calendar."""
    star.fill(schema.company, [{"key": "holidays", "value": "CN"}])
    star.fill(schema.area, [{"area_id": a, "region_id": r, "name": a} for a, r in AREAS.items()])
    star.fill(
        schema.rep_term,
        [
            {"rep_id": rep, "first_day": first, "last_day": last, "area_id": area, "region_id": region}
            for rep, terms in TERMS.items()
            for first, last, area, region in terms
        ],
    )
    star.fill(schema.coverage, [{"fact": "order_line", "first_day": date(2025, 1, 1), "last_day": date(2026, 12, 31), "rows": 1}])
    derive_calendar(star.connection)
    return star


def phase(star: Star, targets: Sequence[Target], phasing: str = "working_days") -> None:
    star.connection.execute("DELETE FROM company WHERE key = 'phasing'")
    star.connection.execute("INSERT INTO company VALUES ('phasing', ?)", [phasing])
    star.fill(
        schema.target,
        [
            {
                "owner_kind": t.kind,
                "owner_id": t.owner,
                "measure": t.measure,
                "category_id": t.category,
                "first_day": t.first,
                "version": 1,
                "last_day": t.last,
                "amount": t.amount,
                "status": t.status,
            }
            for t in targets
        ],
    )
    star.connection.execute("DELETE FROM plan.target_day")
    derive_targets(star.connection)


def below(kind: str, owner: str) -> str:
    return "true" if kind == "company" else f"{kind}_id = '{owner}'"


# --- the twin: children + unallocated = parent, walked from the top ---------------------------------------------------


class Twin:
    """What every node has to bring on one day of one measure."""

    def __init__(self, targets: Sequence[Target], measure: str, day: date) -> None:
        counting = [t for t in targets if t.status == "approved" and t.amount and t.measure == measure and t.first <= day <= t.last]
        self._given = {(t.kind, t.owner, t.category): t.days()[day] for t in counting}
        self._places = {
            rep: next(((area, region) for first, last, area, region in terms if first <= day <= last), (None, None))
            for rep, terms in TERMS.items()
        }

    def children(self, kind: str, owner: str) -> list[tuple[str, str]]:
        """Who stands directly below a node."""
        if kind == "company":
            return [*(("region", r) for r in REGIONS), *self._reps(None, None)]
        if kind == "region":
            return [*(("area", a) for a in REGIONS[owner]), *self._reps(None, owner)]
        return self._reps(owner, AREAS[owner]) if kind == "area" else []

    def planned(self, kind: str, owner: str, category: str | None) -> Fraction:
        """A node's own target, else what its children have and its categories add.

        ``category`` None: all of them together, for which a target without category stands.
        """
        own = self._given.get((kind, owner, category or ""))
        if own is not None:
            return own
        children = self.children(kind, owner)
        total = sum((self.planned(*child, category) for child in children), Fraction(0))
        if category is None:
            for name in CATEGORIES[1:]:
                if (kind, owner, name) in self._given:
                    total += self._given[kind, owner, name] - sum((self.planned(*child, name) for child in children), Fraction(0))
        return total

    def _reps(self, area: str | None, region: str | None) -> list[tuple[str, str]]:
        return [("rep", rep) for rep, place in self._places.items() if place == (area, region)]


WEEKEND = [
    Target("region", "r1", "amount", "", date(2026, 3, 2), date(2026, 3, 31), Decimal(2200)),
    Target("rep", "p1", "amount", "", date(2026, 3, 7), date(2026, 3, 8), Decimal(70)),
]
"""A rep's target falls on days on which nothing of the region's is due."""


@example(WEEKEND)
@example([Target("company", "", "amount", "pumps", date(2026, 3, 10), date(2026, 4, 6), Decimal(19))])
@settings(max_examples=50)
@given(plans())
def test_children_and_unallocated_are_the_parent_on_every_day(company: Star, targets: list[Target]) -> None:
    phase(company, targets)
    stored = {
        (kind, owner, category, day): amounts
        for kind, owner in OWNERS
        for category, day, *amounts in company.rows(
            "SELECT coalesce(category_id, ''), day, coalesce(sum(amount), 0), coalesce(sum(profit), 0) "
            f"FROM plan.target_day WHERE {below(kind, owner)} GROUP BY ALL"
        )
    }
    for n, measure in enumerate(("amount", "profit")):
        for day in (START + timedelta(days=n) for n in range(0, DAYS + 30, 5)):
            twin = Twin(targets, measure, day)
            for owner in OWNERS:
                found = {c: Fraction(stored[*owner, c, day][n]) if (*owner, c, day) in stored else Fraction(0) for c in CATEGORIES}
                for category in CATEGORIES[1:]:
                    assert abs(found[category] - twin.planned(*owner, category)) < Fraction(1, 1000), (owner, category, day)
                assert abs(sum(found.values()) - twin.planned(*owner, None)) < Fraction(1, 1000), (owner, day)


@example(WEEKEND)
@settings(max_examples=60)
@given(plans())
def test_the_days_of_every_target_add_up_to_it_exactly(company: Star, targets: list[Target]) -> None:
    phase(company, targets)
    for t in targets:
        if t.status != "approved" or not t.amount:
            continue
        which = f"category_id = '{t.category}'" if t.category else "true"
        total = company.one(
            f"SELECT coalesce(sum({t.measure}), 0) FROM plan.target_day WHERE {below(t.kind, t.owner)} AND {which} AND day BETWEEN ? AND ?",
            t.first,
            t.last,
        )
        assert total == t.amount


# --- phasing ----------------------------------------------------------------------------------------------------------


def by_day(star: Star) -> dict[date, Any]:
    return dict(star.rows("SELECT day, sum(amount) FROM plan.target_day GROUP BY day"))


@pytest.mark.parametrize(
    ("first", "last", "off", "shifted"),
    [
        (date(2026, 2, 1), date(2026, 2, 28), FESTIVAL, SHIFTED),
        # National Day: off 1 to 7 October; the Sunday 20 September and the Saturday 10 October are worked.
        (
            date(2026, 9, 14),
            date(2026, 10, 18),
            {date(2026, 9, 25), *(date(2026, 10, n) for n in range(1, 8))},  # and the Mid-Autumn Festival
            {date(2026, 9, 20), date(2026, 10, 10)},
        ),
    ],
)
def test_working_days_with_shifts(company: Star, first: date, last: date, off: set[date], shifted: set[date]) -> None:
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    worked = [d for d in span if d in shifted or (d.weekday() < 5 and d not in off)]
    phase(company, [Target("company", "", "amount", "", first, last, Decimal(100 * len(worked)))])
    assert by_day(company) == dict.fromkeys(worked, Decimal(100))


def test_calendar_days_count_alike(company: Star) -> None:
    phase(company, [Target("company", "", "amount", "", date(2026, 2, 1), date(2026, 2, 28), Decimal(280))], "calendar_days")
    assert by_day(company) == {date(2026, 2, n): Decimal(10) for n in range(1, 29)}


def test_the_companys_own_curve_counts_quiet_days_too(company: Star) -> None:
    """First working days brought 100 and 300, second ones nothing and 100: 200 to 50 on average."""
    days = {date(2026, 3, 2): 100, date(2026, 4, 1): 300, date(2026, 4, 2): 100, date(2026, 4, 30): 0}
    company.fill(schema.coverage, [{"fact": "order_line", "first_day": min(days), "last_day": max(days), "rows": len(days)}])
    company.fill(
        schema.order_line,
        [{"order_id": str(day), "line_no": 1, "order_day": day, "amount": amount, "volume": 1} for day, amount in days.items()],
    )
    target = Target("company", "", "amount", "", date(2026, 5, 6), date(2026, 5, 7), Decimal(250))  # the first two of May
    phase(company, [target], "history")
    assert by_day(company) == {date(2026, 5, 6): Decimal(200), date(2026, 5, 7): Decimal(50)}


def test_a_span_without_working_days_is_spread_over_its_days(company: Star) -> None:
    phase(company, [Target("rep", "p1", "amount", "", date(2026, 2, 21), date(2026, 2, 22), Decimal(7))])
    assert by_day(company) == {date(2026, 2, 21): Decimal("3.5"), date(2026, 2, 22): Decimal("3.5")}


def test_rounding_falls_on_no_total(company: Star) -> None:
    phase(company, [Target("rep", "p1", "amount", "", date(2026, 3, 2), date(2026, 3, 4), Decimal("0.01"))])
    assert sorted(by_day(company).values()) == [Decimal("0.0033"), Decimal("0.0033"), Decimal("0.0034")]


def test_a_measure_without_target_is_empty_and_not_zero(company: Star) -> None:
    phase(company, [Target("rep", "p1", "amount", "", date(2026, 3, 2), date(2026, 3, 4), Decimal(3))])
    assert company.rows("SELECT DISTINCT volume, margin, profit, collections FROM plan.target_day") == [(None,) * 4]


def test_a_rep_who_moves_takes_nothing_along(company: Star) -> None:
    phase(company, [Target("rep", "p2", "amount", "", date(2026, 2, 23) + timedelta(days=1), date(2026, 2, 27), Decimal(4))])
    assert company.rows("SELECT DISTINCT region_id, area_id FROM plan.target_day") == [("r2", "a3")]
    phase(company, [Target("rep", "p2", "amount", "", date(2026, 2, 12), date(2026, 2, 24), Decimal(4))])
    split = company.rows("SELECT region_id, area_id, sum(amount) FROM plan.target_day GROUP BY ALL ORDER BY 1")
    assert split == [("r1", "a2", Decimal(3)), ("r2", "a3", Decimal(1))]


def test_a_target_beyond_the_calendar_is_refused(company: Star) -> None:
    with pytest.raises(CheckFailed, match="lies outside the calendar"):
        phase(company, [Target("company", "", "amount", "", date(2026, 1, 1), date(2050, 1, 1), Decimal(1))])
