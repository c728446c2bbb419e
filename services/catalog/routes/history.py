"""Who changed what and why, and what every lot has cost."""

from fastapi import APIRouter, Request, Response

from services.catalog import store
from services.catalog.routes.parameters import EntityId
from services.catalog.schemas.history import EditOut, PriceHistory, RecordKind
from services.kit.actor import MaybeActor
from services.kit.db import Reading
from services.kit.http import public_json
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["history"])


@router.get("/edits")
async def list_edits(
    db: Reading, actor: MaybeActor, kind: RecordKind | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[EditOut]:
    """The audit log of the catalogue: every public change of every record, newest first."""
    return await store.list_edits(db, kind, None, actor, cursor, limit)


@router.get("/edits/{kind}/{record_id}")
async def list_record_edits(
    kind: RecordKind,
    record_id: EntityId,
    db: Reading,
    actor: MaybeActor,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[EditOut]:
    """What was changed of one record, by which office and why, newest first; drafts only for those concerned."""
    return await store.list_edits(db, kind, record_id, actor, cursor, limit)


@router.get("/lots/{lot_id}/prices", response_model=PriceHistory)
async def get_lot_prices(request: Request, lot_id: EntityId, db: Reading) -> Response:
    """Every price since the lot was first listed, its lowest of thirty days, and what others ask for such goods."""
    found = await store.find_prices(db, lot_id)
    return public_json(request, found.model_dump_json().encode())
