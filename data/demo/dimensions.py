"""The dimension tables of the demo company, with names and ids."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from data import schema as s
from data.demo import names
from data.demo.company import CUSTOMERS, Company
from data.demo.season import day_of
from data.demo.territory import AREAS, REGIONS

FOREVER = date(9999, 12, 31)

_ABOUT = {
    "name": "Wuliu Pumps",
    "name_zh": "五流泵业",
    "currency": "CNY",
    "fiscal_first_month": "1",
    "holidays": s.CHINA,
    "unit": "units",
    "unit_zh": "台",
    "phasing": "working_days",
    "plan_dso": "65",
    "plan_overdue_rate": "0.30",
    "plan_over_90_rate": "0.06",
    "plan_collection_rate": "0.94",
    "demo": "1",  # may be replaced without being asked
}
_REGIONS = [region.id for region, _ in AREAS]
_AREAS = [area.id for _, area in AREAS]


@cache
def rep_ids() -> tuple[str, ...]:
    return tuple(f"R{i:03d}" for i in range(1, sum(area.reps for _, area in AREAS) + 1))


@cache
def customer_ids() -> tuple[str, ...]:
    return tuple(f"C{i:04d}" for i in range(1, CUSTOMERS + 1))


@cache
def product_ids() -> tuple[str, ...]:
    return tuple(f"{row[0]}{i:02d}" for row in names.CATEGORIES for i in range(1, names.PRODUCTS_A_CATEGORY + 1))


def tables(company: Company) -> dict[str, pd.DataFrame]:
    """Every dimension and the company's own facts by table, columns named as in the schema."""
    return {
        "company": pd.DataFrame(list(_ABOUT.items()), columns=["key", "value"]),
        "region": pd.DataFrame([(r.id, r.id, r.name_zh) for r in REGIONS], columns=["region_id", "name", "name_zh"]),
        "area": pd.DataFrame(
            [(a.id, r.id, a.name or a.id, a.name_zh) for r, a in AREAS], columns=["area_id", "region_id", "name", "name_zh"]
        ),
        "rep": _reps(company),
        "rep_term": _rep_terms(company),
        "segment": pd.DataFrame([row[:3] for row in names.SEGMENTS], columns=["segment_id", "name", "name_zh"]),
        "customer": _customers(company),
        "category": pd.DataFrame([row[:3] for row in names.CATEGORIES], columns=["category_id", "name", "name_zh"]),
        "product": _products(),
    }


def _reps(company: Company) -> pd.DataFrame:
    """The first rep of an area leads it and sells as well; the first of a region's first area leads the region."""
    ids, area = rep_ids(), company.reps.area
    leads = [ids[int(np.flatnonzero(area == place)[0])] for place in range(len(AREAS))]
    rows = []
    for rep, place, (name, name_zh) in zip(ids, area, _rep_names(company), strict=True):
        head = leads[_REGIONS.index(_REGIONS[place])]
        manager = leads[place] if rep != leads[place] else head
        rows.append((rep, name, name_zh, manager if manager != rep else None))
    return pd.DataFrame(rows, columns=["rep_id", "name", "name_zh", "manager_id"])


def _rep_names(company: Company) -> list[tuple[str, str]]:
    abroad = {area: iter(people) for area, people in names.REPS_ABROAD.items()}
    found: list[tuple[str, str]] = []
    home = 0
    for place in company.reps.area:
        if _AREAS[place] in abroad:
            found.append(next(abroad[_AREAS[place]]))
            continue
        surname, given = names.SURNAMES[home % len(names.SURNAMES)], names.GIVEN[home % len(names.GIVEN)]
        found.append((f"{surname[0]} {given[0]}", surname[1] + given[1]))
        home += 1
    return found


def _rep_terms(company: Company) -> pd.DataFrame:
    ids, mover, moved = rep_ids(), company.story.mover, day_of(company.story.moved)
    rows = [(rep, company.first, FOREVER, place) for rep, place in zip(ids, company.reps.area, strict=True)]
    rows[mover] = (ids[mover], moved, FOREVER, company.reps.area[mover])
    rows.append((ids[mover], company.first, moved - timedelta(days=1), company.reps.area_before[mover]))
    # Days as text: a frame's own days end long before the open end of a term.
    return pd.DataFrame(
        [(rep, str(first), str(last), _AREAS[place], _REGIONS[place]) for rep, first, last, place in rows],
        columns=["rep_id", "first_day", "last_day", "area_id", "region_id"],
    )


def _customers(company: Company) -> pd.DataFrame:
    c, ids = company.customers, rep_ids()
    name, name_zh = zip(*_customer_names(company), strict=True)
    return pd.DataFrame(
        {
            "customer_id": customer_ids(),
            "name": name,
            "name_zh": name_zh,
            "segment_id": [names.SEGMENTS[i][0] for i in c.segment],
            "terms_days": c.terms,
            "credit_limit": c.credit_limit,
            "region_id": [_REGIONS[place] for place in c.area],
            "area_id": [_AREAS[place] for place in c.area],
            "rep_id": [ids[i] for i in c.rep],
        }
    )


def _customer_names(company: Company) -> list[tuple[str, str]]:
    """Distinct invented companies: a stem, and a trade of their segment."""
    story = company.story
    planted = {story.bohe: ("Bohe", "博禾", 0), story.lanting: ("Lanting", "兰亭", 2)}
    taken = {stem for stem, _, _ in planted.values()}
    home = (stem for stem in _home_stems() if stem[0] not in taken)
    met: dict[tuple[str, int], int] = {}
    found: list[tuple[str, str]] = []
    for i, (place, segment) in enumerate(zip(company.customers.area, company.customers.segment, strict=True)):
        trades = names.SEGMENTS[segment][4]
        stems = names.STEMS_ABROAD.get(_AREAS[place])
        if i in planted:
            stem, stem_zh, trade = planted[i]
        elif stems:
            # Through all stems with one trade, then with the next: no pair comes twice.
            nth = met[_AREAS[place], segment] = met.get((_AREAS[place], segment), -1) + 1
            (stem, stem_zh), trade = stems[nth % len(stems)], nth // len(stems)
        else:
            (stem, stem_zh), trade = next(home), i % len(trades)
        found.append((f"{stem} {trades[trade][0]}", stem_zh + trades[trade][1]))
    return found


def _home_stems() -> list[tuple[str, str]]:
    """Two syllables each, neighbours sharing none, so that a list of customers does not look like a table of syllables."""
    count = len(names.STEMS_SECOND)
    pairs = [(first, names.STEMS_SECOND[(i + j) % count]) for i in range(count) for j, first in enumerate(names.STEMS_FIRST)]
    return [(first + second, first_zh + second_zh) for (first, first_zh), (second, second_zh) in pairs if first.lower() != second]


def _products() -> pd.DataFrame:
    """Each named after its outlet in millimetres and its head in metres."""
    rows, ids = [], iter(product_ids())
    for code, *_, one, one_zh in names.CATEGORIES:
        for i in range(names.PRODUCTS_A_CATEGORY):
            model = f"{code} {names.OUTLETS[i // len(names.HEADS)]}-{names.HEADS[i % len(names.HEADS)]}"
            rows.append((next(ids), f"{one} {model}", f"{one_zh} {model}", code))
    return pd.DataFrame(rows, columns=["product_id", "name", "name_zh", "category_id"])
