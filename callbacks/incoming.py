"""What may be asked of the plain addresses that write: from pages of this server alone, in texts that can be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Response, jsonify, request

from callbacks.desk import failure
from data.errors import StoreEmpty
from layouts.text import Translator

Answer = tuple[Mapping[str, Any], int]
"""What is sent as JSON, and the status."""


class Refused(Exception):
    """Why nothing was kept, in the reader's language. ``field``: of the form, where the reason lies. ``more``: what else is told."""

    def __init__(
        self, message: str, field: str = "", status: int = HTTPStatus.UNPROCESSABLE_ENTITY, more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.payload = status, {"message": message, "field": field, **(more or {})}


def answer(make: Callable[[], Answer], text: Translator) -> Response:
    """JSON that no one keeps, or why there is none, as a sentence."""
    try:
        payload, status = make()
    except Refused as error:
        payload, status = error.payload, error.status
    except StoreEmpty as error:
        payload, status = {"message": str(error), "field": ""}, HTTPStatus.SERVICE_UNAVAILABLE
    except Exception as error:
        told = failure(error, request.path, text)
        payload, status = {"message": f"{told.message} {told.code}", "field": ""}, HTTPStatus.INTERNAL_SERVER_ERROR
    sent = jsonify(payload)
    sent.status_code = status
    sent.headers["Cache-Control"] = "no-store"
    return sent


def foreign(said: str) -> Response | None:
    """Whoever may read and write here does so from a page of this server; another site may not in their name."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site == "same-origin" or (site is None and (origin is None or urlsplit(origin).netloc == request.host)):
        return None
    return plain(said, HTTPStatus.FORBIDDEN)


def too_large(most: int) -> Response | None:
    """A body of more bytes is not read."""
    if (request.content_length or 0) <= most:
        return None
    return plain(f"The body may have at most {most} bytes.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def is_text(said: str) -> bool:
    """Half of a character pair, which JSON lets through, cannot be kept."""
    return not any("\ud800" <= sign <= "\udfff" for sign in said)


def plain(said: str, status: int = HTTPStatus.BAD_REQUEST) -> Response:
    """What no page of ours would meet, in English."""
    return Response(said, status, mimetype="text/plain")
