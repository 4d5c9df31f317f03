"""What a wall screen says around its scenes: period, data day, read time, and what is missing, lost, stale or to be done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from layouts import html
from layouts.format import Numbers
from layouts.states import is_closed
from layouts.text import Translator
from layouts.urls import Notice, Scope
from metrics.snapshot import Snapshot


def period(scope: Scope) -> str:
    """``Q4 2026, workday 36 of 62``; a period that is over has no day of its own."""
    number, calendar, asked = scope.number, scope.snapshot.calendar, scope.period
    name = number.period(asked)
    if not (scope.is_running and scope.as_of >= asked.first):
        return name
    passed, whole = (calendar.working_days(asked.first, last) for last in (scope.as_of, asked.last))
    return scope.text("{period}, workday {n_th} of {whole}", period=name, n_th=number.count(passed), whole=number.count(whole))


def numbers(snapshot: Snapshot, language: str) -> Numbers:
    """How a wall writes days."""
    return Numbers(language=language, currency=snapshot.currency, unit="auto", volume_name=snapshot.unit_name(language))


def data_day(snapshot: Snapshot, number: Numbers, text: Translator, now: datetime) -> str:
    """How far the data goes: ``Data 13 Sep``."""
    return text("Data {day}", day=_day(snapshot.last_day, number, now))


def read_time(snapshot: Snapshot, number: Numbers, text: Translator, now: datetime) -> str:
    """When it was read: ``read 07:30``, with the day before it unless that is today; in the server's time zone. Of a closed set, that
    it is one: nobody may take the day on which it was loaded for that of its figures.
    """
    if is_closed(snapshot):
        return text("historical data")
    read = snapshot.published.astimezone()
    clock = f"{read:%H:%M}"
    if read.date() == now.astimezone().date():
        return text("read {moment}", moment=clock)
    return text("read {moment}", moment=f"{_day(read.date(), number, now)} {clock}")


def _day(day: date, number: Numbers, now: datetime) -> str:
    """With its year, unless that is this year."""
    return number.day(day, "short" if day.year == now.astimezone().year else "full")


def missing(title: str, reason: str) -> Any:
    """What stands in place of a scene that cannot be shown, in large letters."""
    return html.Section([html.H2(title), html.P(reason)], className="wall-missing")


def plain(title: str) -> str:
    """The title of a scene without what is filled in for what it looks at: ``Regions`` of ``Regions, {measure}``."""
    return re.sub(r"[\s,，·]*\{\w+\}", "", title).strip()


def unknown_scene(name: str, text: Translator) -> str:
    return text("There is no scene '{name}'.", name=name[:40])


def lost_scope(notices: tuple[Notice, ...], text: Translator) -> str:
    """Why a scene has nothing to look at: what its address names is not in the data."""
    said = [dict(notice.values).get("said", "") for notice in notices]
    named = ", ".join(dict.fromkeys(filter(None, said)))
    return text("'{said}' is not in the data any more.", said=named) if named else notices[0].say(text)


def around(text: Translator) -> Mapping[str, str]:
    """What the screen itself has to say; ``{time}`` and the like are filled in there."""
    return {
        "stale": text("stale"),
        "offline": text("No connection since {time}"),
        "reconnecting": text("Trying to reach the server"),
        "skipped": text("Not shown: {title}"),
        "alert": text("Alert {at}/{all}"),
        "congratulation": text("Target reached"),
        "pair": text("Pair this screen"),
        "pair_how": text("Scan the code, or open {link} and type it in"),
        "revoked": text("This screen was removed"),
        "revoked_how": text("It can be paired again with the code below"),
        "gone": text("This wall is not there any more"),
        "gone_how": text("Give this screen another wall; it goes on by itself"),
        "empty": text("No data yet"),
        "empty_how": text("The wall begins by itself once data is published"),
        "failing": text("The server cannot show this just now"),
        "crowded": text("Too many screens wait to be paired"),
    }


def built_in(text: Translator) -> str:
    """The name of the wall that there is before any was made."""
    return text("Company")
