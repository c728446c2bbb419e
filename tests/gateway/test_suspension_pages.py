"""Pages about suspended producers: an inspector suspends and lifts at the desk, everybody reads why."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.apps import Tokens
from tests.catalog.market import Market, producer_body
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house
from tests.gateway.offices import Accounts, Office

DESK = "/zh/desk/suspensions"
WHY = {"reason_zh": "抽检两次不合格，整改未完成。", "reason_en": "Two samples failed and were not answered."}


@pytest.fixture
async def street(service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[tuple[House, Market]]:
    catalog = await service_app("catalog")
    apps: dict[str, Any] = {"catalog": catalog.app, "accounts": Accounts(tokens)}
    async with open_house(apps, tmp_path, cache_seconds=0) as house:
        yield house, Market(catalog, tokens)


async def test_an_inspector_suspends_a_producer_and_everybody_reads_by_whom_and_why(
    street: tuple[House, Market],
) -> None:
    house, market = street
    made = await market.producer()
    inspector = Office(house, "inspector")
    page = (await inspector.see(DESK)).text
    assert producer_body()["name"] in page
    done = await inspector.send(DESK, f"{DESK}/{made['id']}", **WHY, version=str(made["version"]))
    assert "已暂停交易" in unquote(done.headers["set-cookie"])
    for language, reason in (("zh", WHY["reason_zh"]), ("en", WHY["reason_en"])):
        public = (await house.client.get(f"/{language}/suspensions")).text
        assert reason in public
        assert "安徽省监督检查处" in public
    history = (await house.client.get(f"/en/edits/producer/{made['id']}")).text
    assert "Suspended from the market" in history
    assert WHY["reason_en"] in history
    feed = (await house.client.get("/api/v1/catalogue.atom", headers={"Accept-Language": "en"})).text
    assert "was suspended" in feed
    lifted = await inspector.send(DESK, f"{DESK}/{made['id']}/lift", **WHY)
    assert "已解除" in unquote(lifted.headers["set-cookie"])
    assert WHY["reason_zh"] not in (await house.client.get("/zh/suspensions")).text


async def test_a_suspension_without_a_reason_is_refused_beside_its_field_and_loses_no_word(
    street: tuple[House, Market],
) -> None:
    house, market = street
    made = await market.producer()
    typed = {"reason_zh": "", "reason_en": "Two samples failed."}
    refused = await Office(house, "inspector").send(DESK, f"{DESK}/{made['id']}", **typed)
    assert refused.status_code == 422
    assert f'<a href="#f-reason_zh-{made["id"]}">' in refused.text
    assert refused.text.count(f'id="f-reason_zh-{made["id"]}"') == 1
    assert "Two samples failed.</textarea>" in refused.text
    assert (await market.get(f"/producers/{made['id']}"))["suspension"] is None


async def test_a_producer_that_was_changed_meanwhile_is_shown_anew_with_the_reason_that_was_typed(
    street: tuple[House, Market],
) -> None:
    house, market = street
    made = await market.producer()
    again = await Office(house, "inspector").send(DESK, f"{DESK}/{made['id']}", **WHY, version="99")
    assert again.status_code == 422
    assert f"{WHY['reason_zh']}</textarea>" in again.text
    assert (await market.get(f"/producers/{made['id']}"))["suspension"] is None


async def test_the_desk_of_suspensions_is_for_those_who_oversee(street: tuple[House, Market]) -> None:
    house, _ = street
    assert (await Office(house, "operator").see(DESK)).status_code == 403
    assert (await house.client.get(DESK)).status_code == 303
