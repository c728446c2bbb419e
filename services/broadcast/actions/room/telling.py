"""Writing the record, and telling everybody: each change of a room is one entry, one note and one whole state."""

from typing import Any, get_args

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.scene import Scene, moment_text
from services.broadcast.domain.record import entry_hash, kept_until
from services.broadcast.domain.room import RoomState, stream_ms
from services.broadcast.models import LiveRoom, LiveSegment, RehearsalEvent, RoomRecord, ShelfRow
from services.broadcast.store import goods
from services.broadcast.store import room as rooms
from services.contracts.room import RoomChanged, RoomNoted, SegmentNow, ShelfItem, WhyHalted
from services.kit.ids import new_id
from services.kit.outbox import enqueue

NOTED = frozenset(get_args(RoomNoted.model_fields["kind"].annotation))
# What the studio does in rehearsal leaves a trace under these names.
SHOWN_IN_NOTE = ("lot_id", "price_fen", "limit_units", "text_zh", "text_en")


async def note(db: AsyncSession, scene: Scene, kind: str, **body: Any) -> None:
    """Write one entry on the stream clock; one of the run of the show is announced too.

    In rehearsal it goes into the rehearsal's own trace and nowhere else.
    """
    if scene.room.rehearsing:
        await trace(db, scene, kind, body.get("lot_id"), None)
        return
    await append(db, scene, kind, {name: value for name, value in body.items() if value is not None})
    if kind in NOTED:
        await enqueue(db, _noted(scene, kind, body))


async def append(db: AsyncSession, scene: Scene, kind: str, body: dict[str, Any]) -> None:
    """One entry of the record, chained to the one before."""
    room = scene.room
    entry = RoomRecord(
        broadcast_id=room.broadcast_id,
        seq=room.record_seq + 1,
        at=scene.at,
        stream_ms=stream_ms(room.opened_at, scene.at),
        kind=kind,
        body=body,
        hash="",
    )
    told = entry.model_dump() | {"at": moment_text(entry.at)}
    entry.hash = entry_hash(room.record_hash, room.broadcast_id, told)
    await rooms.add_record(db, entry)
    room.record_seq, room.record_hash, room.last_at = entry.seq, entry.hash, scene.at


async def trace(db: AsyncSession, scene: Scene, action: str, lot_id: str | None, account_id: str | None) -> None:
    """What was done in rehearsal."""
    event = RehearsalEvent(
        broadcast_id=scene.room.broadcast_id, at=scene.at, account_id=account_id, action=action, lot_id=lot_id
    )
    await rooms.add_rehearsal_event(db, event)
    scene.room.last_at = scene.at


def _noted(scene: Scene, kind: Any, body: dict[str, Any]) -> RoomNoted:
    return RoomNoted(
        entity_id=new_id(),
        version=1,
        broadcast_id=scene.room.broadcast_id,
        kind=kind,
        noted_at=scene.at,
        stream_ms=stream_ms(scene.room.opened_at, scene.at),
        segment_kind=scene.running.segment,
        **{name: body[name] for name in SHOWN_IN_NOTE if body.get(name) is not None},
    )


async def tell(db: AsyncSession, scene: Scene) -> None:
    """The room has changed: its next version, and the whole of it to everybody."""
    scene.room.version += 1
    scene.room.last_at = max(scene.room.last_at, scene.at)
    await db.flush()
    await enqueue(db, await room_changed(db, scene))


async def room_changed(db: AsyncSession, scene: Scene) -> RoomChanged:
    """The room as it stands. In a region segment there is no shelf and no pin."""
    room, filing = scene.room, scene.filing
    selling = scene.running.segment == "market" and (room.rehearsing or room.state == RoomState.OPEN)
    shelf = await shelf_items(db, await rooms.list_shelf(db, room.broadcast_id)) if selling else ()
    return RoomChanged(
        entity_id=room.broadcast_id,
        version=room.version,
        filing_id=filing.id,
        region_code=filing.region_code,
        title_zh=filing.title_zh,
        title_en=filing.title_en,
        state=RoomState(room.state).value,
        rehearsing=room.rehearsing,
        media_kind=room.media_kind,  # type: ignore[arg-type]  # One of the two that the studio may choose.
        segment=segment_now(scene.segment),
        shelf=shelf,
        pinned_lot_id=room.pinned_lot_id if selling else None,
        why_halted=WhyHalted.model_validate(room.why_halted) if room.why_halted else None,
        decision_id=room.decision_id,
        decision_valid_until=room.decision_valid_until,
        opened_at=room.opened_at,
        ended_at=room.ended_at,
        **_record_of(room),
    )


def _record_of(room: LiveRoom) -> dict[str, Any]:
    """The record of a room that was on air and has ended."""
    if room.ended_at is None or room.opened_at is None or room.record_seq == 0:
        return {}
    return {
        "record_entries": room.record_seq,
        "record_sha256": room.record_hash,
        "record_kept_until": kept_until(room.ended_at),
    }


async def shelf_items(db: AsyncSession, rows: Any) -> tuple[ShelfItem, ...]:
    """The shelf as orders reads it: each lot with the answer that lets it be sold."""
    answers = await goods.answers_about(db, [row.lot_id for row in rows])
    items = []
    for row in rows:
        golive = answers[row.lot_id].golive
        if golive is not None:
            items.append(_item(row, golive.decision_id, golive.valid_until))
    return tuple(items)


def _item(row: ShelfRow, decision_id: str, valid_until: Any) -> ShelfItem:
    return ShelfItem(
        lot_id=row.lot_id,
        listing_id=row.listing_id,
        price_fen=row.price_fen,
        open=row.is_open,
        limit_units=row.limit_units,
        units_per_buyer=row.units_per_buyer,
        open_until=row.open_until,
        decision_id=decision_id,
        valid_until=valid_until,
    )


def segment_now(segment: LiveSegment | None) -> SegmentNow | None:
    """The segment on air."""
    if segment is None:
        return None
    return SegmentNow(
        segment_id=segment.id,
        number=segment.number,
        kind=segment.kind,  # type: ignore[arg-type]  # A check of the table holds it.
        started_at=segment.started_at,
    )
