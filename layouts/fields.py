"""Fields that a form needs and Dash's HTML does not have; ``assets/`` draws them."""

from __future__ import annotations

from dash.development.base_component import Component


class SearchField(Component):
    """The browser's own search field: what is typed is asked for on Enter, and no longer once it is cleared."""

    _children_props: list[str] = []  # noqa: RUF012 - the names that Dash reads
    _base_nodes: list[str] = []  # noqa: RUF012
    _namespace = "wuliang_fields"
    _type = "SearchField"
    _prop_names: list[str] = ["name", "label", "value"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties: list[str] = _prop_names
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init__(self, *, name: str, label: str, value: str) -> None:
        super().__init__(name=name, label=label, value=value)  # type: ignore[no-untyped-call]


class FormField(Component):
    """A field of a form with its label. ``kind``: text, note (several lines), date, or choice, one of several with that name.

    ``used``: for which kinds of entries it is asked, with spaces between. ``hint``: words beside the label. ``first``: the earliest day.
    """

    _children_props: list[str] = []  # noqa: RUF012
    _base_nodes: list[str] = []  # noqa: RUF012
    _namespace = "wuliang_fields"
    _type = "FormField"
    _prop_names: list[str] = ["kind", "name", "label", "value", "used", "hint", "first", "checked"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties: list[str] = _prop_names
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init__(
        self, *, kind: str, name: str, label: str, value: str = "", used: str = "", hint: str = "", first: str = "", checked: bool = False
    ) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            kind=kind, name=name, label=label, value=value, used=used, hint=hint, first=first, checked=checked
        )
