"""What every page has: its language, its visitor, the services it may ask, and the template it fills."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote, urlencode

from babel.support import NullTranslations, Translations
from fastapi import Depends, Request
from fastapi import Path as PathParameter
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from gateway import views
from gateway.clients import Clients, ServiceClient
from gateway.sessions import ANONYMOUS, Sessions, Visitor, csrf_matches, refuse_foreign_origin
from gateway.settings import GatewaySettings
from services.kit.http import etag_of
from services.kit.problem import NotAllowed

HERE = Path(__file__).parent.parent
STATIC = HERE / "static"


def _static_version() -> str:
    """Changes with any static file, so that a browser may keep them for ever under this name."""
    digest = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(STATIC)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


STATIC_ROOT = f"/static/{_static_version()}"
LANGUAGES = ("zh", "en")
FLASH_COOKIE = "sunfair_flash"
THEME_COOKIE = "sunfair_theme"
BASKET_COOKIE = "sunfair_basket"

Language = Literal["zh", "en"]


class Frame:
    """The templates, one environment per language, so that gettext is settled when a template is compiled."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.environments = {language: _environment(language) for language in LANGUAGES}

    def html(self, language: str, template: str, context: Mapping[str, Any]) -> str:
        """A template filled."""
        return self.environments[language].get_template(template).render(lang=language, **context)

    def words(self, language: str) -> NullTranslations:
        """The catalogue, for sentences that Python has to make."""
        return _catalogue(language)


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(HERE / "locales", [language])


@cache
def _environment(language: str) -> Environment:
    """One for the process: a template that was compiled once is compiled."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default_for_string=True, default=True),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.install_gettext_translations(_catalogue(language), newstyle=True)  # type: ignore[attr-defined]  # The i18n extension adds it.
    environment.filters |= views.filters(language)
    return environment


class Page:
    """One visit to one page: asks the services in the visitor's name and answers with HTML."""

    def __init__(self, request: Request, language: Language) -> None:
        self.request = request
        self.language = language
        self.frame: Frame = request.app.state.frame
        self.settings: GatewaySettings = request.app.state.settings
        self.clients: Clients = request.app.state.clients
        self.sessions: Sessions = request.app.state.sessions
        self.visitor: Visitor = getattr(request.state, "visitor", ANONYMOUS)

    @property
    def accounts(self) -> ServiceClient:
        return self.clients.of("accounts", self.visitor, self.language)

    @property
    def catalog(self) -> ServiceClient:
        return self.clients.of("catalog", self.visitor, self.language)

    @property
    def compliance(self) -> ServiceClient:
        return self.clients.of("compliance", self.visitor, self.language)

    @property
    def broadcast(self) -> ServiceClient:
        return self.clients.of("broadcast", self.visitor, self.language)

    @property
    def orders(self) -> ServiceClient:
        return self.clients.of("orders", self.visitor, self.language)

    @property
    def disclosure(self) -> ServiceClient:
        return self.clients.of("disclosure", self.visitor, self.language)

    def _(self, message: str, **values: Any) -> str:
        """A sentence in the page's language."""
        translated: str = self.frame.words(self.language).ugettext(message)
        return translated % values if values else translated

    def show(self, template: str, *, status: int = 200, shared: bool = True, **context: Any) -> HTMLResponse:
        """The page. `shared`: it is the same for every anonymous visitor and may be cached for a moment."""
        flashes = self._flashes()
        whole = {
            "path_without_lang": self._path_without_language(),
            "visitor": self.visitor if self.visitor.signed_in else None,
            "demo": self.settings.demo,
            "announcement": getattr(self.settings, f"announcement_{self.language}"),
            "csrf_token": self.visitor.csrf_token,
            "theme": self.request.cookies.get(THEME_COOKIE, ""),
            "basket_count": self._basket_count(),
            "flashes": flashes,
            "public_url": self.settings.public_url,
            "static_root": STATIC_ROOT,
            **context,
        }
        html = self.frame.html(self.language, template, whole)
        response = HTMLResponse(html, status)
        response.headers["content-language"] = "zh-CN" if self.language == "zh" else "en"
        response.headers["vary"] = "Cookie, Authorization"
        if shared and status == 200 and not self.visitor.signed_in and not flashes:
            response.headers["cache-control"] = "public, max-age=5"
            response.headers["etag"] = etag_of(html.encode())
        else:
            response.headers["cache-control"] = "private, no-store"
        if flashes:
            response.delete_cookie(FLASH_COOKIE)
        return response

    def go(self, path: str, flash: str | None = None, kind: str = "good") -> RedirectResponse:
        """Go on to a page of the same language (303), with a sentence that it shows once."""
        response = RedirectResponse(f"/{self.language}{path}", 303)
        if flash:
            value = quote(json.dumps({"kind": kind, "text": flash[:600]}, ensure_ascii=False))
            response.set_cookie(
                FLASH_COOKIE, value, max_age=60, httponly=True, samesite="lax", secure=self.settings.secure_cookies
            )
        return response

    def go_to(self, address: str) -> RedirectResponse:
        """Go on to a whole address of ours (303)."""
        return RedirectResponse(address, 303)

    def onward(self, path: str, cursor: str | None, **kept: str | None) -> str | None:
        """The address of a list's next page, under the same filters; None at the list's end."""
        if not cursor:
            return None
        asked = {name: value for name, value in kept.items() if value}
        return f"/{self.language}{path}?{urlencode({**asked, 'cursor': cursor})}"

    @property
    def address(self) -> str:
        """Where we are, without the language: what `after` names."""
        return self._path_without_language()

    def require_own_site(self) -> None:
        """Refuse what another site made the browser send. Raises NotAllowed."""
        refuse_foreign_origin(self.request.method, dict(self.request.scope["headers"]), self.settings.public_url)

    def require_form(self, csrf_token: str) -> None:
        """Refuse a form that is not ours. Raises NotAllowed."""
        self.require_own_site()
        if self.visitor.signed_in and not csrf_matches(self.visitor, csrf_token):
            raise NotAllowed(
                "The form is out of date. Reload the page and send it again.", "表单已过期，请刷新页面后重新提交。"
            )

    def require_role(self, *roles: str) -> None:
        """Only for visitors with one of `roles`. Raises SignInFirst or NotAllowed."""
        if not self.visitor.signed_in:
            raise SignInFirst(self._path_without_language())
        if self.visitor.roles.isdisjoint(roles):
            raise NotAllowed(
                "This page is for other roles. Sign in with an account that has one of them.",
                "您的角色无权访问此页面，请使用相应角色的账户登录。",
            )

    def _path_without_language(self) -> str:
        url = self.request.url
        path = url.path.removeprefix(f"/{self.language}") or "/"
        return f"{path}?{url.query}" if url.query else path

    def _basket_count(self) -> int:
        """How many lots lay in the basket when a page last saw it; a hint for the header, never more."""
        text = self.request.cookies.get(BASKET_COOKIE, "") if self.visitor.signed_in else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0

    def _flashes(self) -> list[dict[str, str]]:
        try:
            found = json.loads(unquote(self.request.cookies.get(FLASH_COOKIE, "")))
            return [{"kind": str(found["kind"]), "text": str(found["text"])}]
        except (ValueError, KeyError, TypeError):
            return []


class SignInFirst(Exception):
    """The page needs a signed-in visitor; `after` is where to go then."""

    def __init__(self, after: str) -> None:
        super().__init__(after)
        self.after = after


async def _page(request: Request, lang: Annotated[Language, PathParameter()]) -> Page:
    return Page(request, lang)


CurrentPage = Annotated[Page, Depends(_page)]
