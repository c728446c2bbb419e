"""SQL of the live room: its row, its segments, its shelf, its record, its studio."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.models import (
    Filing,
    LiveRoom,
    LiveSegment,
    RehearsalEvent,
    RoomRecord,
    ShelfRow,
    Slot,
    StudioToken,
)
from services.kit.tables import Instant


async def database_now(db: AsyncSession) -> datetime:
    """This instant by the database's clock; asked after a lock, it is the moment at which the lock was had."""
    now: datetime = (await db.execute(sa.text("SELECT clock_timestamp()"))).scalar_one()
    return now


async def find_filing_of(db: AsyncSession, broadcast_id: str, *, lock: bool = False) -> Filing | None:
    """The filing of a broadcast."""
    statement = select(Filing).where(Filing.broadcast_id == broadcast_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await db.exec(statement)).one_or_none()


async def find_live_room(db: AsyncSession, broadcast_id: str, *, lock: bool = False) -> LiveRoom | None:
    """The room of a broadcast; none before anybody prepared it."""
    return await db.get(LiveRoom, broadcast_id, with_for_update=lock, populate_existing=True)


async def make_live_room(db: AsyncSession, room: LiveRoom) -> None:
    """Make the room unless it is there; two at once make one."""
    await db.execute(insert(LiveRoom).values(**room.model_dump()).on_conflict_do_nothing())


async def running_segment(db: AsyncSession, broadcast_id: str) -> LiveSegment | None:
    """The segment that has not ended."""
    statement = select(LiveSegment).where(LiveSegment.broadcast_id == broadcast_id, col(LiveSegment.ended_at).is_(None))
    return (await db.exec(statement)).one_or_none()


async def list_segments(db: AsyncSession, broadcast_id: str) -> Sequence[LiveSegment]:
    """Every segment of the broadcast itself, in order; what was rehearsed is left out."""
    statement = select(LiveSegment).where(LiveSegment.broadcast_id == broadcast_id, ~col(LiveSegment.rehearsal))
    return (await db.exec(statement.order_by(col(LiveSegment.number)))).all()


async def last_number(db: AsyncSession, broadcast_id: str) -> int:
    """The number of the latest segment; 0 before the first."""
    newest = sa.select(sa.func.max(col(LiveSegment.number))).where(col(LiveSegment.broadcast_id) == broadcast_id)
    return (await db.scalar(newest)) or 0


async def list_shelf(db: AsyncSession, broadcast_id: str) -> Sequence[ShelfRow]:
    """The shelf, in its order."""
    statement = select(ShelfRow).where(ShelfRow.broadcast_id == broadcast_id)
    rows = await db.exec(
        statement.order_by(col(ShelfRow.place), col(ShelfRow.lot_id)).execution_options(populate_existing=True)
    )
    return rows.all()


async def delete_from_shelf(db: AsyncSession, broadcast_id: str, lot_ids: Sequence[str]) -> None:
    """Take lots off the shelf."""
    table: Any = ShelfRow
    await db.execute(
        sa.delete(table).where(table.broadcast_id == broadcast_id, table.lot_id.in_(list(lot_ids))),
        execution_options={"synchronize_session": "fetch"},
    )


async def add_record(db: AsyncSession, entry: RoomRecord) -> None:
    """Write one entry; it is never changed afterwards."""
    await db.execute(insert(RoomRecord).values(**entry.model_dump()))


async def list_record(
    db: AsyncSession, broadcast_id: str, after: int, limit: int, *, beats: bool
) -> Sequence[RoomRecord]:
    """Entries of the record after one of them, in order."""
    statement = select(RoomRecord).where(RoomRecord.broadcast_id == broadcast_id, RoomRecord.seq > after)
    if not beats:
        statement = statement.where(RoomRecord.kind != "beat")
    return (await db.exec(statement.order_by(col(RoomRecord.seq)).limit(limit))).all()


async def list_noted(db: AsyncSession, broadcast_id: str, kind: str, limit: int) -> Sequence[RoomRecord]:
    """The newest entries of one kind, oldest first."""
    statement = select(RoomRecord).where(RoomRecord.broadcast_id == broadcast_id, RoomRecord.kind == kind)
    rows = (await db.exec(statement.order_by(col(RoomRecord.seq).desc()).limit(limit))).all()
    return rows[::-1]


SHOWN = (
    "leader_on",
    "leader_off",
    "pinned",
    "unpinned",
    "price",
    "flash_open",
    "loss_leader",
    "lot_closed",
    "off_shelf",
    "halted",
    "close",
)


async def list_shown(db: AsyncSession, broadcast_id: str) -> Sequence[dict[str, Any]]:
    """Every entry that begins or ends something on screen, in order: at, kind, body."""
    table: Any = RoomRecord
    wanted = sa.select(table.at, table.kind, table.body).where(
        table.broadcast_id == broadcast_id, table.kind.in_(SHOWN)
    )
    return [dict(row) for row in (await db.execute(wanted.order_by(table.seq))).mappings()]


async def add_studio_token(db: AsyncSession, token: StudioToken) -> None:
    """Hand out a right to steer the room; an earlier one of the same account ends."""
    table: Any = StudioToken
    mine = sa.and_(table.broadcast_id == token.broadcast_id, table.account_id == token.account_id)
    await db.execute(sa.update(table).where(mine, table.revoked_at.is_(None)).values(revoked_at=token.made_at))
    db.add(token)
    await db.flush()


async def find_studio_token(db: AsyncSession, token_sha256: str) -> StudioToken | None:
    """A right to steer a room, by its hash."""
    return await db.get(StudioToken, token_sha256, populate_existing=True)


async def revoke_studio_tokens(db: AsyncSession, broadcast_id: str, at: datetime) -> None:
    """End every right to steer the room."""
    table: Any = StudioToken
    held = sa.update(table).where(table.broadcast_id == broadcast_id, table.revoked_at.is_(None))
    await db.execute(held.values(revoked_at=at))


async def add_rehearsal_event(db: AsyncSession, event: RehearsalEvent) -> None:
    """Keep what was done in rehearsal."""
    db.add(event)
    await db.flush()


async def next_slot_of_resources(db: AsyncSession, broadcast_id: str, ends_at: datetime) -> datetime | None:
    """When the next slot of the broadcast's room or of one of its people begins, at its end or later."""
    table: Any = Slot
    own = sa.select(table.resource_kind, table.resource_id).where(table.broadcast_id == broadcast_id, table.active)
    starts = sa.func.lower(table.during)
    nearest = sa.select(sa.func.min(starts)).where(
        sa.tuple_(table.resource_kind, table.resource_id).in_(own),
        table.active,
        table.broadcast_id != broadcast_id,
        starts >= ends_at,
    )
    found: datetime | None = await db.scalar(nearest)
    return found


# Most rooms need nothing most of the time; this finds the few that may, without a lock. What is past is let be after a
# month, so that demonstrations of years ago stay as they were.
_TO_TEND = sa.text("""
SELECT r.broadcast_id FROM broadcast.live_room r JOIN broadcast.filing f ON f.id = r.filing_id
WHERE r.state IN ('opening', 'open')
  OR r.state = 'halted' AND (r.last_at < clock_timestamp() - make_interval(secs => :beat)
    OR f.ends_at <= clock_timestamp())
  OR r.state = 'closed' AND (f.state IN ('withdrawn', 'cancelled') OR r.rehearsing AND f.state <> 'scheduled'
    OR f.state = 'scheduled' AND f.ends_at <= clock_timestamp())
UNION
SELECT f.broadcast_id FROM broadcast.filing f
WHERE f.state = 'scheduled' AND f.ends_at <= clock_timestamp() AND f.ends_at > clock_timestamp() - interval '30 days'
  AND NOT EXISTS (SELECT FROM broadcast.live_room r WHERE r.broadcast_id = f.broadcast_id)
ORDER BY 1
""")


async def list_to_tend(db: AsyncSession, beat_seconds: float) -> Sequence[str]:
    """The broadcasts whose rooms may need something now."""
    return (await db.execute(_TO_TEND, {"beat": beat_seconds})).scalars().all()


async def list_changed_since(db: AsyncSession, since: datetime) -> Sequence[str]:
    """The broadcasts whose rooms changed since."""
    statement = select(LiveRoom.broadcast_id).where(col(LiveRoom.last_at) >= since)
    return (await db.exec(statement.order_by(LiveRoom.broadcast_id))).all()


@dataclass(frozen=True, slots=True)
class Health:
    """What was written of a room's record, and for how long something told has waited to go out."""

    entries: int
    last_seq: int
    last_hash: str | None
    outbox_waits_seconds: float


_HEALTH = sa.text("""
SELECT count(*) AS entries, coalesce(max(seq), 0) AS last_seq,
  (SELECT hash FROM broadcast.room_record WHERE broadcast_id = :broadcast_id ORDER BY seq DESC LIMIT 1) AS last_hash,
  (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)
    FROM broadcast.outbox WHERE sent_at IS NULL) AS outbox_waits_seconds
FROM broadcast.room_record WHERE broadcast_id = :broadcast_id
""")


async def read_health(db: AsyncSession, broadcast_id: str) -> Health:
    """What stands of a room's record at this moment."""
    row = (await db.execute(_HEALTH, {"broadcast_id": broadcast_id})).one()
    return Health(row.entries, row.last_seq, row.last_hash, float(row.outbox_waits_seconds))


async def list_ended_before(db: AsyncSession, before: datetime, most: int) -> Sequence[LiveRoom]:
    """Rooms that ended before an instant and whose record is still there."""
    written = sa.select(sa.literal(1)).where(RoomRecord.broadcast_id == LiveRoom.broadcast_id)  # type: ignore[arg-type]
    statement = select(LiveRoom).where(col(LiveRoom.ended_at) < before, written.exists())
    return (await db.exec(statement.order_by(col(LiveRoom.ended_at)).limit(most))).all()


async def delete_record(db: AsyncSession, broadcast_id: str) -> None:
    """Delete the record of a room; the database refuses while it must be kept."""
    await db.execute(sa.text("DELETE FROM broadcast.room_record WHERE broadcast_id = :id"), {"id": broadcast_id})


_LONGEST_GAP = sa.text("""
SELECT coalesce(ceil(max(extract(epoch FROM at - before))), 0) FROM (
  SELECT at, lag(at, 1, :opened_at) OVER (ORDER BY seq) AS before FROM (
    SELECT seq, at FROM broadcast.room_record WHERE broadcast_id = :broadcast_id AND at >= :opened_at AND at <= :until
    UNION ALL SELECT 9223372036854775807, :until) AS entries) AS gaps
""").bindparams(sa.bindparam("opened_at", type_=Instant), sa.bindparam("until", type_=Instant))


async def longest_gap(db: AsyncSession, broadcast_id: str, opened_at: datetime, until: datetime) -> int:
    """The longest time between two entries from the opening until then, in begun seconds."""
    given = {"broadcast_id": broadcast_id, "opened_at": opened_at, "until": until}
    return int((await db.execute(_LONGEST_GAP, given)).scalar_one())


async def list_shelves_with(
    db: AsyncSession, *, lot_id: str | None = None, listing_id: str | None = None
) -> Sequence[tuple[str, str]]:
    """Broadcast and lot of every shelf that holds the lot, or a lot of the listing, where the broadcast is not over."""
    table: Any = ShelfRow
    wanted = table.lot_id == lot_id if lot_id is not None else table.listing_id == listing_id
    statement = (
        sa.select(table.broadcast_id, table.lot_id)
        .join(LiveRoom, col(LiveRoom.broadcast_id) == table.broadcast_id)
        .where(wanted, col(LiveRoom.state) != "ended")
        .order_by(table.broadcast_id, table.lot_id)
    )
    return [(row.broadcast_id, row.lot_id) for row in await db.execute(statement)]


async def count_studio_tokens(db: AsyncSession, broadcast_id: str) -> int:
    """How many rights to steer the room are in force."""
    table: Any = StudioToken
    held = sa.select(sa.func.count()).where(table.broadcast_id == broadcast_id, table.revoked_at.is_(None))
    return (await db.scalar(held)) or 0


async def has_offer_over(db: AsyncSession, broadcast_id: str, at: datetime) -> bool:
    """Whether an offer for a time has ended and is still open."""
    of_room = select(ShelfRow.lot_id).where(ShelfRow.broadcast_id == broadcast_id, col(ShelfRow.is_open))
    over = of_room.where(col(ShelfRow.open_until) <= at)
    return (await db.exec(over.limit(1))).first() is not None
