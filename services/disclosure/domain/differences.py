"""What a release says otherwise than the one before it, figure by figure, and why."""

from collections.abc import Callable, Mapping
from typing import Any

Document = dict[str, Any]
Words = tuple[str, str]

SECTIONS: Mapping[str, Words] = {
    "broadcast": ("直播情况", "The broadcast"),
    "goods": ("商品目录", "The goods"),
    "producers": ("生产者及其份额", "The producers and their shares"),
    "event": ("不可抗力事件", "The event of force majeure"),
    "slow_sales": ("滞销情况", "Unsold goods before and after"),
    "approvals": ("审批情况", "The approvals"),
    "costs": ("费用与经费来源", "The costs and who bears them"),
    "segments": ("直播时段", "The segments"),
    "sales": ("销售数据", "The figures of sales"),
    "viewers": ("观看数据", "The figures of viewers"),
    "findings": ("数据核查发现", "The findings"),
    "complaints": ("投诉及处理", "The complaints and their outcomes"),
    "moderation": ("互动管理", "The moderation of the chat"),
    "gate_results": ("合规核验结论", "The answers of the gate"),
    "overrides": ("人工改判", "Overrides by two organs"),
    "reports": ("查实的举报", "Reports that were upheld"),
    "replies": ("地方答复", "The region's replies"),
    "redactions": ("未公开的内容及理由", "What is kept back, and why"),
    "publication": ("本记录的核验结论", "The gate's answer about this record"),
}
_FIGURES = {
    "sales": [
        *(f"{side}.{name}" for side in ("claimed", "verified", "upper") for name in ("orders", "net_fen")),
        "refunded_fen",
    ],
    "viewers": ["counted", "verified"],
    "complaints": ["received", "decided", "upheld"],
    "moderation": ["messages"],
}
_WHY: Mapping[str, Words] = {
    "goods": ("商品资料有补充或更正。", "What is known of the goods was completed or corrected."),
    "event": ("事件登记有变化。", "The event stands otherwise in the registry."),
    "slow_sales": (
        "滞销证明有补充，或销售数据有变化。",
        "Evidence of unsold goods came, or the figures of sales changed.",
    ),
    "viewers": ("又有观看记录到达，或核查结果有变化。", "Stays of viewers came late, or what was found has changed."),
    "findings": ("新的证据到达后重新核查。", "It was examined again when new evidence came."),
    "complaints": ("又有投诉收到或处理完毕。", "Complaints came or were decided since."),
    "moderation": ("又有消息记录到达。", "Messages came late."),
    "gate_results": ("合规核验作出了新的结论。", "The gate has answered again."),
    "overrides": ("两个机关就核验结论作出了改判。", "Two organs have overruled an answer of the gate."),
    "reports": (
        "有关本次直播的举报经查属实，或已登记更正。",
        "A report about this broadcast was upheld, or corrected.",
    ),
    "replies": ("地方作出答复，或复核人员作出决定。", "The region has replied, or a reviewer has decided."),
    "publication": ("上一版公开后合规核验才作出答复。", "The gate answered after the release before was out."),
    "redactions": ("可以公开的内容有变化。", "More or less can be told than before."),
}
_TAKEN_BACK: Words = (
    "复核认定原核查发现不成立，现予撤回，并就此前的公开致歉。",
    "A reviewer found that a finding was wrong. It is taken back, with an apology for having published it.",
)
_OTHERWISE: Words = ("相关资料有更新。", "What others told of it has changed.")


def differences(before: Document | None, now: Document) -> list[Document]:
    """The sections that say something else than in the release before; empty for a first release."""
    if before is None:
        return []
    # What an older release had no word for yet and is empty now is no change.
    changed = [name for name in now if (before.get(name) or None) != (now[name] or None)]
    return [change(name, before, now) for name in changed]


def change(section: str, before: Document, now: Document) -> Document:
    """One section: which of its figures moved from what to what, and for what reason."""
    zh, en = SECTIONS[section]
    known, new = before.get(section) or {}, now.get(section) or {}
    moved = [
        {"name": name, "before": _at(known, name), "now": _at(new, name)}
        for name in _FIGURES.get(section, ())
        if _at(known, name) != _at(new, name)
    ]
    why = [{"zh": words[0], "en": words[1]} for words in _reasons(section, before, now)]
    return {"section": section, "zh": zh, "en": en, "figures": moved, "why": why}


def _at(section: Any, name: str) -> int | None:
    value = section
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _reasons(section: str, before: Document, now: Document) -> list[Words]:
    if section == "replies" and _taken_back(before, now):
        return [_TAKEN_BACK]
    if section != "sales":
        return [_WHY.get(section, _OTHERWISE)]
    return [words for holds, words in _OF_SALES if holds(before, now)] or [_OTHERWISE]


def _taken_back(before: Document, now: Document) -> bool:
    """Whether a reply was upheld since."""
    known = {each["reply_id"] for each in before.get("replies", ()) if each["state"] == "upheld"}
    return any(each["state"] == "upheld" and each["reply_id"] not in known for each in now["replies"])


def _moved(path: str) -> Callable[[Document, Document], bool]:
    def moved(before: Document, now: Document) -> bool:
        return _at(before["sales"], path) != _at(now["sales"], path)

    return moved


def _findings_moved(before: Document, now: Document) -> bool:
    return any(before.get(name) != now.get(name) for name in ("findings", "replies")) and _moved("verified.orders")(
        before, now
    )


_OF_SALES: tuple[tuple[Callable[[Document, Document], bool], Words], ...] = (
    (_moved("refunded_fen"), ("上一版公开后又有退款。", "Buyers were paid back after the release before.")),
    (_moved("claimed.orders"), ("又有已付款订单的记录到达。", "Paid orders were told after the release before.")),
    (
        _findings_moved,
        ("核查结果或对答复的决定有变化。", "What was found, or what was decided on a reply, has changed."),
    ),
    (_moved("delivered_about"), ("又有包裹送达。", "More parcels have arrived.")),
)
