"""Speaking in a room: who may, how often, and what is refused before anybody sees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.room.scene import WITH_ROOM, no_such_broadcast
from services.broadcast.domain import chat, places
from services.broadcast.domain.room import RoomState
from services.broadcast.errors import ChatClosed, DeviceUnknown, MessageRefused, Silenced, TooFast
from services.broadcast.models import ChatMessage, Filing, LiveRoom, Silence
from services.broadcast.schemas.chat import MessageIn, MessageOut, SpeakerRole
from services.broadcast.store import chat as chats
from services.broadcast.store import room as rooms
from services.kit import clock
from services.kit.actor import Actor
from services.kit.identity import broadcast_token, identity_token
from services.kit.ids import made_at, new_id
from services.kit.problem import BodyInvalid, FieldError

WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the tokens by which limits and silences know them. Named people of the room need no device."""

    actor: Actor
    device: str | None
    viewer: str | None
    token_secret: str

    @property
    def account_key(self) -> str:
        """The account, for limits and silences."""
        return identity_token("chat-account", self.actor.account_id, self.token_secret)

    @property
    def device_key(self) -> str | None:
        """The device, for limits and silences; a new name on it is still the same device."""
        return identity_token("chat-device", self.device, self.token_secret) if self.device else None


@dataclass(frozen=True, slots=True)
class Limits:
    """How often one may speak within a minute."""

    account_a_minute: int
    device_a_minute: int


async def say(db: AsyncSession, voice: Voice, broadcast_id: str, body: MessageIn, limits: Limits) -> MessageOut:
    """Say something to everybody in the room. The same `client_id` is said once."""
    filing, room = await open_room(db, broadcast_id)
    if room.state != RoomState.OPEN:
        raise ChatClosed(
            "One speaks in a room while it is open. Wait until it opens.",
            "直播间开放期间方可发言，请在直播开始后再试。",
            state=room.state,
        )
    text = readable(body.text)
    await chats.take_turns(db, f"chat {broadcast_id} {voice.account_key}")
    if body.client_id is not None:
        before = await chats.find_said(db, broadcast_id, voice.account_key, body.client_id)
        if before is not None:
            return message_out(before)
    role = await role_of(db, voice.actor, filing)
    if role == "viewer":
        await _require_voice(db, voice, filing)
        await _require_pace(db, voice, room, limits)
    rule = chat.broken_rule(text)
    if rule is not None:
        raise MessageRefused(f"{rule.en} Change the message.", f"{rule.zh}请修改后再发送。", rule=rule.code)
    message = _message(voice, broadcast_id, role, text, body.client_id)
    if voice.viewer is not None and (stay := await store.find_stay(db, broadcast_id, voice.viewer)):
        message.session_token, message.network_token = stay
    await chats.add_message(db, message)
    return message_out(message)


async def open_room(db: AsyncSession, broadcast_id: str) -> tuple[Filing, LiveRoom]:
    """The filing and the room of a broadcast that has one. Raises NotFound and ChatClosed."""
    filing = await rooms.find_filing_of(db, broadcast_id)
    if filing is None or filing.published_at is None:
        raise no_such_broadcast(broadcast_id)
    room = await rooms.find_live_room(db, broadcast_id)
    if room is None:
        if filing.state not in WITH_ROOM:
            raise no_such_broadcast(broadcast_id)
        raise ChatClosed("The room has not opened yet.", "直播间尚未开放。", state="closed")
    return filing, room


def readable(text: str) -> str:
    """The text as it will be shown. Raises BodyInvalid when nothing, or too much, remains of it."""
    shown = chat.cleaned(text)
    if shown and len(shown) <= chat.LONGEST:
        return shown
    if not shown:
        problem = FieldError("text", "Write something that can be seen.", "请输入可见的文字。")
    else:
        problem = FieldError(
            "text", f"At most {chat.LONGEST} characters; it has {len(shown)}.", f"最多 {chat.LONGEST} 个字符。"
        )
    raise BodyInvalid(problem.en, problem.zh, errors=[problem])


async def role_of(db: AsyncSession, actor: Actor, filing: Filing) -> SpeakerRole:
    """As what the actor speaks in this room: viewers are told who sells and who keeps order."""
    if actor.has("inspector"):
        return "inspector"
    if actor.has("host"):
        hosts = await store.hosts_by_id(db, filing.content.get("host_ids", []))
        if any(host.account_id == actor.account_id or host.person == actor.person for host in hosts.values()):
            return "host"
    in_charge = places.in_scope(actor.scopes, filing.region_code, clock.now().astimezone(clock.SHANGHAI).date())
    if actor.has("moderator") and in_charge:
        return "moderator"
    return "operator" if actor.has("operator") and in_charge else "viewer"


async def _require_voice(db: AsyncSession, voice: Voice, filing: Filing) -> None:
    """Raises DeviceUnknown and Silenced."""
    if voice.device is None:
        raise DeviceUnknown(
            "Open the event stream of the room first and keep its cookies; then speak.",
            "请先连接直播间的事件流并保留其 Cookie，再发言。",
        )
    silence = await chats.silence_in_force(db, filing.region_code, voice.account_key, voice.device_key, clock.now())
    if silence is not None:
        raise silenced(silence)


def silenced(silence: Silence) -> Silenced:
    """What somebody who may not speak is told: until when, by which rule, and how to appeal."""
    rule = chat.rules()[silence.rule]
    until = f"{silence.until.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}" if silence.until else None
    return Silenced(
        f"You may not speak in this region's rooms {f'until {until}' if until else 'any more'}. "
        f"{rule.en} You may appeal; somebody else decides.",
        f"您{f'在 {until} 前' if until else ''}不得在本地区直播间发言。{rule.zh}您可以申诉，由其他人员处理。",
        silence_id=silence.id,
        broadcast_id=silence.broadcast_id,
        rule=silence.rule,
        until=silence.until.isoformat() if silence.until else None,
    )


async def _require_pace(db: AsyncSession, voice: Voice, room: LiveRoom, limits: Limits) -> None:
    """Raises TooFast within the slow mode's pause, or beyond what one account or one device may say in a minute."""
    now = clock.now()
    since = now - max(WINDOW, timedelta(seconds=room.slow_mode_seconds))
    lately = await chats.said_lately(db, room.broadcast_id, voice.account_key, voice.device_key, since)
    last = max((at for at in (lately.account_last, lately.device_last) if at is not None), default=None)
    if last is not None:
        _require_pause(now, last, room.slow_mode_seconds)
    if lately.account_count >= limits.account_a_minute or lately.device_count >= limits.device_a_minute:
        raise too_fast(int(WINDOW.total_seconds()))


def _require_pause(now: datetime, last: datetime, pause_seconds: int) -> None:
    wait = pause_seconds - (now - last).total_seconds()
    if wait > 0:
        raise too_fast(int(wait) + 1)


def too_fast(seconds: int) -> TooFast:
    """What somebody is told who speaks too often."""
    return TooFast(
        f"Wait {seconds} s before you speak again.",
        f"发言过于频繁，请 {seconds} 秒后再试。",
        headers={"Retry-After": str(seconds)},
        retry_after_seconds=seconds,
    )


def _message(voice: Voice, broadcast_id: str, role: SpeakerRole, text: str, client_id: str | None) -> ChatMessage:
    message_id = new_id()
    return ChatMessage(
        id=message_id,
        message_token=broadcast_token(broadcast_id, message_id, voice.token_secret),
        broadcast_id=broadcast_id,
        client_id=client_id,
        account_key=voice.account_key,
        device_key=voice.device_key,
        user_token=broadcast_token(broadcast_id, voice.actor.account_id, voice.token_secret),
        # Nobody's, while no stay is known.
        session_token="0",  # noqa: S106  The same.
        network_token="0",  # noqa: S106  The same.
        account_age_days=_age_days(voice.actor.account_id),
        role=role,
        text=text,
        kind=chat.kind_of(text),
        wording=chat.wording(text),
        said_at=clock.now(),
    )


def _age_days(account_id: str) -> int:
    """Whole days since the account was made, which its id tells; -1 for one that does not."""
    made = made_at(account_id)
    return max(0, (clock.now() - made).days) if made else -1


def message_out(message: ChatMessage) -> MessageOut:
    """A message as everybody sees it."""
    return MessageOut(
        message_id=message.id,
        tag=chat.tag_of(message.user_token),
        role=message.role,  # type: ignore[arg-type]  # `role_of` made it.
        text=message.text,
        said_at=message.said_at,
        times=message.times,
    )
