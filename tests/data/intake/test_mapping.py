"""Mapping files that say what they cannot mean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.intake import MappingWrong, load_mapping
from data.intake.fields import FIELDS

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs/intake.md"

GOOD = """
[company]
name = "Acme"
[files.lines]
path = "lines.csv"
[tables.region]
from = "lines"
columns = { region_id = "region" }
"""

WRONG = {
    "no header": (GOOD.replace('= "region"', "= []"), r"\[tables.region\] region_id: the list of headers is empty"),
    "an expression": (GOOD.replace('= "region"', "= { expression = 'upper(' }"), r"region_id: the expression 'upper\(' cannot be read"),
    "more than an expression": (
        GOOD.replace('= "region"', "= { expression = '1) FROM lines; --' }"),
        "region_id: the expression .* cannot be read",
    ),
    "no TOML": ("[company", "it cannot be read as TOML"),
    "a key at the top": (GOOD + "[tabels]\n", r"'tabels' is not known here. Did you mean 'tables'\?"),
    "no company": (GOOD.replace('name = "Acme"', ""), r"\[company\]: name = '…' is missing"),
    "a key of the company": (GOOD.replace("name =", "nane ="), r"\[company\]: 'nane' is not known here. Did you mean 'name'\?"),
    "a currency": (GOOD.replace('"Acme"', '"Acme"\ncurrency = "euro"'), "three letters of ISO 4217"),
    "a month": (GOOD.replace('"Acme"', '"Acme"\nfiscal_first_month = 13'), "a month from 1 to 12"),
    "a country": (GOOD.replace('"Acme"', '"Acme"\nholidays = "Germany"'), r"\[company\] holidays: 'Germany' is not allowed"),
    "a phasing": (GOOD.replace('"Acme"', '"Acme"\nphasing = "work_days"'), r"Did you mean 'working_days'\?"),
    "a planned share in percent": (
        GOOD.replace('"Acme"', '"Acme"\nplan_overdue_rate = 30'),
        "plan_overdue_rate = 30: give a share, as in 0.3",
    ),
    "a plan that is no number": (GOOD.replace('"Acme"', '"Acme"\nplan_dso = "two months"'), "plan_dso = 'two months': give days above 0"),
    "days off": (GOOD.replace('"Acme"', '"Acme"\ndays_off = ["tomorrow"]'), "give a list of days"),
    "no files": (GOOD.replace("[files.lines]", "").replace('path = "lines.csv"', ""), "name at least one file"),
    "no path": (GOOD.replace('path = "lines.csv"', ""), r"\[files.lines\]: path = '…' is missing"),
    "an option of a file": (GOOD.replace("path =", 'encodign = "x"\npath ='), r"Did you mean 'encoding'\?"),
    "a decimal mark": (GOOD.replace("path =", "decimal = ';'\npath ="), r"decimal: ';' is not allowed"),
    "an order of days": (GOOD.replace("path =", "dates = 'us'\npath ="), "give 'ymd', 'dmy', 'mdy', or a format"),
    "a header's row": (GOOD.replace("path =", "header = 0\npath ="), "the number of the row with the headers"),
    "an alias": (GOOD.replace("files.lines", 'files."my lines"'), "a file's alias is made of letters"),
    "a table": (GOOD.replace("tables.region", "tables.regions"), r"there is no such table. Did you mean 'region'\?"),
    "a file": (GOOD.replace('from = "lines"', 'from = "line"'), r"from = 'line' is not one of the files. Did you mean 'lines'\?"),
    "a column": (GOOD.replace("region_id =", "regionid ="), r"columns: 'regionid' is not known here. Did you mean 'region_id'\?"),
    "a required column": (GOOD.replace("region_id =", "name ="), "columns must say where region_id comes from"),
    "two ways at once": (GOOD.replace('"region" }', '{ column = "a", value = "b" } }'), "give one of column, value and expression"),
    "from and select": (GOOD + 'select = "SELECT 1"\n', "give either from = '…' with columns, or select = '…'"),
    "no SELECT": (
        GOOD.replace('from = "lines"', 'select = "DROP TABLE x"').replace("columns", "#"),
        "one SELECT statement and nothing else",
    ),
    "two statements": (GOOD.replace('from = "lines"', 'select = "SELECT 1; SELECT 2"').replace("columns", "#"), "one SELECT statement"),
    "a rule for unknown keys": (GOOD + '[unknown]\nregion = "ad"\n', r"\[unknown\] region: 'ad' is not allowed. Did you mean 'add'\?"),
}


def load(folder: Path, text: str) -> None:
    file = folder / "source.toml"
    file.write_text(text, encoding="utf-8")
    load_mapping(file)


def test_a_good_mapping_loads(tmp_path: Path) -> None:
    load(tmp_path, GOOD)


@pytest.mark.parametrize("name", WRONG)
def test_says_what_is_wrong(tmp_path: Path, name: str) -> None:
    text, message = WRONG[name]
    with pytest.raises(MappingWrong, match=message) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "source.toml"))
    assert str(caught.value).endswith(".")


def test_names_the_nearest_mapping(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(MappingWrong, match=r"there is no such file. Did you mean 'acme.toml'\?"):
        load_mapping(tmp_path / "acne.toml")


def test_the_example_in_the_docs_loads(tmp_path: Path) -> None:
    load(tmp_path, re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[0])


def test_the_docs_name_every_column_in_the_row_of_its_table() -> None:
    rows = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    for table, fields in FIELDS.items():
        row = next(line for line in rows if f"`{table}`" in line.split("|")[1])
        for f in fields:
            said = (
                "**`…_id`**" if table in ("region", "segment", "category") and f.key else f"**`{f.name}`**" if f.required else f"`{f.name}`"
            )
            assert said in row, (table, f.name)


def test_the_shipped_mappings_load() -> None:
    assert [load_mapping(file).feeds != () for file in sorted((ROOT / "mappings").glob("*.toml"))] == [True] * 3
