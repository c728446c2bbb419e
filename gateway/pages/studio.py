"""The studio: its host, its moderator, its operator and the inspector steer a room from here, one form an act."""

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, key_of, posted
from gateway.pages.frame import LANGUAGES, CurrentPage, Page
from gateway.pages.market import find_listings, item, list_broadcasts
from gateway.pages.room import or_none
from gateway.views import broadcasts as calendar_views
from gateway.views import room as room_views
from gateway.views import studio as views
from gateway.views.speaking import own, place
from services.contracts import regions
from services.kit import clock
from services.kit.ids import new_id
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}/desk/studio")

STUDIO = ("host", "moderator", "operator", "inspector")
COOKIE = "sunfair_studio"
COOKIE_SECONDS = 12 * 3600
HEADER = "Sunfair-Studio"


@router.get("")
async def show_studios(page: CurrentPage) -> Response:
    """The broadcasts of these days in the visitor's regions."""
    page.require_role(*STUDIO)
    return page.show("desk/studios.html", shared=False, room="studio", rows=await studios(page))


async def studios(page: Page) -> list[Json]:
    """The rooms of these days in the visitor's regions, those on air first."""
    today = clock.business_today()
    rows = await list_broadcasts(page, today, today + timedelta(days=2))
    mine = [row for row in rows if _concerns(page, row["region_code"]) and row["state"] not in ("blocked", "cancelled")]
    mine.sort(key=lambda row: row["state"] not in calendar_views.ON_AIR)
    return [_row(page, row) for row in mine]


def _concerns(page: Page, region: str) -> bool:
    today = clock.business_today()
    return any(regions.covers(scope, region, today) for scope in page.visitor.scopes)


def _row(page: Page, row: Json) -> Json:
    line = calendar_views.broadcast_line(page, row)
    return {
        "href": f"/{page.language}/desk/studio/{row['id']}",
        "title": line["title"],
        "where": place(page, row["region_code"]),
        "when": line["when"],
        "state": calendar_views.status(page, row["state"]),
    }


@router.get("/{broadcast_id}")
async def show_studio(page: CurrentPage, broadcast_id: str) -> Response:
    """Where the room stands, and everything that may be done in it now."""
    page.require_role(*STUDIO)
    path = item("broadcasts", broadcast_id)
    broadcast, public, desk, sale = await asyncio.gather(
        page.broadcast.get(path),
        page.broadcast.get(f"{path}/room"),
        _desk(page, broadcast_id),
        or_none(page.orders, item("sales", broadcast_id)),
    )
    room = (desk or {}).get("room") or public
    listings = await find_listings(page, broadcast["listing_ids"])
    roles = views.roles_to_take(page.visitor.roles, desk)
    return page.show(
        "desk/studio.html",
        shared=False,
        room="studio",
        live=room,
        broadcast=broadcast,
        title=own(page, broadcast, "title"),
        badge=room_views.state_badge(page, room["state"]),
        banner=room_views.segment_banner(page, room),
        selling=_may_offer(room),
        steering=room["state"] == "open" or room["rehearsing"],
        facts=views.facts(page, room, desk),
        why=room_views.why_halted(page, room),
        not_opened=views.why_not_opened(page, desk),
        owed=views.owed(page, desk),
        goods=views.goods(page, _lots(page, broadcast, listings), room, desk, sale),
        caption=room["caption"],
        watching=room_views.watching(page, room["state"], room.get("viewers_coarse")),
        roles=[(role, views.role_word(page, role)) for role in roles],
        holds=bool(_token(page)),
        inspects="inspector" in page.visitor.roles,
        here=f"/{page.language}/desk/studio/{broadcast_id}",
        key=new_id(),
        **await _chat(page, path),
    )


async def _chat(page: Page, path: str) -> Json:
    """What is said in the room, and what its moderators may do about it."""
    moderates = bool(page.visitor.roles & {"moderator", "inspector"})
    said, told, silences = await asyncio.gather(
        _said(page, path, moderates=moderates),
        or_none(page.broadcast, f"{path}/moderation"),
        or_none(page.broadcast, f"{path}/silences"),
    )
    return {
        "chat": views.said(page, said),
        "rules": [(each["rule"], each[page.language]) for each in (told or {}).get("rules", ())],
        "moderates": moderates,
        "silences": room_views.silences(page, (silences or {}).get("items", ())) if moderates else [],
    }


async def _said(page: Page, path: str, *, moderates: bool) -> list[Json]:
    """The newest messages, newest first; with what viewers flagged, for whoever moderates this very room."""
    if moderates:
        try:
            answer = await page.broadcast.get(f"{path}/messages/moderation", flagged="false")
            return list(answer["items"])
        except ServiceProblem as problem:
            if problem.status not in (403, 404, 409):
                raise
    return list((await or_none(page.broadcast, f"{path}/messages") or {}).get("items", ()))


async def _desk(page: Page, broadcast_id: str) -> Json | None:
    """What only the studio sees; None for somebody who does not steer this very room."""
    try:
        return await page.broadcast.get(f"{item('broadcasts', broadcast_id)}/room/desk")
    except ServiceProblem as problem:
        if problem.status not in (403, 404, 409):
            raise
        return None


def _may_offer(room: Json) -> bool:
    """Whether goods may be pinned, opened and explained now."""
    return (room["state"] == "open" or room["rehearsing"]) and (room.get("segment") or {}).get("kind") == "market"


def _lots(page: Page, broadcast: Json, listings: dict[str, Json]) -> list[Json]:
    return [
        views.lot_line(page, listing, lot)
        for each in broadcast["listings"]
        if (listing := listings.get(each["listing_id"]))
        for lot in listing["lots"]
        if lot["id"] in each["lot_ids"]
    ]


@router.post("/{broadcast_id}/take")
async def take_studio(page: CurrentPage, broadcast_id: str) -> Response:
    """Take the right to steer the room; the browser keeps it out of every script's sight."""
    form = await posted(page, *STUDIO)
    path = f"{item('broadcasts', broadcast_id)}/room/studio-token"
    back = f"/desk/studio/{broadcast_id}"
    try:
        given = await page.broadcast.send("POST", path, {"role": str(form.get("role") or "")})
    except ServiceProblem as problem:
        return _refused(page, problem, back)
    answer = page.go(back, page._("The studio is yours until the room ends or is halted."))
    for language in LANGUAGES:
        answer.set_cookie(
            COOKIE,
            given["token"],
            max_age=COOKIE_SECONDS,
            path=f"/{language}/desk/studio/{broadcast_id}",
            httponly=True,
            samesite="strict",
            secure=page.settings.secure_cookies,
        )
    return answer


@router.post("/{broadcast_id}/{act}")
async def act_in_studio(page: CurrentPage, broadcast_id: str, act: str) -> Response:
    """One act; what is refused is said on the studio's page."""
    form = await posted(page, *STUDIO)
    asked = views.ACTS.get(act)
    if asked is None:
        raise NotFound("The studio knows no such act.", "直播间没有此项操作。")
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    call = asked(texts)
    back = f"/desk/studio/{broadcast_id}"
    path = f"{item('broadcasts', broadcast_id)}/{call.path}"
    try:
        await page.broadcast.send(call.method, path, call.body, key=_key(act, form), headers=_headers(page))
    except ServiceProblem as problem:
        return _refused(page, problem, back)
    return page.go(back, views.done(page, act, texts))


def _key(act: str, form: FormData) -> str | None:
    """Opening twice with one form asks the gate once."""
    return key_of(form) if act == "open" else None


def _headers(page: Page) -> dict[str, str]:
    token = _token(page)
    return {HEADER: token} if token else {}


def _token(page: Page) -> str:
    return page.request.cookies.get(COOKIE, "")[:200]


def _refused(page: Page, problem: ServiceProblem, back: str) -> Response:
    if problem.status not in (*REFUSED, 403):
        raise problem
    said = [*problem.field_errors.values()] or [str(problem.document.get("detail", ""))]
    return page.go(back, " ".join(said), "bad")
