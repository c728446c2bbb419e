"""Coming and going: the language, light or dark, signing in and out."""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from gateway.clients import ServiceProblem
from gateway.pages.frame import THEME_COOKIE, CurrentPage
from gateway.sessions import COOKIE
from gateway.views import account as views
from services.kit.http import language_of

router = APIRouter()

THEME_SECONDS = 365 * 24 * 3600


@router.get("/")
async def choose_language(request: Request) -> Response:
    """The root: on to the visitor's language."""
    language = language_of(request.headers.get("accept-language", "zh"))
    return RedirectResponse(f"/{language}/", 302, {"Vary": "Accept-Language"})


@router.get("/{lang}")
async def add_slash(page: CurrentPage) -> Response:
    """`/zh` is `/zh/`."""
    return page.go("/")


@router.get("/{lang}/sign-in")
async def show_sign_in(page: CurrentPage, after: str = "/desk") -> Response:
    """The sign-in page."""
    return page.show("account/sign_in.html", **_sign_in_view(page, after))


@router.post("/{lang}/sign-in")
async def sign_in(
    page: CurrentPage,
    username: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    after: Annotated[str, Form(max_length=1000)] = "/desk",
) -> Response:
    """Make a session and go on."""
    page.require_form("")
    body = {"username": username, "password": password, "kind": "browser"}
    headers = {"x-client-address": page.request.state.address}
    try:
        session = await page.accounts.send("POST", "/sign-in", body, headers=headers)
    except ServiceProblem as problem:
        if problem.status not in (401, 403, 422, 429):
            raise
        view = _sign_in_view(page, after, problem.document, username)
        return page.show("account/sign_in.html", status=problem.status, shared=False, **view)
    response = page.go(_own_path(after))
    secure = page.settings.secure_cookies
    response.set_cookie(COOKIE, session["session_id"], httponly=True, samesite="lax", secure=secure, path="/")
    return response


@router.post("/{lang}/sign-out")
async def sign_out(page: CurrentPage, csrf_token: Annotated[str, Form()] = "") -> Response:
    """End the session."""
    page.require_form(csrf_token)
    if page.visitor.session_id:
        await page.accounts.send("POST", "/sign-out", {"session_id": page.visitor.session_id})
        page.sessions.forget(page.visitor.session_id)
    response = page.go("/")
    response.delete_cookie(COOKIE, path="/")
    return response


@router.post("/{lang}/theme")
async def choose_theme(
    page: CurrentPage, theme: Annotated[Literal["auto", "light", "dark"], Form()], back: Annotated[str, Form()] = "/"
) -> Response:
    """Remember light or dark; `auto` follows the device."""
    page.require_form(page.visitor.csrf_token)
    response = RedirectResponse(_own_path(back), 303)
    if theme == "auto":
        response.delete_cookie(THEME_COOKIE)
    else:
        secure = page.settings.secure_cookies
        response.set_cookie(THEME_COOKIE, theme, max_age=THEME_SECONDS, samesite="lax", secure=secure)
    return response


def _sign_in_view(
    page: CurrentPage, after: str, problem: dict[str, Any] | None = None, username: str = ""
) -> dict[str, Any]:
    return {
        "after": _own_path(after),
        "problem": problem,
        "username": username,
        "demo_accounts": views.demo_accounts(page) if page.settings.demo else [],
    }


def _own_path(path: str) -> str:
    """A path of ours, never an address elsewhere."""
    parts = urlsplit(path)
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if own else "/"
