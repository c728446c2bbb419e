"""The live room: its public state, and everything that its studio does."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from services.broadcast.actions.room import (
    desk,
    halting,
    opening,
    recorder,
    rehearsing,
    saying,
    segments,
    shelf,
    shown,
    studio,
)
from services.broadcast.actions.room.scene import Scene
from services.broadcast.routes.asked import Around
from services.broadcast.schemas.room import (
    CaptionIn,
    CueIn,
    DeskOut,
    ExplainingIn,
    HaltIn,
    LiveRoomOut,
    OpeningIn,
    PinIn,
    RecordEntry,
    RehearsalIn,
    RehearsedIn,
    RoomNoticeIn,
    SegmentStartIn,
    ShelfIn,
    StudioTokenIn,
    StudioTokenOut,
)
from services.kit.actor import Actor, CurrentActor, role
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/broadcasts/{broadcast_id}/room", tags=["live room"])

InStudio = Annotated[Actor, Depends(role("host", "moderator", "operator"))]
Stopper = Annotated[Actor, Depends(role("host", "moderator", "operator", "inspector"))]
Inspector = Annotated[Actor, Depends(role("inspector"))]
Beats = Annotated[bool, Query(description="With the recorder's heartbeats, by which gaps are found.")]
StudioKey = Annotated[
    str | None, Header(alias="Sunfair-Studio", description="The studio token of this room.", max_length=200)
]


async def _shown(db: Writing, scene: Scene) -> LiveRoomOut:
    return await shown.room_out(db, scene, behind=True)


@router.get("")
async def get_live_room(broadcast_id: str, db: Reading, response: Response) -> LiveRoomOut:
    """The whole room, for whoever joins now. In a region segment nothing in it is for sale."""
    room = await shown.read_room(db, broadcast_id)
    response.headers["Cache-Control"] = "no-cache"
    return room


@router.get("/record")
async def get_room_record(
    broadcast_id: str, db: Reading, beats: Beats = True, cursor: Cursor = None, limit: Limit = 100
) -> Page[RecordEntry]:
    """The record of the room for replay: every entry on the stream clock, each chained to the one before."""
    return await recorder.read_record(db, broadcast_id, cursor, limit, beats=beats)


@router.get("/desk")
async def get_room_desk(broadcast_id: str, db: Reading, actor: CurrentActor, request: Request) -> DeskOut:
    """The room as its studio sees it: what is owed, which lots may be shown, how the recorder is."""
    return await desk.read_desk(db, actor, broadcast_id, request.app.state.settings)


@router.post("/studio-token", status_code=201)
async def hand_out_studio_token(broadcast_id: str, body: StudioTokenIn, db: Writing, actor: InStudio) -> StudioTokenOut:
    """A right to steer this room, shown once. An earlier one of the same account ends; a halt ends all."""
    return await studio.hand_out_token(db, actor, broadcast_id, body.role)


@router.post("/open", response_model=LiveRoomOut)
async def open_room(
    broadcast_id: str, db: Writing, actor: InStudio, once: OptionalKey, key: StudioKey = None
) -> Response:
    """Ask the gate to open the room; it opens when the stored answer is pass, and on nothing else."""

    async def opened() -> LiveRoomOut:
        return await _shown(db, await opening.ask_to_open(db, actor, broadcast_id, key))

    return await once.answer(db, 202, opened)


@router.post("/end")
async def end_room(broadcast_id: str, db: Writing, actor: InStudio, key: StudioKey = None) -> LiveRoomOut:
    """End the broadcast."""
    return await _shown(db, await halting.end_as_studio(db, actor, broadcast_id, key))


@router.post("/halt")
async def halt_room(broadcast_id: str, body: HaltIn, db: Writing, actor: Stopper, key: StudioKey = None) -> LiveRoomOut:
    """Halt the room at once: an inspector with a published reason, or its own studio."""
    if actor.has("inspector"):
        return await _shown(db, await halting.stop_as_inspector(db, actor, broadcast_id, body))
    return await _shown(db, await halting.stop_as_studio(db, actor, broadcast_id, key, body))


@router.post("/lift")
async def lift_stop(broadcast_id: str, body: HaltIn, db: Writing, actor: Inspector) -> LiveRoomOut:
    """Lift an inspector's stop, with a published reason; the room opens when its studio asks and the gate passes it."""
    return await _shown(db, await halting.lift_as_inspector(db, actor, broadcast_id, body))


@router.post("/rehearsal")
async def rehearse_room(
    broadcast_id: str, body: RehearsalIn, db: Writing, actor: InStudio, key: StudioKey = None
) -> LiveRoomOut:
    """Begin or end the rehearsal of a room that has not opened."""
    return await _shown(db, await rehearsing.rehearse(db, actor, broadcast_id, key, body.on))


@router.post("/rehearsed", status_code=204)
async def note_rehearsed(broadcast_id: str, body: RehearsedIn, db: Writing, actor: InStudio, around: Around) -> None:
    """Note what was tried out in rehearsal; it never touches real stock and stays apart from the broadcast."""
    await rehearsing.note_rehearsed(db, actor, broadcast_id, body, around)


@router.post("/segments", status_code=201)
async def start_segment(
    broadcast_id: str, body: SegmentStartIn, db: Writing, actor: InStudio, key: StudioKey = None
) -> LiveRoomOut:
    """Start a segment; the one that runs ends in the same moment."""
    return await _shown(db, await segments.start_segment(db, actor, broadcast_id, key, body.kind))


@router.put("/shelf")
async def arrange_shelf(
    broadcast_id: str, body: ShelfIn, db: Writing, actor: InStudio, key: StudioKey = None
) -> LiveRoomOut:
    """Put exactly these lots on the shelf."""
    return await _shown(db, await shelf.arrange_shelf(db, actor, broadcast_id, key, body))


@router.post("/openings")
async def open_lot(
    broadcast_id: str, body: OpeningIn, db: Writing, actor: InStudio, key: StudioKey = None
) -> LiveRoomOut:
    """Open a lot for ordering, or close it."""
    return await _shown(db, await shelf.open_lot(db, actor, broadcast_id, key, body))


@router.post("/pins")
async def pin_lot(broadcast_id: str, body: PinIn, db: Writing, actor: InStudio, key: StudioKey = None) -> LiveRoomOut:
    """Pin a lot, or take the pin off."""
    return await _shown(db, await shelf.pin_lot(db, actor, broadcast_id, key, body.lot_id))


@router.post("/explaining")
async def explain_lot(
    broadcast_id: str, body: ExplainingIn, db: Writing, actor: InStudio, key: StudioKey = None
) -> LiveRoomOut:
    """Mark the lot that is being explained from now on."""
    return await _shown(db, await shelf.explain_lot(db, actor, broadcast_id, key, body.lot_id))


@router.post("/captions")
async def show_caption(
    broadcast_id: str, body: CaptionIn, db: Writing, actor: InStudio, key: StudioKey = None
) -> LiveRoomOut:
    """Show what is being said, in both languages."""
    return await _shown(db, await saying.caption(db, actor, broadcast_id, key, body))


@router.post("/notices")
async def say_notice(
    broadcast_id: str, body: RoomNoticeIn, db: Writing, actor: InStudio, key: StudioKey = None
) -> LiveRoomOut:
    """An official notice to everybody in the room; it is never shed."""
    return await _shown(db, await saying.say_notice(db, actor, broadcast_id, key, body))


@router.post("/cues")
async def give_cue(broadcast_id: str, body: CueIn, db: Writing, actor: InStudio, key: StudioKey = None) -> LiveRoomOut:
    """Note a moment that explains what viewers do next."""
    return await _shown(db, await saying.cue(db, actor, broadcast_id, key, body))
