"""The command line: what each command does, prints, notes and refuses. No traceback reaches anybody."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer

import app
from commands import checkup, console, history
from data.ledger import Ledger
from data.settings import Settings
from data.warehouse import Warehouse

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, in force, and the working folder beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WULIANG_DATA_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def _run(*arguments: object) -> Outcome:
        capsys.readouterr()
        status = app.main([str(a) for a in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Outcome(status, captured.out, captured.err)

    return _run


@pytest.fixture
def demo(folder: Path, demo_folder: Path) -> Path:
    """The demo company in the data folder, to read and to change."""
    shutil.copytree(demo_folder, folder)
    return folder


@pytest.fixture
def source(folder: Path) -> Path:
    """A mapping with its file: two order lines."""
    mapping = folder.parent / "own.toml"
    (folder.parent / "lines.csv").write_text("Order,Day,Amount,Pieces\nA-1,2026-03-02,100.10,2\nA-2,2026-03-03,200.20,4\n")
    mapping.write_text(
        'name = "Own"\n[company]\nname = "Own Ltd"\ncurrency = "EUR"\n[files.lines]\npath = "lines.csv"\n'
        '[tables.order_line]\nfrom = "lines"\n'
        'columns = { order_id = "Order", line_no = { value = "1" }, order_day = "Day", amount = "Amount", volume = "Pieces" }\n'
    )
    return mapping


def ledger(folder: Path) -> Ledger:
    return Ledger(folder / "ledger.sqlite")


# --- help and refusals ------------------------------------------------------------------------------------------------


def test_every_command_says_what_it_does(run: Run) -> None:
    page = run("--help")
    assert page.status == 0
    for name in ("serve", "demo", "import", "backtest", "query", "versions", "doctor"):
        assert name in page.out
        command = run(name, "--help")
        assert command.status == 0
        assert "--help" in command.out
    assert all(name in run("versions", "--help").out for name in ("list", "show", "compare", "drop"))


def test_a_wrong_setting_stops_every_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WULIANG_THEME", "drak")
    for command in (("serve",), ("demo",), ("query", "--measures", "amount"), ("versions",), ("doctor",)):
        refused = run(*command)
        assert (refused.status, refused.out) == (2, "")
        assert refused.err == "WULIANG_THEME is 'drak': it must be one of light, dark. Did you mean 'dark'?\n"


def test_an_empty_store_says_what_to_do(run: Run) -> None:
    for command in (("query", "--measures", "amount"), ("versions", "show", 1), ("versions", "drop", 1), ("versions", "compare", 1, 2)):
        refused = run(*command)
        assert refused.status == 2
        assert "python app.py" in refused.err


def test_a_defect_is_kept_in_a_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(_warehouse: Warehouse) -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(history, "list_versions", break_down)
    broken = run("versions")
    assert broken.status == 70
    assert "ZeroDivisionError: by design" in broken.err
    file = Path(broken.err.split()[-1].rstrip("."))
    assert "break_down" in file.read_text()
    file.unlink()


# --- demo -------------------------------------------------------------------------------------------------------------


def test_demo_makes_a_company_up_to_a_day_and_notes_it(run: Run, folder: Path) -> None:
    made = run("demo", "--lines", 2000, "--last-day", "2026-09-13")
    assert made.status == 0
    assert "Version 1" in made.out
    assert "2026-09-13" in made.out
    (entry,) = ledger(folder).audited()
    assert (entry.action, entry.subject, entry.detail) == ("demo", "version 1", {"lines": 2000, "last_day": "2026-09-13"})
    before = Warehouse(folder / "warehouse").versions()
    assert run("demo", "--if-empty") == Outcome(0, "", "")
    assert Warehouse(folder / "warehouse").versions() == before


def test_demo_replaces_a_demo_company_but_no_real_one(run: Run, demo: Path, source: Path) -> None:
    small = ("demo", "--lines", 1000, "--last-day", "2026-09-13")
    assert run(*small).status == 0
    assert run("import", source).status == 0
    refused = run(*small)
    assert refused.status == 2
    assert "Own Ltd" in refused.err
    assert "--replace" in refused.err
    assert run(*small, "--replace").status == 0
    assert Warehouse(demo / "warehouse").current().number == 4


def test_demo_refuses_what_is_no_day(run: Run, folder: Path) -> None:
    refused = run("demo", "--last-day", "13.09.2026")
    assert refused.status == 2
    assert "13.09.2026" in refused.err
    assert not (folder / "warehouse").exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_demo_refuses_a_day_at_the_ends_of_the_calendar(run: Run, folder: Path, day: str) -> None:
    refused = run("demo", "--last-day", day)
    assert refused.status == 2
    assert f"cannot end on {day}: give a last day from 1993 to 2100" in refused.err
    assert not (folder / "warehouse").exists()


# --- import -----------------------------------------------------------------------------------------------------------


def test_import_publishes_and_notes_the_run(run: Run, folder: Path, source: Path) -> None:
    tried = run("import", source, "--dry-run")
    assert tried.status == 0
    assert not ledger(folder).import_runs()
    assert not Warehouse(folder / "warehouse").versions()

    done = run("import", source)
    assert done.status == 0
    assert "300.30" in done.out
    again = run("import", source)
    assert again.status == 0
    unchanged, published = ledger(folder).import_runs()
    assert (published.mapping, published.state, published.version) == ("Own", "published", 1)
    assert (published.summary["order_line"]["new"], published.summary["order_line"]["money_in"]) == (2, "300.3000")
    assert (unchanged.state, unchanged.version) == ("unchanged", None)
    (entry,) = ledger(folder).audited()
    assert (entry.action, entry.subject, entry.detail["version"]) == ("import", "Own", 1)


def test_a_failed_import_is_noted_and_changes_nothing(run: Run, folder: Path, source: Path) -> None:
    assert run("import", source).status == 0
    (source.parent / "lines.csv").write_text("Order,Day,Amount,Pieces\nA-3,2026-03-02,much,2\n")
    failed = run("import", source)
    assert failed.status == 2
    assert failed.out == ""
    latest = ledger(folder).import_runs()[0]
    assert latest.state == "failed"
    assert latest.summary["error"].split()[0] in failed.err
    assert Warehouse(folder / "warehouse").current().number == 1
    assert run("import", source, "--allow-rejects", 1).status == 0


def test_import_wants_one_mapping_that_exists(run: Run, source: Path) -> None:
    assert "not 2" in run("import", source, source).err
    missing = run("import", "nowhere.toml")
    assert missing.status == 2
    assert "nowhere.toml" in missing.err


def test_suggest_refuses_a_place_that_cannot_be_written(run: Run, folder: Path, source: Path) -> None:
    refused = run("import", "--suggest", str(source.with_name("lines.csv")), "--output", str(folder / "none" / "draft.toml"))
    assert refused.status == 2
    assert "draft.toml cannot be written: No such file or directory" in refused.err


def test_suggest_drafts_a_mapping_that_can_be_imported(run: Run, source: Path) -> None:
    lines = source.parent / "lines.csv"
    printed = run("import", "--suggest", lines)
    assert printed.status == 0
    assert "lines.csv" in printed.out
    draft = source.parent / "draft.toml"
    assert run("import", "--suggest", lines, "--output", draft).status == 0
    assert draft.read_text(encoding="utf-8").strip() == printed.out.strip()
    refused = run("import", "--suggest", lines, "--output", draft)
    assert refused.status == 2
    assert "exists" in refused.err


# --- query ------------------------------------------------------------------------------------------------------------


ASKED = ("query", "--by", "region", "--period", "2026Q3", "--as-of", "2026-09-13", "--where", "region=East|west")


def twin(folder: Path, regions: str) -> dict[str, Decimal]:
    """Amounts of the quarter by region, from the order lines themselves."""
    version = Warehouse(folder / "warehouse").current()
    with duckdb.connect(str(folder / "warehouse" / version.facts), read_only=True) as connection:
        return dict(
            connection.execute(
                f"SELECT region_id, sum(amount) FROM order_line WHERE region_id IN ({regions}) "
                "AND order_day BETWEEN '2026-07-01' AND '2026-09-13' GROUP BY 1"
            ).fetchall()
        )


def test_csv_and_json_give_the_exact_figures(run: Run, demo: Path) -> None:
    expected = twin(demo, "'East', 'West'")
    assert len(expected) == 2
    answer = run(*ASKED, "--measures", "amount,completion", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert {row["region"]: Decimal(row["amount"]) for row in rows} == expected
    assert all(Decimal(row["amount_completion"]) > 0 for row in rows)
    assert "2026Q3 as of 2026-09-13, data version 1" in answer.err

    document = json.loads(run(*ASKED, "--measures", "amount", "--format", "json").out)
    assert {row["region"]: Decimal(str(row["amount"])) for row in document["rows"]} == expected
    assert document["period"] == {"name": "2026Q3", "first": "2026-07-01", "last": "2026-09-30"}
    assert (document["as_of"], document["version"], document["currency"]) == ("2026-09-13", 1, "CNY")


def test_the_table_reads_in_the_language_set(run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    amount = f"{twin(demo, repr('East'))['East']:,.0f}"
    assert any(line.split()[:2] == ["East", f"¥{amount}"] for line in run(*ASKED, "--measures", "amount").out.splitlines())
    monkeypatch.setenv("WULIANG_LANGUAGE", "zh")
    assert "华东" in run(*ASKED, "--measures", "amount").out


def test_differences_are_printed_with_their_sign(run: Run, demo: Path) -> None:
    """East is behind: without its sign the table would call it ahead."""
    rows = run(*ASKED, "--measures", "days,gap,py_change").out.splitlines()
    east = next(line for line in rows if line.startswith("East"))
    west = next(line for line in rows if line.startswith("West"))
    assert east.count("−") >= 2
    assert "+" in west


def test_the_printed_statement_gives_the_figure(run: Run, demo: Path) -> None:
    statement = run(*ASKED, "--measures", "amount", "--sql").out
    version = Warehouse(demo / "warehouse").current()
    with duckdb.connect(str(demo / "warehouse" / version.facts), read_only=True) as connection:
        assert dict(connection.execute(statement.rstrip().rstrip(";")).fetchall()) == twin(demo, "'East', 'West'")


def test_backtest_reports_the_methods_beside_each_other(run: Run, demo: Path) -> None:
    outcome = run("backtest", "--levels", "company")
    assert outcome.status == 0
    head = next(line.split() for line in outcome.out.splitlines() if line.startswith("level"))
    row = next(line.split() for line in outcome.out.splitlines() if line.startswith("company"))
    assert head[1:8] == ["cases", "landing", "run", "rate", "last", "year", "best"]
    landing, run_rate, last_year = (float(cell.rstrip("%")) for cell in row[2:5])
    assert 0 < landing < min(run_rate, last_year)
    assert row[5] == "landing"
    assert re.search(r"^Where a plain guess was better: \d+ of 30 kinds of cases$", outcome.out, re.MULTILINE)
    refused = run("backtest", "--levels", "compny")
    assert refused.status == 2
    assert "Did you mean 'company'?" in refused.err


def test_backtest_of_cash_reports_each_horizon_beside_plain_guesses(run: Run, demo: Path) -> None:
    outcome = run("backtest", "--cash")
    assert outcome.status == 0
    rows = [line.split() for line in outcome.out.splitlines() if line.startswith(("company", "region"))]
    assert [row[:2] for row in rows] == [[level, days] for level in ("company", "region") for days in ("30", "60", "90")]
    for row in rows:
        expected, recent, last_year = (float(cell.rstrip("%")) for cell in row[3:6])
        assert 0 < expected < min(recent, last_year)


def test_order_limit_and_a_kept_version(run: Run, demo: Path) -> None:
    customers = ("query", "--measures", "amount", "--by", "customer", "--period", "2026", "--format", "csv")
    every = [Decimal(row["amount"]) for row in csv.DictReader(io.StringIO(run(*customers).out))]
    largest = list(csv.DictReader(io.StringIO(run(*customers, "--order", "-amount", "--limit", 3).out)))
    assert [Decimal(row["amount"]) for row in largest] == sorted(every, reverse=True)[:3]
    before = run(*ASKED, "--measures", "amount", "--format", "csv").out
    with Warehouse(demo / "warehouse").draft() as draft:
        draft.connection.execute("DELETE FROM order_line WHERE region_id = 'East'")
        draft.publish("without East")
    assert run(*ASKED, "--measures", "amount", "--format", "csv").out != before
    assert run(*ASKED, "--measures", "amount", "--format", "csv", "--version", 1).out == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--measures", "amont"), "Did you mean 'amount'?"),
        (("--measures", "amount", "--by", "regoin"), "Did you mean 'region'?"),
        (("--measures", "amount", "--where", "region=Est"), "Did you mean 'East'?"),
        (("--measures", "amount", "--period", "2026Q5"), "'2026Q5' is not a period."),
        (("--measures", "amount", "--version", "9"), "There is no version 9. Kept versions: 1."),
        (("--measures", "amount", "--format", "xml"), "xml"),
    ],
)
def test_what_cannot_be_asked(run: Run, demo: Path, options: tuple[str, ...], said: str) -> None:
    refused = run("query", *options)
    assert (refused.status, refused.out) == (2, "")
    assert said in refused.err


# --- versions ---------------------------------------------------------------------------------------------------------


def test_versions_are_listed_shown_compared_and_dropped(run: Run, folder: Path, source: Path) -> None:
    run("import", source)
    (source.parent / "lines.csv").write_text("Order,Day,Amount,Pieces\nA-2,2026-03-03,1250.20,4\nA-3,2026-03-04,5,1\n")
    run("import", source)

    listed = run("versions").out.splitlines()
    assert listed == run("versions", "list").out.splitlines()
    assert [line.split()[0] for line in listed[1:]] == ["1", "2"]
    assert "current" not in listed[1]
    assert "current" in listed[2]

    shown = [line.split() for line in run("versions", "show", 1).out.splitlines()]
    assert ["order_line", "2", "2026-03-02", "2026-03-03"] in shown

    compared = [line.split() for line in run("versions", "compare", 1, 2).out.splitlines()]
    assert ["order_line", "1", "0", "1", "300.30", "1,355.30", "+1,055.00"] in compared
    assert "hold the same" in run("versions", "compare", 2, 2).out

    assert run("versions", "drop", 2).status == 2
    assert run("versions", "drop", 1).status == 0
    assert [v.number for v in Warehouse(folder / "warehouse").versions()] == [2]
    latest = ledger(folder).audited()[0]
    assert (latest.action, latest.subject) == ("drop", "version 1")


# --- doctor -----------------------------------------------------------------------------------------------------------


def lines_of(outcome: Outcome) -> dict[str, str]:
    """The state of everything doctor looks at, by its name."""
    return {line[9:].split("  ")[0].strip(): line.split()[0] for line in outcome.out.splitlines()[1:]}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_the_log_says_who_made_what(run: Run, folder: Path) -> None:
    assert "Nothing was changed yet" in run("versions", "log").out
    run("demo", "--lines", 2000, "--last-day", "2026-09-13")
    logged = run("versions", "log").out
    assert "demo" in logged
    assert "lines=2000" in logged


def test_doctor_finds_nothing_wrong_with_the_demo_company(run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WULIANG_PORT", str(free_port()))
    findings = checkup.examine(Settings(data_dir=demo), ROOT)
    assert [f.name for f in findings] == ["Python", "packages", "data folder", "store", "ledger", "calendar", "disk", "port"]
    assert all(f.found for f in findings if not f.problem)
    examined = run("doctor")
    wrong = {name for name, state in lines_of(examined).items() if state == "problem"}
    assert wrong <= {"calendar"}, examined.out  # China's shifted days are not known beyond a year
    assert examined.status == (1 if wrong else 0)


def test_doctor_says_what_is_wrong_and_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("WULIANG_PORT", str(taken.getsockname()[1]))
        examined = run("doctor")
    assert examined.status == 1
    state = lines_of(examined)
    assert {name for name, word in state.items() if word == "problem"} == {"store", "calendar", "port"}
    assert "python app.py demo" in examined.out
    assert "--port" in examined.out


def test_doctor_compares_packages_and_python_with_what_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(
        "# why\npytest==0.0.1  # old\nno-such-package==1\nfilelock>=1\nwaitress==0; sys_platform == 'none'\n"
    )
    (tmp_path / "pyproject.toml").write_text('[project]\nrequires-python = ">=9.1"\n')
    problem = checkup.packages(tmp_path).problem
    assert "pytest is 9" in problem
    assert "wanted ==0.0.1" in problem
    assert "no-such-package is missing" in problem
    assert "filelock" not in problem
    assert "waitress" not in problem
    assert ">=9.1" in checkup.python(tmp_path).problem
    assert not checkup.packages(ROOT).problem


def test_doctor_knows_when_the_calendar_ends(demo: Path) -> None:
    warehouse = Warehouse(demo / "warehouse")
    assert not checkup.calendar(warehouse, date(2026, 9, 13)).problem
    assert "ends on" in checkup.calendar(warehouse, date(2050, 1, 1)).problem
    assert "shifted working days of 2030" in checkup.calendar(warehouse, date(2030, 1, 1)).problem


# --- the terminal -----------------------------------------------------------------------------------------------------


def test_plain_tables_stand_in_columns_in_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    console.table(("name", "n"), [("华东", 5), ("East", 1200), ("none", None)], numbers=("n",))
    assert capsys.readouterr().out.splitlines() == ["name     n", "华东     5", "East  1200", "none"]


def test_terminals_get_a_drawn_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    cell: Any = "[bold]kept as it is[/bold]"
    console.table(("name",), [(cell,)])
    drawn = capsys.readouterr().out
    assert cell in drawn
    assert "─" in drawn


# --- the documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{file.name}" for file in sorted((ROOT / "docs").glob("*.md")))])
def test_documents_name_commands_targets_and_files_that_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = {typer.main.get_command(app.cli).name, *typer.main.get_command(app.cli).commands}  # type: ignore[attr-defined]
    assert set(re.findall(r"python app\.py (\w+)", text)) <= commands
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make (\w+)", text, re.MULTILINE)) <= targets
    links = re.findall(r"\]\((?!https?:|#)([^)#]+\.md)", text)
    assert all(((ROOT / page).parent / link).exists() for link in links)


def test_readme_lists_every_command(run: Run) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in typer.main.get_command(app.cli).commands:  # type: ignore[attr-defined]
        assert f"`{name}" in text
