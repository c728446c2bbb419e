"""What a release says of itself: the gate's answer about it, what it keeps back, and every correction so far."""

from typing import Literal

from services.disclosure.schemas.release.parts import Count, Digest, Instant, Part, said


class PublicationReason(Part):
    """A rule by which the release does not pass, and what to do."""

    rule: str = said("规则", "The rule")
    result: Literal["review", "fail"] = said("结果", "Its result")
    reason_code: str = said("理由代码", "Why, as a code")
    reason_zh: str = said("中文理由", "Why, in Chinese")
    reason_en: str = said("英文理由", "Why, in English")
    remedy_zh: str | None = said("中文补救办法", "What to do, in Chinese")
    remedy_en: str | None = said("英文补救办法", "What to do, in English")


class Publication(Part):
    """The gate's answer about a release under `disc.publish`."""

    decision_id: str = said("核验结论编号", "The decision")
    release: Count = said("所核验的版次", "The release that was judged; an earlier one if the gate was silent")
    outcome: Literal["pass", "review", "fail"] = said("结论", "Outcome")
    at: Instant = said("适用时点", "The moment whose law applies")
    decided_at: Instant = said("作出时间", "When it was decided")
    ruleset: str = said("规则集", "Rule set")
    facts_sha256: Digest = said("事实哈希", "Hash of the facts it was asked with")
    answer_sha256: Digest = said("结论哈希", "Hash of the answer")
    not_passed: list[PublicationReason] = said("未通过的规则", "Rules that did not pass")


class Correction(Part):
    """A release that came after the first, and what it changed. None is ever taken off the list."""

    release: Count = said("版次", "The release")
    at: Instant = said("公开时间", "When it was released")
    stage: Literal["summary", "full", "revision"] = said("阶段", "Summary, full record or correction")
    sections: list[str] = said("变更的章节", "The sections it changed")
    why_zh: str = said("中文原因", "Why, in Chinese", default="")
    why_en: str = said("英文原因", "Why, in English", default="")


class Redaction(Part):
    """Something that is kept back, and on what ground."""

    item: str = said("内容", "What is kept back")
    ground_zh: str = said("中文理由", "The ground, in Chinese")
    ground_en: str = said("英文理由", "The ground, in English")


class OverridePart(Part):
    """Two organs overruled a soft fail of the gate, each with its reason."""

    override_id: str = said("改判编号", "The override")
    about: str = said("对象类型", "Kind of what it is about")
    about_id: str = said("对象编号", "What it is about")
    rule: str = said("规则", "The rule")
    reason_code: str = said("理由代码", "The reason that was overruled")
    decision_id: str = said("原结论编号", "The decision before")
    new_decision_id: str | None = said("新结论编号", "The decision afterwards")
    proposed_by_organ: str | None = said("提议机关", "Who proposed it")
    proposed_at: Instant = said("提议时间", "When")
    reason_zh: str = said("中文理由", "Why, in Chinese")
    reason_en: str | None = said("英文理由", "Why, in English")
    confirmed_by_organ: str | None = said("确认机关", "Who confirmed it")
    confirmed_at: Instant = said("确认时间", "When")
    answer_zh: str | None = said("确认意见（中文）", "The confirmer's words, in Chinese")
    answer_en: str | None = said("确认意见（英文）", "The confirmer's words, in English")
    valid_until: Instant = said("有效期至", "Until when it holds")


class ReportPart(Part):
    """A citizens' report that was upheld. Nothing tells who sent it."""

    kind: str = said("类型", "Kind")
    about_kind: str = said("对象类型", "Kind of what it is about")
    decided_at: Instant = said("查实时间", "When it was upheld")
    decided_by_organ: str | None = said("查实机关", "Who upheld it")
    reason_zh: str | None = said("中文理由", "Why, in Chinese")
    reason_en: str | None = said("英文理由", "Why, in English")
    published_text: str | None = said("通知内容", "What the notice says, without what tells who sent it")
    corrected_at: Instant | None = said("更正时间", "When what was reported was corrected")
    correction_zh: str | None = said("更正说明（中文）", "How, in Chinese")
    correction_en: str | None = said("更正说明（英文）", "How, in English")


class ReplyFile(Part):
    """A file that goes with a reply, by its hash."""

    sha256: Digest = said("文件哈希", "SHA-256 of the file")
    name: str = said("文件说明", "What it is")
    public: bool = said("是否公开原件", "Whether the region published the file itself", default=False)


class ReplyPart(Part):
    """What the region answers to a finding, and what a reviewer of another organ decided."""

    reply_id: str = said("答复编号", "The reply")
    abuse: str = said("问题类型", "The finding: its kind of abuse")
    entity: str = said("对象", "The finding: what it is about")
    release: Count = said("所答复的版次", "The release that is answered")
    organ: str | None = said("答复机关", "Who replies")
    replied_at: Instant = said("答复时间", "When")
    text_zh: str = said("中文答复", "In Chinese")
    text_en: str | None = said("英文答复", "In English")
    files: list[ReplyFile] = said("证据文件", "Evidence")
    state: Literal["open", "upheld", "partly", "rejected"] = said("状态", "Open, or how it was decided")
    decide_by: Instant = said("处理期限", "By when it is decided")
    decided_by_organ: str | None = said("复核机关", "Who decided")
    decided_at: Instant | None = said("复核时间", "When")
    reason_zh: str | None = said("复核理由（中文）", "Why, in Chinese")
    reason_en: str | None = said("复核理由（英文）", "Why, in English")
