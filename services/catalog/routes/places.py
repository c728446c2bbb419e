"""Regions with their history, and categories: pure look-ups in the committed tables."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.catalog.schemas.places import AttributeList, CategoryList, CategoryOut, RegionList, RegionOut
from services.catalog.store import places
from services.contracts.regions import Level
from services.kit import clock
from services.kit.http import json_bytes

router = APIRouter()

On = Annotated[date | None, Query(description="The civil day whose regions are asked for; today when left out.")]
Code = Annotated[str | None, Query(max_length=20)]
Text = Annotated[str | None, Query(max_length=100, description="Chinese or romanised name, or code, or a part of it.")]
AnyCursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=500)]


def _answer(request: Request, body: BaseModel) -> Response:
    return json_bytes(request, body.model_dump_json().encode(), max_age=300, public=True)


@router.get("/regions", tags=["regions"], response_model=RegionList)
async def list_regions(
    request: Request,
    parent: Code = None,
    level: Level | None = None,
    q: Text = None,
    on: On = None,
    cursor: AnyCursor = None,
    limit: Limit = 100,
) -> Response:
    """Regions in force on a day: by parent, level or name; provinces when nothing is asked."""
    day = on or clock.business_today()
    demo = request.app.state.settings.demo
    return _answer(request, places.list_regions(parent, level, q, day, demo=demo, cursor=cursor, limit=limit))


@router.get("/regions/{code}", tags=["regions"], response_model=RegionOut)
async def get_region(request: Request, code: str, on: On = None) -> Response:
    """One code with its ancestors and its history, whether or not it is still in force."""
    return _answer(request, places.get_region(code, on or clock.business_today(), demo=request.app.state.settings.demo))


@router.get("/regions/{code}/children", tags=["regions"], response_model=RegionList)
async def list_region_children(request: Request, code: str, on: On = None) -> Response:
    """The regions directly below a code."""
    return _answer(
        request, places.list_children(code, on or clock.business_today(), demo=request.app.state.settings.demo)
    )


@router.get("/categories", tags=["categories"], response_model=CategoryList)
async def list_categories(request: Request) -> Response:
    """The whole tree of goods."""
    return _answer(request, places.list_categories())


@router.get("/categories/{code}/attributes", tags=["categories"], response_model=AttributeList)
async def list_category_attributes(request: Request, code: str) -> Response:
    """What goods of this kind are described by: names, units and bounds, and the JSON Schema of a lot's attributes."""
    return _answer(request, places.list_attributes(code))


@router.get("/categories/{code}", tags=["categories"], response_model=CategoryOut)
async def get_category(request: Request, code: str) -> Response:
    """One kind of goods and what the law asks of it."""
    return _answer(request, places.get_category(code))
