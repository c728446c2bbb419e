"""Producers whose goods an office took off the market: the public list, and the desk that suspends and lifts."""

from fastapi import APIRouter, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, every, in_scopes, key_of, posted, region_options, version_of
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views.suspensions import suspension_row
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}")

SUSPENDING = ("reviewer", "inspector", "administrator")
REFUSED_HERE = (*REFUSED, 403, 404)
MOST = 20


@router.get("/suspensions")
async def show_suspensions(page: CurrentPage, cursor: str | None = None) -> Response:
    """Every suspension in force, with the office that ordered it and its reason."""
    answer = await page.catalog.get("/producers", suspended="true", cursor=cursor, limit=30)
    return page.show(
        "browse/suspensions.html",
        rows=[suspension_row(page, row) for row in answer["items"]],
        following=page.onward("/suspensions", answer["next"]),
        first=f"/{page.language}/suspensions" if cursor else None,
    )


@router.get("/desk/suspensions")
async def show_desk(page: CurrentPage, region: str = "", cursor: str | None = None) -> Response:
    """What is suspended in the visitor's regions, and the admitted producers who could be."""
    page.require_role(*SUSPENDING)
    return await _desk(page, region, cursor)


async def _desk(page: Page, region: str = "", cursor: str | None = None, refused: Json | None = None) -> Response:
    choices = region_options(page)
    named = [code for code, _ in choices]
    chosen = region if region in named else next(iter(named), None)
    suspended = await _suspended(page)
    selling = await page.catalog.get(
        "/producers", admission="admitted", suspended="false", region=chosen, cursor=cursor, limit=MOST
    )
    here = "/desk/suspensions"
    return page.show(
        "desk/suspensions.html",
        status=422 if refused else 200,
        shared=False,
        room="suspensions",
        suspended=[suspension_row(page, row) for row in suspended],
        selling=[suspension_row(page, row) for row in selling["items"]],
        refused=refused,
        regions=choices,
        region=chosen or "",
        following=page.onward(here, selling["next"], region=chosen),
        first=f"/{page.language}{here}?region={chosen or ''}" if cursor else None,
        key=new_id(),
    )


async def _suspended(page: Page) -> list[Json]:
    if not page.visitor.scopes:
        return await every(page.catalog, "/producers", suspended="true")
    return await in_scopes(page, page.catalog, "/producers", suspended="true")


@router.post("/desk/suspensions/{producer_id}")
async def suspend(page: CurrentPage, producer_id: str) -> Response:
    """Suspend a producer, with the reason that is published."""
    done = page._("Suspended. The gate takes their lots off the market one by one, each with a decision.")
    return await _attempt(page, producer_id, "suspension", done)


@router.post("/desk/suspensions/{producer_id}/lift")
async def lift(page: CurrentPage, producer_id: str) -> Response:
    """Lift a suspension, with the reason that is published."""
    done = page._("Lifted. The gate asks again about each of their lots.")
    return await _attempt(page, producer_id, "suspension/lift", done)


async def _attempt(page: Page, producer_id: str, move: str, done: str) -> Response:
    """Send the reasons; what is refused comes back with the words that were typed, each fault beside its field."""
    form = await posted(page, *SUSPENDING)
    typed = {name: str(form.get(name) or "").strip()[:3000] for name in ("reason_zh", "reason_en")}
    path = item("producers", producer_id)
    try:
        await page.catalog.send("POST", f"{path}/{move}", typed, key=key_of(form), version=version_of(form))
    except ServiceProblem as problem:
        producer = await page.catalog.find(path)
        if problem.status not in REFUSED_HERE or producer is None:
            raise
        refused = {
            "row": suspension_row(page, producer),
            "typed": typed,
            "lifts": move == "suspension/lift",
            "said": problem.document.get("detail", ""),
            "errors_at": problem.field_errors,
            "errors": [
                {"field": f"{name}-{producer_id}", "detail": said} for name, said in problem.field_errors.items()
            ],
        }
        return await _desk(page, refused=refused)
    return page.go("/desk/suspensions", done)
