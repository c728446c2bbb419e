"""A room as its viewers see it, whole, and as its studio does."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.room.scene import WITH_ROOM, Scene, hard_stop_of, new_room, no_such_broadcast
from services.broadcast.actions.room.telling import segment_now
from services.broadcast.actions.viewing import watching
from services.broadcast.domain.room import RoomState, stream_clock, stream_ms
from services.broadcast.domain.shelf import is_over
from services.broadcast.models import Filing, LiveRoom, ShelfRow
from services.broadcast.schemas.room import CaptionNow, LiveRoomOut, Picture, RoomNotice, ShelfLot
from services.broadcast.store import goods as goods_store
from services.broadcast.store import room as rooms
from services.contracts.room import WhyHalted

MOST_NOTICES = 20
SHOWN = frozenset({"cover", "banner", "poster", "set", "other"})


async def read_room(db: AsyncSession, broadcast_id: str) -> LiveRoomOut:
    """The whole room for a late joiner. Raises NotFound for a broadcast that never stood in the calendar."""
    filing = await rooms.find_filing_of(db, broadcast_id)
    if filing is None or filing.published_at is None:
        raise no_such_broadcast(broadcast_id)
    now = await rooms.database_now(db)
    room = await rooms.find_live_room(db, broadcast_id)
    if room is None and filing.state not in WITH_ROOM:
        raise no_such_broadcast(broadcast_id)
    room = room or new_room(filing, now)
    segment = await rooms.running_segment(db, broadcast_id)
    shown = await room_out(db, Scene(filing, room, segment, stream_clock(now, room.last_at)))
    return shown.model_copy(update={"viewers_coarse": await watching(db, broadcast_id)})


async def room_out(db: AsyncSession, scene: Scene, *, behind: bool = False) -> LiveRoomOut:
    """The room. `behind` the scenes a rehearsal is seen as well; its viewers see a closed room."""
    room, filing = scene.room, scene.filing
    visible = behind or not room.rehearsing
    segment = scene.segment if visible else None
    selling = segment is not None and segment.kind == "market" and (room.rehearsing or room.state == RoomState.OPEN)
    return LiveRoomOut(
        **filing.model_dump(include={"broadcast_id", "region_code", "title_zh", "title_en", "starts_at", "ends_at"}),
        **room.model_dump(include={"version", "state", "rehearsing", "media_kind", "opened_at", "ended_at"}),
        **room.model_dump(include={"slow_mode_seconds", "decision_id", "decision_valid_until"}),
        **await _people(db, filing),
        filing_id=filing.id,
        hard_stop_at=await hard_stop_of(db, filing),
        at=scene.at,
        stream_ms=stream_ms(room.opened_at, min(scene.at, room.ended_at or scene.at)),
        segment=segment_now(segment),
        shelf=await _shelf(db, room, scene.at) if selling else [],
        pinned_lot_id=room.pinned_lot_id if selling else None,
        explaining_lot_id=room.explaining_lot_id if selling else None,
        caption=CaptionNow(zh=room.caption_zh, en=room.caption_en) if visible else CaptionNow(zh=None, en=None),
        notices=await _notices(db, room.broadcast_id),
        why_halted=WhyHalted.model_validate(room.why_halted) if room.why_halted else None,
        pictures=_pictures(filing),
    )


async def _people(db: AsyncSession, filing: Filing) -> dict[str, Any]:
    official = await store.find_official(db, filing.official_id) if filing.official_id else None
    hosts = (filing.facts or {}).get("filing", {}).get("hosts", [])
    return {
        "presenter_post_zh": official.post_zh if official else "",
        "presenter_post_en": official.post_en if official else "",
        "host_name": hosts[0].get("position") if hosts else None,
    }


async def _shelf(db: AsyncSession, room: LiveRoom, at: datetime) -> list[ShelfLot]:
    rows = await rooms.list_shelf(db, room.broadcast_id)
    answers = await goods_store.answers_about(db, [row.lot_id for row in rows])
    shown = []
    for row in rows:
        answer = answers[row.lot_id].golive or (answers[row.lot_id].listed if room.rehearsing else None)
        if answer is not None:
            shown.append(_lot(row, at, answer.decision_id, answer.valid_until))
    return shown


def _lot(row: ShelfRow, at: datetime, decision_id: str, valid_until: Any) -> ShelfLot:
    named = row.model_dump(
        include={"lot_id", "listing_id", "price_fen", "limit_units", "units_per_buyer", "open_until"}
    )
    is_open = row.is_open and not is_over(row.open_until, at)
    return ShelfLot(**named, **row.goods, open=is_open, decision_id=decision_id, valid_until=valid_until)


async def _notices(db: AsyncSession, broadcast_id: str) -> list[RoomNotice]:
    noted = await rooms.list_noted(db, broadcast_id, "notice", MOST_NOTICES)
    return [RoomNotice(at=each.at, zh=each.body["text_zh"], en=each.body["text_en"]) for each in noted]


def _pictures(filing: Filing) -> list[Picture]:
    """The pictures of the broadcast; the official's face advertises nothing, so theirs are left out."""
    media = (filing.facts or {}).get("media", [])
    return [
        Picture(sha256=each["sha256"], kind=each["kind"])
        for each in media
        if each.get("sha256") and each.get("kind") in SHOWN and not each.get("official_shown")
    ]
