"""What people write about customers is kept whoever writes at the same time, and is taken back by an entry of its own."""

from __future__ import annotations

import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st

from data import ledger as stored
from data.entries import LONGEST, Entries, Entry, EntryRefused, NewEntry, WrittenSince
from data.ledger import Ledger, customer_entry
from tests.data.test_ledger import run_python

SEEN_TO = date(2026, 9, 13)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def entries(ledger: Ledger) -> Entries:
    return Entries(ledger)


def note(customer: str = "C1", said: str = "called, nobody there", **more: Any) -> NewEntry:
    return NewEntry(**{"customer_id": customer, "kind": "note", "who": "Li Qiang", "seen_to": SEEN_TO, "note": said, **more})


def promise(customer: str = "C1", amount: str = "1200.50", **more: Any) -> NewEntry:
    return note(customer, **{"said": "", "kind": "promise", "day": date(2026, 9, 25), "amount": Decimal(amount), **more})


# --- what is kept -----------------------------------------------------------------------------------------------------------


def test_an_entry_is_kept_to_the_last_digit_with_who_and_when(entries: Entries) -> None:
    before = datetime.now(UTC)
    kept = entries.append(promise(amount="1234567890.1200", said="  zweite Rate 第二期 "), seen=0)
    assert entries.of("C1") == (kept,)
    assert (kept.entry_id, kept.who, kept.note, kept.day) == (1, "Li Qiang", "zweite Rate 第二期", date(2026, 9, 25))
    assert str(entries.of("C1")[0].amount) == "1234567890.1200"
    assert before <= kept.at <= datetime.now(UTC)
    assert entries.revision == 1


def test_nothing_was_written_at_first(entries: Entries) -> None:
    assert (entries.revision, entries.of("C1"), entries.latest(("call",), upto=9, seen_to=SEEN_TO)) == (0, (), {})


def test_every_entry_is_in_the_log_of_changes(entries: Entries, ledger: Ledger) -> None:
    kept = entries.append(promise(), seen=0)
    undo = entries.undo(kept.entry_id, who="罗睿", seen_to=SEEN_TO)
    log = [(e.who, e.action, e.subject, e.detail) for e in ledger.audited()]
    assert log == [("罗睿", "undo", "customer C1", {"entry": undo.entry_id}), ("Li Qiang", "promise", "customer C1", {"entry": 1})]


# --- what is refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (note(said=""), "note"),
        (note(said=" \n\t "), "note"),
        (note(who="  "), "who"),
        (note(kind="call", said=""), "note"),
        (note(kind="dispute", said=" "), "note"),
        (note(kind="action", owner="Li Qiang", day=SEEN_TO, said=""), "note"),
        (note(kind="action", day=SEEN_TO), "owner"),
        (note(kind="action", owner="Li Qiang"), "day"),
        (promise(day=None), "day"),
        (promise(amount="0"), "amount"),
        (promise(amount="-3"), "amount"),
        (promise(amount="NaN"), "amount"),
        (note(kind="promise", day=SEEN_TO), "amount"),
        (note(kind="dispute", amount=Decimal("-1")), "amount"),
        *((note(**{name: "x" * (most + 1)}) if name != "note" else note(said="x" * (most + 1)), "long") for name, most in LONGEST.items()),
    ],
)
def test_what_lacks_something_is_refused_and_not_kept(entries: Entries, ledger: Ledger, wrong: NewEntry, reason: str) -> None:
    with pytest.raises(EntryRefused) as refused:
        entries.append(wrong, seen=0)
    assert refused.value.reason == reason
    assert str(refused.value)
    assert (entries.revision, ledger.audited()) == (0, ())


@given(text=st.text(min_size=1, max_size=300).filter(str.strip))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    entries = Entries(Ledger(tmp_path_factory.getbasetemp() / "texts.sqlite"))
    kept = entries.append(note(said=text), seen=entries.revision)
    assert entries.of("C1")[-1] == kept
    assert kept.note == text.strip()


# --- taking back ------------------------------------------------------------------------------------------------------------


def test_what_is_taken_back_stands_no_longer_but_is_still_told(entries: Entries) -> None:
    first = entries.append(note(said="first"), seen=0)
    second = entries.append(note(said="second"), seen=1)
    undo = entries.undo(second.entry_id, who="Xu Hao", seen_to=SEEN_TO)
    assert (undo.kind, undo.undoes, undo.customer_id) == ("undo", 2, "C1")
    assert entries.standing(("note",), upto=3, seen_to=SEEN_TO) == (first,)
    assert entries.latest(("note",), upto=3, seen_to=SEEN_TO) == {"C1": first}
    assert entries.of("C1") == (first, second, undo)


def test_what_stood_at_an_earlier_revision_stays_what_it_was(entries: Entries) -> None:
    kept = entries.append(note(), seen=0)
    entries.undo(kept.entry_id, who="Xu Hao", seen_to=SEEN_TO)
    assert entries.standing(("note",), upto=1, seen_to=SEEN_TO) == (kept,)
    assert entries.standing(("note",), upto=2, seen_to=SEEN_TO) == ()


def test_an_undo_is_not_held_up_by_what_was_written_since(entries: Entries) -> None:
    kept = entries.append(note(), seen=0)
    entries.append(note(said="by somebody else"), seen=1)
    assert entries.undo(kept.entry_id, who="Li Qiang", seen_to=SEEN_TO).entry_id == 3


def test_nothing_is_taken_back_twice_and_no_undo_is(entries: Entries) -> None:
    kept = entries.append(note(), seen=0)
    undo = entries.undo(kept.entry_id, who="Li Qiang", seen_to=SEEN_TO)
    for number, reason in ((kept.entry_id, "undone"), (undo.entry_id, "unknown"), (99, "unknown")):
        with pytest.raises(EntryRefused) as refused:
            entries.undo(number, who="Li Qiang", seen_to=SEEN_TO)
        assert refused.value.reason == reason
    assert entries.revision == 2


# --- what is found ----------------------------------------------------------------------------------------------------------


def test_the_last_of_a_kind_by_customer(entries: Entries) -> None:
    for new in (note("C1", "a"), note("C2", "b"), note("C1", "c"), promise("C1"), note("C3", "d")):
        entries.append(new, seen=entries.revision)
    found = entries.latest(("note",), upto=4, seen_to=SEEN_TO)
    assert {customer: entry.note for customer, entry in found.items()} == {"C1": "c", "C2": "b"}
    assert {c: e.kind for c, e in entries.latest(("note", "promise"), upto=9, seen_to=SEEN_TO, of=("C1", "C9")).items()} == {
        "C1": "promise"
    }


def test_a_past_day_does_not_know_what_was_written_later(entries: Entries) -> None:
    kept = entries.append(note(seen_to=date(2026, 8, 31)), seen=0)
    entries.append(note(said="later"), seen=1)
    assert entries.latest(("note",), upto=2, seen_to=date(2026, 9, 12)) == {"C1": kept}
    assert entries.standing(("note",), upto=2, seen_to=date(2026, 8, 30)) == ()


# --- at once ----------------------------------------------------------------------------------------------------------------


def test_who_writes_from_an_old_revision_is_shown_what_was_written_since(entries: Entries) -> None:
    seen = entries.append(note(), seen=0)
    other = entries.append(promise("C2"), seen=1)
    assert entries.append(note(said="C2 is another customer"), seen=seen.entry_id).entry_id == 3
    with pytest.raises(WrittenSince, match="Li Qiang wrote") as since:
        entries.append(note("C2"), seen=seen.entry_id)
    assert since.value.entries == (other,)
    assert entries.append(note("C2"), seen=other.entry_id).entry_id == 4


def keep_at_last(entries: Entries, new: NewEntry) -> tuple[Entry, int]:
    """Save, and after each refusal save again from what was shown, as a person does."""
    seen = refusals = 0
    while True:
        try:
            return entries.append(new, seen=seen), refusals
        except WrittenSince as since:
            seen, refusals = since.entries[-1].entry_id, refusals + 1


def test_of_threads_that_write_at_once_one_is_first_and_none_is_lost(ledger: Ledger) -> None:
    at_once = Barrier(8)

    def write(number: int) -> int:
        at_once.wait()
        return keep_at_last(Entries(ledger), note(said=str(number)))[1]

    with ThreadPoolExecutor(8) as pool:
        refusals = list(pool.map(write, range(8)))
    assert sorted(entry.note for entry in Entries(ledger).of("C1")) == [str(i) for i in range(8)]
    assert refusals.count(0) == 1


def test_processes_that_write_about_one_customer_at_once_lose_nothing(tmp_path: Path) -> None:
    code = """
        import sys
        from datetime import date
        from pathlib import Path
        from data.entries import Entries, NewEntry, WrittenSince
        from data.ledger import Ledger
        entries, seen = Entries(Ledger(Path(sys.argv[1]))), 0
        for i in range(15):
            new = NewEntry(customer_id="C1", kind="note", who="a", seen_to=date(2026, 9, 13), note=str(i))
            while True:
                try:
                    seen = entries.append(new, seen=seen).entry_id
                    break
                except WrittenSince as since:
                    assert all(entry.entry_id > seen for entry in since.entries)
                    seen = since.entries[-1].entry_id
        """
    run_python(code, tmp_path / "ledger.sqlite", processes=3)
    found = Entries(Ledger(tmp_path / "ledger.sqlite")).of("C1")
    assert Counter(entry.note for entry in found) == {str(i): 3 for i in range(15)}
    assert [entry.entry_id for entry in found] == list(range(1, 46))


def test_of_two_who_take_back_the_same_at_once_one_does(ledger: Ledger) -> None:
    kept, at_once = Entries(ledger).append(note(), seen=0), Barrier(2)

    def undo(who: str) -> str:
        at_once.wait()
        try:
            Entries(ledger).undo(kept.entry_id, who=who, seen_to=SEEN_TO)
        except EntryRefused as refused:
            return refused.reason
        return ""

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(undo, ("a", "b"))) == ["", "undone"]


# --- migration --------------------------------------------------------------------------------------------------------------


def test_a_ledger_of_the_first_release_keeps_all_it_has(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    config, engine = stored._config(), stored._engine(path)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(path) as old:
        assert not old.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (customer_entry.name,)).fetchall()
        values = ("2026-09-13T08:00:00.000000+00:00", "罗睿", "demo", "version 1", "{}")
        old.execute("INSERT INTO audit_entry (at, who, action, subject, detail) VALUES (?, ?, ?, ?, ?)", values)
    old.close()
    ledger = Ledger(path)
    assert ledger.at_head()
    Entries(ledger).append(note(), seen=0)
    assert [(entry.who, entry.action) for entry in ledger.audited()] == [("Li Qiang", "note"), ("罗睿", "demo")]
