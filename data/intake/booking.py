"""Under whom a row is booked, where the source says only part of it; and the spans that tell where a rep belonged."""

from __future__ import annotations

from data.intake.checked import Checked, stored
from data.intake.feeds import last_number, typed
from data.intake.fields import FIELDS
from data.intake.spans import refuse_overlaps, refuse_reversed


def fill_region(checked: Checked, table: str) -> None:
    """The region of the area, where only the area is given."""
    if checked.count(f"{typed(table)} WHERE region_id IS NULL AND area_id IS NOT NULL"):
        checked.run(
            f"UPDATE {typed(table)} AS t SET region_id = a.region_id FROM "
            f"(SELECT area_id, region_id FROM {stored('area')} ANTI JOIN {typed('area')} USING (area_id) "
            f"UNION ALL SELECT area_id, region_id FROM {typed('area')}) a WHERE t.area_id = a.area_id AND t.region_id IS NULL"
        )


def book(checked: Checked, table: str) -> None:
    """Area and region of the rep on that day, where a fact names the rep alone; the region of its area."""
    day = next(f.name for f in FIELDS[table] if f.kind == "day")
    if checked.count(f"{typed(table)} WHERE region_id IS NULL AND area_id IS NULL AND rep_id IS NOT NULL"):
        checked.run(
            f"UPDATE {typed(table)} AS t SET area_id = m.area_id, region_id = m.region_id FROM ({checked.merged('rep_term')}) m "
            f"WHERE t.rep_id = m.rep_id AND t.{day} BETWEEN m.first_day AND m.last_day AND t.region_id IS NULL AND t.area_id IS NULL"
        )
    fill_region(checked, table)


def make_terms(checked: Checked) -> None:
    """A rep's area and region, given with the rep, hold for all time."""
    before = last_number(checked.connection, "rep_term")
    fill_region(checked, "rep")
    checked.findings.made["rep_term"] += checked.changed(
        f"INSERT INTO {typed('rep_term')} BY NAME SELECT rep_id, DATE '1900-01-01' AS first_day, DATE '9999-12-31' AS last_day, area_id, "
        f"region_id, {before} + row_number() OVER (ORDER BY _n) AS _n, _source, _row FROM {typed('rep')} "
        f"WHERE area_id IS NOT NULL OR region_id IS NOT NULL"
    )


def terms(checked: Checked, table: str) -> None:
    fill_region(checked, table)
    refuse_reversed(checked, table)
    refuse_overlaps(checked, table, ("rep_id",), "the rep's term")
