"""The public calendar: lists, pages and iCalendar feeds. Nobody needs a token here."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from services.broadcast import store
from services.broadcast.domain import ical
from services.broadcast.routes.asked import InRegion
from services.broadcast.schemas.broadcasts import BroadcastOut, BroadcastRow, PublicState
from services.broadcast.schemas.fields import Utc
from services.contracts.values import RegionCode
from services.kit import clock
from services.kit.db import database_of
from services.kit.http import etag_of, json_bytes
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["broadcasts"])

From = Annotated[Utc | None, Query(alias="from", description="Broadcasts that end after this instant.")]
Until = Annotated[Utc | None, Query(alias="to", description="Broadcasts that start before this instant.")]
Lang = Annotated[Literal["zh", "en"], Query(description="Language of the feed.")]
Shown = Annotated[PublicState | None, Query(description="Only broadcasts in this state.")]
OfListing = Annotated[str | None, Query(max_length=200, description="Only broadcasts that sell this listing.")]
Order = Annotated[Literal["soonest", "latest"], Query(description="By start.")]
Calendar: dict[int | str, dict[str, Any]] = {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}}


@router.get("/broadcasts", response_model=Page[BroadcastRow])
async def list_broadcasts(
    request: Request,
    starts_from: From = None,
    until: Until = None,
    region: InRegion = None,
    listing: OfListing = None,
    state: Shown = None,
    order: Order = "soonest",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response:
    """Broadcasts that stand, or once stood, in the calendar, and those that a hard rule blocked."""
    query = store.CalendarQuery(
        starts_from=starts_from, until=until, region=region, listing=listing, state=state, order=order
    )
    body = await store.list_broadcasts(database_of(request), query, cursor, limit)
    return json_bytes(request, body, max_age=5, public=True)


@router.get("/broadcasts/{broadcast_id}", response_model=BroadcastOut)
async def get_broadcast(broadcast_id: str, request: Request) -> Response:
    """The public page of one broadcast, with every decision that let it through."""
    body = await store.get_broadcast(database_of(request), broadcast_id)
    return json_bytes(request, body, max_age=5, public=True)


@router.get("/broadcasts/{broadcast_id}/calendar.ics", responses=Calendar, response_class=Response)
async def get_reminder(broadcast_id: str, request: Request, lang: Lang = "zh") -> Response:
    """One broadcast for one's own calendar, which reminds a quarter of an hour before; nobody has to say who asks."""
    entry = await store.get_entry(database_of(request), broadcast_id)
    name = ical.feed_name(lang, None, clock.business_today())
    body = ical.feed([entry], lang, name=name, public_url=request.app.state.settings.public_url, remind=True)
    return _calendar(request, body)


@router.get("/calendar.ics", responses=Calendar, response_class=Response)
async def get_calendar_feed(
    request: Request, lang: Lang = "zh", starts_from: From = None, until: Until = None
) -> Response:
    """All broadcasts as an iCalendar feed."""
    return await _feed(request, None, lang, starts_from, until)


@router.get("/regions/{code}/calendar.ics", responses=Calendar, response_class=Response)
async def get_region_calendar_feed(
    code: RegionCode, request: Request, lang: Lang = "zh", starts_from: From = None, until: Until = None
) -> Response:
    """The broadcasts of a region and everything below it as an iCalendar feed."""
    return await _feed(request, code, lang, starts_from, until)


async def _feed(
    request: Request, region: str | None, lang: Literal["zh", "en"], starts_from: From, until: Until
) -> Response:
    query = store.CalendarQuery(starts_from=starts_from, until=until, region=region)
    entries = await store.list_entries(database_of(request), query)
    name = ical.feed_name(lang, region, clock.business_today())
    body = ical.feed(entries, lang, name=name, public_url=request.app.state.settings.public_url)
    return _calendar(request, body)


def _calendar(request: Request, body: bytes) -> Response:
    headers = {"ETag": etag_of(body), "Cache-Control": "public, max-age=60"}
    if headers["ETag"] in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/calendar", headers=headers)
