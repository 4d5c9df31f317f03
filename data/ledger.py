"""The ledger: what people write and do, in SQLite.

Small, transactional and migrated with Alembic when it is opened. Every change takes the write lock at once (``BEGIN
IMMEDIATE``) and waits for its turn, so that two processes never meet a "database is locked" half way; readers never wait,
thanks to the write-ahead log. A table that a feature needs comes with a migration in ``migrations/versions``.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from filelock import FileLock, Timeout

from data.errors import DataError

_NAMES: Final = {kind: f"{kind}_%(table_name)s_%(column_0_N_name)s" for kind in ("ix", "uq")}
LEDGER: Final = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s", **_NAMES})

WAIT_SECONDS: Final = 30
"""How long a writer waits for another one."""

RunState = Literal["running", "published", "unchanged", "failed"]


class LedgerUnusable(DataError):
    """The ledger cannot be opened, or was written by a newer release."""


class Moment(sa.TypeDecorator[datetime]):
    """A UTC moment, kept as text that sorts; SQLite itself knows no time zones."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:
        return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if value else None


class Exact(sa.TypeDecorator[Decimal]):
    """An exact number, kept as text: SQLite itself has none but binary ones."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


# One row a change: who did what to what. detail: JSON.
audit_entry = sa.Table(
    "audit_entry",
    LEDGER,
    sa.Column("audit_entry_id", sa.Integer(), primary_key=True),
    sa.Column("at", Moment(), nullable=False, index=True),
    sa.Column("who", sa.String(), nullable=False),
    sa.Column("action", sa.String(), nullable=False),
    sa.Column("subject", sa.String(), nullable=False),
    sa.Column("detail", sa.JSON(), nullable=False),
)

# One row an attempt to import. finished is empty while it runs, and stays so if it was killed; version is empty unless
# one was published. summary: JSON.
import_run = sa.Table(
    "import_run",
    LEDGER,
    sa.Column("import_run_id", sa.Integer(), primary_key=True),
    sa.Column("started", Moment(), nullable=False, index=True),
    sa.Column("finished", Moment()),
    sa.Column("mapping", sa.String(), nullable=False),
    sa.Column("version", sa.Integer()),
    sa.Column("state", sa.String(), nullable=False),
    sa.Column("summary", sa.JSON(), nullable=False),
)

# One row a thing that somebody wrote about a customer (see data.entries); append only, so that taking one back is a row
# as well, which names it in undoes. The number of the last row is the revision of all. seen_to: the last day of the data
# that the writer looked at. amount: exact, as text. owner: who is to act, on a next action.
customer_entry = sa.Table(
    "customer_entry",
    LEDGER,
    sa.Column("entry_id", sa.Integer(), primary_key=True),
    sa.Column("customer_id", sa.String(), nullable=False, index=True),
    sa.Column("kind", sa.String(), nullable=False, index=True),
    sa.Column("at", Moment(), nullable=False),
    sa.Column("who", sa.String(), nullable=False),
    sa.Column("seen_to", sa.Date(), nullable=False),
    sa.Column("day", sa.Date()),
    sa.Column("amount", Exact()),
    sa.Column("invoice_id", sa.String()),
    sa.Column("owner", sa.String(), nullable=False),
    sa.Column("note", sa.String(), nullable=False),
    sa.Column("undoes", sa.Integer(), unique=True),
)

# One row a wall: scenes that screens on the wall show in turn. scenes: JSON, a list of {scene, address, seconds}. revision
# goes up with every change. The number of a wall that was removed is never given again.
wall = sa.Table(
    "wall",
    LEDGER,
    sa.Column("wall_id", sa.Integer(), primary_key=True),
    sa.Column("slug", sa.String(), nullable=False, unique=True),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("scenes", sa.JSON(), nullable=False),
    sa.Column("seconds", sa.Integer(), nullable=False),
    sa.Column("language", sa.String(), nullable=False),
    sa.Column("unit", sa.String(), nullable=False),
    sa.Column("theme", sa.String(), nullable=False),
    sa.Column("revision", sa.Integer(), nullable=False),
    sqlite_autoincrement=True,
)

# One row a screen on the wall. secret: the SHA-256 of what the screen keeps, which is not kept here. code: what it shows until
# somebody gives it a wall (wall_id; 0 the built-in one). wall_id stays when that wall is removed. last_seen and what was shown
# then are written now and then.
device = sa.Table(
    "device",
    LEDGER,
    sa.Column("device_id", sa.Integer(), primary_key=True),
    sa.Column("secret", sa.String(), nullable=False, unique=True),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("wall_id", sa.Integer()),
    sa.Column("code", sa.String(), unique=True),
    sa.Column("code_until", Moment()),
    sa.Column("created", Moment(), nullable=False),
    sa.Column("paired_at", Moment()),
    sa.Column("revoked_at", Moment()),
    sa.Column("last_seen", Moment()),
    sa.Column("version_shown", sa.Integer()),
    sa.Column("scene_shown", sa.String(), nullable=False),
    sa.Column("release_shown", sa.String(), nullable=False),
    sa.Column("problem", sa.String(), nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: datetime
    who: str
    action: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportRun:
    started: datetime
    finished: datetime | None
    mapping: str
    version: int | None
    state: RunState
    summary: Mapping[str, Any]


class Ledger:
    """One ledger file, brought up to date when opened. Safe to share between threads, and between processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = _engine(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Several processes may start at once: the first migrates, the others find nothing left to do.
            with FileLock(path.with_suffix(".lock"), timeout=WAIT_SECONDS):
                if not self.at_head():
                    _upgrade(self._engine)
        except Timeout:
            raise LedgerUnusable(f"Another process is migrating {path}. Wait for it to finish, then run this again.") from None
        except CommandError as error:
            raise LedgerUnusable(f"{path} was written by a newer release than this one ({error}). Install that release.") from None
        except (OSError, sa.exc.DatabaseError) as error:
            reason = getattr(error, "orig", None) or error
            raise LedgerUnusable(f"{path} cannot be opened: {reason}. Check the folder's permissions and WULIANG_DATA_DIR.") from None

    def at_head(self) -> bool:
        """Whether the file has all tables this release knows."""
        if not self.path.exists():
            return False
        with self.reading() as connection:
            return MigrationContext.configure(connection).get_current_revision() == _scripts().get_current_head()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the ledger and never waits for a writer."""
        with self._engine.execution_options(reads_only=True).connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the write lock from its beginning; all of it is kept, or nothing."""
        with self._engine.begin() as connection:
            yield connection

    def audit(self, action: str, subject: str, *, who: str | None = None, detail: Mapping[str, Any] | None = None) -> None:
        """Note that somebody changed something; by default the user of the operating system."""
        with self.writing() as connection:
            note_change(connection, action, subject, who=who or current_user(), detail=detail or {})

    def audited(self, *, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The latest entries, newest first."""
        columns = [audit_entry.c[name] for name in AuditEntry.__slots__]
        with self.reading() as connection:
            rows = connection.execute(sa.select(*columns).order_by(audit_entry.c.audit_entry_id.desc()).limit(limit))
            return tuple(AuditEntry(*row) for row in rows)

    def start_import(self, mapping: str) -> int:
        """Note that an import begins; the number is for ``finish_import``."""
        with self.writing() as connection:
            row = {"started": datetime.now(UTC), "mapping": mapping, "state": "running", "summary": {}}
            result = connection.execute(sa.insert(import_run).values(row))
            assert result.inserted_primary_key, "the key is given by the database"
            return int(result.inserted_primary_key[0])

    def finish_import(self, number: int, state: RunState, *, version: int | None = None, summary: Mapping[str, Any] | None = None) -> None:
        row = {"finished": datetime.now(UTC), "state": state, "version": version, "summary": dict(summary or {})}
        with self.writing() as connection:
            connection.execute(sa.update(import_run).where(import_run.c.import_run_id == number).values(row))

    def import_runs(self, *, limit: int = 100) -> tuple[ImportRun, ...]:
        """The latest imports, newest first."""
        columns = [import_run.c[name] for name in ImportRun.__slots__]
        with self.reading() as connection:
            rows = connection.execute(sa.select(*columns).order_by(import_run.c.import_run_id.desc()).limit(limit))
            return tuple(ImportRun(*row) for row in rows)

    def close(self) -> None:
        self._engine.dispose()


def note_change(connection: sa.Connection, action: str, subject: str, *, who: str, detail: Mapping[str, Any]) -> None:
    """Note in the same transaction as the change itself who made it, so that there is neither without the other."""
    entry = {"at": datetime.now(UTC), "who": who, "action": action, "subject": subject, "detail": dict(detail)}
    connection.execute(sa.insert(audit_entry).values(entry))


def current_user() -> str:
    """The user of the operating system; a container may run under a number without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": WAIT_SECONDS},
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, default=str),
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own
        for pragma in (f"busy_timeout = {WAIT_SECONDS * 1000}", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reads_only") else "BEGIN IMMEDIATE")

    return engine


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def _upgrade(engine: sa.Engine) -> None:
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
