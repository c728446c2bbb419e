"""Asking the gate: what it is told of a room, before it opens and while it runs."""

from datetime import datetime
from typing import Any, Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.case import host_facts
from services.broadcast.actions.room.recorder import recorder_facts
from services.broadcast.actions.room.scene import Scene
from services.broadcast.actions.room.telling import append
from services.broadcast.domain.facts import instant_text, known
from services.broadcast.models import LiveSegment
from services.broadcast.store import room as rooms
from services.contracts.broadcast import FiledListing
from services.contracts.room import RoomAsked
from services.kit.outbox import enqueue

Document = dict[str, Any]


async def ask_gate(db: AsyncSession, scene: Scene) -> None:
    """Ask whether the room may open, or stay open. The answer is about this version of the room."""
    room = scene.room
    # The check of the recorder is a real one: what cannot be written now will not be written on air.
    await append(db, scene, "asked", {"version": room.version})
    room.asked_version, room.asked_at = room.version, scene.at
    room.unanswered_since = room.unanswered_since or scene.at
    await db.flush()
    await enqueue(db, question(scene, "golive", await room_facts(db, scene)))


def question(scene: Scene, stage: Literal["golive", "onair"], facts: Document) -> RoomAsked:
    """A question to the gate about this version of the room."""
    room, filing = scene.room, scene.filing
    return RoomAsked(
        entity_id=room.broadcast_id,
        version=room.version,
        filing_id=filing.id,
        filing_version=filing.version,
        region_code=filing.region_code,
        title_zh=filing.title_zh,
        title_en=filing.title_en,
        stage=stage,
        starts_at=filing.starts_at,
        ends_at=filing.ends_at,
        listings=tuple(
            FiledListing(
                listing_id=pin["listing_id"], listing_version=pin["listing_version"], lot_ids=tuple(pin["lot_ids"])
            )
            for pin in filing.pinned
        ),
        facts=facts,
    )


async def room_facts(db: AsyncSession, scene: Scene) -> Document:
    """What the gate may know of the room: segments as they were, the recorder's health, the hosts as they are now."""
    room = scene.room
    segments = await rooms.list_segments(db, room.broadcast_id)
    document = {
        "id": room.broadcast_id,
        "media_kind": room.media_kind,
        "started_at": instant_text(room.opened_at) if room.opened_at else None,
        "ended_at": instant_text(room.ended_at) if room.ended_at else None,
        "segments": [_segment(each, scene.at) for each in segments] or None,
        "recorder": await recorder_facts(db, scene),
    }
    return {"room": known(document), "hosts": await current_hosts(db, scene)}


async def current_hosts(db: AsyncSession, scene: Scene) -> list[Document]:
    """The hosts of the filing as they are entered now."""
    host_ids = scene.filing.content.get("host_ids", [])
    hosts = await store.hosts_by_id(db, host_ids)
    return [host_facts(hosts[each]) for each in host_ids if each in hosts]


def _segment(segment: LiveSegment, at: datetime) -> Document:
    return {
        "kind": segment.kind,
        "starts_at": instant_text(segment.started_at),
        "ends_at": instant_text(segment.ended_at or at),
        "announced": True,
    }
