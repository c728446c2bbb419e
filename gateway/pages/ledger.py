"""The public log, and how anybody checks it."""

import asyncio
import json
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from gateway.pages.frame import STATIC, STATIC_ROOT, CurrentPage
from gateway.pages.market import item
from gateway.views import ledger
from services.kit.problem import NotFound

OFFLINE = ("offline.css", "js/ledger.js", "js/verify.js")

router = APIRouter(prefix="/{lang}")

Place = Annotated[int, Path(ge=0, lt=2**62)]
Kind = Annotated[str, Query(pattern=r"^[a-z_.]{0,81}$")]


@router.get("/ledger")
async def show_ledger(page: CurrentPage, kind: Kind = "", cursor: str | None = None) -> Response:
    """The head of the log, its witnesses, and what entered it last."""
    told, recent = await asyncio.gather(
        page.disclosure.find("/ledger"), page.disclosure.get("/ledger/leaves", kind=kind, cursor=cursor, limit=10)
    )
    return page.show(
        "ledger/ledger.html",
        ledger=told,
        witnesses=[{**each, "state": ledger.witness_state(page, each)} for each in (told or {}).get("witnesses", [])],
        kinds=ledger.kinds(page, kind),
        rows=ledger.leaf_rows(page, recent["items"]),
        next_href=page.onward("/ledger", recent["next"], kind=kind),
        first_href=f"/{page.language}/ledger" if cursor else None,
    )


@router.get("/ledger/of/{kind}/{entity_id}")
async def find_leaf(page: CurrentPage, kind: str, entity_id: str) -> Response:
    """On to the last entry about something. Raises NotFound until it has one."""
    path = f"{item('ledger/entities', kind)}/{quote(entity_id, safe='')}"
    found = await page.disclosure.get(path, limit=100)
    places = [leaf["place"] for leaf in found["items"] if leaf["place"] is not None]
    if not places:
        raise NotFound(
            "It is not in the public log, or enters it in a moment. Try again.", "公开账本中尚无此记录，请稍后再试。"
        )
    return page.go(f"/ledger/{places[-1]}")


@router.get("/ledger/{place}")
async def show_leaf(page: CurrentPage, place: Place) -> Response:
    """One leaf: what it is about, the document it names, and its proof."""
    leaf = await page.disclosure.get(item("ledger/leaves", str(place)))
    document = await page.disclosure.find(item("ledger/documents", leaf["sha256"]))
    return page.show(
        "ledger/leaf.html",
        leaf=leaf,
        title=ledger.kind_word(page, leaf["kind"]),
        subject_href=ledger.subject_href(page, leaf),
        document=json.dumps(document, ensure_ascii=False, indent=2),
    )


@router.get("/verify")
async def show_verify(page: CurrentPage) -> Response:
    """How anybody checks the log: in the browser, with a file of their own, with a command."""
    return page.show("ledger/verify.html", ledger=await page.disclosure.find("/ledger"))


@router.get("/verify/offline")
async def keep_verify(page: CurrentPage) -> Response:
    """The form as one file that needs no network; it is kept, not shown, for here no script may stand in a page."""
    html = page.frame.html(page.language, "ledger/offline.html", {"static_root": STATIC_ROOT})
    style, library, script = ((STATIC / name).read_text(encoding="utf-8") for name in OFFLINE)
    name = f"sunfair-verify-{page.language}.html"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "public, max-age=300"}
    return HTMLResponse(ledger.one_file(html, style, library, script), headers=headers)
