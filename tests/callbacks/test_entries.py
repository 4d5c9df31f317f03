"""What people write about customers over HTTP: kept, refused in plain words, or held against what others wrote meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

import callbacks
from callbacks.desk import Desk
from callbacks.entries import LARGEST, Book
from callbacks.incoming import Refused
from data.entries import Entries, NewEntry
from data.ledger import Ledger
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.urls import COLLECTIONS
from metrics.engine import Engine
from metrics.scope import EVERYTHING, Filter, Viewer
from metrics.worklist import Debtor, Worklist
from tests.callbacks.asking import app_over

LAST = date(2026, 9, 13)
DAY = "2026-09-25"


@pytest.fixture
def entries(tmp_path: Path) -> Entries:
    return Entries(Ledger(tmp_path / "ledger.sqlite"))


@pytest.fixture
def client(demo_folder: Path, entries: Entries) -> Iterator[FlaskClient]:
    with app_over(demo_folder, entries=entries).server.test_client() as client:
        yield client


@pytest.fixture(scope="module")
def debtor(demo_warehouse: Warehouse) -> Debtor:
    """A customer of East with something overdue."""
    asked = Worklist(as_of=LAST, where=(Filter("region", ("East",)),), rows=1)
    found: Debtor = Engine(demo_warehouse, Settings()).answer(asked).debtors[0]
    return found


def write(client: FlaskClient, customer: str, search: str = "", headers: dict[str, str] | None = None, **form: Any) -> TestResponse:
    said = {"kind": "note", "who": "Li Qiang", "note": "called", "seen": 0} | form
    return client.post(f"/entries/{customer}.json{search}", json=said, headers=headers or {})


def promise(client: FlaskClient, customer: str, search: str = "", **form: Any) -> TestResponse:
    return write(client, customer, search, **({"kind": "promise", "note": "", "day": DAY, "amount": "1,000.50"} | form))


# --- kept -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({"kind": "call", "note": " nobody there "}, {"note": "nobody there"}),
        ({"kind": "note", "note": "moved 搬迁"}, {"note": "moved 搬迁"}),
        ({"kind": "dispute", "note": "wrong price", "amount": "￥1,000"}, {"amount": Decimal(1000), "note": "wrong price"}),
        ({"kind": "action", "note": "visit", "owner": "Xu Hao", "day": "2026-09-13"}, {"owner": "Xu Hao", "day": LAST}),
        ({"kind": "promise", "note": "", "amount": "1,000.50", "day": DAY}, {"amount": Decimal("1000.50"), "day": date(2026, 9, 25)}),
    ],
)
def test_what_is_written_is_kept(client: FlaskClient, entries: Entries, debtor: Debtor, form: dict[str, Any], kept: dict[str, Any]) -> None:
    answer = write(client, debtor.customer, **form)
    assert (answer.status_code, answer.json["entry"], answer.json["written"]) == (201, 1, 1)
    (entry,) = entries.of(debtor.customer)
    assert {name: getattr(entry, name) for name in kept} == kept
    assert (entry.kind, entry.who, entry.seen_to, entry.customer_id) == (form["kind"], "Li Qiang", LAST, debtor.customer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_disputed_invoice_is_one_of_the_customer(
    client: FlaskClient, entries: Entries, debtor: Debtor, demo_warehouse: Warehouse
) -> None:
    text = "SELECT invoice_id FROM balance_interval WHERE customer_id {} $c AND to_day > DATE '2026-09-13' ORDER BY invoice_id LIMIT 1"
    own, other = (demo_warehouse.reader().ask(text.format(sign), {"c": debtor.customer})[0][0] for sign in ("=", "<>"))
    assert write(client, debtor.customer, kind="dispute", invoice=own).status_code == 201
    refused = write(client, debtor.customer, kind="dispute", invoice=other, seen=1)
    assert (refused.status_code, refused.json["field"]) == (422, "invoice")
    assert other in refused.json["message"]
    assert [entry.invoice_id for entry in entries.of(debtor.customer)] == [own]


def test_the_message_says_what_was_kept_in_the_language_of_the_page(client: FlaskClient, debtor: Debtor) -> None:
    english, chinese = promise(client, debtor.customer).json, promise(client, debtor.customer, "?language=zh", seen=1).json
    assert english["message"].startswith("Saved for ")
    assert english["message"].endswith(": Promise to pay, ¥1,000.50 by 25 Sep 2026")
    assert chinese["message"].startswith("已保存（")
    assert "1,000.50\u00a0元" in chinese["message"]
    assert "2026年9月25日" in chinese["message"]


def test_all_is_read_back_newest_first_with_what_became_of_it(client: FlaskClient, debtor: Debtor) -> None:
    promise(client, debtor.customer)
    write(client, debtor.customer, note="second", seen=1)
    told = client.get(f"/entries/{debtor.customer}.json").json
    assert (told["written"], told["closed"], [line["name"] for line in told["entries"]]) == (2, "", ["Note", "Promise to pay"])
    second, first = told["entries"]
    assert (first["state"]["word"], first["headline"], second["state"]) == ("open", "¥1,000.50 by 25 Sep 2026", None)
    assert (second["note"], second["undone"]) == ("second", "")
    assert second["by"].startswith("Li Qiang, ")
    assert told["open"] == f"¥{debtor.open:,.2f}"


def test_a_past_day_is_for_reading(client: FlaskClient, debtor: Debtor) -> None:
    write(client, debtor.customer)
    told = client.get(f"/entries/{debtor.customer}.json?as-of=2026-08-31").json
    assert told["entries"] == []
    assert "31 Aug 2026" in told["closed"]


@pytest.mark.parametrize(
    ("search", "latest"),
    [
        ("?as-of=2026-08-31", "?"),
        ("?period=month&as-of=2026-07-31&region=East", "?period=month&region=East"),
        ("?period=2026-08&language=zh", "?period=month&language=zh"),
        ("?period=2026&as-of=2026-08-31", "?period=2026"),
        ("?period=2026-07-01..2026-07-09", "?"),
    ],
)
def test_from_a_past_day_there_is_a_way_to_the_latest(client: FlaskClient, debtor: Debtor, search: str, latest: str) -> None:
    path = f"/entries/{debtor.customer}.json"
    assert client.get(path + search).json["latest"] == latest
    assert client.get(path + latest).json["closed"] == ""


# --- refused ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"day": "2026-09-13"}, "day", "13 Sep 2026 is past: the data goes to 13 Sep 2026."),
        ({"day": "2026-02-30"}, "day", "'2026-02-30' is not a day"),
        ({"day": ""}, "day", "Say by which day"),
        ({"amount": "a lot"}, "amount", "'a lot' is not an amount. Write it like 12,000.50."),
        ({"amount": "1.234,50"}, "amount", "'1.234,50' is not an amount"),
        ({"amount": ""}, "amount", "Say how much"),
        ({"amount": "0"}, "amount", "above 0"),
        ({"amount": "-5"}, "amount", "above 0"),
        ({"kind": "note", "note": "  "}, "note", "The note is empty"),
        ({"kind": "call", "note": ""}, "note", "The note is empty"),
        ({"kind": "action", "note": "visit", "owner": "Xu Hao", "day": "2026-09-12"}, "day", "12 Sep 2026 is past"),
        ({"kind": "action", "note": "visit"}, "owner", "who is to do it"),
        ({"who": " "}, "who", "Say who you are"),
        ({"note": "x" * 2001}, "", "at most 2,000 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_to_do(
    client: FlaskClient, entries: Entries, debtor: Debtor, form: dict[str, Any], field: str, said: str
) -> None:
    answer = promise(client, debtor.customer, **form)
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert said in answer.json["message"]
    chinese = promise(client, debtor.customer, "?language=zh", **form).json["message"]
    assert chinese != answer.json["message"]
    assert not {"{", "}"} & set(chinese + answer.json["message"])
    assert entries.revision == 0


def test_no_more_can_be_promised_than_is_open(client: FlaskClient, entries: Entries, debtor: Debtor) -> None:
    above = promise(client, debtor.customer, amount=f"{debtor.open + Decimal('0.01'):f}")
    assert (above.status_code, above.json["field"]) == (422, "amount")
    assert f"¥{debtor.open:,.2f} is open" in above.json["message"]
    assert promise(client, debtor.customer, amount=f"{debtor.open:f}").status_code == 201
    assert entries.of(debtor.customer)[0].amount == debtor.open


def test_who_owes_nothing_can_promise_nothing(client: FlaskClient, demo_warehouse: Warehouse) -> None:
    text = """SELECT customer_id FROM customer WHERE customer_id NOT IN
              (SELECT customer_id FROM balance_interval WHERE to_day > DATE '2026-09-13' AND from_day <= DATE '2026-09-13') LIMIT 1"""
    (customer,) = demo_warehouse.reader().ask(text, {})[0]
    answer = promise(client, customer, amount="1")
    assert (answer.status_code, "¥0.00 is open" in answer.json["message"]) == (422, True)


def test_an_unknown_customer_and_one_that_may_not_be_seen_read_the_same(
    client: FlaskClient, demo_warehouse: Warehouse, entries: Entries, debtor: Debtor
) -> None:
    unknown = write(client, "C9999")
    assert (unknown.status_code, unknown.json["message"]) == (404, "There is no customer 'C9999', or none that you may see.")
    assert client.get("/entries/C9999.json").status_code == 404
    engine = Engine(demo_warehouse, Settings(), entries=entries)
    north = Viewer(name="manager", bounds=(Filter("region", ("North",)),))
    form = {"kind": "note", "who": "a", "note": "b", "seen": 0, "undoes": 1}

    def book(viewer: Viewer) -> tuple[Book, Any]:
        desk = Desk(engine, Settings(), callbacks.now, viewer)
        return Book(desk, entries), desk.scope("", COLLECTIONS)[0]

    own, scope = book(EVERYTHING)
    own.keep(scope, debtor.customer, form)
    others, scope = book(north)
    for do in (others.keep, others.undo, lambda scope, customer, _: others.told(scope, customer)):
        with pytest.raises(Refused, match=f"There is no customer '{debtor.customer}', or none that you may see"):
            do(scope, debtor.customer, form)
    assert entries.revision == 1


def test_a_bounded_viewer_can_promise_what_their_part_owes(demo_warehouse: Warehouse, entries: Entries, debtor: Debtor) -> None:
    engine = Engine(demo_warehouse, Settings(), entries=entries)
    desk = Desk(engine, Settings(), callbacks.now, Viewer(name="rep", bounds=(Filter("rep", (debtor.rep or "",)),)))
    book, scope = Book(desk, entries), desk.scope("", COLLECTIONS)[0]
    told = book.told(scope, debtor.customer)
    part = demo_warehouse.reader().ask(
        """SELECT sum(balance) FROM balance_interval WHERE customer_id = $c AND rep_id = $r
           AND from_day <= DATE '2026-09-13' AND to_day > DATE '2026-09-13'""",
        {"c": debtor.customer, "r": debtor.rep},
    )[0][0]
    assert told["open"] == f"¥{part:,.2f}"


# --- at once ----------------------------------------------------------------------------------------------------------------


def test_who_writes_over_an_older_state_is_shown_what_was_written_and_can_save_again(
    client: FlaskClient, entries: Entries, debtor: Debtor
) -> None:
    first = promise(client, debtor.customer, who="Xu Hao").json
    late = write(client, debtor.customer, note="they will not pay")
    assert (late.status_code, late.json["written"], late.json["since"]) == (409, first["written"], [first["entry"]])
    assert "Xu Hao wrote about" in late.json["message"]
    assert [line["headline"] for line in late.json["entries"]] == ["¥1,000.50 by 25 Sep 2026"]
    assert len(entries.of(debtor.customer)) == 1
    again = write(client, debtor.customer, note="they will not pay", seen=late.json["written"])
    assert again.status_code == 201
    assert [entry.note for entry in entries.of(debtor.customer)] == ["", "they will not pay"]


def test_an_entry_is_taken_back_once(client: FlaskClient, debtor: Debtor) -> None:
    kept = promise(client, debtor.customer).json
    undo = {"kind": "undo", "undoes": kept["entry"], "who": "Xu Hao"}
    done = client.post(f"/entries/{debtor.customer}.json", json=undo)
    assert (done.status_code, "Taken back" in done.json["message"]) == (201, True)
    told = client.get(f"/entries/{debtor.customer}.json").json
    (line,) = told["entries"]
    assert line["undone"].startswith("Taken back: Xu Hao, ")
    assert line["state"] is None
    twice = client.post(f"/entries/{debtor.customer}.json", json=undo)
    assert (twice.status_code, twice.json["message"]) == (409, "This was taken back already.")


@pytest.mark.parametrize("who", [{}, {"who": ""}, {"who": " "}])
def test_nobody_takes_an_entry_back(client: FlaskClient, entries: Entries, debtor: Debtor, who: dict[str, str]) -> None:
    unnamed = promise(client, debtor.customer, who="").json
    kept = promise(client, debtor.customer).json
    answer = client.post(f"/entries/{debtor.customer}.json", json={"kind": "undo", "undoes": kept["entry"], **who})
    assert (answer.status_code, answer.json, entries.revision) == (422, unnamed, kept["entry"])


def test_an_entry_of_another_customer_is_not_taken_back_here(client: FlaskClient, entries: Entries, debtor: Debtor) -> None:
    other = entries.append(NewEntry(customer_id="C9", kind="note", who="a", seen_to=LAST, note="b"), seen=0)
    answer = client.post(f"/entries/{debtor.customer}.json", json={"kind": "undo", "undoes": other.entry_id, "who": "a"})
    assert (answer.status_code, entries.revision) == (409, 1)
    assert client.post(f"/entries/{debtor.customer}.json", json={"kind": "undo", "undoes": 1, "who": " "}).status_code == 409


# --- from elsewhere, or malformed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "http://localhost"}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy.example"}, 201),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
def test_only_pages_of_this_server_write(
    client: FlaskClient, entries: Entries, debtor: Debtor, headers: dict[str, str], status: int
) -> None:
    assert write(client, debtor.customer, headers=headers).status_code == status
    assert entries.revision == (status == 201)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "gossip"},
        {"kind": None},
        {"seen": "1"},
        {"seen": -1},
        {"seen": True},
        {"seen": 2**63},
        {"note": 5},
        {"note": "\ud800"},
        {"day": ["2026-09-25"]},
        {"amount": 1000},
        {"seen_to": "2020-01-01"},
        {"kind": "undo"},
    ],
)
def test_a_body_that_no_form_sends_answers_400(client: FlaskClient, entries: Entries, debtor: Debtor, change: dict[str, Any]) -> None:
    answer = write(client, debtor.customer, **change)
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert entries.revision == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)


@given(JSON | st.dictionaries(st.sampled_from(("kind", "who", "note", "seen", "undoes", "x")), JSON, max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_malformed_body_is_refused(client: FlaskClient, entries: Entries, body: Any) -> None:
    assert client.post("/entries/C0001.json", json=body).status_code in (400, 422)
    assert entries.revision == 0


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[1,2", b"kind=note"])
def test_what_is_no_json_answers_400(client: FlaskClient, data: bytes) -> None:
    assert client.post("/entries/C0001.json", data=data, content_type="application/json").status_code == 400
    assert client.post("/entries/C0001.json", data=data, content_type="text/plain").status_code == 400


def test_a_flood_is_not_read(client: FlaskClient, debtor: Debtor) -> None:
    assert write(client, debtor.customer, note="x" * LARGEST).status_code == 413
    assert write(client, debtor.customer, note="汇" * 2000).status_code == 201


def test_where_there_is_no_ledger_nothing_can_be_written(demo_folder: Path) -> None:
    with app_over(demo_folder).server.test_client() as client:
        assert write(client, "C0001").status_code in (404, 405)


def test_an_empty_store_says_so(tmp_path: Path, entries: Entries) -> None:
    with app_over(tmp_path, entries=entries).server.test_client() as client:
        answer = write(client, "C0001")
        assert (answer.status_code, "python app.py demo" in answer.json["message"]) == (503, True)


def test_what_fails_unexpectedly_is_a_code_and_nothing_is_kept(
    client: FlaskClient, entries: Entries, debtor: Debtor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Entries, "append", lambda *_, **__: 1 / 0)
    answer = write(client, debtor.customer)
    assert (answer.status_code, "WL-" in answer.json["message"], "ZeroDivision" in answer.text) == (500, True, False)


def test_the_day_of_a_promise_follows_the_data(client: FlaskClient, debtor: Debtor) -> None:
    assert promise(client, debtor.customer, day=(LAST + timedelta(days=1)).isoformat()).status_code == 201
