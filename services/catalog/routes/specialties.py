"""Specialties, and the search over everything that is in force."""

from fastapi import APIRouter, Request, Response

from services.catalog import actions, store
from services.catalog.routes.parameters import CategoryQuery, Changing, EntityId, Keeper, MonthQuery, RegionQuery
from services.catalog.schemas.specialties import Card, SpecialtyIn, SpecialtyOut
from services.kit.db import Reading, Writing, database_of
from services.kit.http import public_json
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter()


@router.post("/specialties", tags=["specialties"], status_code=201, response_model=SpecialtyOut)
async def create_specialty(body: SpecialtyIn, db: Writing, actor: Keeper, once: OptionalKey) -> Response:
    """Enter what a region is known for."""
    return await once.answer(
        db, 201, lambda: actions.create_specialty(db, actor, body), location="/api/v1/specialties/{id}"
    )


@router.get("/specialties", tags=["specialties"], response_model=Page[Card])
async def list_specialties(
    request: Request,
    region: RegionQuery = None,
    category: CategoryQuery = None,
    month: MonthQuery = None,
    cursor: Cursor = None,
    limit: Limit = 24,
) -> Response:
    """Specialties by region, category and season, newest first."""
    wanted = store.Wanted.of(kind="specialty", region=region, category=category, month=month)
    return public_json(request, await store.find_cards(database_of(request), wanted, cursor, limit))


@router.get("/specialties/{specialty_id}", tags=["specialties"])
async def get_specialty(specialty_id: EntityId, db: Reading, response: Response) -> SpecialtyOut:
    """One specialty with its marks and opening days."""
    specialty = await store.get_specialty(db, specialty_id)
    response.headers["ETag"] = f'"{specialty.version}"'
    return specialty


@router.put("/specialties/{specialty_id}", tags=["specialties"])
async def update_specialty(
    response: Response, specialty_id: EntityId, body: SpecialtyIn, db: Writing, actor: Keeper, change: Changing
) -> SpecialtyOut:
    """Replace what is said of a specialty, such as this year's opening days. Honours If-Match."""
    specialty = await actions.update_specialty(db, actor, specialty_id, body, change)
    response.headers["ETag"] = f'"{specialty.version}"'
    return specialty
