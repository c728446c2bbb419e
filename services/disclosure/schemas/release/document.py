"""A release as a whole, and its figures of sales."""

from typing import Annotated, Literal

from pydantic import Discriminator

from services.disclosure.schemas.release.answers import (
    Correction,
    OverridePart,
    Publication,
    Redaction,
    ReplyPart,
    ReportPart,
)
from services.disclosure.schemas.release.parts import Count, Digest, Figures, Instant, Part, said
from services.disclosure.schemas.release.sections import (
    Approval,
    BroadcastPart,
    Complaints,
    Costs,
    EventPart,
    Finding,
    GateResult,
    Good,
    Moderation,
    Producer,
    Segment,
    SlowSales,
    ViewersNotTold,
    ViewersTold,
)


class Questioned(Figures):
    """Orders that are not counted as verified, and what stands against them."""

    states: list[str] = said("存疑状态", "What stands against them, as `grade:abuse`")


class LotCell(Figures):
    """Sales of a lot; lots of few buyers stand together."""

    lots: list[str] = said("批次", "The lots")
    held: bool = said("沿用上一版", "Whether it stands as in the release before")


class MomentCell(Figures):
    """Sales from a moment on, until that of the next cell."""

    from_ms: Count = said("起始毫秒", "Milliseconds since 1970")


class SalesNotTold(Part):
    """Fewer buyers than a number may rest on."""

    told: Literal[False] = said("是否公布", "No figure is told")
    fewest_buyers: Count = said("最少人数", "The fewest people a number may rest on")


class SalesTold(Part):
    """Claimed, verified and questioned side by side."""

    told: Literal[True] = said("是否公布", "Figures are told")
    fewest_buyers: Count = said("最少人数", "The fewest people a number may rest on")
    claimed: Figures = said("统计值", "As counted")
    verified: Figures = said("核实值（下限）", "Verified: all that is questioned taken away")
    upper: Figures = said("上限", "Only what is substantiated taken away")
    few_questioned: bool = said("少数存疑", "Whether a few are questioned and stay in the verified figure")
    questioned: list[Questioned] = said("存疑", "Not counted as verified")
    by_lot: list[LotCell] = said("按批次", "By lot")
    over_time: list[MomentCell] = said("按时间", "Over time, in round numbers")
    refunded_fen: Count | None = said("退款（分）", "Paid back to buyers, in fen", default=None)
    delivered_about: Count | None = said("已送达订单（约）", "Orders delivered, rounded down to tens", default=None)
    organiser_staff_about: Count | None = said(
        "主办方人员的订单（约，已知或自述）",
        "Orders by people known or said to work for the organiser, rounded down to tens",
        default=None,
    )
    producer_people_about: Count | None = said(
        "自述为生产者人员的订单（约）",
        "Orders by people who said that they work for a producer, rounded down to tens",
        default=None,
    )
    told_to_buy_about: Count | None = said(
        "自述被要求购买的订单（约）",
        "Orders by people who said that they were told to buy, rounded down to tens",
        default=None,
    )


class Moved(Part):
    """A figure that says something else than before."""

    name: str = said("名称", "Its place in the section")
    before: Count | None = said("上一版", "Before; null: not told")
    now: Count | None = said("本版", "Now; null: not told")


class Reason(Part):
    """Why a section changed."""

    zh: str = said("中文", "In Chinese")
    en: str = said("英文", "In English")


class Change(Part):
    """A section that says something else than in the release before."""

    section: str = said("章节", "The section")
    zh: str = said("中文名称", "Its name in Chinese")
    en: str = said("英文名称", "Its name in English")
    figures: list[Moved] = said("变动数字", "Figures that moved", default_factory=list)
    why: list[Reason] = said("原因", "Why", default_factory=list)


class Receipts(Part):
    """The tree in which every buyer proves what became of their order."""

    root: str = said("根哈希", "Root of the tree, base64", pattern=r"^[A-Za-z0-9+/]{43}=$")
    size: Count = said("位置数", "Places in it: a power of two, more than there are orders")


class ReleaseDocument(Part):
    """One release of the public record of a broadcast. It never changes; a correction is the next release."""

    form: Literal["sunfair-disclosure/1"] = said("格式", "This form", alias="schema")
    number: int = said("版次", "Number of the release, from 1", ge=1)
    stage: Literal["summary", "full", "revision"] = said("阶段", "Summary, full record or correction")
    provisional: bool = said("是否暂定", "Whether goods can still be given back")
    released_at: Instant = said("公开时间", "When it was released")
    supersedes: Digest | None = said("前一版哈希", "SHA-256 of the release before; null for the first")
    changes: list[Change] = said("变更", "What has changed since the release before")
    receipts: Receipts | None = said("购买凭证", "The receipts of the orders behind this release", default=None)
    broadcast: BroadcastPart = said("直播情况", "The broadcast")
    goods: list[Good] = said("商品目录", "The goods")
    producers: list[Producer] = said("生产者及其份额", "The producers and their shares")
    event: EventPart | None = said("不可抗力事件", "The event of force majeure")
    slow_sales: list[SlowSales] = said("滞销证明", "The evidence of slow sales")
    approvals: list[Approval] = said("审批情况", "The approvals")
    costs: Costs = said("费用与经费来源", "The costs and who bears them")
    segments: list[Segment] = said("直播时段", "The segments")
    sales: Annotated[SalesTold | SalesNotTold, Discriminator("told")] = said("销售数据", "The figures of sales")
    viewers: Annotated[ViewersTold | ViewersNotTold, Discriminator("told")] = said("观看数据", "The figures of viewers")
    findings: list[Finding] = said("数据核查发现", "The findings")
    complaints: Complaints = said("投诉及处理", "The complaints and their outcomes")
    moderation: Moderation = said("互动管理", "The moderation of the chat")
    gate_results: list[GateResult] = said("合规核验结论", "The answers of the gate")
    publication: Publication | None = said(
        "本记录的核验结论", "The gate's answer about this record; null: it was silent", default=None
    )
    overrides: list[OverridePart] = said("人工改判", "Overrides by two organs", default_factory=list)
    reports: list[ReportPart] = said("查实的举报", "Citizens' reports that were upheld", default_factory=list)
    replies: list[ReplyPart] = said("地方答复", "The region's replies to findings", default_factory=list)
    corrections: list[Correction] = said("历次更正", "Every correction so far", default_factory=list)
    redactions: list[Redaction] = said("未公开的内容及理由", "What is kept back, and why", default_factory=list)
