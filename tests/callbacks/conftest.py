"""The product over the small demo company, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.callbacks.asking import app_over


@pytest.fixture(scope="module")
def client(demo_folder: Path) -> Iterator[FlaskClient]:
    with app_over(demo_folder).server.test_client() as client:
        yield client
