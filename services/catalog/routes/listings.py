"""Listings and lots: written by operators, answered by the gate, read by everyone."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.catalog import actions, store
from services.catalog.routes.parameters import (
    CategoryQuery,
    Changing,
    EntityId,
    MonthQuery,
    Operator,
    RegionQuery,
    SpecialtyQuery,
    entity_id,
)
from services.catalog.schemas.listings import (
    ListingDraft,
    ListingFacts,
    ListingIn,
    ListingOut,
    ListingState,
    LotOut,
    ReasonIn,
    VersionList,
)
from services.catalog.schemas.specialties import Card
from services.kit.actor import Actor, MaybeActor
from services.kit.db import Reading, Writing, database_of
from services.kit.direct import direct_route
from services.kit.http import json_bytes, public_json
from services.kit.idempotency import RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter()


@router.post("/listings", tags=["listings"], status_code=201, response_model=ListingDraft)
async def create_listing(body: ListingIn, db: Writing, actor: Operator, once: RequiredKey) -> Response:
    """Begin a listing as a draft; nothing is asked of the gate yet."""
    return await once.answer(db, 201, lambda: actions.create_listing(db, actor, body), location="/api/v1/listings/{id}")


@router.put("/listings/{listing_id}", tags=["listings"])
async def update_listing(
    response: Response, listing_id: EntityId, body: ListingIn, db: Writing, actor: Operator, change: Changing
) -> ListingDraft:
    """Replace the draft. Honours If-Match. What was submitted stays in force until a new version is decided."""
    draft = await actions.update_listing(db, actor, listing_id, body, change)
    response.headers["ETag"] = f'"{draft.version}"'
    return draft


@router.post("/listings/{listing_id}/submit", tags=["listings"], status_code=201, response_model=ListingDraft)
async def submit_listing(
    listing_id: EntityId, db: Writing, actor: Operator, once: RequiredKey, change: Changing
) -> Response:
    """Submit the draft as a new version: the gate decides it lot by lot. Honours If-Match."""

    async def submit() -> ListingDraft:
        return await actions.submit_listing(db, actor, listing_id, change)

    return await once.answer(db, 201, submit, location="/api/v1/listings/{id}")


@router.post("/listings/{listing_id}/withdraw", tags=["listings"])
async def withdraw_listing(listing_id: EntityId, body: ReasonIn, db: Writing, actor: Operator) -> ListingDraft:
    """Take the listing off the market, with a reason that is published."""
    return await actions.withdraw_listing(db, actor, listing_id, body.reason)


@router.get("/listings", tags=["listings"], response_model=Page[Card])
async def list_listings(
    request: Request,
    actor: MaybeActor,
    region: RegionQuery = None,
    category: CategoryQuery = None,
    month: MonthQuery = None,
    specialty: SpecialtyQuery = None,
    state: ListingState | None = None,
    mine: Annotated[bool, Query(description="Those of the operator's own regions, in every state.")] = False,
    cursor: Cursor = None,
    limit: Limit = 24,
) -> Response:
    """Listings with at least one listed lot, newest first; operators may ask for their own in every state."""
    wanted = store.Wanted.of(kind="listing", region=region, category=category, month=month, specialty=specialty)
    database = database_of(request)
    if mine:
        return json_bytes(request, await store.find_own_cards(database, actor, wanted, state, cursor, limit))
    return public_json(request, await store.find_cards(database, wanted, cursor, limit, state=state))


@router.get("/listings/{listing_id}", tags=["listings"], response_model=ListingOut)
async def get_listing(request: Request, listing_id: EntityId, actor: MaybeActor) -> Response:
    """The version in force, with its lots and the gate's answers; operators see the newest version before that."""
    return public_json(request, await store.find_listing(database_of(request), listing_id, actor))


@router.get("/listings/{listing_id}/draft", tags=["listings"])
async def get_listing_draft(listing_id: EntityId, db: Reading, actor: Operator, response: Response) -> ListingDraft:
    """The editable form and where the versions stand, for operators of the region."""
    draft = await actions.read_draft(db, actor, listing_id)
    response.headers["ETag"] = f'"{draft.version}"'
    return draft


@router.get("/listings/{listing_id}/facts", tags=["listings"])
async def get_listing_facts(listing_id: EntityId, db: Reading, actor: Operator) -> ListingFacts:
    """The facts of each lot exactly as submitting now would tell them, to try against the gate."""
    return await actions.read_facts(db, actor, listing_id)


@router.get("/listings/{listing_id}/versions", tags=["listings"])
async def list_listing_versions(listing_id: EntityId, db: Reading, actor: MaybeActor) -> VersionList:
    """Every submitted version with the states of its lots, newest first."""
    return await store.list_versions(db, listing_id, actor)


@router.get("/listings/{listing_id}/versions/{version}", tags=["listings"], response_model=ListingOut)
async def get_listing_version(
    request: Request, listing_id: EntityId, version: Annotated[int, Path(ge=1, le=2**31 - 1)], actor: MaybeActor
) -> Response:
    """One submitted version with its lots; public once it is decided."""
    return public_json(request, await store.find_listing(database_of(request), listing_id, actor, version))


async def read_lot(request: Request, actor: Actor | None) -> Response:
    """One lot, past the dependency graph: what everybody looks at before they buy."""
    return public_json(request, await store.find_lot(database_of(request), entity_id(request, "lot_id"), actor))


# Routes are tried one after the other, 5 µs each: this one stands before all others.
read_often = APIRouter(route_class=direct_route(read_lot))


@read_often.get("/lots/{lot_id}", tags=["lots"], response_model=LotOut)
async def get_lot(request: Request, lot_id: EntityId, actor: MaybeActor) -> Response:
    """One lot in the listing version in force."""
    return await read_lot(request, actor)
