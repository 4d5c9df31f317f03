"""THE list of measures and dimensions: formula, unit, direction, both names. What is not in here cannot be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from data.schema import MEASURE_KEYS


class Unit(StrEnum):
    """How a value is counted; ``layouts.format`` turns each into text."""

    MONEY = "money"
    VOLUME = "volume"
    SHARE = "share"  # 0.782 is 78.2 %
    CHANCE = "chance"  # a probability: 0.21 is 21 %
    DAYS = "days"  # working days of a pace, calendar days of what is owed
    PRICE = "price"  # money a unit
    DAY = "day"
    WORD = "word"  # one of a few fixed words


class Fact(StrEnum):
    """A table of facts, or of what derives from them, with a grain of its own."""

    SALES = "sales"
    COLLECTED = "collected"
    SETTLED = "settled"  # what was collected, by the day on which it was due
    INVOICED = "invoiced"
    RECEIVABLE = "receivable"
    CASH = "cash"
    TARGET = "target"


TIMES: Final = ("day", "week", "month", "quarter", "year")
PLACES: Final = ("region", "area", "rep")

OWED_BY: Final = (*PLACES, "customer", "segment", "category", "invoice_month", "bucket", "age")
"""What receivables are split by. Cash that is not applied to an invoice has neither category nor invoice month."""
AGED: Final = {"bucket": "due_day", "age": "invoice_day"}
"""The two whose members are spans of days, and the day of an instalment since which they count."""

FACT_DIMENSIONS: Final[dict[Fact, tuple[str, ...]]] = {
    Fact.SALES: (*PLACES, "customer", "segment", "product", "category", *TIMES),
    Fact.COLLECTED: (*PLACES, "customer", "segment", *TIMES),
    Fact.SETTLED: (*PLACES, "customer", "segment"),
    Fact.INVOICED: (*PLACES, "customer", "segment", *TIMES),
    Fact.RECEIVABLE: OWED_BY,
    Fact.CASH: OWED_BY,
    Fact.TARGET: (*PLACES, "category", *TIMES),
}


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to split a measure."""

    key: str
    name: str
    name_zh: str


DIMENSIONS: Final[dict[str, Dimension]] = {
    d.key: d
    for d in (
        Dimension("region", "Region", "大区"),
        Dimension("area", "Area", "区域"),
        Dimension("rep", "Rep", "业务员"),
        Dimension("customer", "Customer", "客户"),
        Dimension("segment", "Segment", "客户类型"),
        Dimension("product", "Product", "产品"),
        Dimension("category", "Category", "产品类别"),
        Dimension("day", "Day", "日"),
        Dimension("week", "Week", "周"),
        Dimension("month", "Month", "月"),
        Dimension("quarter", "Quarter", "季度"),
        Dimension("year", "Year", "年"),
        Dimension("invoice_month", "Invoice month", "开票月份"),
        Dimension("bucket", "Ageing bucket", "账龄段"),
        Dimension("age", "Days since invoice", "开票天数段"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What can be asked for. ``formula`` is what a person reads; ``higher_is_better`` None: neither."""

    key: str
    name: str
    name_zh: str
    unit: Unit
    formula: str
    formula_zh: str
    higher_is_better: bool | None = True

    @property
    def is_variance(self) -> bool:
        """Whether the value is a difference, which is always shown with its sign."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(Measure):
    """A signed sum of columns of one fact: additive over every dimension the fact has.

    ``known_by``: columns that count rows in which a term is missing; where one is not 0 the sum has no value.
    """

    fact: Fact
    terms: tuple[tuple[int, str], ...]
    known_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Measure):
    """A quotient of two measures, taken after summing.

    ``of_whole``: the numerator is part of the denominator, so there is a value only where that is above zero.
    """

    numerator: str
    denominator: str
    of_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned(Measure):
    """A figure of one of the five measures against its target, calendar or past: ``kind`` of ``base``."""

    base: str
    kind: str

    @property
    def is_variance(self) -> bool:
        return self.kind in ("gap", "gap_target", "days", "py_gap", "py_change", "pp_change", "lag_change")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle(Measure):
    """How fast what is owed comes in: worked out of sums of ``facts`` as ``metrics.cycle`` says under the same key."""

    facts: tuple[Fact, ...]


FIVE: Final[tuple[Sum, ...]] = (
    Sum(
        key="amount",
        name="Sales amount",
        name_zh="销售额",
        unit=Unit.MONEY,
        fact=Fact.SALES,
        terms=((1, "amount"),),
        formula="Σ net amount of the order lines by order day: after discount, without tax, returns negative",
        formula_zh="Σ 订单行净额，按下单日：折后、不含税，退货为负",
    ),
    Sum(
        key="volume",
        name="Sales volume",
        name_zh="销售量",
        unit=Unit.VOLUME,
        fact=Fact.SALES,
        terms=((1, "volume"),),
        formula="Σ quantity of the order lines by order day",
        formula_zh="Σ 订单行数量，按下单日",
    ),
    Sum(
        key="margin",
        name="Gross margin",
        name_zh="销售毛利",
        unit=Unit.MONEY,
        fact=Fact.SALES,
        terms=((1, "amount"), (-1, "cost")),
        known_by=("lines_without_cost",),
        formula="Σ (net amount − cost of goods) of the order lines by order day",
        formula_zh="Σ（净额 − 销售成本），按下单日",
    ),
    Sum(
        key="profit",
        name="Sales profit",
        name_zh="销售利润",
        unit=Unit.MONEY,
        fact=Fact.SALES,
        terms=((1, "amount"), (-1, "cost"), (-1, "expense")),
        known_by=("lines_without_cost", "lines_without_expense"),
        formula="Σ (net amount − cost of goods − selling expense) of the order lines by order day",
        formula_zh="Σ（净额 − 销售成本 − 销售费用），按下单日",
    ),
    Sum(
        key="collections",
        name="Collections",
        name_zh="销售回款",
        unit=Unit.MONEY,
        fact=Fact.COLLECTED,
        terms=((1, "amount"),),
        formula="Σ payments applied to invoices by payment day",
        formula_zh="Σ 已核销到发票的回款，按回款日",
    ),
)

_OTHERS: Final[tuple[Measure, ...]] = (
    Sum(
        key="cost",
        name="Cost of goods",
        name_zh="销售成本",
        unit=Unit.MONEY,
        fact=Fact.SALES,
        terms=((1, "cost"),),
        known_by=("lines_without_cost",),
        higher_is_better=False,
        formula="Σ cost of goods of the order lines",
        formula_zh="Σ 订单行销售成本",
    ),
    Sum(
        key="expense",
        name="Selling expense",
        name_zh="销售费用",
        unit=Unit.MONEY,
        fact=Fact.SALES,
        terms=((1, "expense"),),
        known_by=("lines_without_expense",),
        higher_is_better=False,
        formula="Σ selling expense of the order lines",
        formula_zh="Σ 订单行销售费用",
    ),
    Sum(
        key="invoiced",
        name="Invoiced",
        name_zh="开票额",
        unit=Unit.MONEY,
        fact=Fact.INVOICED,
        terms=((1, "amount"),),
        formula="Σ invoices by invoice day, credit notes negative",
        formula_zh="Σ 发票金额，按开票日，红字为负",
    ),
    Sum(
        key="open",
        name="Open balance",
        name_zh="未收余额",
        unit=Unit.MONEY,
        fact=Fact.RECEIVABLE,
        terms=((1, "balance"),),
        higher_is_better=None,
        formula="Σ (invoice − payments applied up to the as-of day), credit notes negative",
        formula_zh="Σ（发票 − 截至当日已核销回款），红字为负",
    ),
    Sum(
        key="not_due",
        name="Not due",
        name_zh="未到期",
        unit=Unit.MONEY,
        fact=Fact.RECEIVABLE,
        terms=((1, "not_due"),),
        higher_is_better=None,
        formula="Σ open balance with due day ≥ as-of day",
        formula_zh="Σ 到期日不早于截至日的未收余额",
    ),
    Sum(
        key="overdue",
        name="Overdue",
        name_zh="逾期",
        unit=Unit.MONEY,
        fact=Fact.RECEIVABLE,
        terms=((1, "overdue"),),
        higher_is_better=False,
        formula="Σ open balance with due day < as-of day",
        formula_zh="Σ 到期日早于截至日的未收余额",
    ),
    Sum(
        key="over_90",
        name="Over 90 days",
        name_zh="逾期 90 天以上",
        unit=Unit.MONEY,
        fact=Fact.RECEIVABLE,
        terms=((1, "over_90"),),
        higher_is_better=False,
        formula="Σ open balance more than 90 days past its due day",
        formula_zh="Σ 到期日已过 90 天以上的未收余额",
    ),
    Sum(
        key="unapplied",
        name="Unapplied cash",
        name_zh="未核销回款",
        unit=Unit.MONEY,
        fact=Fact.CASH,
        terms=((-1, "unapplied"),),
        higher_is_better=None,
        formula="−Σ payments received and not applied to an invoice by the as-of day",
        formula_zh="−Σ 截至当日已收未核销的回款",
    ),
    Planned(
        key="receivable",
        name="Total receivable",
        name_zh="应收合计",
        unit=Unit.MONEY,
        base="open",
        kind="receivable",
        higher_is_better=None,
        formula="open balance + unapplied cash (negative)",
        formula_zh="未收余额 + 未核销回款（负数）",
    ),
    Ratio(
        key="overdue_rate",
        name="Overdue rate",
        name_zh="逾期率",
        unit=Unit.SHARE,
        numerator="overdue",
        denominator="open",
        of_whole=True,
        higher_is_better=False,
        formula="overdue open balance ÷ total open balance; no value unless that is above zero",
        formula_zh="逾期余额 ÷ 未收余额；未收余额不大于零时无值",
    ),
    Ratio(
        key="over_90_rate",
        name="Rate over 90 days",
        name_zh="逾期 90 天以上占比",
        unit=Unit.SHARE,
        numerator="over_90",
        denominator="open",
        of_whole=True,
        higher_is_better=False,
        formula="open balance more than 90 days past due ÷ total open balance; no value unless that is above zero",
        formula_zh="逾期 90 天以上的余额 ÷ 未收余额；未收余额不大于零时无值",
    ),
    Ratio(
        key="margin_rate",
        name="Margin rate",
        name_zh="毛利率",
        unit=Unit.SHARE,
        numerator="margin",
        denominator="amount",
        formula="gross margin ÷ sales amount",
        formula_zh="销售毛利 ÷ 销售额",
    ),
    Ratio(
        key="profit_rate",
        name="Profit rate",
        name_zh="利润率",
        unit=Unit.SHARE,
        numerator="profit",
        denominator="amount",
        formula="sales profit ÷ sales amount",
        formula_zh="销售利润 ÷ 销售额",
    ),
    Ratio(
        key="average_price",
        name="Average price",
        name_zh="平均单价",
        unit=Unit.PRICE,
        numerator="amount",
        denominator="volume",
        formula="sales amount ÷ sales volume",
        formula_zh="销售额 ÷ 销售量",
    ),
)

_CYCLE: Final[tuple[Cycle, ...]] = (
    Cycle(
        key="collected_of_invoiced",
        name="Collection rate, of invoiced",
        name_zh="开票回款率",
        unit=Unit.SHARE,
        facts=(Fact.COLLECTED, Fact.INVOICED),
        formula="collections ÷ invoiced in the period",
        formula_zh="期间回款 ÷ 期间开票额",
    ),
    Cycle(
        key="collected_of_due",
        name="Collection rate, of due",
        name_zh="到期回款率",
        unit=Unit.SHARE,
        facts=(Fact.SETTLED, Fact.RECEIVABLE),
        formula="of the instalments that fell due in the period: (due − still open on the as-of day) ÷ due",
        formula_zh="期间内到期的各期应收：（到期额 − 截至日仍未收）÷ 到期额",
    ),
    Cycle(
        key="collected_of_receivable",
        name="Collection rate, of receivable",
        name_zh="应收回款率",
        unit=Unit.SHARE,
        facts=(Fact.RECEIVABLE, Fact.CASH, Fact.INVOICED),
        formula="(total receivable before the period + invoiced − total receivable at its end) ÷ (total receivable before it + invoiced)",
        formula_zh="（期初应收合计 + 期间开票额 − 期末应收合计）÷（期初应收合计 + 期间开票额）",
    ),
    Cycle(
        key="dso",
        name="DSO",
        name_zh="回款周期（DSO）",
        unit=Unit.DAYS,
        facts=(Fact.RECEIVABLE, Fact.INVOICED),
        higher_is_better=False,
        formula="days sales outstanding: open balance ÷ invoiced in the last N days × N; N is the setting dso_days",
        formula_zh="未收余额 ÷ 最近 N 天开票额 × N；N 为设置 dso_days",
    ),
    Cycle(
        key="dso_count_back",
        name="DSO, count-back",
        name_zh="回款周期（倒推法）",
        unit=Unit.DAYS,
        facts=(Fact.RECEIVABLE, Fact.INVOICED),
        higher_is_better=False,
        formula="the days of the latest months whose invoices add up to the open balance: whole months back from the as-of day, "
        "of the one that no longer fits as many of its days as what is left is of it",
        formula_zh="从截至日起逐月倒推，开票额合计等于未收余额的天数：足月全计，最后一个月按剩余余额占该月开票额的比例计天数",
    ),
    Cycle(
        key="dso_best",
        name="DSO, best possible",
        name_zh="最佳回款周期",
        unit=Unit.DAYS,
        facts=(Fact.RECEIVABLE, Fact.INVOICED),
        higher_is_better=False,
        formula="open balance that is not yet due ÷ invoiced in the last N days × N",
        formula_zh="未到期余额 ÷ 最近 N 天开票额 × N",
    ),
    Cycle(
        key="days_delinquent",
        name="Average days delinquent",
        name_zh="平均逾期天数",
        unit=Unit.DAYS,
        facts=(Fact.RECEIVABLE, Fact.INVOICED),
        higher_is_better=False,
        formula="DSO − best possible DSO",
        formula_zh="回款周期 − 最佳回款周期",
    ),
    Cycle(
        key="cei",
        name="Collection effectiveness index",
        name_zh="回款效率指数（CEI）",
        unit=Unit.SHARE,
        facts=(Fact.RECEIVABLE, Fact.INVOICED),
        formula="(opening open balance + invoiced − closing open balance) ÷ (opening open balance + invoiced − closing balance not due), "
        "over the month up to the as-of day",
        formula_zh="（期初未收余额 + 开票额 − 期末未收余额）÷（期初未收余额 + 开票额 − 期末未到期余额），截至日前一个月",
    ),
    Cycle(
        key="days_to_pay",
        name="Days to pay",
        name_zh="付款天数",
        unit=Unit.DAYS,
        facts=(Fact.COLLECTED,),
        higher_is_better=False,
        formula="Σ payment applied × (payment day − invoice day) ÷ Σ payments applied, by payment day",
        formula_zh="Σ 已核销回款 ×（回款日 − 开票日）÷ Σ 已核销回款，按回款日",
    ),
    Cycle(
        key="days_late",
        name="Mean days late",
        name_zh="平均迟付天数",
        unit=Unit.DAYS,
        facts=(Fact.COLLECTED,),
        higher_is_better=False,
        formula="Σ payment applied × (payment day − due day) ÷ Σ payments applied, by payment day; negative: paid before it was due",
        formula_zh="Σ 已核销回款 ×（回款日 − 到期日）÷ Σ 已核销回款，按回款日；负数为提前付款",
    ),
)

PARTS: Final[dict[str, Sum]] = {
    key: Sum(key=key, name="", name_zh="", unit=Unit.MONEY, fact=fact, terms=((1, column),), formula="", formula_zh="")
    for key, fact, column in (
        ("settled", Fact.SETTLED, "amount"),
        ("waited", Fact.COLLECTED, "waited"),
        ("lateness", Fact.COLLECTED, "lateness"),
    )
}
"""Sums that figures of the cycle are made of, and nobody asks for."""

# kind: (name, name_zh, unit or None for the base's own, formula, formula_zh)
_KINDS: Final[dict[str, tuple[str, str, Unit | None, str, str]]] = {
    "target": ("target", "目标", None, "Σ approved targets of the whole period", "Σ 整个期间的已批准目标"),
    "expected": (
        "expected to date",
        "应达",
        None,
        "Σ share of each target due by the as-of day, by its phasing",
        "Σ 各目标按节奏截至当日应达的部分",
    ),
    "expected_share": ("expected share", "应达比例", Unit.SHARE, "expected to date ÷ target", "应达 ÷ 目标"),
    "completion": ("completion", "完成率", Unit.SHARE, "actual ÷ target of the whole period", "实际 ÷ 整个期间目标"),
    "pace": ("pace", "进度达成率", Unit.SHARE, "actual ÷ expected to date", "实际 ÷ 应达"),
    "gap": ("gap to pace", "与进度差", None, "actual − expected to date", "实际 − 应达"),
    "gap_target": ("gap to target", "与目标差", None, "actual − target", "实际 − 目标"),
    "days": (
        "working days ahead",
        "领先工作日",
        Unit.DAYS,
        "working days from the day on which the expected-to-date line equals today's actual to the as-of day, negative behind",
        "应达线等于当前实际的那一天与截至日相差的工作日，落后为负",
    ),
    "needed": ("needed per working day", "日均需完成", None, "(target − actual) ÷ working days left", "（目标 − 实际）÷ 剩余工作日"),
    "py": (
        "previous year",
        "去年同期",
        None,
        "the same period of last year over as many elapsed working days; the whole of it once the period is over",
        "去年同期，相同已过工作日数；期间结束后为整个同期",
    ),
    "py_gap": ("difference on previous year", "同比差额", None, "actual − previous year", "实际 − 去年同期"),
    "py_change": (
        "change on previous year",
        "同比",
        Unit.SHARE,
        "(actual − previous year) ÷ |previous year|",
        "（实际 − 去年同期）÷ |去年同期|",
    ),
    "pp": (
        "previous period",
        "上期",
        None,
        "the period before over as many elapsed working days; the whole of it once the period is over",
        "上一期间，相同已过工作日数；期间结束后为整个上期",
    ),
    "pp_change": (
        "change on previous period",
        "环比",
        Unit.SHARE,
        "(actual − previous period) ÷ |previous period|",
        "（实际 − 上期）÷ |上期|",
    ),
    "status": (
        "status",
        "状态",
        Unit.WORD,
        "pace against the tolerance; achieved from 100 % of the target",
        "进度与容差比较；达到目标 100% 为已达成",
    ),
    "tier": (
        "tier",
        "分层",
        Unit.WORD,
        "pace while the period runs, completion once it is closed, against the thresholds",
        "期间内按进度、结束后按完成率与阈值比较",
    ),
    "tier_full": (
        "tier by full target",
        "按全期目标分层",
        Unit.WORD,
        "completion of the full target against the thresholds",
        "按全期完成率与阈值比较",
    ),
    "lag": ("lag alert", "落后预警", Unit.WORD, "pace behind 100 % by more than the tolerance", "进度低于 100% 且超过容差"),
    "lag_since": ("lagging since", "落后起始日", Unit.DAY, "first day of the unbroken run of lagging days", "连续落后的第一天"),
    "lag_change": ("gap change in a week", "一周差额变化", None, "gap to pace − gap to pace a week before", "与进度差 − 一周前的与进度差"),
    "landing": (
        "landing forecast",
        "预计落点",
        None,
        "actual to date + the rest of the period: out of this period's pace, the plan as far as plans were kept, last year with its growth, "
        "and the latest periods, at the same share of the working days, each weighted by how well it foretold past periods",
        "截至当日实际 + 期间余下部分：由本期进度、按历史兑现率折算的计划、按增长折算的去年同期、近期各期推算（按相同工作日比例），权重取决于各自对过往期间的预测准确度",
    ),
    "landing_low": (
        "landing, low end",
        "落点下限",
        None,
        "lower end of the 80 % interval, from the errors of the same forecast on past periods",
        "80% 区间下限，来自同一方法对过往期间的预测误差",
    ),
    "landing_high": (
        "landing, high end",
        "落点上限",
        None,
        "upper end of the 80 % interval, from the errors of the same forecast on past periods",
        "80% 区间上限，来自同一方法对过往期间的预测误差",
    ),
    "landing_rate": ("landing rate", "预计完成率", Unit.SHARE, "landing forecast ÷ target of the whole period", "预计落点 ÷ 整个期间目标"),
    "landing_chance": (
        "chance to reach the target",
        "达标概率",
        Unit.CHANCE,
        "probability that the period ends at the target or above, from the same distribution as the 80 % interval",
        "期末达到目标的概率，与 80% 区间出自同一分布",
    ),
    "best_days": (
        "best ten working days",
        "最佳十个工作日",
        None,
        "mean of the ten best working days of the period so far, to compare with what is needed per working day",
        "本期截至当日最好的十个工作日的日均值，用来与日均需完成比较",
    ),
}

KINDS: Final = tuple(_KINDS)
"""What each of the five measures has besides its actual; also short for the first measure asked: completion, pace …"""

LANDINGS: Final = frozenset(("landing", "landing_low", "landing_high", "landing_rate", "landing_chance"))
FORECASTS: Final = LANDINGS | {"best_days"}
"""Kinds that are worked out of the history by day and place; they can be split and filtered by place alone."""


def _planned(base: Sum) -> tuple[Planned, ...]:
    return tuple(
        Planned(
            key=f"{base.key}_{kind}",
            name=f"{base.name}, {name}",
            name_zh=f"{base.name_zh}{name_zh}",
            unit=unit or base.unit,
            base=base.key,
            kind=kind,
            formula=formula,
            formula_zh=formula_zh,
            higher_is_better=None if kind in ("needed", "target", "expected", "expected_share", "best_days") else True,
        )
        for kind, (name, name_zh, unit, formula, formula_zh) in _KINDS.items()
    )


MEASURES: Final[dict[str, Measure]] = {m.key: m for m in (*FIVE, *_OTHERS, *_CYCLE, *(p for base in FIVE for p in _planned(base)))}

SUMS: Final[dict[str, Sum]] = PARTS | {key: m for key, m in MEASURES.items() if isinstance(m, Sum)}

assert tuple(m.key for m in FIVE) == MEASURE_KEYS, "targets are kept for exactly the five measures"

BUCKET_NOT_DUE: Final = "not_due"
BUCKET_UNAPPLIED: Final = "unapplied"


def buckets(edges: tuple[int, ...], dimension: str = "bucket") -> tuple[str, ...]:
    """Identifiers of the ageing buckets, youngest first: not_due, 1-30, …, 180+, unapplied.

    By ``age``, since the invoice day, everything is in some bucket: 0-30, 31-60, …, 180+, unapplied.
    """
    by_due_day = dimension == "bucket"
    starts = (int(by_due_day), *(edge + 1 for edge in edges[:-1]))
    spans = (*(f"{a}-{b}" for a, b in zip(starts, edges, strict=True)), f"{edges[-1]}+")
    return (*((BUCKET_NOT_DUE,) if by_due_day else ()), *spans, BUCKET_UNAPPLIED)


def bucket_days(bucket: str, as_of: date) -> tuple[date, date]:
    """The first and the last day, due or invoiced, of what lies in an ageing bucket (of ``buckets``, but unapplied cash) on a day."""
    if bucket == BUCKET_NOT_DUE:
        return as_of, date.max
    if bucket.endswith("+"):
        return date.min, as_of - timedelta(days=int(bucket.removesuffix("+")) + 1)
    youngest, oldest = (timedelta(days=int(end)) for end in bucket.split("-"))
    return as_of - oldest, as_of - youngest
