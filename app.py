"""Wuliang: ``create_app`` puts the parts together, and ``python app.py …`` is the command line.

Each command loads only what it needs. For ``serve`` that is a must: DuckDB starts threads when it is imported, and threads
do not survive the fork into server processes, so nothing that imports DuckDB may be loaded before it.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import console, serving
from data.entries import Entries
from data.errors import DataError
from data.ledger import Ledger
from data.settings import Settings, load_settings
from metrics.errors import MetricsError

if TYPE_CHECKING:
    from dash import Dash

    from data.warehouse import Warehouse

ROOT = Path(__file__).parent

cli = typer.Typer(
    help="Wuliang 五量: a sales organisation by its five measures, each against its target.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
versions = typer.Typer(help="Published versions of the data: list, show, compare, drop.", invoke_without_command=True)
cli.add_typer(versions, name="versions")


def create_app(settings: Settings) -> Dash:
    """The pages over the store that the settings name; ``.server`` is the WSGI application."""
    from dash import Dash
    from flask_compress import Compress

    import callbacks
    from callbacks import health
    from metrics.engine import Engine

    warehouse = open_warehouse(settings)
    app = Dash(
        "wuliang",
        title="Wuliang 五量",
        assets_folder=str(ROOT / "assets"),
        assets_ignore=r"^wall\.",  # served, but only wall screens load them
        suppress_callback_exceptions=True,
        update_title="",
    )
    app.server.config["COMPRESS_ALGORITHM"] = ["zstd", "br", "gzip"]
    Compress(app.server)
    health.register(app.server, warehouse)
    ledger = Ledger(settings.ledger_file)
    callbacks.register(app, Engine(warehouse, settings, entries=Entries(ledger)), settings, ledger=ledger)
    _warm_up(app)
    return app


def _warm_up(app: Dash) -> None:
    """Build the callback map now: under threads the first two requests would race for it."""
    browser = app.server.test_client()
    for path in ("/_dash-layout", "/_dash-dependencies"):
        browser.get(path)
    # What stands now stays: the garbage collector need not walk it again in the middle of a request.
    gc.collect()
    gc.freeze()


def open_warehouse(settings: Settings) -> Warehouse:
    from data.warehouse import Warehouse

    return Warehouse(settings.warehouse_dir, keep=settings.keep_versions)


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger]:
    """The ledger, open for one command; one that cannot be used stops the command before it changes anything."""
    with closing(Ledger(settings.ledger_file)) as ledger:
        yield ledger


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="Server processes.")] = None,
) -> None:
    """Serve the pages."""
    settings = load_settings(host=host, port=port, workers=workers)
    with _ledger(settings):
        pass  # brought up to date before anybody is served
    serving.renew()
    serving.serve(settings, lambda: create_app(settings).server)


@cli.command()
def demo(
    lines: Annotated[int, typer.Option(min=1000, help="Order lines, about.")] = 1_000_000,
    last_day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day with data; by default yesterday.")] = None,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing if the store has data.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a real company's data; its versions are kept.")] = False,
) -> None:
    """Make the demo company."""
    from commands import filling

    settings = load_settings()
    day = last_day.date() if last_day else datetime.now().astimezone().date() - timedelta(days=1)
    warehouse = open_warehouse(settings)
    if if_empty and filling.has_data(warehouse):
        return
    filling.require_replaceable(warehouse, replace=replace)
    with _ledger(settings) as ledger:
        version = filling.make_demo(warehouse, lines=lines, last_day=day)
        ledger.audit("demo", f"version {version.number}", detail={"lines": lines, "last_day": day})


@cli.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="The mapping file; with --suggest, the source's files.", show_default=False)],
    suggest: Annotated[bool, typer.Option("--suggest", help="Draft a mapping for the files instead of importing.")] = False,
    output: Annotated[Path | None, typer.Option(help="With --suggest: write the draft here, not to the terminal.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Where the mapping's files are; by default beside the mapping.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count, publish nothing.")] = False,
    allow_rejects: Annotated[int, typer.Option(min=0, help="Publish all the same with up to this many rejected rows.")] = 0,
    replace: Annotated[bool, typer.Option("--replace", help="Start from an empty store instead of adding to what is there.")] = False,
) -> None:
    """Read a source's files through its mapping and publish what changed."""
    from commands import filling

    if suggest:
        filling.suggest_mapping(files, output)
        return
    if len(files) != 1:
        raise console.Refused(f"Give one mapping file, not {len(files)}. To draft a mapping for files, add --suggest.")
    settings = load_settings()
    with _ledger(settings) as ledger:
        filling.import_files(
            open_warehouse(settings), ledger, files[0], folder=folder, dry_run=dry_run, allow_rejects=allow_rejects, replace=replace
        )


@cli.command()
def doctor() -> None:
    """Check that everything the product needs is in order."""
    from commands import checkup

    if not checkup.report(checkup.examine(load_settings(), ROOT)):
        raise typer.Exit(1)


@cli.command()
def backtest(
    levels: Annotated[str, typer.Option(help="Levels of the company, with commas between.")] = "company,region,area,rep",
    cash: Annotated[bool, typer.Option("--cash", help="Test the expected cash of the company and its regions instead.")] = False,
) -> None:
    """Test forecasts on the past: against plain guesses, and whether their 80 % interval holds."""
    from commands import backtest as report
    from metrics.engine import Engine

    settings = load_settings()
    engine = Engine(open_warehouse(settings), settings)
    if cash:
        from commands import backtest_cash

        if not backtest_cash.show(engine):
            raise typer.Exit(1)
        return
    names = [name.strip() for name in levels.split(",") if name.strip()]
    if not report.show(engine, names):
        raise typer.Exit(1)


@cli.command()
def query(
    measures: Annotated[str, typer.Option(help="Measures with commas between: amount,completion,pace.")],
    by: Annotated[str, typer.Option(help="Dimensions to split by: region,month.")] = "",
    period: Annotated[str, typer.Option(help="2026Q3, 2026-09, 2026W37, 2026, 2026-07-01..2026-09-13, or quarter, ytd …")] = "quarter",
    as_of: Annotated[str, typer.Option(help="Day after which no fact counts, 2026-09-13; by default the data's last.")] = "",
    where: Annotated[list[str] | None, typer.Option(help="Only these members: region=East, or region=East|West. May be repeated.")] = None,
    order: Annotated[str, typer.Option(help="Measure or dimension to order by; with - before it, the largest first.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Print only so many rows.")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="Ask a kept version instead of the current one.")] = None,
    style: Annotated[console.Format, typer.Option("--format", help="How to print the answer.")] = "table",
    sql: Annotated[bool, typer.Option("--sql", help="Print the statements instead of the figures.")] = False,
) -> None:
    """Ask for any figure of any screen."""
    from commands import figures
    from metrics.ask import parse_query
    from metrics.engine import Engine

    settings = load_settings()
    engine = Engine(open_warehouse(settings), settings)
    asked = parse_query(
        engine,
        measures=measures.split(","),
        by=[name.strip() for name in by.split(",") if name.strip()],
        period=period,
        as_of=as_of,
        where=where or (),
        order=order,
        limit=limit,
        version=version,
    )
    result = engine.run(asked, version=version)
    if sql:
        figures.show_sql(result)
    else:
        figures.show(result, engine.snapshot(version), style=style, language=settings.language)


@versions.callback()
def versions_(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_versions()


@versions.command("list")
def list_versions() -> None:
    """List the kept versions."""
    from commands import history

    history.list_versions(open_warehouse(load_settings()))


@versions.command("show")
def show_version(number: int) -> None:
    """Say what a version holds."""
    from commands import history

    history.show_version(open_warehouse(load_settings()), number)


@versions.command("renew")
def renew_version() -> None:
    """Derive the current version anew if another release wrote it; `serve` does so by itself."""
    from commands import history

    history.renew(open_warehouse(load_settings()))


@versions.command("log")
def log_of_changes() -> None:
    """List who made, imported and dropped what."""
    from commands import history

    ledger = Ledger(load_settings().ledger_file)
    try:
        history.show_log(ledger)
    finally:
        ledger.close()


@versions.command("compare")
def compare_versions(before: int, after: int) -> None:
    """Count what was added, removed and changed from one version to another."""
    from commands import history

    history.compare_versions(open_warehouse(load_settings()), before, after)


@versions.command("drop")
def drop_version(number: int) -> None:
    """Forget a version and the files that only it uses."""
    settings = load_settings()
    warehouse = open_warehouse(settings)
    version = warehouse.version(number)
    with _ledger(settings) as ledger:
        warehouse.drop(number)
        ledger.audit("drop", f"version {number}", detail={"note": version.note, "published": version.published})
    console.say(f"Version {number} is dropped.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. The exit status: 0 done, 1 a problem was found, 2 refused, 70 a defect."""
    try:
        cli(None if arguments is None else list(arguments), prog_name="python app.py")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (DataError, MetricsError, console.Refused) as error:
        console.complain(str(error))
        return 2
    except Exception as error:
        return _defect(error)
    return 0


def _defect(error: Exception) -> int:
    """Keep the details of what should not have happened in a file, and say where."""
    with tempfile.NamedTemporaryFile("w", prefix="wuliang-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write("".join(traceback.format_exception(error)))
    console.complain(f"A defect stopped this command ({type(error).__name__}: {error}). Please report it with the file {file.name}.")
    return 70


if __name__ == "__main__":
    sys.exit(main())
