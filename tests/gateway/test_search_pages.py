"""Searching through the door: mistakes are forgiven, names offered while one types, and finds counted and narrowed."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.views.searching import Facets
from tests.apps import Tokens
from tests.catalog.market import Market
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house


@pytest.fixture
async def house(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[House]:
    service = await committing_service_app("catalog")
    await Market(service, tokens).specialty()
    async with open_house({"catalog": service.app}, tmp_path, cache_seconds=0) as opened:
        yield opened


async def test_a_mistake_is_forgiven_on_the_page_and_said_so(house: House) -> None:
    page = (await house.client.get("/zh/search", params={"q": "酥黎"})).text
    assert "没有找到“酥黎”。以下是“酥梨”的结果。" in page
    assert "砀山酥梨" in page
    assert "没有找到“" not in (await house.client.get("/zh/search", params={"q": "酥梨"})).text


async def test_names_are_offered_through_the_door_and_found_counts_too(house: House) -> None:
    offered = (await house.client.get("/api/v1/search/suggestions", params={"q": "sul"})).json()
    assert {"text": "酥梨", "kind": "produce"} in offered["items"]
    counted = (await house.client.get("/api/v1/search/facets", params={"q": "酥梨"})).json()
    assert (counted["total"], counted["estimated"]) == (1, False)
    assert 'data-suggest="/api/v1/search/suggestions"' in (await house.client.get("/zh/search")).text


@pytest.fixture
async def stalls(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[House]:
    """A specialty with a listing of one lot, a box of which costs 29 yuan."""
    service = await committing_service_app("catalog")
    await Market(service, tokens).listed(1)
    async with open_house({"catalog": service.app}, tmp_path, cache_seconds=0) as opened:
        yield opened


async def test_price_and_state_narrow_the_page(stalls: House) -> None:
    async def found(**query: str) -> tuple[bool, bool]:
        page = (await stalls.client.get("/zh/search", params=query)).text
        return "冷库鲜果" in page, "特产介绍" in page and 'class="card' in page

    assert (await found(price_from="20", price_to="29"))[0]
    assert not (await found(price_from="29.01"))[0]
    assert not (await found(price_to="28.99"))[0]
    assert (await found(state="listed"))[0]
    assert await found(state="published") == (False, True)


async def test_what_was_found_is_counted_and_every_count_is_a_link_that_narrows(stalls: House) -> None:
    page = (await stalls.client.get("/en/search", params={"q": "酥梨", "month": "10"})).text
    assert "Entries found: 3 " in page
    links = re.findall(r'<a href="(/en/search\?[^"]*)"><span>([^<]*)</span> <span class="facet__count">([^<]*)<', page)
    by_name = {name: (html.unescape(href), count) for href, name, count in links}
    assert by_name["Anhui Province"][1] == "3", by_name
    assert by_name["Passed the check and on offer"][1] == "2"
    below = (await stalls.client.get(by_name["Anhui Province"][0])).text
    assert "month=10" in by_name["Anhui Province"][0]
    assert "Suzhou" in below
    assert "← Everywhere" in below
    for href, count in by_name.values():
        assert f"Entries found: {count} " in (await stalls.client.get(href)).text, href


async def test_a_price_that_makes_no_sense_is_said_and_kept_as_typed(stalls: House) -> None:
    bounds, amount = "A price lies between 0 and 100,000,000 yuan.", "Write an amount in yuan, such as 29.90."
    wrong: list[tuple[dict[str, str], str]] = [
        ({"price_from": "-1"}, bounds),
        ({"price_from": "100000000.01"}, bounds),
        ({"price_to": "1e30"}, amount),
        ({"price_from": "cheap", "price_to": "1"}, amount),
        ({"price_from": "30", "price_to": "20"}, "The highest price is below the lowest."),
    ]
    for typed, said in wrong:
        answer = await stalls.client.get("/en/search", params={"q": "酥梨", **typed})
        assert answer.status_code == 200
        assert said in answer.text, typed
        assert "so what follows is of every price" in answer.text
        assert all(f'value="{value}"' in answer.text for value in (*typed.values(), "酥梨"))
        assert "cold storage" in answer.text
        # No count leads on with half of a filter that this page did not use.
        counted = re.findall(r'<a href="([^"]*)"><span>', answer.text)
        assert counted
        assert [href for href in counted if "price_" in href] == []


async def test_a_filter_that_catalog_does_not_know_is_said(stalls: House) -> None:
    for query in ({"region": "999999"}, {"month": "13"}, {"state": "no such state"}, {"category": "none"}):
        answer = await stalls.client.get("/en/search", params=query)
        assert answer.status_code == 200
        assert 'class="notice notice--review"' in answer.text, query


async def test_a_strange_search_is_a_page_that_says_what_to_do(house: House) -> None:
    strange = (
        "🍐🍑",
        "'; DROP TABLE catalog.listing; --",
        '" OR 1=1 --',
        "的",
        "和 的 是",
        "the of",
        "%",
        "\\",
        "\x00",
    )
    for number, typed in enumerate(strange):
        # Every second one in English.
        lang, nothing = (("zh", "没有找到"), ("en", "Nothing found. Try fewer words"))[number % 2]
        page = await house.client.get(f"/{lang}/search", params={"q": typed})
        assert (page.status_code, nothing in page.text) == (200, True), typed
    assert "砀山酥梨" in (await house.client.get("/zh/search", params={"q": "砀山的梨"})).text


async def test_of_ten_thousand_characters_the_first_are_used_and_the_page_says_so(house: House) -> None:
    page = await house.client.get("/en/search", params={"q": "pear " * 2_000})
    assert page.status_code == 200
    assert "Only the first 200 characters were used." in page.text
    assert "pear " * 41 not in page.text
    assert "Only the first" not in (await house.client.get("/en/search", params={"q": "pear " * 40})).text
    refused = await house.client.get("/api/v1/search", params={"q": "pear " * 2_000})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"field": "q", "detail": "Must have at most 200 characters."}]


async def test_estimates_are_called_estimates() -> None:
    class English:
        language = "en"

        def _(self, message: str, **values: object) -> str:
            return message % values if values else message

    asked = dict.fromkeys(("q", "region", "category", "month", "kind", "price_from", "price_to", "state"), "")
    places = [{"key": f"{n}", "zh": f"地{n}", "en": f"Place {n}", "count": 1200} for n in range(12)]
    found = {"total": 14_000, "estimated": True, "regions": places, "categories": [], "prices": [], "states": []}
    view = Facets(English(), asked, found).view()
    assert view is not None
    assert (view["total"], view["estimated"]) == ("≈ 14,000", True)
    group = view["groups"][0]
    assert ([len(group["links"]), len(group["others"])], group["links"][0]["count"]) == ([10, 2], "≈ 1,200")


async def test_the_page_of_search_is_light(house: House) -> None:
    page = await house.client.get("/zh/search")
    parts = re.findall(r'(?:href|src)="(/static/[^"]*[.](?:css|js))"', page.text)
    assert {"search.css", "suggest.js"} <= {part.rsplit("/", 1)[1] for part in parts}
    sent = 0
    for part in parts:
        async with house.client.stream("GET", part) as answer:
            assert answer.headers.get("content-encoding") == "gzip" or int(answer.headers["content-length"]) < 1000
            sent += sum([len(piece) async for piece in answer.aiter_raw()])
    # The drawings take as much again as this leaves of a first load of 100 kB.
    assert len(page.content) + sent < 50_000
