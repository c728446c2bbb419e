"""Buyers come in with their phone: a number, a code, and the account is there; and erasing it again."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from gateway.clients import ServiceProblem
from gateway.pages.account import own_path, show_own_account, signed_out, with_session
from gateway.pages.frame import CurrentPage, Page

router = APIRouter()

# What a visitor can mend, or wait for, on the same page.
MENDABLE = (401, 409, 422, 429, 503)


@router.get("/{lang}/phone")
async def show_phone(page: CurrentPage, after: str = "/") -> Response:
    """Ask for the number."""
    return _ask(page, after)


@router.post("/{lang}/phone")
async def send_code(
    page: CurrentPage,
    phone: Annotated[str, Form(max_length=100)] = "",
    after: Annotated[str, Form(max_length=1000)] = "/",
) -> Response:
    """Send a code, and ask for it."""
    page.require_own_site()
    headers = {"x-client-address": page.request.state.address}
    try:
        sent = await page.accounts.send("POST", "/phone-codes", {"phone": phone}, headers=headers)
    except ServiceProblem as problem:
        if problem.status not in MENDABLE:
            raise
        # One that is on its way is still good: whoever pressed twice must be able to enter it.
        under_way = {"demo_code": None} if problem.kind == "phone-code-too-soon" else None
        return _ask(page, after, phone, problem, sent=under_way)
    return _ask(page, after, phone, sent=sent)


@router.post("/{lang}/phone/sign-in")
async def sign_in_by_phone(
    page: CurrentPage,
    phone: Annotated[str, Form(max_length=100)] = "",
    code: Annotated[str, Form(max_length=100)] = "",
    after: Annotated[str, Form(max_length=1000)] = "/",
) -> Response:
    """Make a session and go on."""
    page.require_own_site()
    body = {"phone": phone, "code": code or "-", "kind": "browser"}
    try:
        session = await page.accounts.send("POST", "/phone-sign-in", body)
    except ServiceProblem as problem:
        if problem.status not in MENDABLE:
            raise
        return _ask(page, after, phone, problem, sent={"demo_code": None}, code=code)
    return with_session(page, session, after)


@router.post("/{lang}/account/erase")
async def erase_account(
    page: CurrentPage, confirm: Annotated[str, Form()] = "", csrf_token: Annotated[str, Form()] = ""
) -> Response:
    """Erase the account, if the box is ticked."""
    page.require_form(csrf_token)
    try:
        await page.accounts.send("POST", "/me/erase", {"confirm": confirm == "yes"})
    except ServiceProblem as problem:
        if problem.status not in (409, 422) or not page.visitor.signed_in:
            raise
        unsure = {"title": page._("Nothing was erased"), "detail": page._("Tick the box first: it cannot be undone.")}
        return await show_own_account(page, problem=unsure if problem.status == 422 else problem.document)
    return signed_out(page, page._("Your account is erased."), "/")


def _ask(
    page: Page,
    after: str,
    phone: str = "",
    problem: ServiceProblem | None = None,
    sent: dict[str, Any] | None = None,
    code: str = "",
) -> Response:
    """The form for the number or, once one was `sent`, for the code; what is wrong stands at its field."""
    errors = problem.field_errors if problem else {}
    if problem and problem.kind == "phone-code-refused":
        stop = "。" if page.language == "zh" else ". "
        errors = {"code": f"{problem.document['title']}{stop}{problem.document['detail']}"}
    if "phone" in errors:
        sent = None
    return page.show(
        "account/phone.html",
        status=problem.status if problem else 200,
        shared=False,
        after=own_path(after),
        phone=phone,
        code=code,
        errors=errors,
        problem=problem.document if problem and not errors else None,
        sent=sent,
    )
