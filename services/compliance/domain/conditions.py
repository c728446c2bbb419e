"""What the gate's own records must hold before an answer can be a pass, beside what the rules say of the facts.

Rules judge facts that are there. Whether a listing has arrived, an event is verified and a lot has passed is known
from our records alone; a gap there holds the answer, and the condition says so like any other result.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

GATE = "gate.records"
_TITLE = {"zh": "平台档案齐备", "en": "The records that the gate rests on"}
_SOURCE = {"law": "阳光集市平台规则", "article": "", "valid_from": "2020-01-01"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One gap in our records: a reason, what to do, and the facts it concerns."""

    result: Literal["review", "fail"]
    reason_code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    facts: tuple[str, ...] = ()


def event_not_arrived() -> Condition:
    """The event that the case rests on is not in the registry."""
    return Condition(
        "review",
        "fact_not_arrived",
        "所依据的不可抗力事件尚未登记，登记后会自动重新核验。",
        "The event of force majeure on which this rests is not in the registry yet; it is asked again when it is.",
        "请先登记该事件，或改选已登记的事件。",
        "Register the event first, or choose one that is registered.",
        ("event",),
    )


def event_unverified(title_zh: str, title_en: str) -> Condition:
    """The event stands in the registry, but nobody has verified it in its present form."""
    return Condition(
        "review",
        "event_unverified",
        f"事件“{title_zh}”尚未由登记人以外的人员核实，核实后会自动重新核验。",
        f"The event “{title_en}” has not been verified by somebody other than its registrar; "
        "it is asked again when it is.",
        "请联系核实人员，对照原件核实事件与公告。",
        "Ask a verifier to compare the event and its declarations with the originals.",
        ("event",),
    )


def listing_not_arrived(count: int) -> Condition:
    """Listing versions that the filing names are unknown here."""
    return Condition(
        "review",
        "fact_not_arrived",
        f"申报所列的{count}份商品清单尚未送达，送达后会自动重新核验。",
        f"{count} of the listings that the filing names have not arrived; it is asked again when they have.",
        "请稍候；如久无变化，请确认清单已经提交。",
        "Wait a moment; if nothing changes, make sure that the listings were submitted.",
        ("filing.listing_ids",),
    )


def text_not_arrived(names: Iterable[str]) -> Condition:
    """Texts that travel by their hash are not in the file store."""
    shown = "、".join(names) or "—"
    return Condition(
        "review",
        "fact_not_arrived",
        f"以下文件的文字无法取得，须由人工阅读：{shown}。",
        f"The text of these files could not be fetched; a person must read them: {shown}.",
        "请重新上传文件，或把文件内容录入文本框。",
        "Upload the files again, or type what they say.",
        ("texts",),
    )


def lots_not_passed(numbers: Sequence[str], *, failed: bool) -> Condition:
    """Lots of the filing for which no pass stands."""
    shown = "、".join(numbers)
    if failed:
        return Condition(
            "fail",
            "lot_not_passed",
            f"以下批次未通过核验，不能安排直播：{shown}。",
            f"These lots did not pass the gate and cannot go to market: {shown}.",
            "请按批次核验结论改正后重新提交清单，或从申报中去掉这些批次。",
            "Correct the lots as their decisions say and submit the listing again, or leave them out of the filing.",
            ("filing.lot_ids",),
        )
    return Condition(
        "review",
        "lot_not_decided",
        f"以下批次还在等待核验或人工复核：{shown}。批次通过后会自动重新核验。",
        f"These lots still wait for their answer or for a reviewer: {shown}. It is asked again when they pass.",
        "请等待批次的核验结论，或从申报中去掉这些批次。",
        "Wait for the decisions on these lots, or leave them out of the filing.",
        ("filing.lot_ids",),
    )


def filing_not_passed(*, failed: bool) -> Condition:
    """The filing's own binding answer is no pass (any more)."""
    return Condition(
        "fail" if failed else "review",
        "filing_not_passed",
        "本场直播的报备没有有效的核验通过结论。",
        "No pass stands for the filing of this broadcast.",
        "请查看报备的核验结论，按结论改正后再开播。",
        "Read the decision on the filing, correct what it names, and open the room afterwards.",
        ("filing",),
    )


def no_lot_left(*, failed: bool) -> Condition:
    """None of the lots may be sold at this moment."""
    return Condition(
        "fail" if failed else "review",
        "no_lot_left",
        "本场直播没有可以销售的批次。",
        "No lot of this broadcast may be sold at present.",
        "请按各批次的核验结论改正；至少一个批次通过后方可开播。",
        "Correct the lots as their decisions say; the room opens once one of them passes.",
        ("filing.lot_ids",),
    )


def listing_withdrawn(title_zh: str, title_en: str) -> Condition:
    """A listing of the filing is off the market."""
    return Condition(
        "fail",
        "listing_withdrawn",
        f"商品清单“{title_zh}”已经撤回。",
        f"The listing “{title_en}” was withdrawn.",
        "请从申报中去掉该清单。",
        "Leave the listing out of the filing.",
        ("filing.listing_ids",),
    )


def facts_unreadable(places: Sequence[str]) -> Condition:
    """Facts that reached us in a shape that the rules cannot read; they were left out."""
    shown = "、".join(places[:10])
    return Condition(
        "review",
        "facts_unreadable",
        f"以下材料的格式无法读取，须由人工核对：{shown}。",
        f"These facts could not be read and must be looked at by a person: {shown}.",
        "请检查并重新填写上述内容。",
        "Check these entries and fill them in again.",
        tuple(places[:10]),
    )


def results_of(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    """The conditions as one result, in the shape of a rule's; nothing when there are none."""
    if not conditions:
        return []
    result = "fail" if any(condition.result == "fail" for condition in conditions) else "review"
    speaking = [condition for condition in conditions if condition.result == result]
    return [
        {
            "rule": GATE,
            "result": result,
            "hard": False,
            "title": _TITLE,
            "reason": {"zh": "".join(c.zh for c in speaking), "en": " ".join(c.en for c in speaking)},
            "remedy": {"zh": "".join(c.remedy_zh for c in speaking), "en": " ".join(c.remedy_en for c in speaking)},
            "evidence": [
                {"fact": fact, "quote": None, "start": None, "end": None}
                for fact in dict.fromkeys(fact for condition in speaking for fact in condition.facts)
            ],
            "calendar": None,
            "parameters": {},
            "sources": [_SOURCE],
            "reason_code": speaking[0].reason_code,
            "reason_codes": list(dict.fromkeys(condition.reason_code for condition in speaking)),
        }
    ]
