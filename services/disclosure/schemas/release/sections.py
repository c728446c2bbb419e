"""The sections of a release that say what was on offer, by whom, and how the broadcast went."""

from typing import Annotated, Literal

from pydantic import Field

from services.disclosure.schemas.release.parts import (
    Count,
    Day,
    Digest,
    Instant,
    Measured,
    Part,
    Region,
    Share,
    said,
)


class Halted(Part):
    """Why a running broadcast was stopped."""

    cause: str = said("原因", "The cause: gate, inspector, studio, gate_unreachable, hard_stop or filing")
    rule: str | None = said("规则", "The rule that stopped it", default=None)
    decision_id: str | None = said("核验结论编号", "The decision that stopped it", default=None)
    reason_zh: str = said("中文说明", "Why, in Chinese")
    reason_en: str = said("英文说明", "Why, in English")


class BroadcastPart(Part):
    """Which broadcast this is, where and when."""

    broadcast_id: str = said("直播编号", "The broadcast")
    filing_id: str = said("备案编号", "Its filing")
    title_zh: str = said("中文标题", "Title in Chinese")
    title_en: str | None = said("英文标题", "Title in English")
    region_code: Region = said("行政区划代码", "Region (GB/T 2260)")
    planned_from: Instant = said("计划开始", "Planned start")
    planned_until: Instant = said("计划结束", "Planned end")
    opened_at: Instant | None = said("实际开始", "When it began")
    ended_at: Instant | None = said("实际结束", "When it ended")
    segment_mode: str | None = said("时段模式", "How segments are kept apart")
    media_kind: str | None = said("画面类型", "Film or stills")
    halted: Halted | None = said("中止情况", "Why it was stopped; null if it was not")


class Paper(Part):
    """A certificate, test or licence of a lot."""

    kind: str | None = said("类型", "Kind")
    number: str | None = said("编号", "Number")
    issued_on: Day | None = said("签发日期", "Issued on")
    expires_on: Day | None = said("到期日期", "Expires on")
    conforming: bool | None = said("是否合格", "Whether it attests conformity")


class Sampling(Part):
    """A sample that an authority took."""

    sampled_on: Day | None = said("抽检日期", "Sampled on")
    conforming: bool | None = said("是否合格", "Whether it conformed")
    closed: bool | None = said("是否处理完毕", "Whether the case is closed")


class Good(Part):
    """A lot that went to market."""

    lot_id: str = said("批次编号", "The lot")
    producer_uscc: str = said("生产者统一社会信用代码", "Its producer, by unified social credit code")
    display_name: str | None = said("名称", "Name")
    category_code: str | None = said("品类代码", "Category")
    specification: str | None = said("规格", "Specification")
    grade: str | None = said("等级", "Grade")
    origin_region_code: Region | None = said("产地代码", "Origin")
    price_fen: Count | None = said("单价（分）", "Price in fen")
    net_grams: Count | None = said("净含量（克）", "Net weight in grams")
    certificates: list[Paper] = said("证明与检测", "Certificates, tests and licences")
    samplings: list[Sampling] = said("抽检", "How it was sampled", default_factory=list)


class Producer(Part):
    """A producer of the goods and its share of paid orders."""

    uscc: str = said("统一社会信用代码", "Unified social credit code")
    name: str | None = said("名称", "Name", default=None)
    kind: str | None = said("类型", "Kind", default=None)
    region_code: Region | None = said("所在地代码", "Region", default=None)
    share_bp: Share | None = said("订单份额（万分之一）", "Share of paid orders in basis points; null: not told")
    counted_with: list[str] = said("合并计数的生产者", "Producers that share is counted together with")


class Declared(Part):
    """A declaration of an event by an authority."""

    title: str | None = said("标题", "Title")
    number: str | None = said("文号", "Number")
    issued_on: Day | None = said("发布日期", "Issued on")
    authority: str | None = said("发布机关", "Authority")
    lifted_on: Day | None = said("解除日期", "Lifted on")


class EventPart(Part):
    """The event of force majeure that the broadcast was held for."""

    title_zh: str | None = said("中文名称", "Name in Chinese")
    title_en: str | None = said("英文名称", "Name in English")
    region_codes: list[Region] | None = said("影响地区", "Regions concerned")
    verified: bool | None = said("是否核实", "Whether it is verified")
    lifted: bool | None = said("是否解除", "Whether it is over")
    declarations: list[Declared] = said("公告", "Declarations")


class EvidenceSource(Part):
    """A source of evidence."""

    org: str | None = said("机构", "Organisation")
    as_of_on: Day | None = said("数据日期", "As of")


class SlowSales(Part):
    """Certified evidence of unsold stock."""

    entity_id: str | None = said("证明编号", "The evidence")
    region_code: Region | None = said("地区代码", "Region")
    category_code: str | None = said("品类代码", "Category")
    season: str | None = said("产季", "Season")
    certified_at: Instant | None = said("认证时间", "When it was certified")
    unsold_grams: Count | None = said("播前滞销量（克）", "Unsold before, in grams, as certified", default=None)
    season_grams: Count | None = said("产季总量（克）", "Of the season, in grams", default=None)
    progress_gap_bp: int | None = said("进度差距（万分之一）", "How far sales lag, in basis points", default=None)
    price_gap_bp: int | None = said("价格差距（万分之一）", "How far the price fell, in basis points", default=None)
    usual_unsold_share_bp: int | None = said("往年滞销比例（万分之一）", "Usually unsold at this time", default=None)
    days_to_spoil: Count | None = said("距变质天数", "Days until it spoils", default=None)
    sold_grams_per_day: Count | None = said("日均销量（克）", "Sold a day, in grams", default=None)
    mechanism: str | None = said("滞销原因", "By what it was left unsold", default=None)
    sources: list[EvidenceSource] = said("数据来源", "Who measured it", default_factory=list)
    sold_grams: Count | None = said("本场销售量（克）", "Sold in the broadcast; null: not told apart", default=None)
    unsold_after_grams: Count | None = said("播后滞销量（克）", "What was left of it; null: not told", default=None)


class Approval(Part):
    """An organ that approved; the people behind it are no part of a record."""

    organ: str | None = said("机关", "Organ")
    organ_level: str | None = said("级别", "Level")
    organ_region_code: Region | None = said("地区代码", "Region")
    decided_at: Instant | None = said("审批时间", "When")
    decision: str | None = said("审批结论", "What was decided")


class Fee(Part):
    """What was paid to an influencer."""

    fee_fen: Count | None = said("费用（分）", "Fee in fen")
    fee_payer_kind: str | None = said("支付方类型", "Who paid")


class Promotion(Part):
    """Traffic or advertising that was paid for."""

    amount_fen: Count | None = said("金额（分）", "Amount in fen")
    payer_kind: str | None = said("支付方类型", "Who paid")


class Costs(Part):
    """What the broadcast cost and who bore it, as it was filed."""

    cost_fen: Count | None = said("费用（分）", "Costs in fen")
    funding_line: str | None = said("经费来源", "Budget line")
    staff_count: Count | None = said("工作人员数", "Staff")
    commission_rate_bp: Count | None = said("佣金率（万分之一）", "Commission in basis points")
    influencers: list[Fee] = said("网络主播费用", "Fees to influencers")
    promotions: list[Promotion] = said("推广费用", "Paid promotion")


class Segment(Part):
    """A part of the broadcast."""

    kind: str | None = said("类型", "`region`: the official speaks; `market`: a host sells")
    since: Instant = said("开始", "From", alias="from")
    until: Instant | None = said("结束", "Until")


class Rule(Part):
    """A rule by which something was found."""

    id: str = said("规则编号", "The rule")
    family: str = said("证据类别", "Family of evidence")
    text: str = said("中文说明", "In Chinese")
    text_en: str = said("英文说明", "In English")
    threshold: Measured = said("阈值", "Threshold")
    observed: Measured = said("观测值", "Observed")
    expected: Measured = said("预期值", "Expected")
    proof: bool = said("是否足以证明", "Whether it proves by itself")
    n_items: Count = said("命中数", "Items it found")


class Exhibit(Part):
    """One item that was found, by a token of this broadcast, with raw values that name nobody."""

    id: int | str = said("标记", "Token")
    values: dict[str, int] = said("原始值", "Raw values")
    rules: list[str] = said("命中规则", "Rules that found it")


class Alternative(Part):
    """An honest explanation that was tried."""

    id: str = said("编号", "The explanation")
    fits: bool = said("是否成立", "Whether it fits")
    n_cleared: Count = said("据此排除数", "Items it explains")
    text_zh: str = said("中文说明", "In Chinese")
    text_en: str = said("英文说明", "In English")


class Finding(Part):
    """What was found. Where it concerns so few people that they could be recognised, only that it was found."""

    abuse: str = said("问题类型", "Kind of abuse")
    entity: str = said("对象", "What it is about: sessions, orders, messages or a notice")
    grade: Literal["suspected", "substantiated"] = said("程度", "How sure it is")
    alternatives_considered: list[Alternative] = said("已考虑的正当解释", "Honest explanations that were tried")
    n: Count | None = said("数量", "How many; null: not told")
    text_zh: str | None = said("中文说明", "In Chinese")
    text_en: str | None = said("英文说明", "In English")
    rules: list[Rule] = said("规则", "By which rules")
    exhibits: list[Exhibit] = said("证据", "Exhibits")


class Complaints(Part):
    """Complaints about goods and how they ended; below ten only that there are some."""

    few: bool = said("是否少于十件", "Whether there are some, but fewer than ten")
    received: Count | None = said("收到", "Received")
    decided: Count | None = said("已处理", "Decided")
    upheld: Count | None = said("成立", "Upheld")


class Moderation(Part):
    """What was taken out of the chat."""

    messages: Count = said("消息数", "Messages")
    removed: dict[str, Count] = said("按规则移除", "Removed, by rule")


class NotPassed(Part):
    """A rule that the gate did not pass."""

    rule: str | None = said("规则", "The rule")
    result: str | None = said("结果", "Its result")
    reason_zh: str | None = said("中文理由", "Why, in Chinese")
    reason_en: str | None = said("英文理由", "Why, in English")


class GateResult(Part):
    """An answer of the gate about the filing, the broadcast or a lot."""

    decision_id: str = said("核验结论编号", "The decision")
    about: str = said("对象类型", "Kind of what it is about")
    about_id: str = said("对象编号", "What it is about")
    stage: str = said("阶段", "Stage")
    outcome: Literal["pass", "review", "fail"] = said("结论", "Outcome")
    at: Instant = said("适用时点", "The moment whose law applies")
    decided_at: Instant = said("作出时间", "When it was decided")
    ruleset: str = said("规则集", "Rule set")
    answer_sha256: Digest = said("结论哈希", "Hash of the answer")
    not_passed: list[NotPassed] = said("未通过的规则", "Rules that did not pass")


class ViewersNotTold(Part):
    """Fewer viewers than a number may rest on."""

    told: Literal[False] = said("是否公布", "No figure is told")
    fewest_viewers: Count = said("最少人数", "The fewest people a number may rest on")


class ViewerMoment(Part):
    """Viewers who were there in the five minutes from a moment on, in round numbers."""

    from_ms: Count = said("起始毫秒", "Milliseconds since 1970")
    raw_about: Count = said("统计值（约）", "As counted, rounded down to tens")
    verified_about: Count = said("核实值（约）", "Verified, rounded down to tens")


class ViewersTold(Part):
    """Distinct viewers, each counted once."""

    told: Literal[True] = said("是否公布", "Figures are told")
    counted: Count = said("统计值", "As counted")
    verified: Count = said("核实值", "Verified")
    few_questioned: bool = said("少数存疑", "Whether a few are questioned and stay in the verified figure")
    interval: Annotated[list[Count], Field(min_length=2, max_length=2)] | None = said(
        "区间", "Between the strictest and the mildest reading; null: not told"
    )
    over_time: list[ViewerMoment] = said("按时间", "Over the broadcast", default_factory=list)
