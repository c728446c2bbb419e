"""Who changed what and why, and what every lot has cost."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request, Response

from services.catalog import store
from services.catalog.domain import feeds
from services.catalog.domain.feeds import Entry
from services.catalog.routes.parameters import EntityId, Overseeing, RegionQuery
from services.catalog.schemas.history import Attention, EditOut, PriceHistory, RecordKind
from services.kit.actor import MaybeActor
from services.kit.db import Reading, database_of
from services.kit.http import language_of, public_json, public_path
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["history"])


@router.get("/edits")
async def list_edits(
    db: Reading,
    actor: MaybeActor,
    kind: RecordKind | None = None,
    region: RegionQuery = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[EditOut]:
    """The audit log of the catalogue: every public change of every record, or of a region and below, newest first."""
    return await store.list_edits(db, kind, None, actor, cursor, limit, region)


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


@router.get("/attention")
async def get_attention(request: Request, actor: Overseeing) -> Attention:
    """Lots of your regions that the gate took down, with the decision that did it, and papers that soon run out."""
    return await store.find_attention(database_of(request), actor)


Feed = Callable[[Sequence[Entry], str, str, str], bytes]


@router.get("/catalogue.atom", response_class=Response)
async def get_catalogue_atom(request: Request, region: RegionQuery = None) -> Response:
    """What changes in the catalogue, as an Atom feed in the language of the reader."""
    return await _feed(request, region, feeds.atom, "application/atom+xml")


@router.get("/catalogue.json", response_class=Response)
async def get_catalogue_json(request: Request, region: RegionQuery = None) -> Response:
    """What changes in the catalogue, as a JSON Feed in the language of the reader."""
    return await _feed(request, region, feeds.json_feed, "application/feed+json")


async def _feed(request: Request, region: str | None, written: Feed, media_type: str) -> Response:
    language = language_of(request.headers.get("accept-language"))
    entries = await store.list_entries(database_of(request), region, language)
    here = public_path(request) + (f"?{request.url.query}" if request.url.query else "")
    base = request.app.state.settings.public_url.rstrip("/")
    response = public_json(request, written(entries, base, here, language))
    if response.status_code == 200:
        response.headers["content-type"] = media_type
    response.headers["Vary"] = "Accept-Language, Authorization, Cookie"
    return response
