"""Who belongs to the demo company: reps, customers, products, as tables for the store and as arrays to draw from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.demo import names
from data.demo.season import Floats, Ints, day_number
from data.demo.territory import AREAS, REGIONS
from data.workdays import month_start, quarter_start

CUSTOMERS = 2_000
YEARS = 3
FOREVER = date(9999, 12, 31)
_MOVED_FROM, _MOVED_TO, _MOVED_QUARTERS_AGO = "Hubei", "Sichuan", 6
_WITHOUT_TARGET = "Guangdong"
_LOST_EAST, _LOST_RIVAL, _LATE_ABROAD = 46, 24, 25
"""Days before the last day at which Bohe Chemicals stops, Lanting Paper follows, and Mid-East shipments slip."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is planted: who, and since which day (day numbers)."""

    bohe: int
    lanting: int
    bohe_gone: int
    lanting_gone: int
    mid_east: int
    mid_east_late: int
    mover: int
    moved: int
    without_target: int


@dataclass(frozen=True, slots=True)
class Company:
    """Arrays over reps, customers and products; ``*_before`` holds until the mover moved.

    ``frequency`` weighs how often a customer orders, ``size`` how much at a time; their product is its share of sales.
    ``since`` and ``until`` bound the days (day numbers) in which customers and products are alive.
    """

    first: date
    last: date
    story: Story
    rep_area: Ints
    rep_area_before: Ints
    area_region: Ints
    area: Ints
    rep: Ints
    rep_before: Ints
    segment: Ints
    frequency: Floats
    size: Floats
    since: Ints
    until: Ints
    terms: Ints
    discount: Floats
    payer: Ints
    price: Floats
    cost: Floats
    quantity: Floats
    taste: Floats
    product_since: Ints
    product_until: Ints
    frames: dict[str, pd.DataFrame]

    def rep_on(self, day: int) -> Ints:
        """The rep of every customer on that day."""
        return self.rep if day >= self.story.moved else self.rep_before

    @property
    def region(self) -> Ints:
        return self.area_region[self.area]


def found(last: date, rng: np.random.Generator) -> Company:
    """The company as it stands on its last day, with its history of three years and the quarter that runs."""
    first = month_start(quarter_start(last), -12 * YEARS)
    area_region = np.array([REGIONS.index(region) for region, _ in AREAS])
    rep_area = np.repeat(np.arange(len(AREAS)), [area.reps for _, area in AREAS])
    areas = [area.id for _, area in AREAS]
    share = np.array([r.share * a.share / sum(x.share for x in r.areas) for r, a in AREAS])
    area = np.sort(np.repeat(np.arange(len(AREAS)), _split(CUSTOMERS, share)))
    rep = _assigned(area, rep_area)
    moved = month_start(quarter_start(last), -3 * _MOVED_QUARTERS_AGO)
    mover = int(np.flatnonzero(rep_area == areas.index(_MOVED_TO))[-1])
    rep_area_before = rep_area.copy()
    rep_area_before[mover] = areas.index(_MOVED_FROM)
    story = Story(
        bohe=int(np.flatnonzero(area == areas.index("Jiangsu"))[0]),
        lanting=int(np.flatnonzero(area == areas.index("Shandong"))[0]),
        bohe_gone=day_number(last) - _LOST_EAST,
        lanting_gone=day_number(last) - _LOST_RIVAL,
        mid_east=areas.index("Mid-East"),
        mid_east_late=day_number(last) - _LATE_ABROAD,
        mover=mover,
        moved=day_number(moved),
        without_target=int(np.flatnonzero(rep_area == areas.index(_WITHOUT_TARGET))[-1]),
    )
    segment = rng.choice(len(names.SEGMENTS), CUSTOMERS, p=[row[3] for row in names.SEGMENTS])
    segment[[story.bohe, story.lanting]] = 0
    weight = _customer_weights(area, share, story, rng)
    size = weight**0.4
    since, until = _lives(first, last, story, rng)
    region = area_region[area]
    payers = np.array([r.payers for r in REGIONS]).cumsum(axis=1)
    payer = (rng.random(CUSTOMERS)[:, None] > payers[region]).sum(axis=1).clip(0, 3)
    terms = rng.choice([30, 45, 60, 90], CUSTOMERS, p=[0.34, 0.34, 0.25, 0.07])
    price, cost, quantity, taste, product_since, product_until = _catalogue(first, last, rng)
    return Company(
        first=first,
        last=last,
        story=story,
        rep_area=rep_area,
        rep_area_before=rep_area_before,
        area_region=area_region,
        area=area,
        rep=rep,
        rep_before=_assigned(area, rep_area_before),
        segment=segment,
        frequency=weight / size,
        size=size / np.average(size, weights=weight / size),
        since=since,
        until=until,
        terms=terms,
        discount=rng.uniform(0.02, 0.10, CUSTOMERS),
        payer=payer,
        price=price,
        cost=cost,
        quantity=quantity,
        taste=taste,
        product_since=product_since,
        product_until=product_until,
        frames=_frames(first, story, rep_area, rep_area_before, area, rep, segment, weight, terms, rng),
    )


def _split(total: int, shares: Floats) -> Ints:
    """Whole numbers in proportion to the shares that add up to the total."""
    edges = np.rint(np.concatenate(([0.0], np.cumsum(shares / shares.sum()))) * total).astype(np.int64)
    return np.diff(edges)


def _assigned(area: Ints, rep_area: Ints) -> Ints:
    """A rep for every customer: those of an area are dealt out to its reps in turn."""
    rep = np.empty(len(area), dtype=np.int64)
    for code in np.unique(area):
        mine, reps = np.flatnonzero(area == code), np.flatnonzero(rep_area == code)
        rep[mine] = reps[np.arange(len(mine)) % len(reps)]
    return rep


def _customer_weights(area: Ints, share: Floats, story: Story, rng: np.random.Generator) -> Floats:
    """Share of the company's sales that each customer has in a usual month."""
    weight = rng.lognormal(0.0, 0.9, len(area)).clip(0.05, 6.0)
    weight[[story.bohe, story.lanting]] = 0.0
    for code in np.unique(area):
        mine = area == code
        weight[mine] *= share[code] / weight[mine].sum()
    east = np.array([region is REGIONS[0] for region, _ in AREAS])[area]
    total = weight[east].sum()
    # The two large ones are carved out of East, which keeps its share of the company.
    weight[east] *= 1 - BOHE_SHARE - LANTING_SHARE
    weight[story.bohe], weight[story.lanting] = BOHE_SHARE * total, LANTING_SHARE * total
    return weight


BOHE_SHARE, LANTING_SHARE = 0.075, 0.03
"""Shares of East's sales."""


def _lives(first: date, last: date, story: Story, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """First and last day of every customer: a fifth arrives, a tenth is lost in the course of the history."""
    months = [day_number(month_start(first, i)) for i in range(2, 12 * YEARS + 1)]
    since = np.full(CUSTOMERS, day_number(first))
    until = np.full(CUSTOMERS, day_number(last))
    who = rng.permutation(np.setdiff1d(np.arange(CUSTOMERS), [story.bohe, story.lanting]))
    arriving, lost = who[: CUSTOMERS // 5], who[CUSTOMERS // 5 : CUSTOMERS * 3 // 10]
    since[arriving] = rng.choice(months, len(arriving))
    until[lost] = rng.choice(months[6:], len(lost)) - 1
    until[story.bohe], until[story.lanting] = story.bohe_gone - 1, story.lanting_gone - 1
    return since, until


def _catalogue(first: date, last: date, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats, Ints, Ints]:
    """Price, cost share and usual quantity of every product, how much each segment likes it, and when it is sold."""
    each, count = names.PRODUCTS_A_CATEGORY, len(names.CATEGORIES) * names.PRODUCTS_A_CATEGORY
    level, cost, quantity, share = (np.repeat([row[i] for row in names.CATEGORIES], each).astype(float) for i in (3, 4, 5, 6))
    price = level * np.tile(1.055 ** (np.arange(each) - each // 2), len(names.CATEGORIES))
    popular = rng.gamma(1.5, 1.0, count) + 0.1
    liking = np.repeat(rng.uniform(0.4, 1.8, (len(names.SEGMENTS), len(names.CATEGORIES))), each, axis=1)
    months = [day_number(month_start(first, i)) for i in range(6, 12 * YEARS - 2)]
    since, until = np.full(count, day_number(first)), np.full(count, day_number(last))
    who = rng.permutation(count)
    since[who[:24]] = rng.choice(months, 24)
    until[who[24:40]] = rng.choice(months, 16) - 1
    return price, cost + rng.uniform(-0.03, 0.03, count), quantity, liking * (share * popular), since, until


def _ids(prefix: str, count: int, width: int) -> list[str]:
    return [f"{prefix}{i:0{width}d}" for i in range(1, count + 1)]


def rep_ids() -> list[str]:
    return _ids("R", sum(area.reps for _, area in AREAS), 3)


def customer_ids() -> list[str]:
    return _ids("C", CUSTOMERS, 4)


def product_ids() -> list[str]:
    return [f"{row[0]}{i:02d}" for row in names.CATEGORIES for i in range(1, names.PRODUCTS_A_CATEGORY + 1)]


def _frames(
    first: date,
    story: Story,
    rep_area: Ints,
    rep_area_before: Ints,
    area: Ints,
    rep: Ints,
    segment: Ints,
    weight: Floats,
    terms: Ints,
    rng: np.random.Generator,
) -> dict[str, pd.DataFrame]:
    """The dimension tables, columns named as in the schema."""
    region_of = [region.id for region, _ in AREAS]
    area_of = [a.id for _, a in AREAS]
    reps = rep_ids()
    rep_names = _rep_names(rep_area_before)
    leads = {code: reps[int(np.flatnonzero(rep_area == code)[0])] for code in range(len(AREAS))}
    heads = {region: leads[region_of.index(region)] for region in dict.fromkeys(region_of)}
    managers = [leads[a] if leads[a] != r else heads[region_of[a]] for r, a in zip(reps, rep_area, strict=True)]
    terms_rows = [(r, first, FOREVER, a) for r, a in zip(reps, rep_area, strict=True)]
    moved = pd.Timestamp(story.moved, unit="D").date()
    terms_rows[story.mover] = (reps[story.mover], moved, FOREVER, rep_area[story.mover])
    before = (reps[story.mover], first, (pd.Timestamp(moved) - pd.Timedelta(days=1)).date(), rep_area_before[story.mover])
    rep_terms = [(r, str(a), str(b), area_of[c], region_of[c]) for r, a, b, c in [before, *terms_rows]]
    customer_names = _customer_names(area, segment, story)
    limits = np.ceil(weight * 500e6 / 90 * (terms + 40) * rng.uniform(0.9, 2.2, CUSTOMERS) / 1e5) * 1e5
    agreed = rng.random(CUSTOMERS) < 0.92
    products = _product_names()
    return {
        "region": pd.DataFrame([(r.id, r.id, r.name_zh) for r in REGIONS], columns=["region_id", "name", "name_zh"]),
        "area": pd.DataFrame(
            [(a.id, r.id, a.id.replace("SE-", "Southeast ").replace("Latin-", "Latin "), a.name_zh) for r, a in AREAS],
            columns=["area_id", "region_id", "name", "name_zh"],
        ),
        "rep": pd.DataFrame(
            [(r, *n, m if m != r else None) for r, n, m in zip(reps, rep_names, managers, strict=True)],
            columns=["rep_id", "name", "name_zh", "manager_id"],
        ),
        "rep_term": pd.DataFrame(rep_terms, columns=["rep_id", "first_day", "last_day", "area_id", "region_id"]),
        "segment": pd.DataFrame([row[:3] for row in names.SEGMENTS], columns=["segment_id", "name", "name_zh"]),
        "customer": pd.DataFrame(
            {
                "customer_id": customer_ids(),
                "name": [n[0] for n in customer_names],
                "name_zh": [n[1] for n in customer_names],
                "segment_id": [names.SEGMENTS[i][0] for i in segment],
                "terms_days": terms,
                "credit_limit": np.where(agreed, limits, np.nan),
                "region_id": [region_of[a] for a in area],
                "area_id": [area_of[a] for a in area],
                "rep_id": [reps[r] for r in rep],
            }
        ),
        "category": pd.DataFrame([row[:3] for row in names.CATEGORIES], columns=["category_id", "name", "name_zh"]),
        "product": pd.DataFrame(products, columns=["product_id", "name", "name_zh", "category_id"]),
    }


def _rep_names(rep_area: npt.NDArray[np.int64]) -> list[tuple[str, str]]:
    """Names of all reps; those abroad have their own."""
    abroad = {area: iter(people) for area, people in names.REPS_ABROAD.items()}
    given = len(names.GIVEN)
    found_names, step = [], 0
    for code in rep_area:
        area = AREAS[code][1].id
        if area in abroad:
            found_names.append(next(abroad[area]))
            continue
        (surname, surname_zh), (name, name_zh) = names.SURNAMES[step % len(names.SURNAMES)], names.GIVEN[step % given]
        found_names.append((f"{surname} {name}", surname_zh + name_zh))
        step += 1
    return found_names


def _customer_names(area: Ints, segment: Ints, story: Story) -> list[tuple[str, str]]:
    """Distinct invented companies: a stem and the trade of their segment."""
    home = [
        (first + second, first_zh + second_zh)
        for i in range(len(names.STEMS_SECOND))
        for j, (first, first_zh) in enumerate(names.STEMS_FIRST)
        for second, second_zh in [names.STEMS_SECOND[(i + j) % len(names.STEMS_SECOND)]]
        if first.lower() != second
    ]
    planted = {story.bohe: ("Bohe", "博禾", 0), story.lanting: ("Lanting", "兰亭", 2)}
    stems = iter([stem for stem in home if stem[0] not in {p[0] for p in planted.values()}])
    abroad = {
        key: [(stem.rpartition(" ")[0], stem.rpartition(" ")[2]) for stem in text.split(",")] for key, text in names.STEMS_ABROAD.items()
    }
    met: dict[tuple[str, int], int] = {}
    result = []
    for i, (code, s) in enumerate(zip(area, segment, strict=True)):
        trades, where = names.SEGMENTS[s][4], AREAS[code][1].id
        if i in planted:
            stem, stem_zh, trade = planted[i]
        elif where in abroad:
            # Within a segment, step through the stems and then through the trades: no pair comes twice.
            nth = met[where, s] = met.get((where, s), -1) + 1
            stem, stem_zh = abroad[where][nth % len(abroad[where])]
            trade = nth // len(abroad[where])
        else:
            (stem, stem_zh), trade = next(stems), i % len(trades)
        result.append((f"{stem} {trades[trade][0]}", stem_zh + trades[trade][1]))
    return result


def _product_names() -> list[tuple[str, str, str, str]]:
    """Id, name, Chinese name and category: series, outlet in millimetres and head in metres."""
    rows = []
    for code, name, name_zh, *_ in names.CATEGORIES:
        for i in range(names.PRODUCTS_A_CATEGORY):
            model = f"{code} {(25, 40, 65, 100, 150)[i // 5]}-{(12, 20, 32, 50, 80)[i % 5]}"
            one = name.replace("pumps", "pump").replace("sets", "set").replace("Parts and seals", "Repair kit")
            rows.append((f"{code}{i + 1:02d}", f"{one} {model}", f"{name_zh.replace('配件与密封', '维修包')} {model}", code))
    return rows
