"""The tables of a month: which there are, what every column means, and the rows that a release gives.

The one source of the files, of the data dictionary and of its page. A column is only ever added, at the end. Rows stand
in the order in which broadcasts ended and documents name things; no table has a rank, a score or a total of a region.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from services.disclosure.domain.open_data import rows
from services.disclosure.domain.open_data.rows import Document, Row

Kind = Literal["text", "number", "flag"]
AND = ";"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `number`: a whole number; `flag`: true or false; an instant is text, RFC 3339."""

    name: str
    kind: Kind
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `rows`: those of one release; the broadcast and the number of the release come before each."""

    name: str
    zh: str
    en: str
    own: tuple[Column, ...]
    rows: Callable[[Document], Iterable[Row]]

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, those of every table first."""
        return (*KEYS, *self.own)

    def rows_of(self, document: Document) -> Iterator[Row]:
        """The rows of a release."""
        key = (document["broadcast"]["broadcast_id"], document["number"])
        for row in self.rows(document):
            yield (*key, *map(_plain, row))


def _plain(value: Any) -> Any:
    """A value of a cell: lists as text with semicolons, and nothing for an empty text."""
    if isinstance(value, list | tuple):
        value = AND.join(str(each) for each in value)
    return None if value == "" else value


def _text(name: str, zh: str, en: str) -> Column:
    return Column(name, "text", zh, en)


def _number(name: str, zh: str, en: str) -> Column:
    return Column(name, "number", zh, en)


def _flag(name: str, zh: str, en: str) -> Column:
    return Column(name, "flag", zh, en)


KEYS = (
    _text("broadcast_id", "直播编号", "The broadcast"),
    _number("release", "版次", "Number of the release that the row is from"),
)
FIGURES = (
    _number("orders", "订单数", "Paid orders"),
    _number("units", "件数", "Units"),
    _number("grams", "重量（克）", "Weight in grams"),
    _number("paid_fen", "实付金额（分）", "What buyers paid, without freight, in fen (0.01 CNY)"),
    _number("net_fen", "退款后金额（分）", "What is left after refunds, in fen (0.01 CNY)"),
    _number("subsidy_fen", "财政补贴（分）", "Public subsidy beside it, in fen (0.01 CNY)"),
)


TABLES = (
    Table(
        "releases",
        "当月直播的各版公开记录；其余各表均取每场直播的最新一版",
        "Every release of the month's broadcasts; all other tables hold the newest one of each",
        (
            _text("stage", "阶段", "`summary`, `full` or `revision`"),
            _flag("provisional", "是否暂定", "Whether goods could still be given back"),
            _text("released_at", "公开时间", "When it was released"),
            _text("sha256", "哈希", "SHA-256 of the release, as its leaf in the public log names it"),
            _text("supersedes", "前一版哈希", "SHA-256 of the release before; empty for the first"),
            _text("changed", "变更章节", "Sections that differ from the release before"),
        ),
        rows.releases,
    ),
    Table(
        "broadcasts",
        "当月结束的每场直播一行",
        "One row for each broadcast that ended in the month",
        (
            _text("title_zh", "中文标题", "Title in Chinese"),
            _text("title_en", "英文标题", "Title in English"),
            _text("region_code", "行政区划代码", "Region (GB/T 2260)"),
            _text("opened_at", "开始时间", "When it began"),
            _text("ended_at", "结束时间", "When it ended"),
            _text("segment_mode", "时段模式", "How region and market segments are kept apart"),
            _text("media_kind", "画面类型", "`video` or `stills`"),
            _text("halted", "中止原因", "What stopped it; empty if nothing did"),
            _text("event_zh", "不可抗力事件", "Event of force majeure, in Chinese"),
            _text("event_en", "不可抗力事件（英文）", "Event of force majeure, in English"),
            _flag("sales_told", "是否公布销售数据", "Whether enough people bought for a figure to be told"),
            _flag("viewers_told", "是否公布观看数据", "Whether enough people watched for a figure to be told"),
            _flag("few_complaints", "投诉少于十件", "Whether there were some complaints, but fewer than ten"),
            _number("complaints", "投诉", "Complaints about goods"),
            _number("complaints_decided", "已处理投诉", "Complaints that were decided"),
            _number("complaints_upheld", "成立投诉", "Complaints that were upheld"),
            _number("messages", "消息数", "Messages in the chat"),
            _number("messages_removed", "移除消息数", "Messages that were removed"),
        ),
        rows.broadcasts,
    ),
    Table(
        "lots",
        "上架商品：每个批次一行",
        "The goods: every lot that went to market",
        (
            _text("lot_id", "批次编号", "The lot"),
            _text("producer_uscc", "生产者代码", "Its producer's unified social credit code"),
            _text("name", "名称", "Name"),
            _text("category_code", "品类代码", "Category"),
            _text("specification", "规格", "Specification"),
            _text("grade", "等级", "Grade"),
            _text("origin_region_code", "产地代码", "Origin (GB/T 2260)"),
            _number("price_fen", "单价（分）", "Price in fen (0.01 CNY)"),
            _number("net_grams", "净含量（克）", "Net weight in grams"),
            _text("certificates", "证明与检测", "Kinds of its certificates, tests and licences"),
        ),
        rows.lots,
    ),
    Table(
        "lot_sales",
        "各批次的销售；购买者不足十人的批次合并列示",
        "Counted sales of each lot; lots of fewer than ten buyers stand together",
        (
            _text("lot_ids", "批次编号", "The lot, or the lots that stand together"),
            _flag("held", "沿用上一版", "Whether it stands as in the release before, so that no few people show"),
            *FIGURES,
        ),
        rows.lot_sales,
    ),
    Table(
        "producers",
        "商品的生产者及其在已付款订单中的份额",
        "The producers of the goods and their shares of paid orders",
        (
            _text("uscc", "统一社会信用代码", "Unified social credit code"),
            _text("name", "名称", "Name"),
            _text("kind", "类型", "Kind"),
            _text("region_code", "所在地代码", "Region (GB/T 2260)"),
            _number("share_bp", "订单份额（万分之一）", "Share of paid orders in basis points; empty: not told"),
            _text("counted_with", "合并计数的生产者", "Producers that the share is counted together with"),
        ),
        rows.producers,
    ),
    Table(
        "figures",
        "统计值与核实值并列，每项指标一行",
        "What was claimed beside what was verified, one figure a row",
        (
            _text("figure", "指标", "`viewers`, or a figure of sales by the name of its column elsewhere"),
            _number("claimed", "统计值", "As counted, before anything is taken away"),
            _number("verified", "核实值", "What is left when all that is questioned is taken away"),
            _number("low", "区间下限", "The strictest reading; empty: not told"),
            _number("high", "区间上限", "The mildest reading; empty: not told"),
            _flag("few_questioned", "少数存疑", "Whether a few are questioned and stay in the verified figure"),
        ),
        rows.figures,
    ),
    Table(
        "questioned",
        "未计入核实值的订单，按存疑原因列示",
        "Orders that are not counted as verified, by what stands against them",
        (
            _text("states", "存疑状态", "`grade:abuse`; several stand together where few people are behind them"),
            *FIGURES,
        ),
        rows.questioned,
    ),
    Table(
        "over_time",
        "直播过程中的销售；购买者较少的相邻时段合并列示",
        "Sales over the broadcast; neighbouring moments of few buyers stand together",
        (_number("from_ms", "起始毫秒", "Milliseconds since 1970, until the next row's"), *FIGURES),
        rows.over_time,
    ),
    Table(
        "findings",
        "对数据的核查发现",
        "What was found about the figures",
        (
            _text("abuse", "问题类型", "Kind of abuse"),
            _text("entity", "对象", "What it is about: `session`, `order`, `message` or `notice`"),
            _text("grade", "程度", "`suspected` or `substantiated`"),
            _number("items", "数量", "How many; empty: so few people that it is not told"),
            _text("text_zh", "中文说明", "In Chinese"),
            _text("text_en", "英文说明", "In English"),
            _text("rules", "规则", "Rules by which it was found"),
            _text("explanations_tried", "已考虑的正当解释", "Honest explanations that were tried"),
        ),
        rows.findings,
    ),
    Table(
        "costs",
        "直播费用及承担方（按备案）",
        "What the broadcast cost and who bore it, as it was filed",
        (
            _text("kind", "类型", "`broadcast`, `influencer` or `promotion`"),
            _number("amount_fen", "金额（分）", "Amount in fen (0.01 CNY)"),
            _text("paid_from", "经费来源或支付方", "Budget line, or kind of payer"),
            _number("staff", "工作人员数", "Staff"),
            _number("commission_bp", "佣金率（万分之一）", "Commission in basis points"),
        ),
        rows.costs,
    ),
    Table(
        "approvals",
        "作出审批的机关",
        "Organs that approved",
        (
            _text("organ", "机关", "Organ"),
            _text("organ_level", "级别", "Its level"),
            _text("organ_region_code", "地区代码", "Its region (GB/T 2260)"),
            _text("decided_at", "审批时间", "When"),
            _text("decision", "审批结论", "What was decided"),
        ),
        rows.approvals,
    ),
    Table(
        "segments",
        "直播实际时段",
        "The segments as they ran",
        (
            _text("kind", "类型", "`region`: the official speaks, nothing is for sale; `market`: a host sells"),
            _text("from", "开始", "From"),
            _text("until", "结束", "Until"),
        ),
        rows.segments,
    ),
    Table(
        "slow_sales",
        "经认证的滞销证明",
        "Certified evidence of unsold stock",
        (
            _text("evidence_id", "证明编号", "The evidence"),
            _text("region_code", "地区代码", "Region (GB/T 2260)"),
            _text("category_code", "品类代码", "Category"),
            _text("season", "产季", "Season"),
            _text("certified_at", "认证时间", "When it was certified"),
        ),
        rows.slow_sales,
    ),
    Table(
        "gate_results",
        "合规核验的结论",
        "Answers of the compliance gate",
        (
            _text("decision_id", "核验结论编号", "The decision"),
            _text("about", "对象类型", "Kind of what it is about"),
            _text("about_id", "对象编号", "What it is about"),
            _text("stage", "阶段", "Stage"),
            _text("outcome", "结论", "`pass`, `review` or `fail`"),
            _text("decided_at", "作出时间", "When it was decided"),
            _text("ruleset", "规则集", "Rule set"),
            _text("answer_sha256", "结论哈希", "Hash of the answer, as in the public log"),
            _text("not_passed", "未通过的规则", "Rules that did not pass"),
        ),
        rows.gate_results,
    ),
)
