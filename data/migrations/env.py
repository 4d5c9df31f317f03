"""Alembic's entry: migrates the ledger over the connection that ``data.ledger`` hands in, in its transaction."""

from __future__ import annotations

from alembic import context

from data.ledger import LEDGER

# SQLite can undo a CREATE or ALTER: a migration that is killed leaves the ledger as it was.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=LEDGER,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
