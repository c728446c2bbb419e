"""About the market itself: what it is, how to build on it, what machines may read."""

import asyncio
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from gateway.api import PREFIX
from gateway.clients import Clients
from gateway.pages.frame import LANGUAGES, CurrentPage
from gateway.settings import GatewaySettings
from gateway.views import documentation
from services.kit.http import language_of

router = APIRouter()

STEADY_PAGES = (
    "/",
    "/regions",
    "/calendar",
    "/rules",
    "/ledger",
    "/verify",
    "/ask",
    "/search",
    "/about",
    "/accessibility",
    "/docs/api",
)


@router.get("/{lang}/about")
async def show_about(page: CurrentPage) -> Response:
    """What Sunfair is, and what it never does."""
    return page.show("about/about.html")


@router.get("/{lang}/accessibility")
async def show_accessibility(page: CurrentPage) -> Response:
    """Who can use the pages, and how to tell us where one cannot."""
    return page.show("about/accessibility.html")


@router.get(f"{PREFIX}/docs")
async def find_documentation(request: Request) -> Response:
    """The documentation in the reader's language."""
    language = language_of(request.headers.get("accept-language", "zh"))
    return RedirectResponse(f"/{language}/docs/api", 302, {"Vary": "Accept-Language"})


@router.get("/{lang}/docs/api")
async def show_documentation(page: CurrentPage) -> Response:
    """Every operation of the interface, from the document that clients are made of."""
    document = await page.request.state.openapi()
    themes = documentation.themes(page, document)
    named = [(theme["name"], theme["id"]) for theme in themes] + [(page._("Bodies"), "bodies")]
    return page.show(
        "docs/interface.html",
        themes=themes,
        contents=[{"name": name, "href": f"#{place}"} for name, place in named],
        shapes=documentation.shapes(document),
        version=document["info"]["version"],
    )


@router.get("/robots.txt")
async def show_robots(request: Request) -> Response:
    """What crawlers may read: everything public."""
    settings: GatewaySettings = request.app.state.settings
    lines = ["User-agent: *"]
    lines += [f"Disallow: /{language}/{path}" for language in LANGUAGES for path in ("desk", "account", "sign-in")]
    return PlainTextResponse("\n".join([*lines, f"Sitemap: {settings.public_url}/sitemap.xml", ""]))


@router.get("/sitemap.xml")
async def show_sitemap(request: Request) -> Response:
    """The public pages: the steady ones, every rule, what is listed and announced of late."""
    settings: GatewaySettings = request.app.state.settings
    clients: Clients = request.app.state.clients
    catalog, compliance, broadcast = (clients.of(name) for name in ("catalog", "compliance", "broadcast"))
    rules, specialties, listings, broadcasts = await asyncio.gather(
        compliance.get("/rules"),
        catalog.get("/specialties", limit=100),
        catalog.get("/listings", limit=100),
        broadcast.get("/broadcasts", order="latest", limit=100),
    )
    found = {"rules": rules, "specialties": specialties, "listings": listings, "broadcasts": broadcasts}
    paths = [*STEADY_PAGES]
    paths += [f"/{folder}/{each['id']}" for folder, answer in found.items() for each in answer["items"]]
    body = "".join(
        f"<url><loc>{escape(f'{settings.public_url}/{language}{path}')}</loc></url>"
        for path in paths
        for language in LANGUAGES
    )
    head = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return Response(f"{head}{body}</urlset>", media_type="application/xml")
