"""Fields that a form needs and Dash's HTML does not have; ``assets/frame.js`` draws them."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash.development.base_component import Component


class Field(Component):
    """What Dash reads of a component of our own. The props are kept as they are: Dash would look for a package of the namespace, to
    have its version ready for an error message, once for each of them.
    """

    _children_props: list[str] = []  # noqa: RUF012 - the names that Dash reads
    _base_nodes: list[str] = []  # noqa: RUF012
    _namespace = "wuliang_fields"
    _type = ""
    _prop_names: list[str] = []  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties: list[str] = []  # noqa: RUF012
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls._type, cls.available_properties = cls.__name__, cls._prop_names

    def _keep(self, **props: Any) -> None:
        vars(self).update(props)


class DateField(Field):
    """The browser's own date field: with keyboard, in the reader's language."""

    _prop_names = ["name", "label", "value", "min", "max"]  # noqa: RUF012

    def __init__(self, *, name: str, label: str, value: date, first: date, last: date) -> None:
        self._keep(name=name, label=label, value=value.isoformat(), min=first.isoformat(), max=last.isoformat())


class SearchField(Field):
    """The browser's own search field: what is typed is asked for on Enter, and no longer once it is cleared."""

    _prop_names = ["name", "label", "value"]  # noqa: RUF012

    def __init__(self, *, name: str, label: str, value: str) -> None:
        self._keep(name=name, label=label, value=value)


class FormField(Field):
    """A field of a form with its label. ``kind``: text, note (several lines), date, or choice, one of several with that name.

    ``used``: for which kinds of entries it is asked, with spaces between. ``hint``: words beside the label. ``first``: the earliest day.
    ``missing``: what is said where it is left empty; "" where it may be.
    """

    _prop_names = ["kind", "name", "label", "value", "used", "hint", "first", "checked", "missing"]  # noqa: RUF012

    def __init__(
        self,
        *,
        kind: str,
        name: str,
        label: str,
        value: str = "",
        used: str = "",
        hint: str = "",
        first: str = "",
        checked: bool = False,
        missing: str = "",
    ) -> None:
        said = {"used": used, "hint": hint, "first": first, "missing": missing}
        self._keep(kind=kind, name=name, label=label, value=value, checked=checked, **said)
