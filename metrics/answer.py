"""From the sums of the legs to the rows of an answer: zeros and missing values, rates, gaps, days, words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from data.settings import Settings
from metrics import alerts, cycle, pace, receivables, tiers
from metrics.catalog import AGED, FORECASTS, SUMS, Cycle, Fact, Planned, Ratio, Sum, buckets
from metrics.coarsen import Rows
from metrics.compile import OF_A_DAY, Leg, Window
from metrics.forecasts import Forecasts
from metrics.plan import CYCLE_NEEDS, DUE, FELL_DUE, MONTHS, NOW, PREVIOUS_PERIOD, PREVIOUS_YEAR, STOCKS, WHOLE, Plan
from metrics.query import Missing, Query, measure
from metrics.snapshot import Snapshot
from metrics.tables import ZERO, Course, Key, Table, by_window, of_a_day, summed


class Answer:
    """The values of one query, worked out of its legs' rows. One is made for each answer and thrown away."""

    def __init__(self, query: Query, plan: Plan, snapshot: Snapshot, settings: Settings, forecasts: Forecasts) -> None:
        self._query, self._plan, self._snapshot, self._settings = query, plan, snapshot, settings
        self._totals: dict[Fact, Table] = {}
        self._stands: dict[tuple[Fact, date | str], Table] = {}
        self._months: dict[Key, dict[date, Decimal]] = {}
        self._courses: dict[Fact, Course] = {}
        self._keys: dict[Key, None] = {}
        self._actuals: dict[tuple[Key, str, str], Decimal | None] = {}
        self._alerts: dict[tuple[Key, str], alerts.Alert | None] = {}
        self._spans: dict[str, tuple[date, ...]] = {}
        self._gaps: dict[tuple[Fact, str], Missing | None] = {}
        self._forecasts = forecasts
        self._kinds: dict[str, Callable[[Key, str], Any]] = {
            "target": lambda key, base: self._target(key, base, WHOLE),
            "expected": lambda key, base: self._target(key, base, DUE),
            "expected_share": lambda key, base: pace.ratio(self._target(key, base, DUE), self._target(key, base, WHOLE)),
            "completion": self._completion,
            "pace": self._pace,
            "gap": lambda key, base: pace.gap(self._actual(key, base, NOW), self._target(key, base, DUE)),
            "gap_target": lambda key, base: pace.gap(self._actual(key, base, NOW), self._target(key, base, WHOLE)),
            "days": self._days,
            "needed": self._needed,
            "py": lambda key, base: self._actual(key, base, PREVIOUS_YEAR),
            "py_gap": lambda key, base: pace.gap(self._actual(key, base, NOW), self._actual(key, base, PREVIOUS_YEAR)),
            "py_change": lambda key, base: pace.change(self._actual(key, base, NOW), self._actual(key, base, PREVIOUS_YEAR)),
            "pp": lambda key, base: self._actual(key, base, PREVIOUS_PERIOD),
            "pp_change": lambda key, base: pace.change(self._actual(key, base, NOW), self._actual(key, base, PREVIOUS_PERIOD)),
            "status": self._status,
            "tier": lambda key, base: None if None in key else tiers.tier(self._tiering_rate(key, base), self._settings),
            "tier_full": lambda key, base: None if None in key else tiers.tier(self._completion(key, base), self._settings),
            "lag": lambda key, base: self._alert(key, base, "level"),
            "lag_since": lambda key, base: self._alert(key, base, "since"),
            "lag_change": lambda key, base: self._alert(key, base, "week_change"),
            **{kind: partial(self._forecast, kind) for kind in FORECASTS},
        }

    def add_totals(self, leg: Leg, rows: Rows) -> None:
        if leg.fact in OF_A_DAY:
            table = of_a_day(leg, rows, self._query.by)
            self._stands[leg.fact, FELL_DUE if len(leg.windows) > 1 else leg.windows[0].last] = table
        else:
            table = self._totals[leg.fact] = by_window(leg, rows)
        self._keys.update(dict.fromkeys(table.rows))

    def add_months(self, leg: Leg, rows: Rows) -> None:
        """Take a leg by month: what was so long ago adds no rows to the answer."""
        at = leg.by.index("month")
        for row in rows:
            self._months.setdefault((*row[:at], *row[at + 1 : -1]), {})[row[at]] = row[-1]

    def add_course(self, leg: Leg, rows: Rows) -> None:
        """Take a leg by the day; unless the fact has totals of its own, the days add up to them."""
        width = len(leg.by) - 1
        courses: dict[Key, dict[date, tuple[Any, ...]]] = {}
        for row in rows:
            courses.setdefault(row[:width], {})[row[width]] = row[width + 1 :]
        self._courses[leg.fact] = Course(courses, leg.columns)
        if leg.fact not in self._totals:
            names = (WHOLE, DUE) if leg.fact is Fact.TARGET else (NOW,)
            self._totals[leg.fact] = summed(leg, courses, [self._plan.window(name) for name in names])
        self._keys.update(dict.fromkeys(courses))

    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """One mapping a key, ordered and limited as the query says."""
        query = self._query
        keys = self._keys or ({(): None} if not query.by else {})
        values = {name: self._values(name) for name in query.measures}
        rows = [dict(zip(query.by, key, strict=True)) | {name: of(key) for name, of in values.items()} for key in keys]
        youngest_first = {d: buckets(self._settings.ageing_edges, d).index for d in AGED}
        rows.sort(key=lambda row: tuple(youngest_first[d](row[d]) if d in AGED else (row[d] is None, row[d] or "") for d in query.by))
        if query.order:
            name = query.order.removeprefix("-")
            known = [row for row in rows if row[name] is not None]
            known.sort(key=lambda row: row[name], reverse=query.order.startswith("-"))
            rows = known + [row for row in rows if row[name] is None]
        return tuple(rows[: query.limit])

    def missing(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Missing]:
        """Why a measure has no value in any row."""
        return {name: self._reason(name) for name in self._query.measures if all(row[name] is None for row in rows)}

    # --- parts -------------------------------------------------------------------------------------------------------

    def _values(self, name: str) -> Callable[[Key], Any]:
        """The value of a measure for any key; what is to be done is found out once for all keys."""
        wanted = measure(name)
        if isinstance(wanted, Sum):
            return lambda key: self._actual(key, name, NOW)
        if isinstance(wanted, Ratio):
            above, below = self._values(wanted.numerator), self._values(wanted.denominator)
            divided = receivables.share if wanted.of_whole else pace.ratio
            return lambda key: divided(above(key), below(key))
        if isinstance(wanted, Cycle):
            return lambda key: cycle.value(name, self._books(key))
        assert isinstance(wanted, Planned)
        if wanted.kind == "receivable":
            return self._receivable
        kind, base = self._kinds[wanted.kind], wanted.base
        return lambda key: kind(key, base)

    def _receivable(self, key: Key) -> Decimal | None:
        parts = [part for part in (self._actual(key, "open", NOW), self._actual(key, "unapplied", NOW)) if part is not None]
        return sum(parts, ZERO) if parts else None

    def _books(self, key: Key) -> cycle.Books:
        return cycle.Books(
            of=partial(self._actual, key), months=self._months.get(key, {}), as_of=self._query.as_of, days=self._settings.dso_days
        )

    def _actual(self, key: Key, name: str, window: str) -> Decimal | None:
        """The value of a sum; kept, since completion, pace, gap, status and tier all start from it."""
        asked = key, name, window
        if asked not in self._actuals:
            self._actuals[asked] = self._read_actual(key, name, window)
        return self._actuals[asked]

    def _read_actual(self, key: Key, name: str, window: str) -> Decimal | None:
        wanted = SUMS[name]
        if self.uncovered(wanted.fact, window):
            return None
        table, window = self._read(wanted.fact, window)
        row = table.rows.get(key)
        if row is None:
            return ZERO
        if wanted.known_by and any(row[table.at[column, window]] for column in wanted.known_by):
            return None
        return sum((sign * (row[table.at[column, window]] or ZERO) for sign, column in wanted.terms), ZERO)

    def _read(self, fact: Fact, window: str) -> tuple[Table, str]:
        """The table that holds a fact in a window, and what the window is called there."""
        if fact not in OF_A_DAY:
            return self._totals[fact], window
        return self._stands[fact, FELL_DUE if window == FELL_DUE else self._day_of(window)], NOW

    def _day_of(self, window: str) -> date:
        """The day on which so much is owed: today, also when the period is over."""
        return self._query.as_of if window in (NOW, FELL_DUE) else self._plan.window(window).last

    def _target(self, key: Key, base: str, window: str) -> Decimal | None:
        found = self._totals[Fact.TARGET].value(key, base, window)
        assert found is None or isinstance(found, Decimal)
        return found

    def _completion(self, key: Key, base: str) -> Decimal | None:
        return pace.ratio(self._actual(key, base, NOW), self._target(key, base, WHOLE))

    def _pace(self, key: Key, base: str) -> Decimal | None:
        return pace.ratio(self._actual(key, base, NOW), self._target(key, base, DUE))

    def _tiering_rate(self, key: Key, base: str) -> Decimal | None:
        return self._pace(key, base) if self._query.as_of < self._query.period.last else self._completion(key, base)

    def _status(self, key: Key, base: str) -> tiers.Status | None:
        if self._actual(key, base, NOW) is None:
            return None
        return tiers.status(self._completion(key, base), self._pace(key, base), self._settings)

    def _needed(self, key: Key, base: str) -> Decimal | None:
        left = self._snapshot.calendar.working_days(self._plan.cut + timedelta(days=1), self._query.period.last)
        return pace.needed_per_day(self._target(key, base, WHOLE), self._actual(key, base, NOW), left)

    def _days(self, key: Key, base: str) -> Decimal | None:
        actual = self._actual(key, base, NOW)
        due = self._course(Fact.TARGET, key, base, self._plan.window(WHOLE))
        if actual is None or due is None:
            return None
        return pace.days_ahead(actual, due, self._snapshot.calendar, self._plan.cut)

    def _forecast(self, kind: str, key: Key, base: str) -> Decimal | None:
        target = self._target(key, base, WHOLE) if kind in ("landing_rate", "landing_chance") else None
        return self._forecasts.value(kind, key, base, keys=self._keys or {(): None}, actual=self._actual(key, base, NOW), target=target)

    def _alert(self, key: Key, base: str, part: str) -> Any:
        """A part of the alert; kept, since level, beginning and change are asked together."""
        asked = key, base
        if asked not in self._alerts:
            self._alerts[asked] = self._find_alert(key, base)
        found = self._alerts[asked]
        return getattr(found, part) if found else None

    def _find_alert(self, key: Key, base: str) -> alerts.Alert | None:
        if None in key:  # facts or targets that belong to nobody: nobody to alert
            return None
        wanted = SUMS[base]
        due = self._course(Fact.TARGET, key, base, self._plan.window(WHOLE))
        if due is None or self.uncovered(wanted.fact, NOW):
            return None
        done = self._course(wanted.fact, key, base, self._plan.window(NOW))
        if done is None or not done.days:
            return None
        return alerts.alert(
            done.days,
            done.due,
            due.due[: len(done.days)],
            calendar=self._snapshot.calendar,
            last=self._query.period.last,
            settings=self._settings,
            money=base != "volume",
        )

    def _course(self, fact: Fact, key: Key, base: str, window: Window) -> pace.Curve | None:
        """Running totals by the day over the window. Without a target there is no course of the target."""
        course = self._courses[fact]
        by_day = course.rows.get(key, {})
        days = self._days_of(window)
        if fact is Fact.TARGET:
            at = course.columns.index(base)
            if all(row[at] is None for row in by_day.values()):
                return None
            return pace.curve_of(days, [(by_day[day][at] or ZERO) if day in by_day else ZERO for day in days])
        wanted = SUMS[base]
        known = [course.columns.index(column) for column in wanted.known_by]
        if any(row[at] for row in by_day.values() for at in known):
            return None
        terms = [(sign, course.columns.index(column)) for sign, column in wanted.terms]
        parts = [sum((sign * (by_day[day][at] or ZERO) for sign, at in terms), ZERO) if day in by_day else ZERO for day in days]
        return pace.curve_of(days, parts)

    def _days_of(self, window: Window) -> tuple[date, ...]:
        if window.name not in self._spans:
            length = (window.last - window.first).days + 1
            self._spans[window.name] = tuple(window.first + timedelta(days=i) for i in range(length))
        return self._spans[window.name]

    # --- what is not there -------------------------------------------------------------------------------------------

    def uncovered(self, fact: Fact, window: str) -> Missing | None:
        """Why the version cannot speak about a fact in a window of the plan; None: it can."""
        if (fact, window) not in self._gaps:
            self._gaps[fact, window] = self._gap_in_coverage(fact, window)
        return self._gaps[fact, window]

    def _gap_in_coverage(self, fact: Fact, window_name: str) -> Missing | None:
        """Why the version cannot speak about a fact in a window; comparisons need the whole window."""
        covered, window = self._snapshot.covered(fact), self._plan.window(window_name)
        if covered.first is None or covered.last is None:
            return Missing("no_data")
        if fact in STOCKS and self._day_of(window_name) < covered.first:
            return Missing("before_data", covered.first.isoformat())
        if window.last < window.first and (window_name == FELL_DUE or (window_name == NOW and fact not in STOCKS)):
            return Missing("not_begun")
        if fact in STOCKS:
            return None
        if window.last < covered.first:
            return Missing("before_data", covered.first.isoformat())
        if window.first > covered.last:
            return Missing("after_data", covered.last.isoformat(), fact)
        whole = window_name in (NOW, FELL_DUE, MONTHS) or not self._snapshot.calendar.working_days(
            window.first, covered.first - timedelta(days=1)
        )
        return None if whole else Missing("before_data", covered.first.isoformat())

    def _reason(self, name: str) -> Missing:
        wanted = measure(name)
        if isinstance(wanted, Ratio):
            reasons = [self._reason(part) for part in (wanted.numerator, wanted.denominator)]
            known = next((r for r in reasons if r.code != "no_value"), reasons[0])
            return Missing("credit_balance") if known.code == "no_value" and self._is_credit(wanted) else known
        if isinstance(wanted, Cycle):
            unknown = (self.uncovered(SUMS[part].fact, window) for part, window in CYCLE_NEEDS[name])
            return next(filter(None, unknown), None) or Missing(cycle.reason(name, self._books(next(iter(self._keys), ()))))
        base = wanted.base if isinstance(wanted, Planned) else name
        read = SUMS[base]
        kind = wanted.kind if isinstance(wanted, Planned) else ""
        if kind not in ("target", "expected", "expected_share"):
            windows = {
                "py": (PREVIOUS_YEAR,),
                "py_gap": (NOW, PREVIOUS_YEAR),
                "py_change": (NOW, PREVIOUS_YEAR),
                "pp": (PREVIOUS_PERIOD,),
                "pp_change": (NOW, PREVIOUS_PERIOD),
            }.get(kind, (NOW,))
            lacking = (*(self.uncovered(read.fact, w) for w in windows), *(self._unknown_terms(read, w) for w in windows))
            if reason := next(filter(None, lacking), None):
                return reason
        if kind in FORECASTS and (kind not in ("landing_rate", "landing_chance") or self._has_target(base)):
            return Missing("not_enough_history")
        return (
            Missing("no_target")
            if isinstance(wanted, Planned) and kind not in ("receivable", "py", "py_gap", "py_change", "pp", "pp_change")
            else Missing("no_value")
        )

    def _is_credit(self, wanted: Ratio) -> bool:
        """Whether a share has no value because what it is a share of is below zero."""
        whole = self._values(wanted.denominator)
        return wanted.of_whole and any((whole(key) or ZERO) < 0 for key in self._keys)

    def _has_target(self, base: str) -> bool:
        return any(self._target(key, base, WHOLE) for key in self._keys)

    def _unknown_terms(self, wanted: Sum, window: str) -> Missing | None:
        table = self._totals.get(wanted.fact)
        for column in wanted.known_by:
            if table and (column, window) in table.at and (lines := sum(table.value(key, column, window) or 0 for key in table.rows)):
                return Missing(f"no_{column.removeprefix('lines_without_')}", str(lines))
        return None
