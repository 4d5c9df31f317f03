"""The question that screens ask most, whether anything is new, answered before Flask: most of what an answer of nothing costs is Flask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

from werkzeug.wsgi import get_host

from callbacks.wall import COOKIE, Screens

_COOKIE: Final = re.compile(rf"(?:^|;)\s*{COOKIE}=([\w-]+)\s*(?:;|$)")
_MOST: Final = 8
"""Fields of a query string that are looked at; a screen says four."""

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Polls:
    """Answers 304 to a screen that has what it shows; whatever else is asked goes on to the application."""

    def __init__(self, application: Wsgi, screens: Screens, path: str) -> None:
        self._application, self._screens, self._path = application, screens, path

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        headers = self._unchanged(environ) if environ.get("PATH_INFO") == self._path else None
        if headers is None:
            return self._application(environ, start)
        start("304 NOT MODIFIED", headers)
        return ()

    def _unchanged(self, environ: dict[str, Any]) -> list[tuple[str, str]] | None:
        """The headers of such an answer; None where something is new, or anything is unusual."""
        etags, cookie = environ.get("HTTP_IF_NONE_MATCH"), _COOKIE.search(environ.get("HTTP_COOKIE", ""))
        if not etags or cookie is None or environ.get("REQUEST_METHOD") != "GET":
            return None
        said = dict(parse_qsl(environ.get("QUERY_STRING", "")[:1000])[:_MOST])
        host = f"{environ['wsgi.url_scheme']}://{get_host(environ)}"
        try:
            document = self._screens.shown(cookie.group(1), host, said)
        except Exception:
            return None  # the application meets the same, and has words for it
        if document.etag not in etags:
            return None
        self._screens.count()
        return [("ETag", f'"{document.etag}"'), *self._screens.headers().items()]
