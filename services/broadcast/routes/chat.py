"""The chat of a room: speaking, reading, moderating, appealing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from services.broadcast.actions.chat import moderating, shown, speaking
from services.broadcast.actions.chat.speaking import Limits, Voice
from services.broadcast.schemas.chat import (
    AppealDecisionIn,
    AppealIn,
    ChatIn,
    ChatOut,
    FlaggedOut,
    FlagIn,
    FlagOut,
    MessageIn,
    MessageOut,
    ModerationOut,
    RemovalIn,
    RemovalOut,
    SilenceIn,
    SilenceOut,
)
from services.broadcast.settings import Settings
from services.kit.actor import Actor, CurrentActor, role
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Page

router = APIRouter(prefix="/broadcasts/{broadcast_id}", tags=["chat"])

Moderator = Annotated[Actor, Depends(role("moderator", "inspector"))]
Lines = Annotated[int, Query(ge=1, le=100, description="Messages on a page.")]


async def _voice(
    request: Request,
    actor: CurrentActor,
    device: Annotated[str | None, Header(alias="X-Viewer-Device", include_in_schema=False, max_length=64)] = None,
    viewer: Annotated[str | None, Header(alias="X-Viewer", include_in_schema=False, max_length=64)] = None,
) -> Voice:
    secret = request.app.state.settings.token_secret.get_secret_value()
    return Voice(actor=actor, device=device, viewer=viewer, token_secret=secret)


async def _limits(request: Request) -> Limits:
    settings: Settings = request.app.state.settings
    return Limits(settings.chat_account_limit, settings.chat_device_limit)


Speaking = Annotated[Voice, Depends(_voice)]
AtMost = Annotated[Limits, Depends(_limits)]


@router.post("/messages", status_code=201)
async def say_message(broadcast_id: str, body: MessageIn, db: Writing, voice: Speaking, limits: AtMost) -> MessageOut:
    """Say something to everybody in the room: one line of text, shown as text. With a `client_id` it is said once."""
    return await speaking.say(db, voice, broadcast_id, body, limits)


@router.get("/messages")
async def list_messages(
    broadcast_id: str, db: Reading, response: Response, cursor: Cursor = None, limit: Lines = 50
) -> Page[MessageOut]:
    """The newest messages, newest first; a chorus of praise is one line that says how many it stands for."""
    response.headers["Cache-Control"] = "no-cache"
    return await shown.list_messages(db, broadcast_id, cursor, limit)


@router.get("/messages/moderation")
async def list_messages_to_moderate(
    broadcast_id: str, db: Reading, actor: Moderator, flagged: bool = True, cursor: Cursor = None, limit: Lines = 50
) -> Page[FlaggedOut]:
    """Messages as moderators see them, newest first: those that viewers flagged, or with `flagged=false` all."""
    return await moderating.list_flagged(db, actor, broadcast_id, cursor, limit, flagged=flagged)


@router.post("/messages/{message_id}/removal", status_code=201, response_model=RemovalOut)
async def remove_message(
    broadcast_id: str, message_id: str, body: RemovalIn, db: Writing, actor: Moderator, once: OptionalKey
) -> Response:
    """Show a message no longer, by a published rule. A complaint about goods is not the region's to remove."""
    return await once.answer(db, 201, lambda: moderating.remove_message(db, actor, broadcast_id, message_id, body))


@router.post("/messages/{message_id}/flag", status_code=201)
async def flag_message(broadcast_id: str, message_id: str, body: FlagIn, db: Writing, voice: Speaking) -> FlagOut:
    """Point at a message; what is flagged as a complaint about goods stays until an inspector has looked."""
    return await moderating.flag_message(db, voice, broadcast_id, message_id, body)


@router.post("/silences", status_code=201, response_model=SilenceOut)
async def silence_speaker(
    broadcast_id: str, body: SilenceIn, db: Writing, actor: Moderator, once: OptionalKey
) -> Response:
    """Let somebody not speak in the region's rooms for a time, or for ever; a new name changes nothing."""
    return await once.answer(db, 201, lambda: moderating.silence(db, actor, broadcast_id, body))


@router.get("/silences")
async def list_silences(broadcast_id: str, db: Reading, voice: Speaking) -> Page[SilenceOut]:
    """Silences made in this room: all of them for moderators and inspectors, the caller's own for everybody else."""
    return await moderating.list_silences(db, voice, broadcast_id)


@router.post("/silences/{silence_id}/appeal", status_code=201)
async def appeal_silence(
    broadcast_id: str, silence_id: str, body: AppealIn, db: Writing, voice: Speaking
) -> SilenceOut:
    """Say why a silence is wrong; once."""
    return await moderating.appeal(db, voice, broadcast_id, silence_id, body)


@router.post("/silences/{silence_id}/decision")
async def decide_silence(
    broadcast_id: str, silence_id: str, body: AppealDecisionIn, db: Writing, actor: Moderator
) -> SilenceOut:
    """Decide an appeal, as somebody who did not make the silence."""
    return await moderating.decide_appeal(db, actor, broadcast_id, silence_id, body)


@router.put("/chat")
async def set_chat_pace(broadcast_id: str, body: ChatIn, db: Writing, actor: Moderator) -> ChatOut:
    """How long everybody waits between two messages (slow mode)."""
    return await moderating.set_pace(db, actor, broadcast_id, body)


@router.get("/moderation")
async def get_moderation(broadcast_id: str, db: Reading) -> ModerationOut:
    """What was done to the chat, for everybody: counts by rule, and a hash of each message that was removed."""
    return await moderating.moderation_of(db, broadcast_id)
