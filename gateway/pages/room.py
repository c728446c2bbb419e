"""The live room for its viewers: what is on air, what may be bought, what is said. It works without JavaScript too."""

import asyncio
import json

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceClient, ServiceProblem
from gateway.live.viewers import DEVICE_COOKIE, DEVICE_SECONDS, Signer
from gateway.pages.filling import key_of
from gateway.pages.frame import CurrentPage, Page, SignInFirst
from gateway.pages.market import find_listings, item
from gateway.pages.people import attempt
from gateway.views import room as views
from gateway.views.broadcasts import drawing_of
from gateway.views.speaking import own, place
from services.kit.ids import new_id
from services.kit.problem import Unavailable

router = APIRouter(prefix="/{lang}/broadcasts/{broadcast_id}")

ABSENT = (404, 409, 503)
MODERATING = {"moderator", "inspector"}


@router.get("/live")
async def show_room(page: CurrentPage, broadcast_id: str, still: str = "") -> Response:
    """The room as it stands: stage, shelf with true sellers, chat. The script keeps it fresh, or the page reloads."""
    path = item("broadcasts", broadcast_id)
    room, broadcast = await asyncio.gather(page.broadcast.get(f"{path}/room"), page.broadcast.get(path))
    sale, said, listings = await asyncio.gather(
        or_none(page.orders, item("sales", broadcast_id)),
        or_none(page.broadcast, f"{path}/messages"),
        find_listings(page, broadcast["listing_ids"]),
    )
    drawings = {name: listing["category"]["illustration"] for name, listing in listings.items()}
    shelf = views.shelf(page, room, sale, drawings)
    shown = page.show(
        "room/live.html",
        room=room,
        broadcast=broadcast,
        title=own(page, room, "title"),
        where=place(page, room["region_code"]),
        badge=views.state_badge(page, room["state"]),
        banner=views.segment_banner(page, room),
        presenter=own(page, room, "presenter_post"),
        why=views.why_halted(page, room),
        caption=views.caption(page, room),
        notices=views.notices(page, room),
        pictures=views.pictures(room),
        illustration=drawing_of(broadcast, drawings),
        watching=views.watching(page, room["state"], room.get("viewers_coarse")),
        opens=views.next_market(room, broadcast["segments"]),
        pinned=next((row for row in shelf if row["pinned"]), None),
        shelf=shelf,
        planned=_planned(page, broadcast, listings),
        blank=views.blank_lot(),
        arts=[{"listing_id": name, "drawing": drawing} for name, drawing in drawings.items()],
        chat=views.chat(page, room, said),
        reasons=views.flag_reasons(page),
        silences=await _silences(page, path),
        words=json.dumps(views.script_words(page), ensure_ascii=False, separators=(",", ":")),
        here=f"/{page.language}{path}/live",
        here_without_lang=f"{path}/live",
        still=bool(still),
        key=new_id(),
    )
    return _with_device(page, shown)


def _with_device(page: Page, shown: Response) -> Response:
    """Whoever may write without a script is given a device's name here, as the event stream gives one to the script."""
    if page.visitor.signed_in and _device(page) is None:
        shown.set_cookie(
            DEVICE_COOKIE,
            _signer(page).give("device"),
            max_age=DEVICE_SECONDS,
            path=f"/{page.language}/broadcasts",
            httponly=True,
            samesite="strict",
            secure=page.settings.secure_cookies,
        )
    return shown


def _device(page: Page) -> str | None:
    return _signer(page).device(dict(page.request.scope["headers"]))


def _signer(page: Page) -> Signer:
    return Signer(page.settings.gateway_secret.get_secret_value(), secure=page.settings.secure_cookies)


async def or_none(client: ServiceClient, path: str) -> Json | None:
    """A part of the room; the page stands without it when it is not there or its service does not answer."""
    try:
        return await client.get(path)
    except Unavailable:
        return None
    except ServiceProblem as problem:
        if problem.status not in ABSENT:
            raise
        return None


def _planned(page: Page, broadcast: Json, listings: dict[str, Json]) -> list[Json]:
    """The lots that the filing brings to market, without a price: those stand on the shelf when it opens."""
    return [
        {
            "href": f"/{page.language}/lots/{lot['id']}",
            "title": own(page, listing, "title"),
            "producer": lot["seller"]["name"],
        }
        for each in broadcast["listings"]
        if (listing := listings.get(each["listing_id"]))
        for lot in listing["lots"]
        if lot["id"] in each["lot_ids"]
    ]


@router.post("/live/say")
async def say(page: CurrentPage, broadcast_id: str) -> Response:
    """A chat message from a page without a script."""
    form = await _form(page, broadcast_id)
    body = {"text": str(form.get("text") or ""), "client_id": key_of(form)}
    return await _send(page, broadcast_id, "messages", body, page._("Sent."))


@router.post("/live/flag")
async def flag(page: CurrentPage, broadcast_id: str) -> Response:
    """A viewer reports a message to the moderators."""
    form = await _form(page, broadcast_id)
    path = f"{item('messages', str(form.get('message_id') or '-')).removeprefix('/')}/flag"
    body = {"reason": str(form.get("reason") or "other")}
    return await _send(page, broadcast_id, path, body, page._("Reported. A moderator looks at it."))


async def _silences(page: Page, path: str) -> list[Json]:
    """Why the visitor may not write here, if so, and whether they have appealed."""
    if not page.visitor.signed_in:
        return []
    found = await or_none(page.broadcast, f"{path}/silences")
    mine = [] if page.visitor.roles & MODERATING else (found or {}).get("items", [])
    return [row for row in views.silences(page, mine) if row["holds"]]


@router.post("/live/appeal")
async def appeal(page: CurrentPage, broadcast_id: str) -> Response:
    """Somebody who may not write says why that is wrong."""
    form = await _form(page, broadcast_id)
    path = f"{item('silences', str(form.get('silence_id') or '-')).removeprefix('/')}/appeal"
    body = {"text": str(form.get("text") or "")}
    return await _send(
        page, broadcast_id, path, body, page._("Your appeal is with somebody else than who silenced you.")
    )


async def _form(page: Page, broadcast_id: str) -> FormData:
    """The form of somebody who is signed in. Raises SignInFirst and NotAllowed."""
    if not page.visitor.signed_in:
        raise SignInFirst(f"{item('broadcasts', broadcast_id)}/live")
    form = await page.request.form()
    page.require_form(str(form.get("csrf_token") or ""))
    return form


async def _send(page: Page, broadcast_id: str, what: str, body: Json | None, done: str) -> Response:
    path = item("broadcasts", broadcast_id)
    back = f"{path}/live?still=1#chat"
    headers = {"x-viewer-device": device} if (device := _device(page)) else {}
    answer = await attempt(page, page.broadcast.send("POST", f"{path}/{what}", body, headers=headers), back)
    return answer if isinstance(answer, Response) else page.go(back, done)
