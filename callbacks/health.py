"""/healthz: whether this process can answer, for whoever watches over it."""

from __future__ import annotations

from typing import Any

import duckdb
import sqlalchemy as sa
from flask import Flask

from data import schema
from data.errors import DataError
from data.warehouse import Warehouse


def register(server: Flask, warehouse: Warehouse) -> None:
    @server.get("/healthz")
    def healthz() -> tuple[dict[str, Any], int, dict[str, str]]:
        """200 and the data's version once figures can be given; 503 and the reason until then."""
        fresh = {"Cache-Control": "no-store"}
        try:
            reader = warehouse.reader()
            reader.rows(sa.select(schema.coverage.c.fact).limit(1))
        except (DataError, duckdb.Error, OSError) as error:
            return {"ready": False, "reason": str(error)}, 503, fresh
        version = reader.version
        return {"ready": True, "version": version.number, "published": version.published.isoformat()}, 200, fresh
