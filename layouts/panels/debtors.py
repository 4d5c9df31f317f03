"""The columns of the worklist, and how what is known of a customer is shown in them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from layouts import entries, html, parts
from layouts.entry_form import opens
from layouts.format import MISSING, Scale
from layouts.grid import Align
from layouts.panels import progress
from layouts.parts import Value
from layouts.text import N_
from layouts.tools import icon
from layouts.urls import ACCOUNT, Scope
from metrics.worklist import MONTH, Debtor, Worked, Worth

_DARKEST: Final = 5
"""The shades of age go from 1, just overdue, to this one, in the last bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A column. ``order``: a key of ``metrics.worklist_sql.ORDERS``; "" for one that cannot be sorted by. ``usual``: shown unless chosen
    otherwise. ``named``: sorted from A to Z first, or from the earliest day. ``brief``: on a phone too."""

    key: str
    heading: str
    hint: str = ""
    order: str = ""
    usual: bool = True
    named: bool = False
    width: int = 80
    align: Align = "right"
    brief: bool = False


SPECS: Final = (
    Spec(key="customer", heading=N_("Customer"), order="customer", named=True, width=184, align="left", brief=True),
    Spec(key="place", heading=N_("Region · area"), order="place", named=True, width=176, align="left"),
    Spec(key="rep", heading=N_("Rep"), order="rep", named=True, width=122, align="left"),
    Spec(key="overdue", heading=N_("Overdue"), order="overdue", width=70, brief=True),
    Spec(key="oldest", heading=N_("Oldest"), hint=N_("Days since the oldest overdue amount was due"), order="oldest", width=76, brief=True),
    Spec(key="exposure", heading=N_("Exposure"), hint=N_("All that is owed, less cash that no invoice took"), order="exposure", width=72),
    Spec(key="limit", heading=N_("Credit limit"), order="limit", width=78),
    Spec(key="used", heading=N_("Limit used"), hint=N_("Exposure ÷ credit limit"), order="used", width=74),
    Spec(key="chance", heading=N_("Paid late"), hint=N_("Chance that it is paid late"), order="chance", usual=False, width=78),
    Spec(key="worth", heading=N_("Worth of a call"), hint=N_("Overdue × chance to be paid late × age"), order="worth", width=112),
    Spec(key="promise", heading=N_("Promise to pay"), order="promise", named=True, width=98, align="left"),
    Spec(key="state", heading=N_("Promise"), order="state", named=True, width=88, align="left"),
    Spec(key="action", heading=N_("Next action"), order="action", named=True, width=152, align="left"),
    Spec(
        key="owner", heading=N_("Owner"), hint=N_("Who does it; else the rep"), order="owner",
        named=True, usual=False, width=110, align="left",
    ),
    Spec(key="last", heading=N_("Last entry"), usual=False, width=180, align="left"),
    Spec(key="write", heading="", width=36, brief=True),
)  # fmt: skip
FIXED: Final = ("customer", "write")
"""Columns that are always there."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The cells of a worklist: money in one unit."""

    scope: Scope
    worked: Worked

    @property
    def scale(self) -> Scale:
        return self.scope.number.scale_of(self.worked.typical, self.worked.largest)

    def name(self, dimension: str, key: str | None) -> str:
        """What a member is called; "" for none."""
        member = self.worked.members[dimension].get(key) if key is not None else None
        return member.label(self.scope.language) if member else key or ""

    def value(self, spec: Spec, debtor: Debtor) -> Any:
        """The exact value of a cell, for a file."""
        promise, action = debtor.promise, debtor.action
        known: dict[str, Callable[[], Any]] = {
            "customer": lambda: self.name("customer", debtor.customer),
            "place": lambda: self._place(debtor),
            "rep": lambda: self.name("rep", debtor.rep) or None,
            "overdue": lambda: debtor.overdue,
            "oldest": lambda: debtor.oldest,
            "exposure": lambda: debtor.exposure,
            "limit": lambda: debtor.credit_limit,
            "used": lambda: debtor.used,
            "chance": lambda: debtor.worth.chance,
            "worth": lambda: debtor.worth.value,
            "promise": lambda: promise.promise.day if promise else None,
            "amount": lambda: promise.promise.amount if promise else None,
            "state": lambda: self.scope.text(entries.STATES[promise.state if promise else None][0]),
            "action": lambda: action.note if action else None,
            "owner": lambda: (action.owner if action else self.name("rep", debtor.rep)) or None,
            "due": lambda: action.day if action else None,
            "last": lambda: self._last(debtor) or None,
        }
        return known[spec.key]()

    def text(self, spec: Spec, debtor: Debtor) -> str:
        """The same as it is shown."""
        number, value = self.scope.number, self.value(spec, debtor)
        if value is None:
            return MISSING
        if spec.key in ("used", "chance"):
            return number.part(value)
        if spec.key in ("promise", "due"):
            return number.day(value)
        if spec.key == "oldest":
            return number.count(value)
        return number.scaled(value, self.scale) if isinstance(value, Decimal) else str(value)

    def cell(self, spec: Spec, debtor: Debtor) -> Any:
        """A cell of the list."""
        drawn: dict[str, Callable[[Debtor], Any]] = {
            "customer": self._customer,
            "overdue": lambda of: html.Span(self.text(spec, of), className="b"),
            "oldest": self._oldest,
            "limit": lambda of: self._missing(self.text(spec, of), N_("No limit is agreed")),
            "used": self._used,
            "chance": lambda of: html.Span(self.text(spec, of), title=self._chance(of.worth)),
            "worth": lambda of: html.Span(self.text(spec, of), title=self.formula(of.worth)),
            "promise": self._promise,
            "state": self._state,
            "action": self._action,
            "write": self._write,
        }
        if spec.key in drawn:
            return drawn[spec.key](debtor)
        said = self.text(spec, debtor)
        return html.Span(said, title=said) if spec.align == "left" and said != MISSING else said

    def formula(self, worth: Worth) -> str:
        """What a call is worth, with its figures: ``¥2.1 M overdue × 62% paid late × 4.2 months = ¥5.5 M``."""
        text, number = self.scope.text, self.scope.number
        if worth.value is None:
            return text("Nobody has paid anything yet, so no chance is known")
        return text(
            "{overdue} overdue × {chance} chance to be paid late × {age} ({days} days past due on average ÷ {month}) = {value}",
            overdue=number.money(worth.overdue),
            chance=number.part(worth.chance),
            age=number.days(worth.age, signed=False),
            days=number.count(round(worth.days)),
            month=number.count(MONTH),
            value=number.money(worth.value),
        )

    def facts(self, debtor: Debtor) -> str:
        """A customer in one line, for the head of the form."""
        text, number = self.scope.text, self.scope.number
        said = [text("{amount} overdue", amount=number.money(debtor.overdue))]
        if debtor.oldest is not None:
            said.append(text("oldest {n} days", n=debtor.oldest))
        if debtor.used is not None:
            said.append(text("{share} of the credit limit used", share=number.part(debtor.used)))
        return " · ".join([*said, *filter(None, (self._place(debtor), self.name("rep", debtor.rep)))])

    # --- cells ------------------------------------------------------------------------------------------------------

    def _customer(self, debtor: Debtor) -> Any:
        name = self.name("customer", debtor.customer)
        href = self.scope.link_to(ACCOUNT, customer=debtor.customer)
        return html.A(name, href=href, title=self.scope.text("Open the account"), className="nm-t who")

    def _place(self, debtor: Debtor) -> str:
        return " · ".join(filter(None, (self.name("region", debtor.region), self.name("area", debtor.area))))

    def _oldest(self, debtor: Debtor) -> Any:
        if debtor.oldest is None:
            return MISSING
        edges = self.scope.settings.ageing_edges
        shade = 1 + bisect_left(edges, debtor.oldest) * (_DARKEST - 1) // len(edges)
        return html.Span(self.scope.text("{n} d", n=debtor.oldest), className=f"age hs{shade}")

    def _missing(self, said: str, why: str) -> Any:
        """A figure; where it is missing with a marked text that says why."""
        return parts.value(Value(said, self.scope.text(why))) if said == MISSING else said

    def _used(self, debtor: Debtor) -> Any:
        text, number, limit = self.scope.text, self.scope.number, debtor.credit_limit
        if limit is None:
            return self._missing(MISSING, N_("No limit is agreed"))
        if not debtor.is_over_limit:
            return self._missing(number.part(debtor.used), N_("Of a limit of 0 no share can be used"))
        over = debtor.exposure - limit
        said = number.part(debtor.used) if debtor.used is not None else number.scaled(over, self.scale, signed=True)
        hint = text("{over} over the limit of {limit}", over=number.money(over), limit=number.money(limit))
        return html.Span([icon("warning"), parts.hidden(text("Over the limit:") + " "), said], className="bad b nw", title=hint)

    def _promise(self, debtor: Debtor) -> Any:
        promise = debtor.promise
        if promise is None:
            return self._missing(MISSING, N_("Nothing is promised"))
        amount = self.scope.number.exact(promise.promise.amount)
        day = self.scope.number.day(promise.promise.day, "short")
        return html.Span(day, title=self.scope.text("{amount} by {day}", amount=amount, day=self.scope.number.day(promise.promise.day)))

    def _state(self, debtor: Debtor) -> Any:
        word, mark, look = entries.STATES[debtor.promise.state if debtor.promise else None]
        paid = debtor.promise.paid if debtor.promise else None
        hint = self.scope.text("{amount} of it is paid", amount=self.scope.number.exact(paid)) if paid else None
        return html.Span([icon(mark), self.scope.text(word)], className=f"state {look}", title=hint)

    def _action(self, debtor: Debtor) -> Any:
        action = debtor.action
        if action is None:
            return self._missing(MISSING, N_("Nothing is planned"))
        number = self.scope.number
        is_late = action.day is not None and action.day < progress.cut(self.scope)
        due = html.Span(number.day(action.day, "short"), className="bad b" if is_late else None)
        who = html.Span([action.owner, " · ", due], className="cap nw")
        return html.Span([html.Span(action.note, className="act-t", title=action.note), " ", who], className="act")

    def _last(self, debtor: Debtor) -> str:
        entry = debtor.last
        return f"{entries.brief(self.scope, entry)} · {entries.signed(self.scope, entry)}" if entry else ""

    def _write(self, debtor: Debtor) -> Any:
        name = self.name("customer", debtor.customer)
        return html.Button(icon("pencil"), className="tool into", **opens(self.scope, debtor.customer, name, self.facts(debtor)))

    def _chance(self, worth: Worth) -> str:
        """Where the chance comes from."""
        text, number = self.scope.text, self.scope.number
        if worth.usual is None:
            return text("Nobody has paid anything yet, so no chance is known")
        usual = number.part(worth.usual)
        if worth.own is None:
            return text("No payments in twelve months: the share of all customers, {usual}", usual=usual)
        own = number.part(worth.own)
        return text(
            "{own} of {n} payments in twelve months came late, by amount; of all customers {usual}", own=own, n=worth.payments, usual=usual
        )
