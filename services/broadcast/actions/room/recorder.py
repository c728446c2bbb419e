"""The room's recorder: whether it works, where it had a gap, and the replay of what it wrote."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.scene import Scene, no_such_broadcast
from services.broadcast.domain.facts import instant_text, known
from services.broadcast.domain.record import kept_until
from services.broadcast.domain.shelf import price_of
from services.broadcast.schemas.room import RecordEntry
from services.broadcast.store import goods as goods_store
from services.broadcast.store import room as rooms
from services.kit import clock
from services.kit.page import Page, decode_cursor, encode_cursor

# The relay polls every second; what waits for a minute does not go out.
RELAY_SECONDS = 60
MOST_ROOMS = 100


async def recorder_facts(db: AsyncSession, scene: Scene) -> dict[str, Any]:
    """The health of the recorder, as the rule about it reads it. Asked after an entry of this moment was written."""
    room = scene.room
    written = await rooms.read_health(db, room.broadcast_id)
    facts = {
        "checked_at": instant_text(scene.at),
        # The entry that was written a moment ago stands at the end of the chain, and the chain is what we think it is.
        "recorder_healthy": (written.last_seq, written.last_hash) == (room.record_seq, room.record_hash),
        "interaction_log_healthy": written.outbox_waits_seconds < RELAY_SECONDS,
        "pin_log_healthy": written.entries == room.record_seq,
        "snapshots_healthy": await _snapshots_match(db, scene),
        "retained_until_at": instant_text(kept_until(room.ended_at)) if room.ended_at else None,
    }
    return known(facts)


async def delete_old_records(db: AsyncSession, years: int) -> int:
    """Delete records whose time is over, a few rooms at once; how many. What the public log says of them stays."""
    now, deleted = clock.now(), 0
    for room in await rooms.list_ended_before(db, now, MOST_ROOMS):
        if room.ended_at is not None and kept_until(room.ended_at, years) <= now:
            await rooms.delete_record(db, room.broadcast_id)
            deleted += 1
    return deleted


async def longest_gap_seconds(db: AsyncSession, broadcast_id: str, opened_at: datetime, until: datetime) -> int:
    """The longest time on air without any entry; a beat is written every few seconds, so silence is a stop."""
    return await rooms.longest_gap(db, broadcast_id, opened_at, until)


async def _snapshots_match(db: AsyncSession, scene: Scene) -> bool:
    """Every lot on the shelf has its goods as they were filed, at the price that is shown and will be charged."""
    known_goods = await goods_store.list_goods(db, scene.filing.pinned)
    for row in await rooms.list_shelf(db, scene.room.broadcast_id):
        goods = known_goods.get(row.lot_id)
        if goods is None or price_of(goods.lot) != row.price_fen:
            return False
    return True


async def read_record(
    db: AsyncSession, broadcast_id: str, cursor: str | None, limit: int, *, beats: bool
) -> Page[RecordEntry]:
    """A page of the record, in the order in which it was written; without `beats` what happened, not that it ran."""
    filing = await rooms.find_filing_of(db, broadcast_id)
    if filing is None or filing.published_at is None:
        raise no_such_broadcast(broadcast_id)
    after = int(decode_cursor(cursor, int)[0]) if cursor else 0
    rows = await rooms.list_record(db, broadcast_id, max(0, min(after, 2**62)), limit + 1, beats=beats)
    items = [RecordEntry.model_validate(row.model_dump(exclude={"broadcast_id"})) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].seq) if len(rows) > limit else None)
