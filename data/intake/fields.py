"""What a mapping may feed: the columns of every table, how their text is read, and by which names sources call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa

from data import schema as s

Kind = Literal["text", "number", "whole", "day", "yes_no", "choice"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column that a mapping may feed.

    ``pseudo`` columns are not stored as such; they make rows of another table. ``reference`` names the table whose key
    the column must be. ``names`` are the headers that sources use for it, most telling first.
    """

    name: str
    kind: Kind
    required: bool = False
    key: bool = False
    pseudo: bool = False
    reference: str | None = None
    names: tuple[str, ...] = ()


CHOICES: Final[dict[str, dict[str, str]]] = {
    "owner_kind": {k: k for k in s.OWNER_KINDS}
    | {"公司": "company", "全公司": "company", "大区": "region", "区域": "area", "片区": "area", "业务员": "rep", "销售员": "rep"}
    | {"销售代表": "rep", "salesperson": "rep", "territory": "area"},
    "measure": {k: k for k in s.MEASURE_KEYS}
    | {"sales amount": "amount", "sales": "amount", "revenue": "amount", "units": "volume", "quantity": "volume"}
    | {"gross margin": "margin", "gross profit": "margin", "sales profit": "profit", "sales volume": "volume"}
    | {"销售额": "amount", "销售量": "volume", "销量": "volume", "销售毛利": "margin", "毛利": "margin", "毛利额": "margin"}
    | {"销售利润": "profit", "利润": "profit", "销售回款": "collections", "回款": "collections", "回款额": "collections"},
    "status": {k: k for k in s.TARGET_STATES} | {"草稿": "draft", "已批准": "approved", "批准": "approved", "已作废": "superseded"},
}
"""Spellings of the columns that take one of a few values, in lower case."""

DEFAULTS: Final[dict[tuple[str, str], str]] = {
    ("invoice", "disputed"): "false",
    ("target", "status"): "'approved'",
    ("target", "version"): "1",
    ("target", "category_id"): "''",
    ("target", "owner_id"): "''",
}
"""SQL of what stands in a column that the source leaves empty."""

NUMBERED: Final = {
    "order_line": ("line_no", "order_id"),
    "instalment": ("instalment_no", "invoice_id"),
    "payment": ("part_no", "payment_id"),
}
"""Numbers that are given in the order of the rows, within their group, where a mapping does not name a column for them."""

_REFERENCES: Final = {
    "region_id": "region",
    "area_id": "area",
    "rep_id": "rep",
    "manager_id": "rep",
    "customer_id": "customer",
    "product_id": "product",
    "category_id": "category",
    "segment_id": "segment",
    "invoice_id": "invoice",
}

_PSEUDO: Final = {
    "rep": (Field("area_id", "text", pseudo=True, reference="area"), Field("region_id", "text", pseudo=True, reference="region")),
    "invoice": (
        Field("due_day", "day", pseudo=True, names=("due date", "due day", "到期日", "到期日期", "应收日期", "付款期限", "应付日期")),
        Field("terms_days", "whole", pseudo=True, names=("terms days", "payment terms", "terms", "账期", "账期天数", "信用天数")),
    ),
}

_ANY: Final[dict[str, tuple[str, ...]]] = {
    "region_id": ("大区", "地区", "sales region", "region", "区域", "sales territory group", "国家", "country code", "country"),
    "area_id": ("片区", "区域", "area", "省/自治区", "省份", "省", "territory", "state", "province", "地区", "城市", "city"),
    "rep_id": (
        "业务员编号",
        "业务员",
        "销售员",
        "销售代表",
        "sales rep",
        "rep id",
        "salesperson",
        "rep",
        "employee key",
        "seller",
        "地区经理",
        "区域经理",
    ),
    "customer_id": (
        "客户 id",
        "客户编号",
        "客户代码",
        "customer id",
        "customer key",
        "customer no",
        "customer",
        "客户名称",
        "客户",
        "account",
    ),
    "product_id": (
        "产品 id",
        "产品编号",
        "商品编码",
        "物料编码",
        "product id",
        "product key",
        "sku",
        "item no",
        "product",
        "产品名称",
        "产品",
    ),
    "category_id": ("类别", "产品类别", "品类", "大类", "category", "product category", "product line"),
    "segment_id": ("细分", "客户类别", "客户类型", "客户分类", "行业", "segment", "customer segment", "business type", "industry"),
    "order_id": ("订单 id", "订单编号", "订单号", "销售单号", "order id", "order number", "sales order number", "order no"),
    "invoice_id": ("发票号", "发票编号", "发票号码", "账单号", "invoice number", "invoice id", "invoice no", "invoice", "bill no"),
}

_NAMES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("region", "name"): ("大区名称", "地区名称", "region name"),
    ("area", "name"): ("区域名称", "片区名称", "area name", "territory name"),
    ("rep", "name"): ("业务员姓名", "业务员名称", "销售员姓名", "rep name", "salesperson name", "employee name"),
    ("rep", "manager_id"): ("上级", "经理", "主管", "manager id", "manager"),
    ("customer", "name"): ("客户名称", "customer name", "account name", "reseller name", "客户"),
    ("customer", "terms_days"): ("账期", "账期天数", "信用天数", "terms days", "payment terms"),
    ("customer", "credit_limit"): ("信用额度", "授信额度", "credit limit"),
    ("product", "name"): ("产品名称", "商品名称", "物料名称", "品名", "product name", "item name", "description"),
    ("category", "name"): ("类别名称", "category name"),
    ("segment", "name"): ("细分名称", "segment name"),
    ("order_line", "line_no"): ("行 id", "行号", "订单行号", "line no", "line number", "sales order line number", "line"),
    ("order_line", "order_day"): ("订单日期", "下单日期", "销售日期", "order date", "order day", "sale date", "date", "日期"),
    ("order_line", "amount"): ("销售额", "销售金额", "sales amount", "net amount", "sales", "revenue", "amount", "金额", "line total"),
    ("order_line", "volume"): ("数量", "销量", "销售量", "销售数量", "order quantity", "quantity", "qty", "units", "volume"),
    ("order_line", "cost"): ("成本", "销售成本", "成本金额", "total product cost", "cost of goods", "cogs", "cost", "total cost"),
    ("order_line", "expense"): ("费用", "销售费用", "selling expense", "expense"),
    ("invoice", "invoice_day"): ("开票日期", "发票日期", "invoice date", "invoice day", "bill date"),
    ("invoice", "amount"): ("发票金额", "开票金额", "应收金额", "invoice amount", "billed amount", "amount", "金额"),
    ("invoice", "disputed"): ("争议", "是否争议", "disputed", "in dispute"),
    ("instalment", "instalment_no"): ("期次", "期数", "instalment no", "instalment", "installment"),
    ("instalment", "due_day"): ("到期日", "到期日期", "due date", "due day"),
    ("instalment", "amount"): ("本期金额", "分期金额", "instalment amount", "installment amount", "amount due"),
    ("payment", "payment_id"): ("回款单号", "收款单号", "付款编号", "payment id", "payment no", "receipt no"),
    ("payment", "part_no"): ("part no", "核销行号"),
    ("payment", "payment_day"): ("回款日期", "收款日期", "付款日期", "settled date", "payment date", "paid date", "receipt date"),
    ("payment", "amount"): ("回款金额", "收款金额", "回款额", "payment amount", "paid amount", "amount paid", "amount received"),
    ("activity", "activity_id"): ("活动编号", "拜访编号", "activity id", "visit id"),
    ("activity", "activity_day"): ("活动日期", "拜访日期", "跟进日期", "activity date", "visit date"),
    ("activity", "kind"): ("活动类型", "跟进方式", "activity type", "activity kind", "kind"),
    ("activity", "note"): ("备注", "内容", "note", "notes", "comment"),
    ("target", "owner_kind"): ("对象类型", "owner kind", "level"),
    ("target", "owner_id"): ("对象", "owner", "owner id", "业务员编号", "业务员", "employee key"),
    ("target", "measure"): ("指标", "measure", "kpi"),
    ("target", "first_day"): ("开始日期", "起始日期", "first day", "start date", "from", "date", "月份", "month"),
    ("target", "last_day"): ("结束日期", "截止日期", "last day", "end date", "to"),
    ("target", "amount"): ("目标", "目标值", "目标金额", "target", "target amount", "quota", "sales amount quota", "budget"),
}

_REQUIRED: Final = {
    "target": {"owner_kind", "measure", "first_day", "last_day", "amount"},
    "rep_term": {"rep_id", "first_day", "last_day"},
    "area": {"area_id", "region_id"},
}


def _kind(column: sa.Column[object]) -> Kind:
    if column.name in CHOICES:
        return "choice"
    for type_, kind in ((sa.Integer, "whole"), (sa.Numeric, "number"), (sa.Date, "day"), (sa.Boolean, "yes_no")):
        if isinstance(column.type, type_):
            return kind  # type: ignore[return-value]  # the pairs above hold kinds only
    return "text"


def _field(table: sa.Table, column: sa.Column[object]) -> Field:
    given = (table.name, column.name) in DEFAULTS or column.name == NUMBERED.get(table.name, ("",))[0] or column.name == "name"
    own_key = column.primary_key and len(table.primary_key) == 1
    reference = None if own_key else _REFERENCES.get(column.name)
    names = _NAMES.get((table.name, column.name), _ANY.get(column.name, ()))
    needed = column.name in _REQUIRED.get(table.name, ()) or (not column.nullable and not given)
    return Field(column.name, _kind(column), needed, column.primary_key, False, reference, names)


FIELDS: Final[dict[str, tuple[Field, ...]]] = {
    table.name: (*(_field(table, column) for column in table.columns), *_PSEUDO.get(table.name, ())) for table in s.SOURCES
}
"""Everything a mapping may feed, in the order in which tables are checked."""

TABLES: Final = {table.name: table for table in s.SOURCES}
DIMENSIONS: Final = ("region", "segment", "category", "area", "rep", "rep_term", "customer", "product")
ORDER: Final = (*DIMENSIONS, "order_line", "invoice", "instalment", "payment", "activity", "target")
"""The order of checking: whatever a table refers to comes before it."""


def keys(table: str) -> tuple[str, ...]:
    return tuple(c.name for c in TABLES[table].primary_key)
