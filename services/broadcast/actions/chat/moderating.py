"""Moderating a chat: removals and silences by published rules, appeals that somebody else decides, and the figures.

The region's moderator is neither host nor presenter, and never touches a complaint about goods: only an inspector may.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.chat.speaking import Voice, message_out, open_room
from services.broadcast.actions.chat.telling import tell_removed
from services.broadcast.actions.room.scene import Scene, enter
from services.broadcast.actions.room.studio import require_role
from services.broadcast.actions.room.telling import append, tell
from services.broadcast.domain import chat
from services.broadcast.errors import (
    AppealRefused,
    ComplaintStands,
    NotModerator,
    OwnDecision,
    RemovedAlready,
    StudioRefused,
)
from services.broadcast.models import ChatFlag, ChatMessage, Filing, Silence
from services.broadcast.schemas.chat import (
    AppealDecisionIn,
    AppealIn,
    ChatIn,
    ChatOut,
    FlaggedOut,
    FlagIn,
    FlagOut,
    ModerationOut,
    RemovalIn,
    RemovalOut,
    RuleOut,
    SilenceIn,
    SilenceOut,
)
from services.broadcast.store import chat as chats
from services.kit import clock
from services.kit.actor import Actor
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import BodyInvalid, FieldError, NotFound

ModeratorRole = Literal["moderator", "inspector"]


async def require_moderator(db: AsyncSession, actor: Actor, filing: Filing) -> ModeratorRole:
    """As what the actor keeps order here. Raises NotModerator for hosts, presenters and other regions' moderators."""
    if actor.has("inspector"):
        return "inspector"
    try:
        await require_role(db, actor, filing, "moderator")
    except StudioRefused as refused:
        raise NotModerator(
            "A moderator of the region keeps order here, who is neither a host nor the presenter of this broadcast.",
            "仅本地区的直播间管理员可以管理发言，且不得由本场主播或介绍官员兼任。",
        ) from refused
    return "moderator"


async def remove_message(
    db: AsyncSession, actor: Actor, broadcast_id: str, message_id: str, body: RemovalIn
) -> RemovalOut:
    """Show a message no longer. It stays in the record, and the removal is published with its rule and a hash."""
    filing, _ = await open_room(db, broadcast_id)
    role = await require_moderator(db, actor, filing)
    require_rule(body.rule)
    message = await _message(db, broadcast_id, message_id, lock=True)
    if message.removed_at is not None:
        raise RemovedAlready("It was removed before.", "该发言此前已被移除。", rule=message.removed_rule)
    await _require_no_complaint(db, role, message)
    message.removed_at, message.removed_rule = clock.now(), body.rule
    message.removed_reason, message.removed_by, message.removed_as = body.reason, actor.account_id, role
    message.removal_salt = secrets.token_hex(16)
    await tell_removed(db, message)
    return removal_out(message)


async def _require_no_complaint(db: AsyncSession, role: ModeratorRole, message: ChatMessage) -> None:
    """Raises ComplaintStands when the region would touch what somebody says or flags to be a complaint."""
    if role == "inspector":
        return
    flags = await chats.flags_of(db, [message.id])
    if message.kind == "complaint" or "complaint" in flags.get(message.id, {}):
        raise ComplaintStands(
            "It complains about goods, delivery or service. Answer it; only an inspector may remove it.",
            "该发言涉及商品、物流或服务的投诉，请予以答复；仅监督人员可以移除。",
        )


def require_rule(code: str) -> None:
    """Raises BodyInvalid for a rule that was never published."""
    if code not in chat.rules():
        known = ", ".join(chat.rules())
        problem = FieldError("rule", f"One of: {known}.", f"须为以下规则之一：{known}。")
        raise BodyInvalid(problem.en, problem.zh, errors=[problem])


async def _message(db: AsyncSession, broadcast_id: str, message_id: str, *, lock: bool = False) -> ChatMessage:
    found = await chats.find_message(db, broadcast_id, message_id, lock=lock)
    if found is None:
        raise NotFound("There is no such message in this room.", "该直播间没有这条发言。")
    return found


def removal_out(message: ChatMessage) -> RemovalOut:
    """A removal as it is published. Without the salt, which is told to who appeals, nobody guesses short words."""
    committed = hashlib.sha256(f"{message.removal_salt}\n{message.text}".encode()).hexdigest()
    return RemovalOut(
        message_id=message.id,
        rule=message.removed_rule or "",
        removed_as=message.removed_as,  # type: ignore[arg-type]  # `require_moderator` made it.
        removed_at=message.removed_at,  # type: ignore[arg-type]  # Set where it was removed.
        sha256=committed,
    )


async def flag_message(db: AsyncSession, voice: Voice, broadcast_id: str, message_id: str, body: FlagIn) -> FlagOut:
    """A viewer points at a message; `complaint` protects it from the region's moderator."""
    message = await _message(db, broadcast_id, message_id)
    flag = ChatFlag(message_id=message.id, account_key=voice.account_key, reason=body.reason, flagged_at=clock.now())
    await chats.add_flag(db, flag)
    return FlagOut(message_id=message.id, reason=body.reason)


async def list_flagged(
    db: AsyncSession, actor: Actor, broadcast_id: str, cursor: str | None, limit: int, *, flagged: bool
) -> Page[FlaggedOut]:
    """Messages as moderators see them, newest first; or those alone that somebody flagged."""
    filing, _ = await open_room(db, broadcast_id)
    await require_moderator(db, actor, filing)
    before = str(decode_cursor(cursor, str)[0]) if cursor else None
    if flagged:
        rows = await chats.list_flagged(db, broadcast_id, before, limit + 1)
    else:
        rows = await chats.list_messages(db, broadcast_id, before, limit + 1, behind=True)
    flags = await chats.flags_of(db, [row.id for row in rows])
    items = [_flagged_out(row, flags.get(row.id, {})) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].message_id) if len(rows) > limit else None)


def _flagged_out(message: ChatMessage, flags: dict[str, int]) -> FlaggedOut:
    return FlaggedOut(
        **message_out(message).model_dump(),
        user_ref=message.user_token,
        complaint=message.kind == "complaint" or "complaint" in flags,
        flags=flags,
        removed_rule=message.removed_rule,
    )


async def silence(db: AsyncSession, actor: Actor, broadcast_id: str, body: SilenceIn) -> SilenceOut:
    """Let somebody not speak in the region's rooms for a time or for ever, by account and by device."""
    filing, _ = await open_room(db, broadcast_id)
    role = await require_moderator(db, actor, filing)
    require_rule(body.rule)
    message = await _spoken(db, broadcast_id, body)
    await _require_no_complaint(db, role, message)
    if message.account_key is None:
        raise NotFound("The speaker's account was erased.", "发言者账户已注销。")
    now = clock.now()
    made = Silence(
        broadcast_id=broadcast_id,
        region_code=filing.region_code,
        message_id=message.id,
        user_token=message.user_token,
        account_key=message.account_key,
        device_key=message.device_key,
        rule=body.rule,
        reason=body.reason,
        until=None if body.minutes is None else now + timedelta(minutes=body.minutes),
        made_by=actor.account_id,
        made_as=role,
        made_at=now,
    )
    await chats.add_silence(db, made)
    return silence_out(made)


async def _spoken(db: AsyncSession, broadcast_id: str, body: SilenceIn) -> ChatMessage:
    if body.message_id is not None:
        return await _message(db, broadcast_id, body.message_id)
    found = await chats.find_last_of(db, broadcast_id, body.user_ref or "")
    if found is None:
        raise NotFound("Nobody of that reference has spoken in this room.", "该直播间没有此发言者。")
    return found


def silence_out(made: Silence) -> SilenceOut:
    """A silence in both languages."""
    rule = chat.rules()[made.rule]
    shown = made.model_dump(exclude={"id", "user_token", "account_key", "device_key", "made_by", "decided_by"})
    return SilenceOut(silence_id=made.id, user_ref=made.user_token, rule_zh=rule.zh, rule_en=rule.en, **shown)


async def list_silences(db: AsyncSession, voice: Voice, broadcast_id: str) -> Page[SilenceOut]:
    """Every silence of the room for those who keep order in it; their own for everybody else."""
    filing, _ = await open_room(db, broadcast_id)
    keys: tuple[str, str | None] | None = (voice.account_key, voice.device_key)
    if voice.actor.has("moderator", "inspector"):
        await require_moderator(db, voice.actor, filing)
        keys = None
    return Page(items=[silence_out(made) for made in await chats.list_silences(db, broadcast_id, keys)])


async def _silence(db: AsyncSession, broadcast_id: str, silence_id: str) -> Silence:
    found = await chats.find_silence(db, broadcast_id, silence_id)
    if found is None:
        raise NotFound("There is no such silence in this room.", "该直播间没有此禁言记录。")
    return found


async def appeal(db: AsyncSession, voice: Voice, broadcast_id: str, silence_id: str, body: AppealIn) -> SilenceOut:
    """The silenced say why it is wrong; once."""
    made = await _silence(db, broadcast_id, silence_id)
    if voice.account_key != made.account_key and (voice.device_key is None or voice.device_key != made.device_key):
        raise NotFound("There is no such silence of yours in this room.", "您在该直播间没有此禁言记录。")
    if made.appealed_at is not None:
        raise AppealRefused(
            "You have appealed already; a silence is appealed once.", "您已提交申诉，每次禁言只能申诉一次。"
        )
    made.appeal, made.appealed_at = body.text, clock.now()
    return silence_out(made)


async def decide_appeal(
    db: AsyncSession, actor: Actor, broadcast_id: str, silence_id: str, body: AppealDecisionIn
) -> SilenceOut:
    """Another moderator or an inspector decides; a silence that is not upheld ends at once."""
    filing, _ = await open_room(db, broadcast_id)
    await require_moderator(db, actor, filing)
    made = await _silence(db, broadcast_id, silence_id)
    if made.made_by == actor.account_id:
        raise OwnDecision(
            "You made this silence. Another moderator or an inspector decides.",
            "该禁言由您作出，须由其他直播间管理员或监督人员处理。",
        )
    if made.appealed_at is None or made.decided_at is not None:
        raise AppealRefused(
            "There is no open appeal against this silence.",
            "该禁言没有待处理的申诉。",
            decided=made.decided_at is not None,
        )
    made.decided_by, made.decided_at = actor.account_id, clock.now()
    made.upheld, made.decision_reason = body.upheld, body.reason
    return silence_out(made)


async def set_pace(db: AsyncSession, actor: Actor, broadcast_id: str, body: ChatIn) -> ChatOut:
    """Let everybody wait so long between two messages; it is noted in the record and told at once."""
    scene: Scene = await enter(db, broadcast_id)
    await require_moderator(db, actor, scene.filing)
    if scene.room.slow_mode_seconds != body.slow_mode_seconds:
        scene.room.slow_mode_seconds = body.slow_mode_seconds
        await append(db, scene, "slow_mode", {"seconds": body.slow_mode_seconds})
        await tell(db, scene)
    return ChatOut(slow_mode_seconds=body.slow_mode_seconds)


async def moderation_of(db: AsyncSession, broadcast_id: str) -> ModerationOut:
    """What was done to a chat, for everybody. Raises NotFound."""
    await open_room(db, broadcast_id)
    removed = await chats.list_removed(db, broadcast_id)
    by_rule: dict[str, int] = {}
    for message in removed:
        by_rule[message.removed_rule or ""] = by_rule.get(message.removed_rule or "", 0) + 1
    silences = await chats.silence_counts(db, broadcast_id)
    return ModerationOut(
        **await chats.chat_counts(db, broadcast_id),
        removals=[removal_out(message) for message in removed],
        removed_by_rule=by_rule,
        silences_by_rule={row.rule: row.made for row in silences},
        appeals=sum(row.appeals for row in silences),
        appeals_decided=sum(row.decided for row in silences),
        silences_lifted=sum(row.lifted for row in silences),
        rules=[RuleOut(rule=rule.code, zh=rule.zh, en=rule.en) for rule in chat.rules().values()],
    )
