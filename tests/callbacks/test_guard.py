"""What comes in malformed is refused, and a page loads nothing from elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.callbacks.asking import panel_body

KEYS = st.sampled_from(("output", "outputs", "inputs", "state", "id"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
ASKED = "/_dash-update-component"


@given(JSON)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_malformed_body_answers_400(client: FlaskClient, body: Any) -> None:
    assert client.post(ASKED, json=body).status_code == 400


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[1,2"])
def test_what_is_no_json_answers_400(client: FlaskClient, data: bytes) -> None:
    assert client.post(ASKED, data=data, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"output": "nothing.children"},
        {"outputs": None},
        {"outputs": {"id": {"type": "panel", "name": "no such"}, "property": "children"}},
        {"outputs": {"id": "regions", "property": "children"}},
        {"outputs": [1]},
        {"inputs": []},
        {"inputs": [1, 2, 3]},
        {"inputs": [{"id": "location", "property": "search", "value": ["x"]}] * 3},
        {"inputs": [{"id": "location", "property": "search", "value": 7}] * 3},
        {"state": [{}]},
        {"changedPropIds": 5},
        {"changedPropIds": [None]},
    ],
)
def test_a_body_that_is_nearly_right_answers_400(client: FlaskClient, change: dict[str, Any]) -> None:
    assert client.post(ASKED, json=panel_body("regions", "") | change).status_code == 400


@given(st.text(max_size=60))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_address_gets_an_answer(client: FlaskClient, search: str) -> None:
    assert client.post(ASKED, json=panel_body("notation", search)).status_code == 200


def test_a_page_names_no_other_origin(client: FlaskClient) -> None:
    page = client.get("/").text
    loaded = re.findall(r"(?:src|href)=\"([^\"]*)\"", page)
    assert len(loaded) > 8
    assert all(link.startswith("/") and not link.startswith("//") for link in loaded)
    for link in loaded:
        if link.endswith(".css") or "/vendor/" in link or "/assets/" in link:
            sheet = client.get(link)
            assert sheet.status_code == 200, link
            assert not re.search(r"url\([\"']?(?!data:)[\"']?(https?:)?//|@import", sheet.text), link


def test_the_policy_forbids_other_origins_and_foreign_scripts(client: FlaskClient) -> None:
    policy = dict(part.strip().split(" ", 1) for part in client.get("/").headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert not re.search(r"https?:|\*", " ".join(policy.values()))
