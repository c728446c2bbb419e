"""The desk: an overview for each role, and the sheet for the official who speaks."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Response

from gateway.clients import Json
from gateway.pages import second_person, selling
from gateway.pages.filling import in_scopes
from gateway.pages.frame import CurrentPage, Page, SignInFirst
from gateway.pages.market import find_listings, item
from gateway.pages.studio import STUDIO, studios
from gateway.views import broadcasts, desk, history, instant
from gateway.views import room as room_views
from gateway.views.account import roles_line
from gateway.views.market import certificate_kind
from gateway.views.speaking import own, place
from gateway.views.suspensions import suspended_row
from services.kit import clock

router = APIRouter(prefix="/{lang}/desk")

ROLES_WITH_ROOMS = frozenset(
    {
        "administrator",
        "operator",
        "approver",
        "reviewer",
        "inspector",
        "official",
        "platform",
        "registrar",
        "verifier",
        "certifier",
        "host",
        "moderator",
    }
)
TO_DO = ("draft", "returned", "blocked")
WITH_ROOM = ("scheduled", "live", "halted")
MOST = 6
MOST_NOTICES = 3


@router.get("")
async def show_desk(page: CurrentPage) -> Response:
    """What waits for the visitor, by role."""
    if not page.visitor.signed_in:
        raise SignInFirst("/desk")
    roles = page.visitor.roles
    operator, approver, reviewer, official, notices = await asyncio.gather(
        _operator(page) if "operator" in roles else _nothing(),
        _approver(page) if "approver" in roles else _nothing(),
        _reviews(page) if roles & {"reviewer", "inspector"} else _nothing(),
        _speaking(page) if "official" in roles else _nothing(),
        page.broadcast.get("/notices", unread="true", limit=MOST_NOTICES),
    )
    sold, registry, evidence, cases = await asyncio.gather(
        selling.at_a_glance(page) if "operator" in roles else _nothing(),
        second_person.events(page) if roles & {"registrar", "verifier"} else _nothing(),
        second_person.evidence(page) if roles & {"registrar", "certifier"} else _nothing(),
        second_person.reports(page) if roles & {"reviewer", "inspector"} else _nothing(),
    )
    return page.show(
        "desk/desk.html",
        shared=False,
        room="desk",
        roles_line=roles_line(page, roles),
        regions=[place(page, code) for code in page.visitor.scopes[:MOST]],
        operator=operator,
        waiting=approver,
        reviews=reviewer,
        speaking=official,
        sold=sold,
        registry=registry,
        evidence=evidence,
        cases=cases,
        notices=[desk.notice_row(page, each) for each in notices["items"]],
        studios=await studios(page) if not roles.isdisjoint(STUDIO) else None,
        idle=not roles & ROLES_WITH_ROOMS,
    )


async def _nothing() -> None:
    """For roles that the visitor does not have."""


async def _operator(page: Page) -> Json:
    filings, listings, attention = await asyncio.gather(
        page.broadcast.get("/filings", limit=50),
        page.catalog.get("/listings", mine="true", limit=50),
        page.catalog.get("/attention"),
    )
    filed = [desk.filing_row(page, row) for row in filings["items"]]
    now = clock.business_now()
    ahead = [row for row in filings["items"] if row["state"] == "scheduled" and instant(row["ends_at"]) >= now]
    ahead.sort(key=lambda row: instant(row["starts_at"]))
    listed = [desk.listing_row(page, card) for card in listings["items"]]
    return {
        "to_do": [row for row in [*filed, *listed] if row["raw_state"] in TO_DO][:MOST],
        "waiting": [row for row in [*filed, *listed] if row["raw_state"] in ("submitted", "approved", "in_review")][
            :MOST
        ],
        "coming": [desk.filing_row(page, row) for row in ahead[:MOST]],
        "first": not filed and not listed,
        "down": [history.taken_down_row(page, row) for row in attention["taken_down"][:MOST]],
        "suspended": [suspended_row(page, row) for row in attention["suspended"][:MOST]],
        "expiring": [
            history.expiring_row(page, row, certificate_kind(page, row["kind"])) for row in attention["expiring"][:MOST]
        ],
    }


async def _approver(page: Page) -> list[Json]:
    answer = await page.broadcast.get("/filings", awaiting="true", limit=20)
    return [desk.filing_row(page, row, room="approvals") for row in answer["items"]]


async def _reviews(page: Page) -> list[Json]:
    answer = await page.compliance.get("/reviews", limit=MOST)
    return [desk.review_item(page, each) for each in answer["items"]]


@router.post("/notices/{notice_id}/read")
async def read_notice(page: CurrentPage, notice_id: str, csrf_token: Annotated[str, Form()] = "") -> Response:
    """Put a notice away."""
    if not page.visitor.signed_in:
        raise SignInFirst("/desk")
    page.require_form(csrf_token)
    await page.broadcast.send("POST", f"{item('notices', notice_id)}/read")
    return page.go("/desk")


@router.get("/speaking")
async def show_speaking(page: CurrentPage) -> Response:
    """The official's sheet: when, where, about what, and what may not be said."""
    page.require_role("official")
    return page.show("desk/speaking.html", shared=False, room="speaking", **await _speaking(page))


@router.get("/speaking/{broadcast_id}")
async def show_sheet(page: CurrentPage, broadcast_id: str) -> Response:
    """The official's sheet while the room runs: the running segment, the script, and what may not be said."""
    page.require_role("official")
    live = await page.broadcast.get(f"{item('broadcasts', broadcast_id)}/room")
    filing = await page.broadcast.get(item("filings", live["filing_id"]))
    listings = await find_listings(page, (each["listing_id"] for each in filing["content"]["listings"]))
    # Nothing of the shelf reaches this page: the official has nothing to sell.
    return page.show(
        "desk/sheet.html",
        shared=False,
        room="speaking",
        sheet=_sheet(page, filing, listings),
        live={name: live[name] for name in ("broadcast_id", "state", "rehearsing", "hard_stop_at")},
        banner=room_views.segment_banner(page, live),
        badge=room_views.state_badge(page, live["state"]),
        why=room_views.why_halted(page, live),
        notices=room_views.notices(page, live),
    )


async def _speaking(page: Page) -> Json:
    filings, officials = await asyncio.gather(
        page.broadcast.get("/filings", limit=20), in_scopes(page, page.broadcast, "/officials")
    )
    alive = [row for row in filings["items"] if row["state"] not in ("withdrawn", "cancelled")]
    found = await asyncio.gather(*(page.broadcast.find(item("filings", row["id"])) for row in alive[:MOST]))
    whole = [filing for filing in found if filing]
    mine = {filing["content"]["official_id"] for filing in whole}
    listings = await find_listings(page, (each["listing_id"] for one in whole for each in one["content"]["listings"]))
    return {
        "sheets": [_sheet(page, filing, listings) for filing in whole],
        "officials": [
            {
                "post": own(page, row, "post"),
                "organ": row["organ"]["name"],
                "declared": desk.declared(page, row),
                "missing": row["declaration"] is None,
                "href": f"/{page.language}/desk/officials/{row['id']}/declare",
            }
            for row in officials
            if not mine or row["id"] in mine
        ],
    }


def _sheet(page: Page, filing: Json, listings: dict[str, Json]) -> Json:
    goods = [listings[each["listing_id"]] for each in filing["content"]["listings"] if each["listing_id"] in listings]
    sellers = dict.fromkeys(lot["seller"]["name"] for listing in goods for lot in listing["lots"])
    return {
        **desk.filing_row(page, filing),
        "about": [own(page, listing, "title") for listing in goods],
        "segments": broadcasts.segments(page, filing["content"]["segments"]),
        "script": filing["content"].get("script_zh") or filing["content"].get("script_en") or "",
        "sellers": list(sellers),
        "live": f"/{page.language}/desk/speaking/{filing['broadcast_id']}" if filing["state"] in WITH_ROOM else None,
    }
