"""What stands in place of a panel or a page that has no figures: loading, error, stale, nothing published yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from layouts import html
from layouts.format import Numbers
from layouts.text import Translator
from layouts.tools import attributes, icon
from layouts.urls import Notice, Scope
from metrics.catalog import FIVE
from metrics.snapshot import Snapshot

HISTORICAL_DAYS: Final = 45
"""Data that ended this long before it was published is a closed set: it does not age."""


def skeleton(name: str, title: str, text: Translator) -> Any:
    """A panel in its final geometry while its figures are on their way; its name is there already."""
    if name in ("headline", "finding", "collections_finding", "account_finding", "screens_finding"):
        return html.Div([html.I(className="sk sk-lead"), html.I(className="sk sk-line")], className="loading", **_busy(text(title), text))
    if name == "kpis":
        cards = [_kpi_skeleton(m.name_zh if text.language == "zh" else m.name, text) for m in FIVE]
        return html.Div(cards, className="kpis loading")
    if name == "standing":
        return html.Div([_measure_skeleton(m.name_zh if text.language == "zh" else m.name, text) for m in FIVE], className="kpis loading")
    if name == "account_strip":
        return html.Div([_measure_skeleton(text(title), text) for _ in range(5)], className="kpis loading")
    if name in ("notation", "collections_notation"):
        return html.Div(className="loading legend")
    lines = [html.I(className="sk") for _ in range(6)]
    return html.Section(
        [_header(text(title)), html.Div(lines, className="sk-body")], className="card-wl loading", **_busy(text(title), text)
    )


def error_card(title: str, message: str, code: str, *, text: Translator, at: str) -> Any:
    """What failed, that the rest works, a way to try again, and the code to report."""
    return html.Section(
        [
            html.Div([html.H2(title), html.Span([icon("alert"), text("Error")], className="chip line")], className="card-h"),
            html.Div(
                [
                    html.Div(text("Could not load: {panel}", panel=title), className="b fail-title"),
                    html.Div([message, " ", text("The other parts of the page are not affected.")], className="cap"),
                ],
                role="alert",
            ),
            html.Div(
                [
                    html.A([icon("retry"), text("Retry")], href="?", className="btn-wl sm", **attributes(data_retry="")),
                    html.Span(text("code {code}, {time}", code=code, time=at), className="cap"),
                ],
                className="fail-foot",
            ),
        ],
        className="card-wl fail",
    )


def empty_page(text: Translator, folder: str) -> Any:
    """Nothing was published yet: what to do."""
    return html.Section(
        [
            icon("inbox", small=False),
            html.H1(text("No data yet")),
            html.P(
                text(
                    "The store in {folder} is empty. Fill it with one of these; this page then shows the figures by itself.", folder=folder
                )
            ),
            html.Dl(
                [
                    html.Dt(text("A demo company")),
                    html.Dd(html.Code("python app.py demo")),
                    html.Dt(text("Your own files: first a draft of a mapping, then the import")),
                    html.Dd([html.Code("python app.py import --suggest FILES"), html.Br(), html.Code("python app.py import MAPPING")]),
                ]
            ),
        ],
        className="card-wl empty-page",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far the data goes and how old it is."""

    words: str
    is_stale: bool
    banner: str = ""


def is_closed(snapshot: Snapshot) -> bool:
    """Whether a version is a set of past days that was never meant to go on."""
    return snapshot.published.date() - snapshot.last_day > timedelta(days=HISTORICAL_DAYS)


def is_stale(snapshot: Snapshot, now: datetime, stale_after_hours: int) -> bool:
    """Whether a version is older than it may be; a closed set does not go stale."""
    return not is_closed(snapshot) and now - snapshot.published > timedelta(hours=stale_after_hours)


def freshness(snapshot: Snapshot, number: Numbers, text: Translator, *, now: datetime, stale_after_hours: int) -> Freshness:
    """How far a version goes and how old it is, by when it was published."""
    age = now - snapshot.published
    this_year = snapshot.last_day.year == now.astimezone().year
    day = number.day(snapshot.last_day, "weekday" if this_year else "full")
    words = text("Data to {day} · refreshed {moment}", day=day, moment=number.moment(snapshot.published))
    if is_closed(snapshot):
        words = text("Data to {day} · historical data, loaded {moment}", day=day, moment=number.moment(snapshot.published))
    if not is_stale(snapshot, now, stale_after_hours):
        return Freshness(words=words, is_stale=False)
    hours = int(age.total_seconds() // 3600)
    old = text("Data is {n} hours old.", n=hours) if hours < 48 else text("Data is {n} days old.", n=hours // 24)
    return Freshness(words=words, is_stale=True, banner=f"{old} {text('Figures are as of {day}.', day=number.day(snapshot.last_day))}")


def freshness_mark(fresh: Freshness, text: Translator) -> Any:
    """A dot and words. The last span is shown by the browser when it cannot reach the server."""
    stale: list[Any] = [html.B(text("stale"), className="bad"), " · "] if fresh.is_stale else []
    return html.Div(
        [
            html.I(),
            html.Span([*stale, fresh.words], className="known"),
            html.Span(text("Server not reached; the figures may be old"), className="lost", role="status"),
        ],
        className="fresh stale" if fresh.is_stale else "fresh",
    )


def banners(fresh: Freshness, notices: Sequence[Notice], scope: Scope) -> list[Any]:
    """Stale data, and what of the address was ignored."""
    found: list[Any] = []
    if fresh.is_stale:
        stale = [html.Span(icon("clock"), className="bad"), html.Div(html.B(fresh.banner), className="grow")]
        found.append(html.Div([*stale, _again(scope.text)], className="banner adv", role="status"))
    said = [html.Div([notice.say(scope.text), *_offer(notice, scope)]) for notice in notices]
    if said:
        close = scope.text("Close")
        words = html.Div(said, className="grow")
        is_loss = any(notice.is_loss for notice in notices)
        away = html.A(icon("close"), href=scope.link(), className="tool", title=close, **attributes(aria_label=close))
        found.append(html.Div([html.Span(icon("alert")), words, away if is_loss else None], className="banner", role="status"))
    return found


def _offer(notice: Notice, scope: Scope) -> list[Any]:
    """The nearest thing that there is, as a link."""
    return [" ", html.A(notice.say_offer(scope.text), href=notice.link, className="b")] if notice.link else []


def _again(text: Translator) -> Any:
    return html.A([icon("retry"), text("Retry")], href="?", className="btn-wl sm", **attributes(data_retry=""))


def _header(title: str) -> Any:
    return html.Div(html.H2(title), className="card-h")


def _kpi_skeleton(name: str, text: Translator) -> Any:
    marks = [html.I(className=f"sk {kind}") for kind in ("sk-chip", "w sk-value", "w sk-line", "w sk-line", "w sk-short")]
    return html.Article([html.H2(name), *marks], className="card-wl kpi", **_busy(name, text))


def _measure_skeleton(name: str, text: Translator) -> Any:
    marks = [html.I(className="sk"), html.I(className="sk sk-short")]
    return html.Section([html.H2(name), *marks], className="card-wl kpi ms", **_busy(name, text))


def _busy(name: str, text: Translator) -> dict[str, Any]:
    return attributes(aria_busy="true", aria_label=text("{name}, loading", name=name))
