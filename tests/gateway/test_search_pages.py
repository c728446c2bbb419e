"""Searching through the door: a mistake is forgiven and said so, and names are offered while one types."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
