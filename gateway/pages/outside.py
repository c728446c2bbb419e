"""Coming in by an identity outside: there, back again, and connecting it with one's account."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from gateway.clients import ServiceProblem
from gateway.pages.account import provider_name, with_session
from gateway.pages.frame import CurrentPage, Page, SignInFirst

router = APIRouter(prefix="/{lang}")

# What the browser keeps until it comes back: the errand, and the attempt as accounts sealed it.
COOKIE = "sunfair_outside"
KEPT_SECONDS = 600
SIGN_IN, CONNECT = "sign-in", "connect"
# Whatever a person can do something about.
TOLD_HERE = (401, 403, 409, 422, 429, 503)


@router.get("/outside")
async def go_outside(page: CurrentPage) -> Response:
    """Go to the provider, to sign in there."""
    try:
        begun = await page.accounts.send("POST", "/outside-sign-in", {"language": page.language})
    except ServiceProblem as problem:
        return _told(page, problem)
    return _keep(page, RedirectResponse(begun["authorize_url"], 303), SIGN_IN, begun["sealed"])


@router.post("/account/outside")
async def begin_to_connect(page: CurrentPage, csrf_token: Annotated[str, Form()] = "") -> Response:
    """Begin to connect; the page leads to the provider, because no form of ours may be sent on to another site."""
    page.require_form(csrf_token)
    try:
        asked = {"language": page.language, "connect": True}
        begun = await page.accounts.send("POST", "/outside-sign-in", asked)
    except ServiceProblem as problem:
        return _told(page, problem)
    answer = page.show(
        "account/outside.html",
        shared=False,
        problem=None,
        address=begun["authorize_url"],
        outside=await provider_name(page),
    )
    return _keep(page, answer, CONNECT, begun["sealed"])


@router.post("/account/outside/disconnect")
async def disconnect(page: CurrentPage, csrf_token: Annotated[str, Form()] = "") -> Response:
    """The password alone opens the account from now on."""
    page.require_form(csrf_token)
    await page.accounts.send("DELETE", "/me/outside-identity")
    return page.go("/account", page._("Disconnected. Your password opens your account, as before."))


@router.get("/outside/back")
async def come_back(page: CurrentPage, code: str = "", state: str = "", error: str = "") -> Response:
    """Back from the provider: signed in, connected, or told why not."""
    errand, _, sealed = page.request.cookies.get(COOKIE, "").partition(":")
    if error or not code:
        answer = _told(page, None, cancelled=error == "access_denied")
    else:
        returned = {"sealed": sealed[:4000] or "-", "state": state[:4000] or "-", "code": code[:4000]}
        try:
            answer = await (_connected(page, returned) if errand == CONNECT else _signed_in(page, returned))
        except ServiceProblem as problem:
            answer = _told(page, problem)
    answer.delete_cookie(COOKIE, path="/")
    return answer


async def _signed_in(page: Page, returned: dict[str, str]) -> Response:
    headers = {"x-client-address": page.request.state.address}
    session = await page.accounts.send("POST", "/outside-sign-in/finish", returned, headers=headers)
    return with_session(page, session, "/desk")


async def _connected(page: Page, returned: dict[str, str]) -> Response:
    if not page.visitor.signed_in:
        raise SignInFirst("/account")
    await page.accounts.send("POST", "/me/outside-identity", returned)
    return page.go("/account", page._("Connected. From now on it opens your account too."))


def _keep(page: Page, answer: Response, errand: str, sealed: str) -> Response:
    secure = page.settings.secure_cookies
    answer.set_cookie(
        COOKIE, f"{errand}:{sealed}", max_age=KEPT_SECONDS, httponly=True, samesite="lax", secure=secure, path="/"
    )
    return answer


def _told(page: Page, problem: ServiceProblem | None, *, cancelled: bool = False) -> Response:
    """Why it did not work, and the other ways on."""
    if problem is not None and problem.status not in TOLD_HERE:
        raise problem
    if problem is not None:
        told: dict[str, Any] = problem.document
    elif cancelled:
        told = {
            "title": page._("You cancelled"),
            "detail": page._("Nothing was changed. Begin again, or sign in with your password."),
        }
    else:
        told = {
            "title": page._("Signing in there did not work"),
            "detail": page._(
                "The other side gave no answer that we can use. Begin again, or sign in with your password."
            ),
        }
    status = 400 if problem is None else problem.status
    return page.show("account/outside.html", status=status, shared=False, problem=told, address=None, outside=None)
