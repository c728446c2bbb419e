"""Webhooks: where another platform wants to be told, what was sent there, and sending it again."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Response

from gateway.clients import ServiceProblem
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import webhooks as views
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}/desk/webhooks")

REFUSED = (400, 403, 404, 409, 422)


@router.get("")
async def show_webhooks(page: CurrentPage) -> Response:
    """Your webhooks, and a form for one more."""
    page.require_role("platform")
    return await _webhooks(page)


async def _webhooks(page: Page, **more: Any) -> Response:
    answer = await page.compliance.get("/webhooks")
    context = {"made": None, "problem": None, "errors": {}, "values": {}, **more}
    return page.show(
        "desk/webhooks.html",
        status=422 if context["problem"] else 200,
        shared=False,
        room="webhooks",
        items=[views.webhook_row(page, row) for row in answer["items"]],
        kinds=views.kind_words(page),
        key=new_id(),
        **context,
    )


@router.post("")
async def add_webhook(
    page: CurrentPage,
    url: Annotated[str, Form(max_length=3000)] = "",
    kinds: Annotated[list[str] | None, Form()] = None,
    regions: Annotated[str, Form(max_length=1000)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Make a webhook; the answering page shows its secret this once."""
    page.require_role("platform")
    page.require_form(csrf_token)
    body = {"url": url, "kinds": kinds or [], "region_codes": regions.replace("，", " ").replace(",", " ").split()}
    try:
        made = await page.compliance.send("POST", "/webhooks", body, key=key or new_id())
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        values = {"url": url, "kinds": kinds or [], "regions": regions}
        return await _webhooks(page, problem=problem.document, errors=problem.field_errors, values=values)
    return await _webhooks(page, made=made)


@router.get("/{webhook_id}")
async def show_webhook(page: CurrentPage, webhook_id: str, state: str = "", cursor: str = "") -> Response:
    """The messages to one webhook and how their attempts went."""
    page.require_role("platform")
    return await _webhook(page, webhook_id, state=state, cursor=cursor)


async def _webhook(page: Page, webhook_id: str, *, state: str = "", cursor: str = "", **more: Any) -> Response:
    path = item("webhooks", webhook_id)
    wanted = state if state in ("waiting", "delivered", "given_up") else None
    answer = await page.compliance.get(f"{path}/deliveries", state=wanted, cursor=cursor or None)
    rows = (await page.compliance.get("/webhooks"))["items"]
    webhook = next(row for row in rows if row["id"] == webhook_id)
    return page.show(
        "desk/webhook.html",
        shared=False,
        room="webhooks",
        webhook=views.webhook_row(page, webhook),
        deliveries=[views.delivery_row(page, row) for row in answer["items"]],
        kinds=views.kind_words(page),
        state=wanted or "",
        next=answer["next"],
        first=bool(cursor),
        key=new_id(),
        **{"made": None, **more},
    )


@router.post("/{webhook_id}")
async def act_on_webhook(
    page: CurrentPage,
    webhook_id: str,
    act: Annotated[Literal["pause", "resume", "delete", "rotate"], Form()],
    key: Annotated[str, Form(max_length=100)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Pause, resume, delete, or change the secret, which the answering page shows this once."""
    page.require_role("platform")
    page.require_form(csrf_token)
    path = item("webhooks", webhook_id)
    if act == "delete":
        await page.compliance.send("DELETE", path)
        return page.go("/desk/webhooks", page._("The webhook is deleted."))
    answer = await page.compliance.send("POST", f"{path}/{act}", key=(key or new_id()) if act == "rotate" else None)
    if act == "rotate":
        return await _webhook(page, webhook_id, made=answer)
    said = page._("Nothing is sent until you resume it.") if act == "pause" else page._("Messages are sent again.")
    return page.go(f"/desk{path}", said)


@router.post("/{webhook_id}/ping")
async def ping_webhook(
    page: CurrentPage,
    webhook_id: str,
    kind: Annotated[str, Form(max_length=100)] = "decision.changed",
    key: Annotated[str, Form(max_length=100)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Send a sample."""
    page.require_role("platform")
    page.require_form(csrf_token)
    path = item("webhooks", webhook_id)
    await page.compliance.send("POST", f"{path}/ping", {"kind": kind}, key=key or new_id())
    return page.go(f"/desk{path}", page._("A sample is on its way. Reload in a moment to see how it went."))


@router.post("/{webhook_id}/replay")
async def replay(
    page: CurrentPage,
    webhook_id: str,
    message_id: Annotated[str, Form(max_length=100)] = "",
    since: Annotated[str, Form(max_length=100)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Send one message again, or all that were given up on since a day."""
    page.require_role("platform")
    page.require_form(csrf_token)
    path = item("webhooks", webhook_id)
    body = {"message_id": message_id} if message_id else {"since": f"{since}T00:00:00+08:00"}
    try:
        answer = await page.compliance.send("POST", f"{path}/replay", body)
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return page.go(f"/desk{path}", str(problem), "bad")
    return page.go(f"/desk{path}", page._("Messages on their way again: %(count)s", count=answer["replayed"]))
