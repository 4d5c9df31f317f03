"""Invoices with their instalments, and payments: due days, sums, and what was paid too much."""

from __future__ import annotations

from data.intake.booking import book
from data.intake.checked import Checked, stored
from data.intake.feeds import last_number, reject, typed
from data.schema import BOOKED


def instalments(checked: Checked, table: str) -> None:
    invoices, instalments = f"({checked.merged('invoice')})", typed("instalment")
    reject(
        checked.connection,
        "instalment",
        f"SELECT n._n, 'due_day', n.due_day::VARCHAR, 'is before the invoice day ' || i.invoice_day FROM {instalments} n "
        f"JOIN {invoices} i USING (invoice_id) WHERE n.due_day < i.invoice_day",
    )
    # Cash is applied instalment by instalment: of 80 in parts of 100 and −20 it would take more than was paid.
    reject(
        checked.connection,
        "instalment",
        f"SELECT n._n, 'amount', n.amount::VARCHAR, 'has not the sign of its invoice, ' || i.amount FROM {instalments} n "
        f"JOIN {invoices} i USING (invoice_id) WHERE n.amount <> 0 AND sign(n.amount) <> sign(i.amount)",
    )
    make_instalments(checked)
    due = f"SELECT invoice_id, min(due_day) AS due_day, sum(amount) AS amount FROM ({checked.merged('instalment')}) GROUP BY invoice_id"
    checked.run(
        f"CREATE OR REPLACE TEMP TABLE late AS SELECT i._n, invoice_id, i.invoice_day, d.due_day FROM {typed('invoice')} i "
        f"JOIN ({due}) d USING (invoice_id) WHERE d.due_day < i.invoice_day"
    )
    why = "'is after the day ' || due_day || ' on which the invoice is due'"
    reject(checked.connection, "invoice", f"SELECT _n, 'invoice_day', invoice_day::VARCHAR, {why} FROM late")
    torn = (
        f"SELECT i.invoice_id, i.amount, d.amount AS parts FROM {invoices} i JOIN ({due}) d USING (invoice_id) WHERE i.amount <> d.amount"
    )
    checked.run(f"CREATE OR REPLACE TEMP TABLE torn AS {torn}")
    why = "'is not what its instalments add up to, ' || w.parts"
    reject(
        checked.connection,
        "invoice",
        f"SELECT i._n, 'amount', i.amount::VARCHAR, {why} FROM {typed('invoice')} i JOIN torn w USING (invoice_id)",
    )
    why = "'the instalments of invoice ' || n.invoice_id || ' add up to ' || w.parts || ', the invoice to ' || w.amount"
    reject(
        checked.connection,
        "instalment",
        f"SELECT n._n, 'amount', n.amount::VARCHAR, {why} FROM {instalments} n JOIN torn w USING (invoice_id)",
    )
    checked.run("CREATE OR REPLACE TEMP TABLE lost AS SELECT invoice_id FROM late UNION SELECT invoice_id FROM torn")
    reject(
        checked.connection,
        "instalment",
        f"SELECT _n, 'invoice_id', invoice_id, 'its invoice was rejected' FROM {instalments} SEMI JOIN lost USING (invoice_id)",
    )


def make_instalments(checked: Checked) -> None:
    """One instalment for an invoice that comes without: due on its due day, after its terms, or after its customer's.

    A source that does give instalments is not completed from the customer's terms: what is missing there was rejected.
    """
    agreed = "NULL" if "instalment" in checked.fed else "i.invoice_day + c.terms_days"
    customers = f"({checked.merged('customer')})"
    checked.run(
        f"CREATE OR REPLACE TEMP TABLE whole AS SELECT i.*, coalesce(i.due_day, i.invoice_day + i.terms_days, "
        f"{agreed})::DATE AS due FROM {typed('invoice')} i LEFT JOIN {customers} c USING (customer_id) "
        f"WHERE NOT EXISTS (SELECT 1 FROM {typed('instalment')} n WHERE n.invoice_id = i.invoice_id) AND (i.due_day IS NOT NULL "
        f"OR i.terms_days IS NOT NULL OR NOT EXISTS (SELECT 1 FROM {stored('instalment')} n WHERE n.invoice_id = i.invoice_id))"
    )
    reject(
        checked.connection,
        "invoice",
        "SELECT _n, 'due_day', NULL, 'has neither a due day nor instalments, and no days to pay are agreed with its customer' "
        "FROM whole WHERE due IS NULL",
    )
    reject(
        checked.connection,
        "invoice",
        "SELECT _n, 'due_day', due::VARCHAR, 'is before the invoice day ' || invoice_day FROM whole WHERE due < invoice_day",
    )
    before = last_number(checked.connection, "instalment")
    made = "FROM whole WHERE due >= invoice_day"
    checked.findings.add_money("instalment", checked.rows(f"SELECT sum(amount) {made}")[0][0])
    checked.findings.made["instalment"] += checked.changed(
        f"INSERT INTO {typed('instalment')} BY NAME SELECT invoice_id, 1 AS instalment_no, due AS due_day, amount, "
        f"{before} + row_number() OVER (ORDER BY _n) AS _n, _source, _row {made}"
    )


def payments(checked: Checked, table: str) -> None:
    """A payment belongs where its invoice does, unless it says otherwise; what exceeds the invoice is told."""
    nowhere = "t.region_id IS NULL AND t.area_id IS NULL AND t.rep_id IS NULL"
    if checked.count(f"{typed(table)} t WHERE invoice_id IS NOT NULL AND (customer_id IS NULL OR {nowhere})"):
        booked = ", ".join(f"{c} = CASE WHEN {nowhere} THEN i.{c} ELSE t.{c} END" for c in BOOKED)
        checked.run(
            f"UPDATE {typed(table)} AS t SET customer_id = coalesce(t.customer_id, i.customer_id), {booked} "
            f"FROM ({checked.merged('invoice')}) i WHERE t.invoice_id = i.invoice_id"
        )
    book(checked, table)
    count, excess = checked.rows(
        f"SELECT count(*), sum(p.amount - i.amount) FROM (SELECT invoice_id, sum(amount) AS amount FROM ({checked.merged(table)}) "
        f"WHERE invoice_id IN (SELECT invoice_id FROM {typed(table)}) GROUP BY invoice_id) p "
        f"JOIN ({checked.merged('invoice')}) i USING (invoice_id) WHERE i.amount >= 0 AND p.amount > i.amount"
    )[0]
    if count:
        checked.findings.notes.append(
            f"{count} invoices were paid more than they say; the excess of {excess:,.2f} counts as unapplied cash"
        )
