"""The page of wall screens as the frame draws it: no figures, so no file of them, no period and nothing computed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.callbacks.asking import elements, frame, links, panel, words


def test_the_page_has_no_filter_but_its_language_and_theme(client: FlaskClient) -> None:
    around = frame(client, "?code=K7M2QX", page="walls")
    assert links(around["filters"]) == ["?code=K7M2QX", "?code=K7M2QX&language=zh", "?code=K7M2QX", "?code=K7M2QX&theme=dark"]
    assert words(around["notices"]) == ""
    assert around["export"] is None


def test_what_another_page_shows_is_offered_there(client: FlaskClient) -> None:
    notices = frame(client, "?region=East&period=month", page="walls")["notices"]
    assert "This page does not show 'period=month, region=East'." in words(notices)


@pytest.mark.parametrize("name", ["pairing", "walls", "screens"])
def test_no_card_says_how_it_is_computed(client: FlaskClient, name: str) -> None:
    shown = panel(client, name)
    assert not [props for _, props, _ in elements(shown) if "data-explain" in props]
    assert client.get(f"/export/{name}.csv").status_code == 404


def test_there_is_no_file_of_the_page(client: FlaskClient) -> None:
    answer = client.get("/export/walls.xlsx")
    assert answer.status_code == 404
    assert "overview" in answer.text
    assert "walls" not in answer.text.replace("'walls'", "")
