"""Causes and drivers of a gap in words: who, how much, and what share of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from layouts import html
from layouts.panels import progress
from layouts.text import N_
from layouts.tools import attributes
from layouts.urls import Scope
from metrics.bridge import Cause
from metrics.catalog import PLACES, Unit
from metrics.drivers import Driver
from metrics.question import Question
from metrics.rates import RateSplit
from metrics.why import Account, Against, Explanation, Why

PATH: Final = "drivers/"
"""Where drivers are asked for, below the product's own path; then the version, and the address that the page shows."""

_NAMES: Final = {
    "not_due": N_("Not due yet"),
    "lost_customers": N_("Lost customers"),
    "new_customers": N_("New customers"),
    "dropped_products": N_("Dropped products"),
    "new_products": N_("New products"),
    "price": N_("Price"),
    "cost": N_("Cost of goods"),
    "expense": N_("Selling expense"),
    "mix": N_("Mix"),
    "volume": N_("Volume"),
    "existing": N_("Existing customers"),
    "other": N_("Other"),
}
_IN: Final = {
    "lost_customers": N_("customers lost by {name}"),
    "new_customers": N_("new customers of {name}"),
    "dropped_products": N_("dropped products in {name}"),
    "new_products": N_("new products in {name}"),
    "price": N_("price in {name}"),
    "cost": N_("cost of goods in {name}"),
    "expense": N_("selling expense in {name}"),
}
_MEMBERS: Final = {
    "region": N_("regions"),
    "area": N_("areas"),
    "rep": N_("reps"),
    "segment": N_("segments"),
    "category": N_("categories"),
}
_ALONE: Final = {
    "lost_customers": N_("lost customers"),
    "new_customers": N_("new customers"),
    "dropped_products": N_("dropped products"),
    "new_products": N_("new products"),
    "price": N_("price"),
    "cost": N_("cost of goods"),
    "expense": N_("selling expense"),
    "mix": N_("mix"),
}
_PAID: Final = {
    "lost_customers": (
        N_("Paid then, not now"),
        N_("customers who paid then, not now"),
        N_("customers of {name} who paid then, not now"),
    ),
    "new_customers": (
        N_("Paid now, not then"),
        N_("customers who paid now, not then"),
        N_("customers of {name} who paid now, not then"),
    ),
    "existing": (N_("Paid then and now"), "", ""),
}
"""Of collections the name of a part, the same as a driver, and within a member: who pays in one span only is neither lost nor new."""
_ITSELF: Final = {
    # cause, whether of collections: where there was nothing, and where more came back
    ("lost_customers", False): (N_("nothing was bought in {period}"), N_("more was returned than bought in {period}")),
    ("lost_customers", True): (N_("nothing was paid in {period}"), N_("more was refunded than paid in {period}")),
    ("new_customers", False): (
        N_("nothing was bought in the days it is held against"),
        N_("more was returned than bought in the days it is held against"),
    ),
    ("new_customers", True): (
        N_("nothing was paid in the days it is held against"),
        N_("more was refunded than paid in the days it is held against"),
    ),
}
"""Of one customer what makes it a lost or a new one."""
_NOBODY: Final = {
    "region": N_("what has no region"),
    "area": N_("what has no area"),
    "rep": N_("what has no rep"),
    "category": N_("what has no category"),
}
"""As a driver in a sentence."""
_CHANGES: Final = {
    "price": N_("{change} in the unit price, led by {name} ({amount})"),
    "cost": N_("{change} in the unit cost, led by {name} ({amount})"),
    "expense": N_("{change} in the unit expense, led by {name} ({amount})"),
}


def question(scope: Scope, measure: str = "") -> Why:
    """Why what the scope looks at is where it is, each place one level below included; the same wherever it is asked."""
    against: Against = scope.base  # type: ignore[assignment]
    child = scope.child if scope.child in PLACES else ""
    return Why(measure=measure or scope.measure, against=against, child=child, period=scope.period, as_of=scope.as_of, where=scope.where)


def place_of(scope: Scope, member: str) -> tuple[str, str] | None:
    """Where the driver of a member one level below, or of the scope (""), is asked; None where it cannot be."""
    return (member, f"{PATH}{scope.snapshot.version}.json{scope.link()}") if can_explain(scope) else None


def later_here(place: tuple[str, str]) -> Any:
    """An empty mark that the browser fills with the driver (``assets/causes.js``): to find it out takes longer than the page takes
    to show, and one question answers all marks of a page."""
    member, address = place
    return html.Span(className="cause", **attributes(data_cause=member, data_at=address))


def later(scope: Scope, found: Explanation, member: str) -> str:
    """The driver as it goes on in the headline ("; lost customers explain 60% of it") or stands by a member ("Bohe −8.3 M")."""
    if not member:
        said = reason(scope, found)
        return scope.text("; ") + said if said else ""
    account = found.children.get(member)
    if account is None or not account.drivers or not stands_out(scope, account):
        return ""
    driver = account.drivers[0]
    name = driver_name(scope, found, account, driver)
    amount = scope.number.of(driver.amount, progress.unit_of(scope.measure), signed=True)
    return scope.text("{name} {amount}", name=name[:1].upper() + name[1:], amount=amount)


def can_explain(scope: Scope) -> bool:
    """Whether the measure's facts know what is filtered by."""
    return scope.can_ask(scope.measure) and (scope.base in ("py", "pp") or scope.can_ask(f"{scope.measure}_{scope.base}"))


def driver_name(scope: Scope, found: Explanation, of: Account, driver: Driver) -> str:
    """``Bohe Chemicals``, ``lost customers``, ``price in Pumps``; ``of``: the account that it is a driver of."""
    text = scope.text
    if not driver.cause:
        return member_name(scope, found, driver.dimension, driver.key, of)
    _, alone, within = _paid(scope, driver.cause)
    if driver.dimension:
        return text(within or _IN[driver.cause], name=member_name(scope, found, driver.dimension, driver.key))
    return text(alone or _ALONE[driver.cause])


def cause_name(scope: Scope, cause: str) -> str:
    """``Lost customers``, as a part of a bridge."""
    return scope.text(_paid(scope, cause)[0] or _NAMES[cause])


def _paid(scope: Scope, cause: str) -> tuple[str, str, str]:
    return _PAID.get(cause, ("", "", "")) if scope.measure == "collections" else ("", "", "")


def member_name(scope: Scope, found: Explanation, dimension: str, key: str | None, of: Account | None = None) -> str:
    """A member's name; of none, what that means for the dimension. ``of``: the account in which it is a member, else the whole."""
    if key is not None:
        return found.label(dimension, key, scope.language)
    if is_unallocated(of or found.whole, dimension):
        return scope.text("Unallocated target")
    return scope.text(progress.WITHOUT.get(dimension, N_("Not assigned")))


def is_unallocated(of: Account, dimension: str) -> bool:
    """Whether no member of the dimension means a target that nobody below has, rather than facts that name nobody."""
    return dimension in of.targeted and any(step.key is None and not step.actual for step in of.steps.get(dimension, ()))


def explains(scope: Scope, found: Explanation, of: Account, driver: Driver, *, is_said: bool = True) -> str:
    """``lost customers explain 60% of it``; more than all of it where others make up for some. ``it``: the gap that is shown, or of
    a gap to the whole target the lag or lead on pace in it, which is also named where no gap ``is_said`` before."""
    if itself := _of_itself(scope, of, driver.cause):
        return itself
    name, text = driver_name(scope, found, of, driver), scope.text
    if driver.key is None and driver.dimension in _NOBODY:
        name = text("the unallocated target") if is_unallocated(of, driver.dimension) else text(_NOBODY[driver.dimension])
    several = driver.cause.endswith(("customers", "products"))
    values: dict[str, Any] = {"drivers": name, "driver": name, "gap": _driven(scope, of, is_said=is_said)}
    if driver.share > Decimal("1.005"):
        return text("{drivers} explain more than all of {gap}" if several else "{driver} explains more than all of {gap}", **values)
    said = scope.number.part(driver.share)
    return text("{drivers} explain {share} of {gap}" if several else "{driver} explains {share} of {gap}", share=said, **values)


def _driven(scope: Scope, of: Account, *, is_said: bool) -> str:
    """What the drivers of an account explain."""
    if of.due is None and is_said:
        return scope.text("it")
    return scope.text("the lag behind pace" if (of.driven or 0) < 0 else "the lead on pace")


def _of_itself(scope: Scope, of: Account, cause: str) -> str:
    """Of the one customer that is looked at, what a lost or a new one is; empty for anything else."""
    said = _ITSELF.get((cause, scope.measure == "collections"))
    if scope.child or said is None:
        return ""
    gave_back = any(part.gave_back for part in of.causes if part.key == cause)
    return scope.text(said[gave_back], period=scope.number.period(scope.period))


def reason(scope: Scope, found: Explanation, account: Account | None = None, *, is_said: bool = True) -> str:
    """What explains most of a gap, in words; empty where nothing stands out or the gap is inside the tolerance."""
    of = account or found.whole
    if not of.drivers or not stands_out(scope, of):
        return ""
    return explains(scope, found, of, of.drivers[0], is_said=is_said)


def stands_out(scope: Scope, account: Account) -> bool:
    """Whether the gap that drivers explain is beyond the tolerance from which an alert clears."""
    held = account.base if account.due is None else account.due
    if not account.driven or not held:
        return False
    settings = scope.settings
    return abs(account.driven / held) * 100 >= settings.tolerance_warning - settings.tolerance_hysteresis


def cause_reason(scope: Scope, found: Explanation, cause: Cause) -> str:
    """Who and how much is behind one part of a bridge."""
    text, number, unit = scope.text, scope.number, progress.unit_of(scope.measure)
    if itself := _of_itself(scope, found.whole, cause.key):
        return itself[:1].upper() + itself[1:]
    leading = [m for m in cause.members if (m.amount < 0) == (cause.amount < 0) and m.amount][:2]
    named = text(", ").join(
        text("{name} ({amount})", name=member_name(scope, found, m.dimension, m.key), amount=number.of(m.amount, unit, signed=True))
        for m in leading
    )
    if cause.key == "not_due":
        return text("The target of the days after {day}", day=number.day(progress.cut(scope), "short"))
    if cause.key == "volume":
        return _units(scope, cause, named)
    if cause.key == "mix" and cause.shares and leading:
        before, now = (number.part(share) for share in cause.shares)
        name = member_name(scope, found, cause.members[0].dimension, cause.members[0].key)
        return text("{name} {now} of sales against {before}", name=name, now=now, before=before)
    if cause.key in _CHANGES and cause.change is not None and leading:
        name = member_name(scope, found, leading[0].dimension, leading[0].key)
        amount = number.of(leading[0].amount, unit, signed=True)
        return text(_CHANGES[cause.key], change=number.share(cause.change, signed=True), name=name, amount=amount)
    if cause.key == "other":
        return text("Refunds and corrections" if scope.measure == "collections" else "Returns and corrections")
    if cause.key in ("dropped_products", "new_products"):
        return text("{n} products: {names}", n=cause.count, names=named)
    return text("{n} customers: {names}", n=cause.count, names=named)


def _units(scope: Scope, cause: Cause, named: str) -> str:
    """Fewer or more units from existing customers, and who leads."""
    text = scope.text
    if cause.units is None:
        return named
    size = scope.number.of(abs(cause.units), Unit.VOLUME)
    said = (
        text("{units} fewer from existing customers", units=size)
        if cause.units < 0
        else text("{units} more from existing customers", units=size)
    )
    return text("{said}; {names}", said=said, names=named) if named else said


def unexplained(scope: Scope, found: Explanation, dimension: str) -> str:
    """Why no member of the dimension that is shown and no cause is told of a gap that is there; empty where some are."""
    whole = found.whole
    if not whole.gap or whole.causes or any(step.gap for step in whole.steps.get(dimension, ())):
        return ""
    why = progress.why(scope, scope.measure, whole.unexplained)
    return scope.text("The gap cannot be taken apart here. {reason}.", reason=why)


def rate_words(scope: Scope, rate: RateSplit) -> str:
    """How a rate moved against the past, whatever the measure is held against, and why; a paradox by its name."""
    text, number = scope.text, scope.number
    before = number.share(rate.before)
    values: dict[str, Any] = {
        "rate": text("Collection rate of invoiced") if rate.measure == "collection_rate" else progress.name_of(scope, rate.measure),
        "now": number.share(rate.now),
        "before": text("{share} the period before", share=before) if scope.base == "pp" else text("{share} a year ago", share=before),
        "own": number.points(rate.own),
        "mix": number.points(rate.mix),
        "members": text(_MEMBERS[rate.dimension]),
    }
    if not rate.is_paradox:
        return text("{rate} {now} against {before}: {own} from the rates of {members}, {mix} from where sales went", **values)
    if rate.now < rate.before:
        return text(
            "{rate} {now} against {before}, lower although it rose in all {members} (Simpson's paradox): sales moved, {mix}", **values
        )
    return text("{rate} {now} against {before}, higher although it fell in all {members} (Simpson's paradox): sales moved, {mix}", **values)


class MainDriverWords:
    """The main driver of every place in a list, in a few words; of those whose gap is one to explain."""

    def needs(self, scope: Scope, dimension: str) -> Mapping[str, Question]:
        return {"why": question(scope)} if dimension == question(scope).child and can_explain(scope) else {}

    def words(self, scope: Scope, results: Mapping[str, Any], rows: Sequence[progress.Row]) -> Mapping[str | None, str]:
        found = results.get("why")
        if found is None:
            return {}
        said: dict[str | None, str] = {}
        for key, account in found.children.items():
            if account.drivers and stands_out(scope, account):
                name = driver_name(scope, found, account, account.drivers[0])
                said[key] = name[:1].upper() + name[1:]
        return said
