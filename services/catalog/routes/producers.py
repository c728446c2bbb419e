"""Marks and producers."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.catalog import actions, store
from services.catalog.actions import identity
from services.catalog.routes.parameters import Admitting, Changing, EntityId, Keeper, RegionQuery, Suspending
from services.catalog.schemas.admission import AdmissionState, LiftIn, StepIn, SuspendIn
from services.catalog.schemas.producers import ClaimIn, MarkIn, MarkOut, ProducerIn, ProducerOut
from services.kit.actor import MaybeActor
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter()


@router.post("/marks", tags=["marks"], status_code=201, response_model=MarkOut)
async def create_mark(body: MarkIn, db: Writing, actor: Keeper, once: OptionalKey) -> Response:
    """Enter a mark that goods of a region may carry."""
    return await once.answer(db, 201, lambda: actions.create_mark(db, actor, body), location="/api/v1/marks/{id}")


@router.get("/marks", tags=["marks"])
async def list_marks(
    db: Reading, region: RegionQuery = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[MarkOut]:
    """Marks, newest first."""
    return await store.list_marks(db, region, cursor, limit)


@router.get("/marks/{mark_id}", tags=["marks"])
async def get_mark(mark_id: EntityId, db: Reading, response: Response) -> MarkOut:
    """One mark."""
    mark = await store.get_mark(db, mark_id)
    response.headers["ETag"] = f'"{mark.version}"'
    return mark


@router.put("/marks/{mark_id}", tags=["marks"])
async def update_mark(
    response: Response, mark_id: EntityId, body: MarkIn, db: Writing, actor: Keeper, change: Changing
) -> MarkOut:
    """Replace a mark: its end, its licensees, who is authorised. Honours If-Match."""
    mark = await actions.update_mark(db, actor, mark_id, body, change)
    response.headers["ETag"] = f'"{mark.version}"'
    return mark


@router.post("/producers", tags=["producers"], status_code=201, response_model=ProducerOut)
async def create_producer(
    request: Request, body: ProducerIn, db: Writing, actor: Keeper, once: OptionalKey
) -> Response:
    """Enter a producer; identifying values become tokens before anything is stored."""
    secret = request.app.state.settings.token_secret.get_secret_value()
    return await once.answer(
        db, 201, lambda: actions.create_producer(db, actor, body, secret), location="/api/v1/producers/{id}"
    )


@router.get("/producers", tags=["producers"])
async def list_producers(
    db: Reading,
    region: RegionQuery = None,
    admission: AdmissionState | None = None,
    suspended: bool | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ProducerOut]:
    """Producers, newest first; of one state of their admission, or only those that are suspended, where asked.

    `q` is a part of the name, in Chinese or English, or the whole credit code.
    """
    asked = store.ProducersAsked(region, admission, suspended, q or "")
    return await store.list_producers(db, asked, cursor, limit)


@router.get("/producers/{producer_id}", tags=["producers"])
async def get_producer(producer_id: EntityId, db: Reading, response: Response, actor: MaybeActor) -> ProducerOut:
    """One producer, as far as the asker may see it."""
    producer = await store.get_producer(db, producer_id, actor)
    response.headers["ETag"] = f'"{producer.version}"'
    return producer


@router.put("/producers/{producer_id}", tags=["producers"])
async def update_producer(
    request: Request,
    response: Response,
    producer_id: EntityId,
    body: ProducerIn,
    db: Writing,
    actor: Keeper,
    change: Changing,
) -> ProducerOut:
    """Replace a producer. Tokens of values that are left out stay as they are. Honours If-Match."""
    secret = request.app.state.settings.token_secret.get_secret_value()
    producer = await actions.update_producer(db, actor, producer_id, body, secret, change)
    response.headers["ETag"] = f'"{producer.version}"'
    return producer


@router.post("/producers/{producer_id}/admission", tags=["producers"], response_model=ProducerOut)
async def take_admission_step(
    producer_id: EntityId, body: StepIn, db: Writing, actor: Admitting, change: Changing, once: OptionalKey
) -> Response:
    """Recommend, admit, return or refuse a producer, each step by another person and signed by a named office."""
    return await once.answer(db, 200, lambda: actions.take_step(db, actor, producer_id, body, change))


@router.post("/producers/{producer_id}/suspension", tags=["producers"], response_model=ProducerOut)
async def suspend_producer(
    producer_id: EntityId, body: SuspendIn, db: Writing, actor: Suspending, change: Changing, once: OptionalKey
) -> Response:
    """Take everything an admitted producer offers off the market; the gate decides so lot by lot, with this reason."""
    return await once.answer(db, 200, lambda: actions.suspend_producer(db, actor, producer_id, body, change))


@router.post("/producers/{producer_id}/suspension/lift", tags=["producers"], response_model=ProducerOut)
async def lift_suspension(
    producer_id: EntityId, body: LiftIn, db: Writing, actor: Suspending, change: Changing, once: OptionalKey
) -> Response:
    """Lift a suspension; what passes the gate is on the market again by itself."""
    return await once.answer(db, 200, lambda: actions.lift_suspension(db, actor, producer_id, body, change))


@router.post("/producers/{producer_id}/claims", tags=["producers"], response_model=ProducerOut)
async def take_registry_claim(
    request: Request,
    producer_id: EntityId,
    body: ClaimIn,
    db: Writing,
    actor: Keeper,
    change: Changing,
    once: OptionalKey,
) -> Response:
    """Enter what a register of enterprises vouches for, by its own signature: name, licence, standing, moment."""
    registers = identity.SignedClaims(request.app.state.settings.registry_keys)
    return await once.answer(db, 200, lambda: identity.take_claim(db, registers, actor, producer_id, body, change))
