"""The controls of a page: links to the same page at another address, in a bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from data.workdays import month_start, quarter_start, week_start
from layouts import html
from layouts.fields import DateField
from layouts.format import UNITS
from layouts.levels import Find
from layouts.text import N_
from layouts.tools import attributes, current, entry, icon, pick
from layouts.urls import ACCOUNT, COLLECTIONS, Route, Scope
from metrics.catalog import FIVE
from metrics.query import Member
from metrics.scope import PeriodKind, period_of

SEGMENT: Final[tuple[tuple[PeriodKind, str], ...]] = (
    ("week", N_("Week")),
    ("month", N_("Month")),
    ("quarter", N_("Quarter")),
    ("year", N_("Year")),
)
BEFORE: Final[tuple[tuple[PeriodKind, str], ...]] = (
    ("week", N_("Last week")),
    ("month", N_("Last month")),
    ("quarter", N_("Last quarter")),
    ("year", N_("Last year")),
)


AXES: Final = (("", N_("By region")), ("category", N_("By category")), ("segment", N_("By segment")))
"""What the company can first be divided by, on a page that reads it."""
BASES: Final = (("", N_("Expected")), ("target", N_("Target")), ("py", N_("Last year")), ("pp", N_("Previous period")))
"""What the actual can be held against, on a page that reads it."""


def filters(route: Route, scope: Scope, find: Find) -> list[Any]:
    """Everything in the filter bar of a page."""
    return [
        *([_period(scope)] if "period" in route.reads else []),
        *([_as_of(scope)] if "as_of" in route.reads else []),
        *([_axis(scope)] if "axis" in route.reads else []),
        *([_place(scope, find)] if "region" in route.reads else []),
        *([_measure(scope)] if "measure" in route.reads and not route.measure else []),
        *([_unit(scope)] if "unit" in route.reads else []),
        html.Div(className="spring"),
        _language(scope),
        _theme(scope),
    ]


def controls(route: Route, scope: Scope) -> list[Any]:
    """What stands in the head of a page: what the actual is held against."""
    if "against" not in route.reads:
        return []
    text, shown = scope.text, {"expected": ""}.get(scope.base, scope.base)
    why = scope.why_no_targets
    choices = [
        _choice(text(name), scope.link(against=key), is_on=key == shown)
        if scope.has_targets or key in ("py", "pp")
        else html.Span([text(name), html.Span(f": {why}", className="visually-hidden")], title=why, className="off")
        for key, name in BASES
    ]
    label = html.Span(text("Against"), className="what")
    return [html.Div([label, *choices], className="seg against", role="group", **attributes(aria_label=text("Compare with")))]


def trail(route: Route, scope: Scope) -> list[Any]:
    """The way from the company down to what is looked at, each step a link back; nothing at the top. To an account it is the page
    of all receivables that leads."""
    if route is ACCOUNT:
        above = [(scope.text("Collections"), scope.link_to(COLLECTIONS, customer="", bucket="", invoice=""))]
        return _steps(scope, above, scope.place if scope.path else scope.text("Customer account"))
    if not scope.path:
        return []
    links = [scope.up(level) for level in (None, *scope.path[:-1])]
    return _steps(scope, list(zip(scope.trail, links, strict=False)), scope.place)


def _steps(scope: Scope, above: Sequence[tuple[str, str]], here: str) -> list[Any]:
    *steps, (name, link) = above
    hint = scope.text("One level up (Alt+↑)")
    last = html.A(name, href=link, title=hint, **attributes(data_up="", aria_keyshortcuts="Alt+ArrowUp"))
    links = [*(html.A(name, href=link) for name, link in steps), last]
    return [html.Ol([*map(html.Li, links), html.Li(here, **attributes(aria_current="page"))])]


def _period(scope: Scope) -> Any:
    text, said = scope.text, scope.address.period
    links = [_choice(text(name), scope.link(period=kind), is_on=said == kind) for kind, name in SEGMENT]
    return html.Div([*links, _other_periods(scope)], className="seg", role="group", **attributes(aria_label=text("Period")))


def _other_periods(scope: Scope) -> Any:
    """Year to date, the periods before, and any range; named in the bar while one of them is chosen."""
    text, said = scope.text, scope.address.period
    in_bar = said in {kind for kind, _ in SEGMENT}
    fiscal = scope.snapshot.fiscal_first_month
    entries = [entry(text("Year to date"), scope.link(period="ytd"), is_on=said == "ytd")]
    for kind, name in BEFORE:
        before = period_of(kind, scope.as_of, fiscal).before()
        words = text("{name}: {period}", name=text(name), period=scope.number.period(before))
        entries.append(entry(words, scope.link(period=before.format()), is_on=said == before.format()))
    first, last = scope.snapshot.first_day, scope.snapshot.last_day
    fields = [
        DateField(name="first", label=text("From"), value=scope.period.first, first=first, last=last),
        DateField(name="last", label=text("To"), value=min(scope.period.last, last), first=first, last=last),
    ]
    label = text("Other periods") if in_bar else scope.number.period(scope.period)
    shown = [html.Span(text("Other periods"), className="visually-hidden")] if in_bar else [label]
    return html.Details(
        [
            html.Summary([*shown, icon("chevron")], className="" if in_bar else "on", title=text("Other periods")),
            html.Div([html.Ul(entries), _form(fields, "period", text("Show these days"))], className="pop"),
        ],
        className="menu",
    )


def _as_of(scope: Scope) -> Any:
    text, last = scope.text, scope.snapshot.last_day
    choices = (
        (text("Latest data"), last, None),
        *((text(name), day, day) for name, day in _ends_before(last, scope.snapshot.fiscal_first_month)),
    )
    entries = [
        entry([name, html.Span(scope.number.day(day), className="cap")], scope.link(as_of=value), is_on=scope.address.as_of == value)
        for name, day, value in choices
        if day >= scope.snapshot.first_day
    ]
    field = DateField(name="as-of", label=text("Another day"), value=scope.as_of, first=scope.snapshot.first_day, last=last)
    content = html.Div([html.Ul(entries), _form([field], "", text("Show this day"))], className="pop")
    return pick(text("As of"), scope.number.day(scope.as_of), content, mark="calendar")


def _ends_before(last: date, fiscal: int) -> Sequence[tuple[str, date]]:
    one = timedelta(days=1)
    return (
        (N_("End of last week"), week_start(last) - one),
        (N_("End of last month"), month_start(last) - one),
        (N_("End of last quarter"), quarter_start(last, fiscal) - one),
    )


def _place(scope: Scope, find: Find) -> Any:
    text, address = scope.text, scope.address
    entries = [entry(text("Company"), scope.up(), is_on=not scope.path)]
    if address.axis:
        for key, member in _named(find(address.axis)):
            is_on = key == address.members[address.axis]
            entries.append(entry(member.label(scope.language), scope.link(**{address.axis: key}), is_on=is_on))
    areas = find("area")
    for key, region in _named(find("region")):
        is_open = key == address.region
        entries.append(entry(region.label(scope.language), scope.link(region=key), is_on=is_open and not address.area))
        if is_open:
            below = ((k, a) for k, a in _named(areas) if a.parent == key)
            entries += [entry(a.label(scope.language), scope.link(area=k), is_on=k == address.area, deeper=True) for k, a in below]
    value = scope.place if scope.path or address.axis else text("Company, {n} regions", n=sum(key is not None for key in find("region")))
    return pick(text("Scope"), value, html.Div(html.Ul(entries), className="pop"), mark="map", look="place")


def _axis(scope: Scope) -> Any:
    """Which levels there are below the company."""
    entries = [entry(scope.text(name), scope.link(axis=key), is_on=key == scope.address.axis) for key, name in AXES]
    value = scope.text(dict(AXES)[scope.address.axis])
    return pick("", value, html.Div(html.Ul(entries), className="pop"), mark="levels")


def _measure(scope: Scope) -> Any:
    names = {m.key: m.name_zh if scope.language == "zh" else m.name for m in FIVE}
    entries = [entry(name, scope.link(measure=key), is_on=key == scope.measure) for key, name in names.items()]
    return pick(scope.text("Measure"), names[scope.measure], html.Div(html.Ul(entries), className="pop"))


def _unit(scope: Scope) -> Any:
    names = {"auto": scope.text("Automatic")} | {key: scope.number.unit_name(key) for key in UNITS[scope.language]}
    entries = [entry(name, scope.link(unit=key), is_on=key == scope.address.unit) for key, name in names.items()]
    return pick(scope.text("Unit"), names[scope.address.unit], html.Div(html.Ul(entries), className="pop"))


def _language(scope: Scope) -> Any:
    """The page is loaded anew, so that every word of it changes at once."""
    links = [
        _choice(
            name, scope.link(language="" if scope.settings.language == key else key), is_on=scope.language == key, lang=lang, data_reload=""
        )
        for key, name, lang in (("en", "EN", "en"), ("zh", "中文", "zh-CN"))
    ]
    return html.Div(links, className="seg", role="group", **attributes(aria_label=scope.text("Language")))


def _theme(scope: Scope) -> Any:
    links = [
        _choice(
            [icon(mark), html.Span(scope.text(name), className="visually-hidden")],
            scope.link(theme="" if scope.settings.theme == key else key),
            is_on=scope.theme == key,
            title=scope.text(name),
        )
        for key, mark, name in (("light", "sun", N_("Light")), ("dark", "moon", N_("Dark")))
    ]
    return html.Div(links, className="seg", role="group", **attributes(aria_label=scope.text("Theme")))


def _choice(words: Any, href: str, *, is_on: bool, **more: str) -> Any:
    return html.A(words, href=href, **current(is_on), **attributes(**more))


def _form(fields: Iterable[Any], joined: str, button: str) -> Any:
    """Fields that become part of the address; ``joined``: the one key that the two ends of a range make together."""
    named = attributes(data_address=joined)
    return html.Form([*fields, html.Button(button, type="submit", className="btn-wl sm pri")], className="days", method="get", **named)


def _named(members: Mapping[str | None, Member]) -> list[tuple[str, Member]]:
    """Members as the data orders them, without the one that stands for facts that belong to none."""
    return [(key, member) for key, member in members.items() if key is not None]
