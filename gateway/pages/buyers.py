"""What the pages of buyers do alike: whoever is not signed in comes in by phone, and goes on to where they were."""

from collections.abc import Callable
from urllib.parse import quote

from fastapi import Response
from starlette.datastructures import FormData

from gateway.clients import Json
from gateway.pages.frame import BASKET_COOKIE, Page

COUNT_SECONDS = 30 * 24 * 3600


class PhoneFirst(Exception):
    """The page is for buyers; `after` is where to go once they are signed in."""

    def __init__(self, after: str) -> None:
        super().__init__(after)
        self.after = after


def require_buyer(page: Page, after: str | None = None) -> None:
    """Only for people who are signed in, whatever else they are. Raises PhoneFirst."""
    if not page.visitor.signed_in:
        raise PhoneFirst(after or page.address)


async def posted_by_buyer(page: Page, after: str | Callable[[FormData], str]) -> FormData:
    """A form of ours by somebody who is signed in. Raises PhoneFirst and NotAllowed.

    `after`: where whoever was signed out meanwhile comes back to, by what the form said where it matters.
    """
    form = await page.request.form()
    page.require_form(str(form.get("csrf_token") or ""))
    require_buyer(page, after if isinstance(after, str) else after(form))
    return form


def words_in(form: FormData, name: str, most: int = 2000) -> str:
    """One field as it was typed."""
    return str(form.get(name) or "").strip()[:most]


def number_in(form: FormData, name: str) -> int | None:
    """A whole number of a field; None when it is none."""
    text = words_in(form, name, 20)
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() else None


def phone_path(language: str, after: str) -> str:
    """The page that asks for a phone number, and comes back."""
    return f"/{language}/phone?after={quote(after, safe='')}"


def counted(page: Page, response: Response, basket: Json) -> Response:
    """The answer, with the number of lots in the basket for the header of every page."""
    lots = len(basket["items"])
    secure = page.settings.secure_cookies
    if lots:
        response.set_cookie(
            BASKET_COOKIE, str(lots), max_age=COUNT_SECONDS, httponly=True, samesite="lax", secure=secure
        )
    else:
        response.delete_cookie(BASKET_COOKIE)
    return response
