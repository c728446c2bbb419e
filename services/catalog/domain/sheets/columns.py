"""The columns of the two sheets, once: template, import, error file and export all follow this table.

A column that a file does not have leaves what is known as it is; an empty cell under a column that it has means
that there is no value, except where the value is never shown again (`secret`).
"""

import dataclasses
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

SheetName = Literal["producers", "lots"]
Kind = Literal[
    "code", "line", "prose", "money", "grams", "count", "day", "flag", "months", "regions", "choice", "people"
]

Choices = Mapping[str, tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: `field` is its name in the API, `note` says what to write, `secret` is never given out again."""

    field: str
    zh: str
    en: str
    kind: Kind
    note_zh: str = ""
    note_en: str = ""
    example: str = ""
    required: bool = False
    secret: bool = False
    choices: Choices = dataclasses.field(default_factory=dict)
    width: int = 14


PRODUCER_KINDS: Choices = MappingProxyType(
    {
        "enterprise": ("企业", "enterprise"),
        "sole_trader": ("个体工商户", "sole trader"),
        "cooperative": ("合作社", "cooperative"),
        "rural_collective": ("农村集体经济组织", "rural collective"),
        "household": ("农户", "household"),
        "association": ("协会", "association"),
        "institution": ("事业单位", "institution"),
        "other": ("其他", "other"),
    }
)
PACKAGINGS: Choices = MappingProxyType(
    {
        "unpacked": ("无包装", "unpacked"),
        "packed_at_farm": ("产地包装", "packed at the farm"),
        "prepacked": ("预包装", "prepacked"),
        "bulk": ("散装", "bulk"),
    }
)
WEIGHT_BASES: Choices = MappingProxyType({"net": ("净重", "net"), "gross": ("毛重", "gross")})
RETURN_POLICIES: Choices = MappingProxyType(
    {
        "seven_days": ("七天无理由", "seven days"),
        "fresh_exempt": ("鲜活易腐除外", "fresh, exempt"),
        "other": ("其他", "other"),
    }
)
GAP_PAYERS: Choices = MappingProxyType(
    {
        "producer": ("生产主体", "producer"),
        "published_budget": ("公开预算", "published budget"),
        "undisclosed_public": ("未公开的公共资金", "undisclosed public money"),
        "supplier_by_order": ("供应商按要求承担", "supplier by order"),
        "farmer": ("农户", "farmer"),
    }
)
FLAGS: Choices = MappingProxyType({"true": ("是", "yes"), "false": ("否", "no")})

_IDENTIFYING_ZH = "只保存不可还原的代号，导出时不再显示；留空表示不变。"
_IDENTIFYING_EN = "Only a token is kept, never shown again; an empty cell leaves it as it is."
_YUAN_ZH, _YUAN_EN = "元，最多两位小数。", "Yuan, at most two decimals."
_GRAMS_ZH, _GRAMS_EN = "整数克（1 斤 = 500 克，1 千克 = 1000 克）。", "Whole grams (1 jin = 500 g, 1 kg = 1,000 g)."
_DAY_ZH, _DAY_EN = "日期，如 2026-09-20。", "A day, such as 2026-09-20."
_FLAG_ZH, _FLAG_EN = "是 或 否。", "yes or no."

_USCC = Column(
    "uscc",
    "统一社会信用代码",
    "Unified social credit code",
    "code",
    "18 位。没有代码的农户填其在本平台的主体编号（导出文件中有），新农户请先在页面登记。",
    "18 characters. For a household without one: its number on this platform (the export has it); enter new "
    "households on the page first.",
    "93341321MA8DM0A15D",
    required=True,
    width=22,
)

PRODUCERS: Sequence[Column] = (
    _USCC,
    Column(
        "region_code",
        "所在地区划代码",
        "Region code",
        "code",
        "六位数字（GB/T 2260）。",
        "Six digits (GB/T 2260).",
        "341321",
        required=True,
    ),
    Column(
        "name",
        "名称",
        "Name",
        "line",
        "与营业执照一致。",
        "As on the licence.",
        "砀山演示农民专业合作社",
        required=True,
        width=30,
    ),
    Column("name_en", "英文名称", "English name", "line", width=24),
    Column(
        "kind",
        "主体类型",
        "Kind of producer",
        "choice",
        "留空时按信用代码判断。",
        "Taken from the code when empty.",
        "合作社",
        choices=PRODUCER_KINDS,
    ),
    Column("trade_name", "字号", "Trade name", "line"),
    Column("address", "地址", "Address", "line", "在卖家信息中公示。", "Shown on the seller's panel.", width=30),
    Column("contact", "联系方式", "Contact", "line", "在卖家信息中公示。", "Shown on the seller's panel.", width=18),
    Column("members", "成员户数", "Members", "count", "整数。", "A whole number.", "120"),
    Column("open_membership", "是否开放入社", "Open membership", "flag", _FLAG_ZH, _FLAG_EN, "是", choices=FLAGS),
    Column("legal_rep", "法定代表人", "Legal representative", "line", _IDENTIFYING_ZH, _IDENTIFYING_EN, secret=True),
    Column("controller", "实际控制人", "Controller", "line", _IDENTIFYING_ZH, _IDENTIFYING_EN, secret=True),
    Column("phone", "电话", "Telephone", "line", _IDENTIFYING_ZH, _IDENTIFYING_EN, secret=True),
    Column("account", "收款账号", "Bank account", "line", _IDENTIFYING_ZH, _IDENTIFYING_EN, secret=True, width=22),
    Column(
        "shareholders",
        "股东",
        "Shareholders",
        "people",
        "多人以顿号分隔。" + _IDENTIFYING_ZH,
        "Several with semicolons. " + _IDENTIFYING_EN,
        secret=True,
    ),
    Column(
        "executives",
        "高管",
        "Executives",
        "people",
        "多人以顿号分隔。" + _IDENTIFYING_ZH,
        "Several with semicolons. " + _IDENTIFYING_EN,
        secret=True,
    ),
)

LOTS: Sequence[Column] = (
    _USCC,
    Column(
        "lot_number",
        "批次号",
        "Lot number",
        "code",
        "同一生产主体内不重复；与信用代码一起认定同一批次。",
        "Once per producer; with the code it says which lot this is.",
        "DS-2026-001",
        required=True,
        width=18,
    ),
    Column(
        "region_code",
        "特产地区划代码",
        "Region of the specialty",
        "code",
        "六位数字（GB/T 2260）。",
        "Six digits (GB/T 2260).",
        "341321",
        required=True,
    ),
    Column(
        "specialty",
        "特产名称",
        "Specialty",
        "line",
        "须已在“特产”页面登记，写中文名称。",
        "Its Chinese name, as entered on the page of specialties.",
        "砀山酥梨",
        required=True,
        width=18,
    ),
    Column(
        "category_code",
        "品类代码",
        "Category code",
        "code",
        "同名特产不止一个时填写，如 fruit.pear.su。",
        "Where two specialties share a name, such as fruit.pear.su.",
    ),
    Column("season", "产季", "Season", "line", "", "", "2026", required=True),
    Column(
        "event_id",
        "依据事件编号",
        "Event",
        "code",
        "认定滞销原因的事件编号。",
        "The number of the event that left it unsold.",
        "E2",
        required=True,
    ),
    Column(
        "title_zh",
        "上架标题",
        "Listing title",
        "line",
        "留空时用特产名称和产季。",
        "The specialty and the season when empty.",
        width=24,
    ),
    Column(
        "price_fen",
        "价格（元）",
        "Price (yuan)",
        "money",
        "每件。" + _YUAN_ZH,
        "For one unit. " + _YUAN_EN,
        "29.90",
        required=True,
    ),
    Column(
        "price_unit", "计价单位", "Unit", "line", "箱、袋、件……", "Box, bag, piece …", "箱", required=True, width=10
    ),
    Column(
        "net_grams", "每件净重（克）", "Net weight of a unit (g)", "grams", _GRAMS_ZH, _GRAMS_EN, "2500", required=True
    ),
    Column("offered_units", "可售件数", "Units offered", "count", "整数。", "A whole number.", "1000", required=True),
    Column("variety", "品种", "Variety", "line"),
    Column("display_name", "展示名称", "Name shown", "line", width=20),
    Column("specification", "规格", "Specification", "line", width=24),
    Column("grade", "等级", "Grade", "line"),
    Column("packaging", "包装", "Packaging", "choice", choices=PACKAGINGS),
    Column("processed", "是否加工品", "Processed", "flag", _FLAG_ZH, _FLAG_EN, choices=FLAGS),
    Column(
        "origin_region_code",
        "产地区划代码",
        "Region of origin",
        "code",
        "留空时为特产地区。",
        "The specialty's region when empty.",
    ),
    Column("harvested_on", "采收日期", "Harvested on", "day", _DAY_ZH, _DAY_EN, "2026-09-20"),
    Column("cold_stored", "是否冷藏", "Cold stored", "flag", _FLAG_ZH, _FLAG_EN, choices=FLAGS),
    Column("shelf_life_days", "保质期（天）", "Shelf life (days)", "count"),
    Column("best_before_on", "保质期至", "Best before", "day", _DAY_ZH, _DAY_EN),
    Column(
        "season_months",
        "应季月份",
        "Months in season",
        "months",
        "1 至 12，以顿号分隔。",
        "1 to 12, with semicolons.",
        "9、10、11",
    ),
    Column("yield_grams", "产量（克）", "Yield (g)", "grams", _GRAMS_ZH, _GRAMS_EN),
    Column("weight_basis", "计重方式", "Weighed as", "choice", choices=WEIGHT_BASES),
    Column("gross_grams", "每件毛重（克）", "Gross weight of a unit (g)", "grams", _GRAMS_ZH, _GRAMS_EN),
    Column("freight_fen", "运费（元）", "Freight (yuan)", "money", _YUAN_ZH, _YUAN_EN, "0"),
    Column("farm_gate_fen", "产地收购价（元）", "Farm-gate price (yuan)", "money", _YUAN_ZH, _YUAN_EN),
    Column("farmer_paid_fen", "付给农户（元）", "Paid to the farmer (yuan)", "money", _YUAN_ZH, _YUAN_EN),
    Column("packing_fen", "包装费（元）", "Packing (yuan)", "money", _YUAN_ZH, _YUAN_EN),
    Column("carriage_fen", "运输费（元）", "Carriage (yuan)", "money", _YUAN_ZH, _YUAN_EN),
    Column("loss_fen", "损耗（元）", "Loss (yuan)", "money", _YUAN_ZH, _YUAN_EN),
    Column("gap_payer", "差额承担方", "Who bears a gap", "choice", choices=GAP_PAYERS),
    Column("return_policy", "退货政策", "Return policy", "choice", choices=RETURN_POLICIES),
    Column("promised_dispatch_hours", "承诺发货（小时）", "Dispatch within (hours)", "count", example="48"),
    Column(
        "certificate_number",
        "合格证编号",
        "Certificate number",
        "line",
        "承诺达标合格证。",
        "The conformity certificate.",
        width=20,
    ),
    Column("certificate_issued_on", "合格证开具日期", "Certificate issued on", "day", _DAY_ZH, _DAY_EN),
    Column("certificate_expires_on", "合格证有效期至", "Certificate expires on", "day", _DAY_ZH, _DAY_EN),
    Column(
        "delivery_region_codes",
        "配送区域代码",
        "Delivered to (region codes)",
        "regions",
        "以顿号分隔；留空为全国（大陆）。",
        "With semicolons; empty: all of the mainland.",
    ),
    Column("delivery_note", "配送说明", "Delivery note", "prose", width=24),
    Column("description_zh", "批次说明", "Description (Chinese)", "prose", width=30),
    Column("description_en", "批次英文说明", "Description (English)", "prose", width=30),
)

COLUMNS: Mapping[SheetName, Sequence[Column]] = MappingProxyType({"producers": PRODUCERS, "lots": LOTS})
SHEET_NAMES: Mapping[SheetName, tuple[str, str]] = MappingProxyType(
    {"producers": ("生产主体", "Producers"), "lots": ("批次", "Lots")}
)
NOTES_NAMES = ("填写说明", "Notes")
REASON_HEADINGS = ("原因", "Reason")
