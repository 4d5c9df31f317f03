"""Whatever a spreadsheet writes comes back as it was: tables in random encodings, delimiters and forms of numbers and days."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from data.intake.feeds import read_feeds
from data.intake.files import stage
from data.intake.mapping import load_mapping

MAPPING = """
[company]
name = "Acme"
[files.lines]
path = "lines.csv"
{options}
[tables.activity]
from = "lines"
columns = {{ activity_id = "key", activity_day = "day", kind = "text", note = "note" }}
[tables.instalment]
from = "lines"
columns = {{ invoice_id = "key", instalment_no = {{ value = 1 }}, due_day = "day", amount = "amount" }}
"""

DAYS: dict[str, tuple[str, Callable[[dt.date], str]]] = {
    "iso": ("ymd", lambda d: d.isoformat()),
    "slashes": ("ymd", lambda d: f"{d.year}/{d.month}/{d.day}"),
    "digits": ("ymd", lambda d: f"{d:%Y%m%d}"),
    "chinese": ("ymd", lambda d: f"{d.year}年{d.month}月{d.day}日"),
    "german": ("dmy", lambda d: f"{d:%d.%m.%Y}"),
    "british": ("dmy", lambda d: f"{d:%d/%m/%Y}"),
    "american": ("mdy", lambda d: f"{d.month}/{d.day}/{d.year}"),
    "with a time": ("ymd", lambda d: f"{d.isoformat()} 23:59:59"),
    "serial": ("ymd", lambda d: str((d - dt.date(1899, 12, 30)).days)),
    "named": ("ymd", lambda d: f"{d.day}-{d:%b}-{d.year}"),
}


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    encoding: str
    delimiter: str
    line_end: str
    decimal: str
    group: str
    negative: str
    day: str
    quote_all: bool

    def number(self, value: Decimal) -> str:
        text = f"{abs(value):,}".replace(",", "_").replace(".", self.decimal).replace("_", self.group)
        if value >= 0:
            return text
        return {"before": f"-{text}", "behind": f"{text}-", "parentheses": f"({text})"}[self.negative]

    def write(self, rows: list[tuple[str, dt.date, Decimal, str]]) -> bytes:
        out = io.StringIO(newline="")
        # Python's writer does not quote a line feed where lines end otherwise; nobody could read that again.
        quoting = csv.QUOTE_ALL if self.quote_all or self.line_end == "\r" else csv.QUOTE_MINIMAL
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator=self.line_end, quoting=quoting)
        writer.writerow(("key", "day", "amount", "text", "note"))
        for key, day, amount, text in rows:
            writer.writerow((key, DAYS[self.day][1](day), self.number(amount), text, ""))
        return out.getvalue().encode(self.encoding)


dialects = st.builds(
    Dialect,
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "gb18030")),
    delimiter=st.sampled_from((",", ";", "\t", "|")),
    line_end=st.sampled_from(("\n", "\r\n", "\r")),
    decimal=st.sampled_from((".", ",")),
    group=st.just(""),
    negative=st.sampled_from(("before", "behind", "parentheses")),
    day=st.sampled_from(sorted(DAYS)),
    quote_all=st.booleans(),
).flatmap(lambda d: st.sampled_from([*{"", " ", "'", ",", "."} - {d.decimal}]).map(lambda g: Dialect(**(d.__dict__ | {"group": g}))))
texts = st.text(st.sampled_from('aé销售额,;|"\t\n 0.'), min_size=1, max_size=12).map(lambda t: f"k{t}k")
amounts = st.decimals(min_value=Decimal("-99999999.9999"), max_value=Decimal("99999999.9999"), places=4)
days = st.dates(dt.date(1995, 1, 1), dt.date(2030, 12, 31))
tables = st.lists(st.tuples(days, amounts, texts), min_size=1, max_size=8)


@settings(max_examples=60)
@given(dialect=dialects, table=tables, said=st.booleans())
def test_comes_back_exactly(dialect: Dialect, table: list[tuple[dt.date, Decimal, str]], said: bool) -> None:
    rows = [(f"K{i}", *row) for i, row in enumerate(table)]
    # Without being told, what is ambiguous in all rows must be asked for: one row that tells settles the column.
    rows.append(("telling", dt.date(2024, 3, 31), Decimal("1234.5"), "k销售额k"))
    options = f'encoding = "{dialect.encoding}"\ndecimal = "{dialect.decimal}"\ndates = "{DAYS[dialect.day][0]}"' if said else ""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        (Path(folder) / "lines.csv").write_bytes(dialect.write(rows))
        (Path(folder) / "m.toml").write_text(MAPPING.format(options=options), encoding="utf-8")
        mapping = load_mapping(Path(folder) / "m.toml")
        staged = {spec.alias: stage(connection, spec, Path(folder), Path(folder)) for spec in mapping.files}
        read_feeds(connection, mapping, staged)
        came = connection.execute(
            "SELECT a.activity_id, a.activity_day, i.amount, a.kind, a._row FROM typed_activity a "
            "JOIN typed_instalment i ON i.invoice_id = a.activity_id ORDER BY a._n"
        ).fetchall()
        rejects = connection.execute("SELECT * FROM rejects").fetchall()
    assert rejects == []
    assert came == [(*row, number) for number, row in enumerate(rows, 2)]
