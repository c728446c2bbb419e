"""The public pages over real services: in both languages, with nothing entered yet and with something to show."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.apps import Tokens
from tests.catalog.market import Market
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house

CHENGGU = "各单位：要求全县干部职工积极购买蜜桔，每人不少于50元。"
PUBLIC = (
    "/",
    "/regions",
    "/regions/340000",
    "/regions/340000?x=1",
    "/search",
    "/search?q=梨&month=10&category=fruit",
    "/calendar",
    "/calendar?month=2020-05&region=610722",
    "/rules",
    "/rules?at=2020-05-09",
    "/rules/notice.apportion",
    "/rules/fm.authority?at=2020-05-09",
    "/appeals",
    "/ledger",
    "/verify",
    "/docs/api",
    "/about",
    "/accessibility",
)
MISSING = (
    "/regions/000000",
    "/regions/a%3Fq=b",
    "/specialties/none",
    "/listings/none",
    "/lots/none",
    "/broadcasts/none",
    "/events/none",
    "/decisions/none",
    "/rules/none.such",
    "/rules?at=2020-02-30",
    "/calendar?month=2020-13",
    "/calendar?month=2019-12",
)


@pytest.fixture
async def town(
    committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path
) -> AsyncIterator[tuple[House, Market]]:
    """The door before catalog, compliance and broadcast, and a way to enter goods."""
    names = ("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure")
    services = {name: await committing_service_app(name) for name in names}
    apps = {name: service.app for name, service in services.items()}
    async with open_house(apps, tmp_path, cache_seconds=0) as house:
        yield house, Market(services["catalog"], tokens)


async def test_every_public_page_stands_before_anything_is_entered(town: tuple[House, Market]) -> None:
    house, _ = town
    for language, lang in (("zh", "zh-CN"), ("en", "en")):
        for path in PUBLIC:
            response = await house.client.get(f"/{language}{path}")
            assert response.status_code == 200, (path, response.text[:400])
            assert f'<html lang="{lang}"' in response.text
            assert response.headers["cache-control"] == "public, max-age=5"


async def test_what_is_not_there_is_a_page_that_says_so(town: tuple[House, Market]) -> None:
    house, _ = town
    for path in MISSING:
        response = await house.client.get(f"/zh{path}")
        assert response.status_code == 404, path
        assert "text/html" in response.headers["content-type"]


async def test_what_is_entered_is_shown_where_people_look(town: tuple[House, Market]) -> None:
    house, market = town
    listed = await market.listed()
    specialty, lot = listed["specialty_id"], listed["draft"]["lots"][0]["id"]
    paths = (
        "/zh/regions/341321",
        "/zh/search?q=suli",
        f"/zh/specialties/{specialty}",
        f"/zh/listings/{listed['id']}",
        f"/zh/lots/{lot}",
    )
    for path in paths:
        response = await house.client.get(path)
        assert response.status_code == 200
        assert "酥梨" in response.text, path


async def test_the_seller_is_named_on_the_lots_own_page(town: tuple[House, Market]) -> None:
    house, market = town
    listed = await market.listed()
    lot = (await house.client.get(f"/api/v1/listings/{listed['id']}")).json()["lots"][0]
    page = (await house.client.get(f"/en/lots/{lot['id']}")).text
    for shown in (lot["seller"]["name"], lot["seller"]["uscc"], lot["seller"]["address"], lot["seller"]["contact"]):
        assert shown in page


async def asked(client: httpx.AsyncClient) -> str:
    """The path of a trial about a notice that makes staff buy, with its link."""
    facts = {"texts": [{"kind": "notice", "text": CHENGGU}]}
    body = {"stage": "filing", "at": "2020-05-09T09:00:00+08:00", "rules": ["notice.apportion"], "facts": facts}
    response = await client.post("/api/v1/checks", json=body)
    assert response.status_code == 200, response.text
    return response.headers["content-location"].removeprefix("/api/v1")


async def test_a_decision_shows_the_very_words_that_decided_it(town: tuple[House, Market]) -> None:
    house, _ = town
    path = await asked(house.client)
    page = await house.client.get(f"/zh{path}")
    assert page.status_code == 200
    assert "<mark>" in page.text
    assert "每人不少于50元" in page.text
    assert "/zh/rules/notice.apportion?at=2020-05-09" in page.text
    assert page.headers["cache-control"] == "private, no-store"


async def test_a_decision_under_no_link_is_not_shown(town: tuple[House, Market]) -> None:
    house, _ = town
    path = (await asked(house.client)).partition("?")[0]
    assert (await house.client.get(f"/en{path}")).status_code == 404


async def test_what_a_visitor_types_is_shown_as_text(town: tuple[House, Market]) -> None:
    house, _ = town
    response = await house.client.get("/en/search", params={"q": '"><script>alert(1)</script>'})
    assert response.status_code == 200
    assert "<script>alert(1)" not in response.text


async def test_a_search_that_nobody_can_understand_finds_nothing(town: tuple[House, Market]) -> None:
    house, _ = town
    for query in ("month=13", "region=abc", "category=none", "kind=x", "cursor=x"):
        response = await house.client.get(f"/en/search?{query}")
        assert response.status_code == 200, query
        assert "Nothing found" in response.text


async def test_the_documentation_speaks_the_readers_language(town: tuple[House, Market]) -> None:
    house, _ = town
    response = await house.client.get("/api/v1/docs", headers={"accept-language": "en"})
    assert (response.status_code, response.headers["location"]) == (302, "/en/docs/api")
    page = (await house.client.get("/en/docs/api")).text
    for operation in ("/api/v1/checks", "/api/v1/listings", "/api/v1/filings", "/api/v1/sign-in"):
        assert operation in page


async def test_crawlers_find_every_rule_in_both_languages(town: tuple[House, Market]) -> None:
    house, _ = town
    assert "Sitemap: http://sunfair.test/sitemap.xml" in (await house.client.get("/robots.txt")).text
    sitemap = (await house.client.get("/sitemap.xml")).text
    for language in ("zh", "en"):
        assert f"<loc>http://sunfair.test/{language}/rules/notice.apportion</loc>" in sitemap
