"""The life of a filing as a table: which move leads from which state where, and why every other one is refused."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a filing stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    IN_REVIEW = "in_review"
    BLOCKED = "blocked"
    LIVE = "live"
    HALTED = "halted"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What can happen to a filing.

    `refile` is a changed content of one that was under way; `lift` brings one back whose block people have lifted.
    """

    REVISE = "revise"
    REFILE = "refile"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    LOTS_GONE = "lots_gone"
    PREVIEW_FAIL = "preview_fail"
    BINDING_PASS = "binding_pass"  # noqa: S105  The name of an outcome, not a password.
    BINDING_REVIEW = "binding_review"
    BINDING_FAIL = "binding_fail"
    LIFT = "lift"
    GO_LIVE = "go_live"
    HALT = "halt"
    END = "end"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a move is not possible, for people."""

    en: str
    zh: str


ON_AIR = frozenset({State.LIVE, State.HALTED})
HOLDING_SLOTS = frozenset({State.SUBMITTED, State.APPROVED, State.IN_REVIEW, State.SCHEDULED}) | ON_AIR
ENDED = frozenset({State.WITHDRAWN, State.CANCELLED, State.ENDED})
EDITABLE_AT_REST = frozenset({State.DRAFT, State.RETURNED, State.BLOCKED})
JUDGED = frozenset({State.APPROVED, State.IN_REVIEW, State.SCHEDULED})


def _table() -> dict[tuple[State, Move], State]:
    table: dict[tuple[State, Move], State] = {}
    for state in EDITABLE_AT_REST:
        table[state, Move.REVISE] = state
        table[state, Move.SUBMIT] = State.SUBMITTED
    for state in HOLDING_SLOTS - ON_AIR:
        table[state, Move.REVISE] = state
        table[state, Move.REFILE] = State.SUBMITTED
        table[state, Move.LOTS_GONE] = State.BLOCKED
    table[State.SUBMITTED, Move.APPROVE] = State.APPROVED
    table[State.SUBMITTED, Move.RETURN] = State.RETURNED
    table[State.SUBMITTED, Move.PREVIEW_FAIL] = State.BLOCKED
    table[State.BLOCKED, Move.LIFT] = State.SUBMITTED
    for state in JUDGED:
        table[state, Move.BINDING_PASS] = State.SCHEDULED
        table[state, Move.BINDING_REVIEW] = State.IN_REVIEW
        table[state, Move.BINDING_FAIL] = State.BLOCKED
    table[State.SCHEDULED, Move.GO_LIVE] = State.LIVE
    table[State.HALTED, Move.GO_LIVE] = State.LIVE
    table[State.LIVE, Move.HALT] = State.HALTED
    for state in (State.SCHEDULED, *ON_AIR):
        table[state, Move.END] = State.ENDED
    for state in State:
        if state not in ENDED | ON_AIR:
            table[state, Move.WITHDRAW] = State.WITHDRAWN
            table[state, Move.CANCEL] = State.CANCELLED
    return table


TABLE = MappingProxyType(_table())

STATE_WORDS = MappingProxyType(
    {
        State.DRAFT: ("a draft", "草稿"),
        State.SUBMITTED: ("submitted and awaits the level above", "已提交，等待上级审批"),
        State.RETURNED: ("returned for revision", "已退回修改"),
        State.APPROVED: ("approved and awaits the gate", "上级已批准，等待正式核验"),
        State.SCHEDULED: ("scheduled", "已排期"),
        State.IN_REVIEW: ("held for a reviewer", "待人工复核"),
        State.BLOCKED: ("blocked", "已被拦截"),
        State.LIVE: ("on air", "正在直播"),
        State.HALTED: ("halted on air", "直播已暂停"),
        State.ENDED: ("over", "直播已结束"),
        State.WITHDRAWN: ("withdrawn", "已撤回"),
        State.CANCELLED: ("cancelled", "已取消"),
    }
)

_MOVE_WORDS = MappingProxyType(
    {
        Move.REVISE: ("be revised", "修改"),
        Move.REFILE: ("be filed anew", "重新报备"),
        Move.SUBMIT: ("be submitted", "提交"),
        Move.APPROVE: ("be approved", "批准"),
        Move.RETURN: ("be returned", "退回"),
        Move.WITHDRAW: ("be withdrawn", "撤回"),
        Move.CANCEL: ("be cancelled", "取消"),
        Move.LOTS_GONE: ("lose its lots", "移除货品批次"),
        Move.PREVIEW_FAIL: ("be blocked by a preview", "因预审未通过而拦截"),
        Move.BINDING_PASS: ("be scheduled", "排期"),
        Move.BINDING_REVIEW: ("be held for review", "转入人工复核"),
        Move.BINDING_FAIL: ("be blocked", "拦截"),
        Move.LIFT: ("take its place again", "恢复办理"),
        Move.GO_LIVE: ("go on air", "开播"),
        Move.HALT: ("be halted", "暂停"),
        Move.END: ("end", "结束"),
    }
)


def next_state(state: State, move: Move) -> State | Refusal:
    """Where the move leads, or why it does not."""
    reached = TABLE.get((state, move))
    if reached is not None:
        return reached
    state_en, state_zh = STATE_WORDS[state]
    move_en, move_zh = _MOVE_WORDS[move]
    way_en, way_zh = _way_out(state)
    return Refusal(
        f"The filing is {state_en}; it cannot {move_en} now. {way_en}",
        f"该报备当前状态为“{state_zh}”，不能{move_zh}。{way_zh}",
    )


def _way_out(state: State) -> tuple[str, str]:
    if state in ENDED:
        return "Clone it to file again.", "如需重新报备，请复制为新的草稿。"
    if state in EDITABLE_AT_REST:
        return "Revise and submit it first.", "请先修改并提交。"
    if state in ON_AIR:
        return "It is steered in its room now.", "请在直播间内操作。"
    if state is State.SUBMITTED:
        return "The level above approves or returns it first.", "须先由上级批准或退回。"
    return "Read its present state and try again.", "请刷新查看最新状态后再操作。"
