"""What the gate is asked of a running room: what was on screen, what was said, who came; and what its answer does."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.asking import question, room_facts
from services.broadcast.actions.room.halting import halt
from services.broadcast.actions.room.opening import why_of
from services.broadcast.actions.room.recorder import longest_gap_seconds
from services.broadcast.actions.room.scene import Scene, find_scene
from services.broadcast.actions.room.telling import append
from services.broadcast.actions.viewing import crowd_facts
from services.broadcast.domain.room import RoomState
from services.broadcast.domain.timeline import appearances
from services.broadcast.store import room as rooms
from services.contracts.compliance import DecisionMade
from services.kit.outbox import enqueue

MOST_TEXTS = 50
SPOKEN = ("caption", "notice")


async def ask_on_air(db: AsyncSession, scene: Scene) -> None:
    """Ask about the room as it has run so far."""
    scene.room.on_air_asked_at = scene.at
    scene.room.version += 1
    await db.flush()
    await enqueue(db, question(scene, "onair", await _facts(db, scene)))


async def _facts(db: AsyncSession, scene: Scene) -> dict[str, Any]:
    told = await room_facts(db, scene)
    room_id = scene.room.broadcast_id
    # While a room was halted nobody was on air; what stopped then is no gap.
    opened = [entry.at for entry in await rooms.list_noted(db, room_id, "open", 1)] or [scene.at]
    told["room"] |= {
        "timeline": appearances(await rooms.list_shown(db, room_id)),
        **await crowd_facts(db, room_id, scene.at),
    }
    told["room"]["recorder"]["longest_gap_seconds"] = await longest_gap_seconds(db, room_id, opened[0], scene.at)
    told["texts"] = await _texts(db, room_id)
    return told


async def _texts(db: AsyncSession, broadcast_id: str) -> list[dict[str, Any]]:
    """The newest captions and notices, as they were said."""
    said = [entry for kind in SPOKEN for entry in await rooms.list_noted(db, broadcast_id, kind, MOST_TEXTS)]
    return [
        {"kind": entry.kind, "text": text, "language": language}
        for entry in said
        for language in ("zh", "en")
        if (text := entry.body.get(f"text_{language}"))
    ]


async def take_on_air_answer(db: AsyncSession, event: DecisionMade) -> None:
    """A hard fail halts the room at once; anything else stands in the record and on the desk, for people to act on."""
    filing = await rooms.find_filing_of(db, event.about.id, lock=True)
    scene = await find_scene(db, filing) if filing is not None else None
    if scene is None or scene.room.state != RoomState.OPEN:
        return
    found = sorted({result.rule for result in event.not_passed})
    before = scene.room.on_air or {}
    scene.room.on_air = {"decision_id": event.entity_id, "outcome": event.outcome, "rules": found}
    if (before.get("outcome"), before.get("rules")) != (event.outcome, found):
        await append(db, scene, "on_air_answer", scene.room.on_air)
    if any(result.result == "fail" and result.hard for result in event.not_passed):
        await halt(db, scene, await why_of(db, scene, event))
