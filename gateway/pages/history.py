"""Who changed what and why: the history of one record, and the log of the whole catalogue."""

from urllib.parse import urlencode

from fastapi import APIRouter, Response

from gateway.clients import Json
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import acts, office_acts
from gateway.views import history as views
from gateway.views.speaking import place
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}")

# What `verify acts` calls each trail.
CHECKED = {"acts": "cases", "filings": "filings", "accounts": "accounts", "orders": "orders"}
# Narrowed to a county, an act of an office could lead to the one person whom it concerned.
TOGETHER = ("accounts", "orders")


@router.get("/edits")
async def show_log(page: CurrentPage, kind: str = "", region: str = "", cursor: str | None = None) -> Response:
    """Every public change of every record, newest first; of one region, named or by its code, where it is asked for."""
    others = {
        "acts": page._("Acts about cases"),
        "filings": page._("Filings of broadcasts"),
        "accounts": page._("Accounts and roles"),
        "orders": page._("Orders and complaints"),
    }
    kinds = views.kind_words(page) | others
    chosen = kind if kind in kinds else None
    together = [page._("These acts are shown for all regions together.")] if region and chosen in TOGETHER else []
    words = "" if chosen in TOGETHER else region.strip()
    code = await _code_of(page, words)
    answer, rows = await _trail(page, chosen, code, cursor)
    here = f"/{page.language}/edits"
    return page.show(
        "browse/edits.html",
        rows=rows,
        kinds=list(kinds.items()),
        kind=chosen or "",
        asked=words,
        where=place(page, code) if code else None,
        following=page.onward("/edits", answer["next"], kind=chosen, region=code),
        first=f"{here}?{urlencode({'kind': chosen or '', 'region': code or ''})}" if cursor else None,
        notes=[*together, *office_acts.notes(page, chosen)],
        check=CHECKED.get(chosen or ""),
    )


async def _code_of(page: Page, words: str) -> str | None:
    """The region that somebody means, by its name, its pinyin or its code."""
    found = await page.catalog.get("/regions", q=words, limit=1) if words else {"items": []}
    return found["items"][0]["code"] if found["items"] else None


async def _trail(page: Page, kind: str | None, region: str | None, cursor: str | None) -> tuple[Json, list[Json]]:
    """One page of a trail, and its rows: the catalogue's, unless another is chosen."""
    asked = {"region": region, "cursor": cursor, "limit": 30}
    if kind == "acts":
        answer = await page.compliance.get("/acts", **asked)
        return answer, [acts.act_row(page, act) for act in answer["items"]]
    if kind == "filings":
        answer = await page.broadcast.get("/steps", **asked)
        return answer, [acts.step_row(page, step) for step in answer["items"]]
    if kind == "accounts":
        answer = await page.accounts.get("/account-acts", cursor=cursor, limit=30)
        return answer, [office_acts.act_row(page, act) for act in answer["items"]]
    if kind == "orders":
        answer = await page.orders.get("/order-acts", cursor=cursor, limit=30)
        return answer, [office_acts.act_row(page, act) for act in answer["items"]]
    answer = await page.catalog.get("/edits", kind=kind, **asked)
    return answer, [views.edit_row(page, edit) for edit in answer["items"]]


@router.get("/edits/{kind}/{record_id}")
async def show_record(page: CurrentPage, kind: str, record_id: str, cursor: str | None = None) -> Response:
    """What was changed of one record, by which office and why."""
    kinds = views.kind_words(page)
    if kind not in kinds:
        raise NotFound("There is no such kind of record.", "没有这类记录。")
    answer = await page.catalog.get(item(f"edits/{kind}", record_id), cursor=cursor, limit=30)
    here = f"/{page.language}/edits/{kind}/{record_id}"
    public = {"listing": "listings", "specialty": "specialties"}.get(kind)
    return page.show(
        "browse/history.html",
        shared=not page.visitor.signed_in,
        kind=kinds[kind],
        record_kind=kind,
        record_id=record_id,
        record=f"/{page.language}/{public}/{record_id}" if public else None,
        rows=[views.edit_row(page, edit) for edit in answer["items"]],
        following=page.onward(f"/edits/{kind}/{record_id}", answer["next"]),
        first=here if cursor else None,
    )
