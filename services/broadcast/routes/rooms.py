"""Rooms, in which one broadcast runs at a time."""

from fastapi import APIRouter, Response

from services.broadcast import actions, store
from services.broadcast.routes.asked import Administrator, Around, InRegion
from services.broadcast.schemas.officials import NewRoom, RoomOut
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["rooms"])


@router.get("/rooms")
async def list_rooms(db: Reading, region: InRegion = None, cursor: Cursor = None, limit: Limit = 20) -> Page[RoomOut]:
    """Rooms of a region; the first one is made with the region's first filing."""
    return await store.list_rooms(db, region, cursor, limit)


@router.post("/rooms", status_code=201, response_model=RoomOut)
async def add_room(body: NewRoom, db: Writing, actor: Administrator, around: Around, once: OptionalKey) -> Response:
    """Open a further room for a region."""
    return await once.answer(db, 201, lambda: actions.add_room(db, body, around))
