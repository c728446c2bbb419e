"""Coming and going: the language, light or dark, signing in and out."""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from gateway.clients import ServiceProblem
from gateway.pages.frame import BASKET_COOKIE, THEME_COOKIE, CurrentPage, Page, SignInFirst
from gateway.pages.market import item
from gateway.sessions import COOKIE
from gateway.views import account as views
from gateway.views import show_instant
from gateway.views.speaking import place
from services.kit.http import language_of
from services.kit.ids import new_id

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
    return page.show("account/sign_in.html", **await _sign_in_view(page, after))


@router.post("/{lang}/sign-in")
async def sign_in(
    page: CurrentPage,
    username: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    after: Annotated[str, Form(max_length=1000)] = "/desk",
) -> Response:
    """Make a session and go on."""
    page.require_own_site()  # Who is signed in already may sign in as somebody else; no form of theirs is at stake.
    body = {"username": username, "password": password, "kind": "browser"}
    headers = {"x-client-address": page.request.state.address}
    try:
        session = await page.accounts.send("POST", "/sign-in", body, headers=headers)
    except ServiceProblem as problem:
        if problem.status not in (401, 403, 422, 429):
            raise
        view = await _sign_in_view(page, after, problem.document, username)
        return page.show("account/sign_in.html", status=problem.status, shared=False, **view)
    return with_session(page, session, after)


def with_session(page: Page, session: dict[str, Any], after: str) -> Response:
    """Go on, with the session in a cookie."""
    response = page.go(own_path(after))
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
    response.delete_cookie(BASKET_COOKIE)
    return response


@router.get("/{lang}/account")
async def show_account(page: CurrentPage) -> Response:
    """Your own account: what you may do, your password, your sessions, your API keys."""
    return await show_own_account(page)


async def show_own_account(page: Page, **more: Any) -> Response:
    """The account page; `more`: what a form on it came to."""
    if not page.visitor.signed_in:
        raise SignInFirst("/account")
    keeps_keys = bool(page.visitor.roles & {"platform", "administrator"})
    account = await page.accounts.get("/me")
    keys = await page.accounts.get("/api-keys", limit=100) if keeps_keys else {"items": []}
    outside = await provider_name(page)
    connected = (await page.accounts.get("/me/outside-identity"))["connected_at"] if outside else None
    context = {"problem": None, "errors": {}, "made": None, **more}
    return page.show(
        "account/account.html",
        status=422 if context["problem"] else 200,
        shared=False,
        account=account,
        roles=views.roles_line(page, account["roles"]),
        regions=[place(page, code) for code in account["scopes"]],
        keeps_keys=keeps_keys,
        outside=outside,
        connected=show_instant(connected, page.language) if connected else None,
        api_keys=views.api_keys(page, keys["items"]),
        key=new_id(),
        **context,
    )


@router.post("/{lang}/account/password")
async def change_password(
    page: CurrentPage,
    old: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Change the password; every session ends, this one too."""
    page.require_form(csrf_token)
    headers = {"x-client-address": page.request.state.address}
    try:
        await page.accounts.send("POST", "/me/password", {"old": old, "new": new}, headers=headers)
    except ServiceProblem as problem:
        if problem.status not in (400, 401, 403, 409, 422, 429) or not page.visitor.signed_in:
            raise
        return await show_own_account(page, problem=problem.document, errors=problem.field_errors)
    return signed_out(page, page._("Your password is changed. Sign in with the new one."))


@router.post("/{lang}/account/sign-out-everywhere")
async def sign_out_everywhere(page: CurrentPage, csrf_token: Annotated[str, Form()] = "") -> Response:
    """End every session of the account."""
    page.require_form(csrf_token)
    await page.accounts.send("POST", "/sign-out-everywhere")
    return signed_out(page, page._("You are signed out on every device."))


def signed_out(page: Page, words: str, path: str = "/sign-in") -> Response:
    """Go on without a session, with a sentence."""
    if page.visitor.account_id:
        page.sessions.forget_account(page.visitor.account_id)
    response = page.go(path, words)
    response.delete_cookie(COOKIE, path="/")
    response.delete_cookie(BASKET_COOKIE)
    return response


@router.post("/{lang}/account/keys")
async def create_key(
    page: CurrentPage,
    name: Annotated[str, Form(max_length=1000)] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
    test: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=100)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Make an API key, which the answering page shows this once."""
    page.require_role("platform", "administrator")
    page.require_form(csrf_token)
    body = {"name": name, "scopes": scopes or [], "test": test == "yes"}
    try:
        made = await page.accounts.send("POST", "/api-keys", body, key=key or new_id())
    except ServiceProblem as problem:
        if problem.status not in (403, 409, 422):
            raise
        return await show_own_account(page, problem=problem.document, errors=problem.field_errors)
    return await show_own_account(page, made=made)


@router.post("/{lang}/account/keys/{key_id}/revoke")
async def revoke_key(page: CurrentPage, key_id: str, csrf_token: Annotated[str, Form()] = "") -> Response:
    """Revoke an API key."""
    page.require_role("platform", "administrator")
    page.require_form(csrf_token)
    await page.accounts.send("DELETE", item("api-keys", key_id))
    return page.go("/account", page._("The key is revoked; within a minute it works nowhere."))


@router.post("/{lang}/theme")
async def choose_theme(
    page: CurrentPage, theme: Annotated[Literal["auto", "light", "dark"], Form()], back: Annotated[str, Form()] = "/"
) -> Response:
    """Remember light or dark; `auto` follows the device."""
    page.require_own_site()
    response = RedirectResponse(own_path(back), 303)
    if theme == "auto":
        response.delete_cookie(THEME_COOKIE)
    else:
        secure = page.settings.secure_cookies
        response.set_cookie(THEME_COOKIE, theme, max_age=THEME_SECONDS, samesite="lax", secure=secure)
    return response


async def provider_name(page: Page) -> str | None:
    """What the provider is called; None where there is none, or accounts does not answer."""
    try:
        told = await page.accounts.get("/outside-sign-in")
    except ServiceProblem:
        return None
    return str(told[f"name_{page.language}"]) if told.get("available") else None


async def _sign_in_view(
    page: Page, after: str, problem: dict[str, Any] | None = None, username: str = ""
) -> dict[str, Any]:
    return {
        "after": own_path(after),
        "problem": problem,
        "username": username,
        "outside": await provider_name(page),
        "demo_accounts": views.demo_accounts(page) if page.settings.demo else [],
    }


def own_path(path: str) -> str:
    """A path of ours, never an address elsewhere."""
    parts = urlsplit(path)
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if own else "/"
