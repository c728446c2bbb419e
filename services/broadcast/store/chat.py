"""SQL of the chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.models import ChatFlag, ChatMessage, Silence

FOLDED_WITHIN = timedelta(seconds=60)

_TAKE_TURNS = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 0))")

_TAKE_UNTOLD = """
WITH waiting AS (
  SELECT id FROM broadcast.chat_message WHERE NOT told ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
UPDATE broadcast.chat_message m SET told = true FROM waiting WHERE m.id = waiting.id RETURNING m.*"""

_HEADS = """
SELECT DISTINCT ON (broadcast_id, wording) broadcast_id, wording, id, said_at, times FROM broadcast.chat_message
WHERE kind = 'praise' AND told AND folded_into IS NULL AND removed_at IS NULL AND said_at > :since
  AND id <> ALL(CAST(:fresh AS text[]))
  AND (broadcast_id, wording) IN (SELECT * FROM unnest(CAST(:rooms AS text[]), CAST(:wordings AS text[])))
ORDER BY broadcast_id, wording, id DESC"""

_FOLD = """
UPDATE broadcast.chat_message m SET folded_into = f.head
FROM unnest(CAST(:ids AS text[]), CAST(:heads AS text[])) AS f(id, head) WHERE m.id = f.id"""

_COUNT_FOLDED = """
UPDATE broadcast.chat_message m SET times = m.times + f.more
FROM unnest(CAST(:heads AS text[]), CAST(:more AS int[])) AS f(id, more) WHERE m.id = f.id RETURNING m.id, m.times"""

_UNRECORDED = """
SELECT DISTINCT broadcast_id FROM broadcast.chat_message WHERE NOT recorded AND told ORDER BY broadcast_id"""

_COUNTS = """
SELECT count(*) AS messages, count(folded_into) AS folded, count(*) FILTER (WHERE kind = 'complaint') AS complaints,
  count(*) FILTER (WHERE kind = 'complaint' AND removed_at IS NOT NULL) AS complaints_removed
FROM broadcast.chat_message WHERE broadcast_id = :broadcast_id"""

_SILENCE_COUNTS = """
SELECT rule, count(*) AS made, count(appealed_at) AS appeals, count(decided_at) AS decided,
  count(*) FILTER (WHERE upheld = false) AS lifted
FROM broadcast.silence WHERE broadcast_id = :broadcast_id GROUP BY rule ORDER BY rule"""


@dataclass(frozen=True, slots=True)
class Lately:
    """What one account and one device said of late in a room."""

    account_last: datetime | None
    account_count: int
    device_last: datetime | None
    device_count: int


async def take_turns(db: AsyncSession, who: str) -> None:
    """Two messages of one account at once are two in a row, or both would pass the limit."""
    await db.execute(_TAKE_TURNS, {"who": who})


async def find_said(db: AsyncSession, broadcast_id: str, account_key: str, client_id: str) -> ChatMessage | None:
    """A message that the page sent before under this name."""
    statement = select(ChatMessage).where(
        ChatMessage.broadcast_id == broadcast_id,
        ChatMessage.account_key == account_key,
        ChatMessage.client_id == client_id,
    )
    return (await db.exec(statement)).one_or_none()


async def said_lately(
    db: AsyncSession, broadcast_id: str, account_key: str, device_key: str | None, since: datetime
) -> Lately:
    """How much this account and this device have said since, and when last."""
    account = await _lately(db, broadcast_id, col(ChatMessage.account_key) == account_key, since)
    if device_key is None:
        return Lately(*account, None, 0)
    return Lately(*account, *await _lately(db, broadcast_id, col(ChatMessage.device_key) == device_key, since))


async def _lately(
    db: AsyncSession, broadcast_id: str, whose: sa.ColumnElement[bool], since: datetime
) -> tuple[datetime | None, int]:
    said_at = col(ChatMessage.said_at)
    newest = sa.select(sa.func.max(said_at), sa.func.count()).where(
        col(ChatMessage.broadcast_id) == broadcast_id, whose, said_at > since
    )
    last, count = (await db.execute(newest)).one()
    return last, int(count)


async def add_message(db: AsyncSession, message: ChatMessage) -> None:
    """Keep what was said."""
    db.add(message)
    await db.flush()


async def find_message(
    db: AsyncSession, broadcast_id: str, message_id: str, *, lock: bool = False
) -> ChatMessage | None:
    """A message of this room."""
    statement = select(ChatMessage).where(ChatMessage.broadcast_id == broadcast_id, ChatMessage.id == message_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await db.exec(statement)).one_or_none()


async def find_last_of(db: AsyncSession, broadcast_id: str, user_token: str) -> ChatMessage | None:
    """The newest message of a speaker in this room."""
    statement = select(ChatMessage).where(
        ChatMessage.broadcast_id == broadcast_id, ChatMessage.user_token == user_token
    )
    return (await db.exec(statement.order_by(col(ChatMessage.id).desc()).limit(1))).first()


async def list_messages(
    db: AsyncSession, broadcast_id: str, before: str | None, limit: int, *, behind: bool = False
) -> Sequence[ChatMessage]:
    """Messages that are shown, newest first; `behind` the scenes those too that are not."""
    statement = select(ChatMessage).where(ChatMessage.broadcast_id == broadcast_id)
    if not behind:
        statement = statement.where(col(ChatMessage.removed_at).is_(None), col(ChatMessage.folded_into).is_(None))
    if before is not None:
        statement = statement.where(ChatMessage.id < before)
    return (await db.exec(statement.order_by(col(ChatMessage.id).desc()).limit(limit))).all()


async def list_flagged(db: AsyncSession, broadcast_id: str, before: str | None, limit: int) -> Sequence[ChatMessage]:
    """Messages that somebody flagged, newest first."""
    flagged = sa.exists().where(col(ChatFlag.message_id) == col(ChatMessage.id))
    statement = select(ChatMessage).where(ChatMessage.broadcast_id == broadcast_id, flagged)
    if before is not None:
        statement = statement.where(ChatMessage.id < before)
    return (await db.exec(statement.order_by(col(ChatMessage.id).desc()).limit(limit))).all()


async def flags_of(db: AsyncSession, message_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How often each of these messages was flagged as what."""
    counted = (
        sa.select(col(ChatFlag.message_id), col(ChatFlag.reason), sa.func.count())
        .where(col(ChatFlag.message_id).in_(list(message_ids)))
        .group_by(col(ChatFlag.message_id), col(ChatFlag.reason))
    )
    flags: dict[str, dict[str, int]] = {}
    for message_id, reason, count in (await db.execute(counted)).all():
        flags.setdefault(message_id, {})[reason] = count
    return flags


async def add_flag(db: AsyncSession, flag: ChatFlag) -> None:
    """Keep a viewer's flag; the last word of each counts."""
    statement = insert(ChatFlag).values(**flag.model_dump())
    changed = {"reason": statement.excluded.reason, "flagged_at": statement.excluded.flagged_at}
    await db.execute(statement.on_conflict_do_update(index_elements=["message_id", "account_key"], set_=changed))


async def take_untold(db: AsyncSession, most: int) -> list[dict[str, Any]]:
    """Messages that nobody was told of yet, in order; each is taken by one caller only."""
    rows = (await db.execute(sa.text(_TAKE_UNTOLD), {"most": most})).mappings().all()
    return sorted((dict(row) for row in rows), key=lambda row: str(row["id"]))


async def find_heads(db: AsyncSession, praise: Sequence[dict[str, Any]], now: datetime) -> dict[tuple[str, str], str]:
    """By room and wording: the earlier line that stands for such praise, if it was said within the last minute."""
    if not praise:
        return {}
    given = {
        "since": now - FOLDED_WITHIN,
        "fresh": [row["id"] for row in praise],
        "rooms": [row["broadcast_id"] for row in praise],
        "wordings": [row["wording"] for row in praise],
    }
    rows = (await db.execute(sa.text(_HEADS), given)).mappings().all()
    return {(row["broadcast_id"], row["wording"]): row["id"] for row in rows}


async def fold(db: AsyncSession, folded: dict[str, str]) -> dict[str, int]:
    """Let one line stand for others (id → the line's id); how many each line now stands for."""
    if not folded:
        return {}
    more: dict[str, int] = {}
    for head in folded.values():
        more[head] = more.get(head, 0) + 1
    await db.execute(sa.text(_FOLD), {"ids": list(folded), "heads": list(folded.values())})
    counted = await db.execute(sa.text(_COUNT_FOLDED), {"heads": list(more), "more": list(more.values())})
    return {row.id: row.times for row in counted}


async def list_unrecorded(db: AsyncSession) -> list[str]:
    """Rooms with messages that their record has no entry of yet."""
    return list((await db.execute(sa.text(_UNRECORDED))).scalars())


async def take_unrecorded(db: AsyncSession, broadcast_id: str, most: int) -> Sequence[ChatMessage]:
    """The oldest messages of a held room that are not in its record; from now on they are."""
    statement = select(ChatMessage).where(
        ChatMessage.broadcast_id == broadcast_id, col(ChatMessage.told), ~col(ChatMessage.recorded)
    )
    rows = (await db.exec(statement.order_by(col(ChatMessage.id)).limit(most))).all()
    for row in rows:
        row.recorded = True
    return rows


async def add_silence(db: AsyncSession, silence: Silence) -> None:
    """Keep a silence."""
    db.add(silence)
    await db.flush()


async def find_silence(db: AsyncSession, broadcast_id: str, silence_id: str) -> Silence | None:
    """A silence that was made in this room, held."""
    statement = select(Silence).where(Silence.broadcast_id == broadcast_id, Silence.id == silence_id)
    statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await db.exec(statement)).one_or_none()


async def silence_in_force(
    db: AsyncSession, region_code: str, account_key: str, device_key: str | None, now: datetime
) -> Silence | None:
    """The longest silence that keeps this account or this device quiet in the region's rooms."""
    until = col(Silence.until)
    who = col(Silence.account_key) == account_key
    if device_key is not None:
        who = who | (col(Silence.device_key) == device_key)
    statement = select(Silence).where(
        Silence.region_code == region_code,
        who,
        until.is_(None) | (until > now),
        col(Silence.upheld).is_(None) | col(Silence.upheld),
    )
    return (await db.exec(statement.order_by(until.desc().nulls_first()).limit(1))).first()


async def list_silences(db: AsyncSession, broadcast_id: str, keys: tuple[str, str | None] | None) -> Sequence[Silence]:
    """Silences made in this room, newest first; with `keys` only those of this account or device."""
    statement = select(Silence).where(Silence.broadcast_id == broadcast_id)
    if keys is not None:
        who = col(Silence.account_key) == keys[0]
        statement = statement.where(who if keys[1] is None else who | (col(Silence.device_key) == keys[1]))
    return (await db.exec(statement.order_by(col(Silence.id).desc()).limit(100))).all()


async def chat_counts(db: AsyncSession, broadcast_id: str) -> dict[str, int]:
    """How many messages there were, of which kinds."""
    row = (await db.execute(sa.text(_COUNTS), {"broadcast_id": broadcast_id})).mappings().one()
    return {name: int(row[name]) for name in ("messages", "folded", "complaints", "complaints_removed")}


async def count_complaints_removed_by_region(db: AsyncSession, broadcast_id: str) -> int:
    """Complaints about goods that anybody but an inspector took away: none, unless the records say otherwise."""
    removed = sa.select(sa.func.count()).where(
        col(ChatMessage.broadcast_id) == broadcast_id,
        col(ChatMessage.kind) == "complaint",
        col(ChatMessage.removed_at).is_not(None),
        col(ChatMessage.removed_as) != "inspector",
    )
    return int(await db.scalar(removed) or 0)


async def list_removed(db: AsyncSession, broadcast_id: str) -> Sequence[ChatMessage]:
    """Messages that are no longer shown, in the order of their removal."""
    statement = select(ChatMessage).where(
        ChatMessage.broadcast_id == broadcast_id, col(ChatMessage.removed_at).is_not(None)
    )
    return (await db.exec(statement.order_by(col(ChatMessage.removed_at), col(ChatMessage.id)))).all()


async def silence_counts(db: AsyncSession, broadcast_id: str) -> list[Any]:
    """How many silences were made by each rule, and what became of the appeals."""
    return list((await db.execute(sa.text(_SILENCE_COUNTS), {"broadcast_id": broadcast_id})).all())


async def forget_speaker(db: AsyncSession, account_key: str) -> None:
    """After an erasure messages belong to nobody; what keeps a silenced device quiet stays until it runs out."""
    table: Any = ChatMessage
    await db.execute(sa.update(table).where(table.account_key == account_key).values(account_key=None, device_key=None))
    flags: Any = ChatFlag
    await db.execute(sa.delete(flags).where(flags.account_key == account_key))


async def messages_since(db: AsyncSession, since: datetime) -> Sequence[ChatMessage]:
    """Messages said since, by room and in order."""
    statement = select(ChatMessage).where(ChatMessage.said_at >= since, col(ChatMessage.told))
    return (await db.exec(statement.order_by(ChatMessage.broadcast_id, ChatMessage.id))).all()
