"""What an address means on a published version: who and when it looks at, and what of it there is not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from data.settings import Settings
from layouts.format import UNITS, Numbers
from layouts.levels import LEVELS, Find, filters_of, locate, path_of
from layouts.text import N_, translator
from layouts.urls import Address, Notice, Scope, ignored
from metrics.catalog import buckets
from metrics.errors import UnknownName, nearest
from metrics.query import find_member
from metrics.scope import Period, parse_period, period_of
from metrics.snapshot import Snapshot

BookedBy = Callable[[str, date], Mapping[str, str]]
"""The places under which a customer was booked last by a day, by dimension."""


SoldIn = Callable[[str, date], Collection[str]]
"""The areas in which a rep has sold anything by a day."""


def _nowhere(member: str, as_of: date) -> Mapping[str, str]:
    return {}


def resolve(
    address: Address,
    snapshot: Snapshot,
    settings: Settings,
    find: Find,
    *,
    measure: str = "",
    booked: BookedBy = _nowhere,
    sold_in: SoldIn = _nowhere,
    written: int = 0,
) -> tuple[Scope, tuple[Notice, ...]]:
    """What an address means today. A member that ``find`` does not have is dropped with a notice, a day after the data moved to its end.

    ``measure``: the one that the page is about, whatever the address says. ``booked``: where a customer belongs. ``sold_in``: where
    a rep sold. ``written``: the revision of the ledger that the page is of.
    """
    notices: list[Notice] = []
    language = address.language or settings.language
    text = translator(language)
    if address.unit not in ("auto", *UNITS[language]):
        notices.append(Notice(N_("The unit '{unit}' is not used in this language; the unit follows the size."), (("unit", address.unit),)))
        address = replace(address, unit="auto")
    number = Numbers(language=language, currency=snapshot.currency, unit=address.unit, volume_name=snapshot.unit_name(language))
    as_of = address.as_of or snapshot.last_day
    if as_of > snapshot.last_day:
        end = number.day(snapshot.last_day)
        notices.append(Notice(N_("The data ends on {day}; the figures are as of that day."), (("day", end),)))
        address, as_of = replace(address, as_of=None), snapshot.last_day
    address, asked = _located(_bucketed(address, settings, notices), find, language, notices)
    address = address if measure else _measured(address, notices)
    period = parse_period(address.period, as_of, snapshot.fiscal_first_month)
    if period.last < snapshot.first_day:
        notices.append(_before_data(address, period, snapshot, number))
    scope = Scope(
        address=address,
        snapshot=snapshot,
        settings=settings,
        period=period,
        as_of=as_of,
        path=path_of(asked, address.axis, find, language, booked=lambda customer: booked(customer, as_of)),
        where=filters_of(asked),
        language=language,
        theme=address.theme or settings.theme,
        text=text,
        number=number,
        measure=measure or address.measure or snapshot.first_measure,
        written=written,
    )
    notices.extend(_part_of_a_rep(scope, asked, find, sold_in))
    return scope, tuple(notices)


def _part_of_a_rep(scope: Scope, asked: Mapping[str, str], find: Find, sold_in: SoldIn) -> Iterator[Notice]:
    """A rep who moved, or sells in several areas, is not all of it where a place is asked as well; two pages differ by that alone."""
    rep = asked.get("rep")
    dimension = "area" if asked.get("area") else "region"
    place = asked.get(dimension)
    if not rep or not place:
        return
    within = {place} if dimension == "area" else {key for key, area in find("area").items() if area.parent == place}
    if not set(sold_in(rep, scope.as_of)) - within:
        return
    labels = {name: find(of)[key].label(scope.language) for name, of, key in (("rep", "rep", rep), ("place", dimension, place))}
    whole = replace(scope.address, region="", area="").format() or "?"
    message = N_("Only what {rep} did in {place}; {rep} has also sold elsewhere.")
    yield Notice(message, tuple(labels.items()), link=whole, offer=N_("Show all of {rep}"), is_loss=False)


def _bucketed(address: Address, settings: Settings, notices: list[Notice]) -> Address:
    """No invoice lies in a bucket that there is not: the edges are settings, and by invoice day there are others."""
    known = buckets(settings.ageing_edges, "age" if address.ages else "bucket")[:-1]
    if address.bucket in ("", *known):
        return address
    notices.append(ignored(f"bucket={address.bucket}", nearest(address.bucket, known)))
    return replace(address, bucket="")


def _located(address: Address, find: Find, language: str, notices: list[Notice]) -> tuple[Address, dict[str, str]]:
    """The address with identifiers of the members that there are, and the same as filters are made of."""
    for dimension, wanted in address.members.items():
        try:
            locate({dimension: wanted}, find)
        except UnknownName as error:
            address = _naming(address, **{dimension: ""})
            notices.append(_no_member(address, dimension, wanted, error, find, language))
    asked = locate(address.members, find)
    return _naming(address, **(dict.fromkeys(LEVELS, "") | asked)), asked


def _naming(address: Address, **members: Any) -> Address:
    return replace(address, **members)


def _no_member(rest: Address, dimension: str, wanted: str, error: UnknownName, find: Find, language: str) -> Notice:
    """There is no such member, or none that the viewer may see, which reads the same; the nearest there is."""
    said = f"{dimension}={wanted}"
    if not error.nearest:
        return ignored(said, None)
    try:
        key = find_member(find(dimension), error.nearest, dimension)
    except UnknownName:
        return ignored(said, error.nearest)
    near = find(dimension)[key].label(language)
    return _offering(ignored(said, near), _naming(rest, **{dimension: key}))


def _offering(notice: Notice, address: Address) -> Notice:
    """The notice with a link to the nearest thing that there is."""
    return replace(notice, link=address.format() or "?", offer=N_("Go to {near}"))


def _measured(address: Address, notices: list[Notice]) -> Address:
    """Collections know neither products nor categories: the first measure in their place."""
    if address.measure == "collections" and (address.axis == "category" or address.category or address.product):
        notices.append(
            Notice(N_("Payments know no products, so collections by product or category are not known; another measure is shown."))
        )
        return replace(address, measure="")
    return address


def _before_data(address: Address, period: Period, snapshot: Snapshot, number: Numbers) -> Notice:
    """Nothing can be known of a period before all data; the first of its kind that has some."""
    kind = period.kind if period.kind not in ("range", "ytd") else "year"
    first = period_of(kind, snapshot.first_day, snapshot.fiscal_first_month)
    return Notice(
        N_("{period} lies before all data, which begins on {day}."),
        (("period", number.period(period)), ("day", number.day(snapshot.first_day)), ("first", number.period(first))),
        link=replace(address, period=first.format(), as_of=None).format() or "?",
        offer=N_("Show {first}"),
        is_loss=False,
    )
