"""Sentences about a filing for people: who must act next, and what an in-app notice says."""

from datetime import date

from services.broadcast.domain import places
from services.broadcast.domain.life import State

Words = tuple[str, str]


def waiting_for(state: State, approving_region: str | None, *, preview_here: bool, on: date) -> Words:
    """Who must act next, in English and Chinese."""
    if state is State.SUBMITTED and not preview_here:
        return "The gate is preparing its preview.", "合规预审进行中。"
    if state is State.SUBMITTED and approving_region:
        above_en = places.short_name(approving_region, on, chinese=False)
        above_zh = places.full_name(approving_region, on, chinese=True)
        return f"An approver of {above_en} approves or returns it.", f"等待{above_zh}的审批人批准或退回。"
    return _WAITING[state]


_WAITING: dict[State, Words] = {
    State.DRAFT: ("Its operator submits it.", "等待经办人提交。"),
    State.SUBMITTED: ("The level above approves or returns it.", "等待上级批准或退回。"),
    State.RETURNED: ("Its operator revises and submits it again.", "等待经办人修改后重新提交。"),
    State.APPROVED: ("The gate is giving its binding answer.", "正式核验进行中。"),
    State.SCHEDULED: ("Nobody: it stands in the calendar.", "无需操作，已列入直播日历。"),
    State.IN_REVIEW: (
        "A reviewer outside this filing looks at the points that were held.",
        "等待与本次报备无关的复核员对存疑事项作出复核。",
    ),
    State.BLOCKED: (
        "Its operator corrects what the gate objected to and submits it again.",
        "等待经办人按核验意见改正后重新提交。",
    ),
    State.LIVE: ("Its studio: it is on air.", "正在直播，由直播间操作。"),
    State.HALTED: (
        "Its studio, or the inspector who stopped it: it is halted on air.",
        "直播已暂停，等待直播间或作出暂停决定的监督人员处理。",
    ),
    State.ENDED: ("Nobody: it is over.", "无需操作，直播已结束。"),
    State.WITHDRAWN: ("Nobody: it was withdrawn.", "无需操作，已撤回。"),
    State.CANCELLED: ("Nobody: it was cancelled.", "无需操作，已取消。"),
}

_NOTICES: dict[str, Words] = {
    "returned": ("“{en}” was returned by the level above.", "《{zh}》已被上级退回。"),
    "blocked": ("“{en}” was blocked.", "《{zh}》未通过核验，已被拦截。"),
    "approved": ("“{en}” was approved by the level above.", "《{zh}》已获上级批准。"),
    "scheduled": ("“{en}” stands in the calendar.", "《{zh}》已列入直播日历。"),
    "in_review": ("“{en}” is held for a reviewer.", "《{zh}》已转入人工复核。"),
    "withdrawn": ("“{en}” was withdrawn.", "《{zh}》已撤回。"),
    "cancelled": ("“{en}” was cancelled.", "《{zh}》已取消。"),
    "changed": ("“{en}” was changed and must be approved again.", "《{zh}》内容有变，须重新审批。"),
}


def notice_words(kind: str, title_zh: str, title_en: str, reason_zh: str | None, reason_en: str | None) -> Words:
    """An in-app notice in English and Chinese, with its reason if there is one."""
    en, zh = _NOTICES[kind]
    said_en = en.format(en=title_en) + (f" Reason: {reason_en}" if reason_en else "")
    said_zh = zh.format(zh=title_zh) + (f"原因：{reason_zh}" if reason_zh else "")
    return said_en, said_zh
