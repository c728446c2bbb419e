"""The page on which a buyer reads what became of their order, and takes along what proves it."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.disclosure.actions.preparing import prepare_next
from services.kit.identity import broadcast_token
from tests.apps import TOKEN_SECRET, ServiceUnderTest, Tokens
from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log
from tests.disclosure.broadcasts import BROADCAST, ended, filing, listing, notes, order, some_time_ago, viewers
from tests.gateway.house import open_house
from tests.gateway.shopping import Accounts, Browser, text_of
from tools import verify

PAGE = f"disclosures/{BROADCAST}/orders/order-1"


@pytest.fixture
async def disclosure(committing_service_app: ServiceOf) -> ServiceUnderTest:
    """The service with one record; `order-1` is the order of the account `buyer`."""
    service = await committing_service_app("disclosure")
    at, buyer = some_time_ago(days=1), broadcast_token(BROADCAST, "buyer", TOKEN_SECRET)
    paid = [order(number, at, **({"buyer": buyer} if number == 1 else {})) for number in range(30)]
    await service.hear(listing(), filing(), *notes(at), viewers(at, 120), *paid, ended(at))
    return service


@pytest.fixture
async def buyer(disclosure: ServiceUnderTest, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Browser]:
    """Their browser before the door."""
    apps: dict[str, Any] = {"disclosure": disclosure.app, "accounts": Accounts(tokens)}
    async with open_house(apps, tmp_path, cache_seconds=0) as house:
        yield Browser(house, "buyer")


async def release(disclosure: ServiceUnderTest) -> None:
    """The record is put together and stands in the log."""
    await prepare_next(disclosure.database, disclosure.app.state.surroundings)
    await Log(disclosure).grow()


async def test_a_buyer_reads_in_both_languages_that_the_order_was_counted(
    buyer: Browser, disclosure: ServiceUnderTest
) -> None:
    assert "暂无凭证" in await buyer.see(f"/zh/{PAGE}", 404)
    await release(disclosure)
    chinese = text_of(await buyer.see(f"/zh/{PAGE}"))
    for said in ("计入核实数据", "该订单计入核实数据。", "¥29.90", "向任何人证明"):
        assert said in chinese, said
    assert "The order is counted among the verified figures." in text_of(await buyer.see(f"/en/{PAGE}"))


async def test_nobody_else_sees_it_and_it_is_kept_in_no_cache(buyer: Browser, disclosure: ServiceUnderTest) -> None:
    await release(disclosure)
    await Browser(buyer.house, "neighbour").see(f"/en/{PAGE}", 404)
    assert "/en/phone?after=" in await Browser(buyer.house).goes(f"/en/{PAGE}")
    answer = await buyer.house.client.get(f"/en/{PAGE}", headers={"cookie": "sunfair_session=buyer"})
    assert "private" in answer.headers["cache-control"] or "no-store" in answer.headers["cache-control"]


async def test_the_three_files_of_the_page_prove_it_offline(
    buyer: Browser, disclosure: ServiceUnderTest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await release(disclosure)
    page = await buyer.see(f"/en/{PAGE}")
    links = re.findall(r'href="([^"]+)" download="([^"]+)"', page)
    assert [name for _, name in links] == ["receipt.json", "release.json", "release.tlog-proof"]
    for address, name in links:
        (tmp_path / name).write_text(await buyer.see(address), encoding="utf-8")
    key = json.loads(await buyer.see("/api/v1/ledger"))["key"]
    offline = ["--release", str(tmp_path / "release.json"), "--proof", str(tmp_path / "release.tlog-proof")]
    assert verify.main(["receipt", str(tmp_path / "receipt.json"), *offline, "--key", key]) == verify.HOLDS
    assert "The order is counted among the verified figures." in capsys.readouterr().out
