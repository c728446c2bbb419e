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


class Redaction(Part):
    """Something that is kept back, and on what ground."""

    item: str = said("内容", "What is kept back")
    ground_zh: str = said("中文理由", "The ground, in Chinese")
    ground_en: str = said("英文理由", "The ground, in English")
