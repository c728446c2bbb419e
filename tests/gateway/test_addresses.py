"""The address book at the door: the way to a county without a script, corrections, and whose book it is."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.gateway.shopping import Browser, Shop, open_shop, text_of

BOOK = "/zh/addresses"
HOME = {"consignee": "演示收件人", "phone": "138 0000 0000", "detail": "演示街道 1 号院 2 号楼"}


@pytest.fixture
async def shop(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(committing_service_app, tokens, tmp_path) as opened:
        yield opened


async def keep(who: Browser, region: str = "110101", **fields: str) -> str:
    """Enter an address; where it leads."""
    return await who.follow(await who.send(f"{BOOK}/new?region={region}", BOOK, **{**HOME, **fields}))


async def test_the_county_is_found_step_by_step_without_a_script(shop: Shop) -> None:
    buyer = shop.buyer
    page = await buyer.see(f"{BOOK}/new")
    province = re.search(r'/zh/addresses/new\?(\S*below=340000)"', page)
    assert province is not None
    page = await buyer.see(f"{BOOK}/new?{province[1]}".replace("&amp;", "&"))
    assert "宿州市" in page
    page = await buyer.see(f"{BOOK}/new?below=341300")
    assert "region=341321" in page
    assert "寄到哪个县" not in await buyer.see(f"{BOOK}/new?region=341321")


@pytest.mark.parametrize("words", ["砀山", "dangshan", "341321"])
async def test_the_county_is_found_by_its_name(shop: Shop, words: str) -> None:
    assert "region=341321" in await shop.buyer.see(f"{BOOK}/new?q={words}")


@pytest.mark.parametrize("code", ["340000", "999999", "x", "%2e%2e"])
async def test_a_region_that_no_parcel_reaches_is_asked_for_again(shop: Shop, code: str) -> None:
    assert "寄到哪个县" in await shop.buyer.see(f"{BOOK}/new?region={code}")


async def test_an_address_is_kept_shown_corrected_and_removed(shop: Shop) -> None:
    buyer = shop.buyer
    page = await keep(buyer)
    assert "13800000000" in page
    assert "常用地址" in page
    address = re.search(r'href="/zh/addresses/([^"/?]+)">修改', page)
    assert address is not None
    assert "演示街道" in await buyer.see(f"{BOOK}/{address[1]}")
    page = await buyer.follow(await buyer.send(f"{BOOK}/{address[1]}", BOOK, **{**HOME, "detail": "演示路 9 号"}))
    assert "演示路 9 号" in page
    assert "演示街道" not in page
    address = re.search(r'action="(/zh/addresses/[^"]+/remove)"', page)
    assert address is not None
    assert "还没有地址" in await buyer.follow(await buyer.send(BOOK, address[1]))


async def test_what_no_parcel_would_find_is_said_beside_the_field(shop: Shop) -> None:
    answer = await shop.buyer.send(f"{BOOK}/new?region=110101", BOOK, **{**HOME, "phone": "12345"})
    assert answer.status_code == 422
    assert 'id="e-phone"' in answer.text
    assert "演示街道" in answer.text
    assert "手机号码" in text_of(answer.text)


async def test_an_address_book_is_nobody_elses(shop: Shop) -> None:
    page = await keep(shop.buyer)
    address = re.search(r'href="(/zh/addresses/[^"/?]+)">修改', page)
    assert address is not None
    neighbour = shop.browser("neighbour")
    await neighbour.see(address[1], status=404)
    assert "还没有地址" in await neighbour.see(BOOK)
    assert (await shop.browser().goes(BOOK)).startswith("/zh/phone?after=")


async def test_after_an_address_nobody_is_led_to_another_site(shop: Shop) -> None:
    answer = await shop.buyer.send(f"{BOOK}/new?region=110101&after=//elsewhere.example", BOOK, **HOME)
    assert answer.headers["location"] == "/zh/"
