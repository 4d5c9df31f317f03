"""What may be asked of the plain addresses that write: from pages of this server alone, in texts that can be kept."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, request


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
