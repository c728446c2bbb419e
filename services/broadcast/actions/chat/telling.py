"""Telling what was said: ten times a second to those who show it or count it, a little later to the room's record.

A message is kept when it is said and told a moment later, in one event for everybody. A chorus of praise is told as one
line and how many it stands for; nothing of it is lost.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.scene import find_scene
from services.broadcast.actions.room.telling import append
from services.broadcast.domain import chat
from services.broadcast.models import ChatMessage
from services.broadcast.store import chat as chats
from services.broadcast.store import room as rooms
from services.contracts.room import ChatLine, ChatRecorded, ChatSaid, FoldedLine, SaidLine
from services.kit import clock
from services.kit.ids import new_id
from services.kit.outbox import enqueue

MOST_AT_ONCE = 1_000
LINES_IN_EVENT = 200

Line = TypeVar("Line")


async def tell_what_was_said(db: AsyncSession) -> int:
    """Tell everybody of messages that nobody was told of yet; how many there were."""
    rows = await chats.take_untold(db, MOST_AT_ONCE)
    folded = await _fold_praise(db, rows)
    standing = {row["id"]: row["broadcast_id"] for row in rows}
    times = await chats.fold(db, folded)
    rooms_of_heads = {head: standing[message] for message, head in folded.items()}
    for broadcast_id in dict.fromkeys(row["broadcast_id"] for row in rows):
        own = [row for row in rows if row["broadcast_id"] == broadcast_id]
        shown = [row for row in own if row["id"] not in folded and row["removed_at"] is None]
        lines = [_said(row, times.get(row["id"], 1)) for row in shown]
        fresh = {row["id"] for row in shown}
        heads = [
            FoldedLine(message_id=head, times=count)
            for head, count in times.items()
            if rooms_of_heads[head] == broadcast_id and head not in fresh
        ]
        await enqueue(db, *_news(broadcast_id, lines, heads), *_recorded(broadcast_id, (_line(row) for row in own)))
    return len(rows)


async def _fold_praise(db: AsyncSession, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Which of these messages another one stands for: the same praise within a minute (id → the line's id)."""
    praise = [row for row in rows if row["kind"] == "praise"]
    heads = await chats.find_heads(db, praise, clock.now())
    folded: dict[str, str] = {}
    for row in praise:
        # Of messages that were taken together the first stands for the others.
        head = heads.setdefault((row["broadcast_id"], row["wording"]), row["id"])
        if head != row["id"]:
            folded[row["id"]] = head
    return folded


def _said(row: dict[str, Any], times: int) -> SaidLine:
    return SaidLine(
        message_id=row["id"],
        tag=chat.tag_of(row["user_token"]),
        role=row["role"],
        text=row["text"],
        said_at=row["said_at"],
        times=times,
    )


def _line(row: dict[str, Any]) -> ChatLine:
    return ChatLine(
        message=row["message_token"],
        user=row["user_token"],
        session=row["session_token"],
        sent_ms=int(row["said_at"].timestamp() * 1000),
        text=row["text"],
        removed_by_rule=row["removed_rule"],
        network=row["network_token"],
        account_age_days=row["account_age_days"],
    )


def _news(broadcast_id: str, lines: list[SaidLine], folded: list[FoldedLine]) -> Iterator[ChatSaid]:
    portions = list(_portions(lines)) or [()]
    for number, portion in enumerate(portions):
        heads = tuple(folded) if number == len(portions) - 1 else ()
        if portion or heads:
            yield ChatSaid(entity_id=new_id(), version=1, broadcast_id=broadcast_id, lines=portion, folded=heads)


def _recorded(broadcast_id: str, lines: Iterable[ChatLine]) -> Iterator[ChatRecorded]:
    for portion in _portions(lines):
        yield ChatRecorded(entity_id=new_id(), version=1, broadcast_id=broadcast_id, messages=portion)


def _portions(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    rest = iter(lines)
    while portion := tuple(islice(rest, LINES_IN_EVENT)):
        yield portion


async def tell_removed(db: AsyncSession, message: ChatMessage) -> None:
    """A message is no longer shown: viewers' pages take it away, the record of facts says by which rule."""
    removed = ChatSaid(entity_id=new_id(), version=1, broadcast_id=message.broadcast_id, removed=(message.id,))
    await enqueue(db, removed, *_recorded(message.broadcast_id, [_line(message.model_dump())]))


async def record_chat(db: AsyncSession) -> int:
    """Anchor what was said in the record of its room: one entry with the hash of up to a thousand messages."""
    written = 0
    for broadcast_id in await chats.list_unrecorded(db):
        filing = await rooms.find_filing_of(db, broadcast_id, lock=True)
        scene = await find_scene(db, filing) if filing else None
        if scene is None:
            continue
        rows = await chats.take_unrecorded(db, broadcast_id, MOST_AT_ONCE)
        if rows:
            await append(db, scene, "chat", _anchor(rows))
            written += len(rows)
    return written


def _anchor(rows: Sequence[ChatMessage]) -> dict[str, Any]:
    """The entry: which messages, and SHA-256 over id and text of each, line by line."""
    said = "".join(f"{row.id} {row.text}\n" for row in rows)
    return {
        "messages": len(rows),
        "first": rows[0].id,
        "last": rows[-1].id,
        "sha256": hashlib.sha256(said.encode()).hexdigest(),
    }


async def republish_chat(db: AsyncSession, since: datetime) -> AsyncIterator[ChatRecorded]:
    """What was said since, told once more with what became of it; who hears it knows each message by its token."""
    rows = await chats.messages_since(db, since)
    for broadcast_id in dict.fromkeys(row.broadcast_id for row in rows):
        own = (_line(row.model_dump()) for row in rows if row.broadcast_id == broadcast_id)
        for event in _recorded(broadcast_id, own):
            yield event
