"""A spreadsheet through the door: sent by a form, watched with and without JavaScript, mended, imported."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.catalog.actions.imports import carry_export, carry_import
from services.catalog.store.exports import claim_export, note_export
from services.catalog.store.imports import note_progress
from tests.apps import ServiceUnderTest, Tokens
from tests.catalog.market import Market
from tests.catalog.sheets import csv_of, lot_line, producer_line, xlsx_of
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house
from tests.gateway.offices import Accounts, Office

ROOT = "/zh/desk/imports"


@pytest.fixture
async def catalog(committing_service_app: ServiceOf, tokens: Tokens) -> ServiceUnderTest:
    service = await committing_service_app("catalog")
    await Market(service, tokens).specialty()
    return service


@pytest.fixture
async def house(catalog: ServiceUnderTest, tokens: Tokens, tmp_path: Path) -> AsyncIterator[House]:
    apps: dict[str, Any] = {"catalog": catalog.app, "accounts": Accounts(tokens)}
    async with open_house(apps, tmp_path, cache_seconds=0) as opened:
        yield opened


async def carry(catalog: ServiceUnderTest) -> None:
    secret = catalog.app.state.settings.token_secret.get_secret_value()
    assert await carry_import(catalog.database, catalog.app.state.sheets, secret)


async def test_a_file_is_tried_watched_and_imported_with_forms_alone(house: House, catalog: ServiceUnderTest) -> None:
    clerk = Office(house, "operator")
    data = xlsx_of(lot_line(), lot_line(lot_number="DS-2"), producers=[producer_line()])
    sent = await clerk.send(ROOT, ROOT, {"file": ("批次.xlsx", data)}, how="try")
    assert sent.status_code == 303, sent.text
    place = sent.headers["location"]

    waiting = (await clerk.see(place)).text
    assert "排队等待" in waiting
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting
    await note_progress(catalog.database, place.rsplit("/", 1)[1], "comparing", 1, 3, attempt=True)
    running = (await clerk.see(place)).text
    assert "正在比对第 1 行，共 3 行" in running
    assert '<progress class="far" id="how-far" max="3" value="1">' in running

    await carry(catalog)
    tried = (await clerk.see(place)).text
    assert "试运行通过" in tried
    assert "http-equiv" not in tried
    imported = await clerk.send(place, f"{place}/run")
    assert imported.status_code == 303, imported.text
    await carry(catalog)
    done = (await clerk.see(imported.headers["location"])).text
    assert "已导入" in done
    assert "新增批次" in done
    english = (await clerk.see(imported.headers["location"].replace("/zh/", "/en/"))).text
    assert "New draft listings" in english
    listed = (await clerk.see(ROOT)).text
    assert listed.count("批次.xlsx") == 2


async def test_what_is_wrong_stands_at_its_cell_and_the_rows_can_be_fetched(
    house: House, catalog: ServiceUnderTest
) -> None:
    clerk = Office(house, "operator")
    rows = [lot_line(lot_number=f"DS-{number}", net_grams="5斤", uscc="<b>x</b>") for number in range(60)]
    sent = await clerk.send(ROOT, ROOT, {"file": ("批次.csv", csv_of(*rows))}, how="import")
    await carry(catalog)
    page = (await clerk.see(sent.headers["location"])).text
    assert "有 120 处需要改正" in page
    assert "批次 K2" in page
    assert "5斤应填 2500" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page
    assert "cursor=" in page
    file = await clerk.see(f"/api/v1/imports/{sent.headers['location'].rsplit('/', 1)[1]}/faults-file")
    assert file.status_code == 200
    assert "attachment" in file.headers["content-disposition"]


async def test_a_file_that_is_none_is_refused_on_the_form_itself(house: House) -> None:
    clerk = Office(house, "operator")
    refused = await clerk.send(ROOT, ROOT, {"file": ("批次.xlsx", b"MZ\x90\x00" + bytes(100))}, how="try")
    assert refused.status_code == 415
    assert "不接受这种文件" in refused.text
    empty = await clerk.send(ROOT, ROOT, {"file": ("批次.csv", b"")}, how="try")
    assert (empty.status_code, "文件是空的" in empty.text) == (422, True)


async def test_a_file_larger_than_a_document_comes_through_the_door(house: House, catalog: ServiceUnderTest) -> None:
    clerk = Office(house, "operator")
    rows = csv_of(*([lot_line(description_zh="甜" * 5_000)] * 800))
    assert len(rows) > 11 * 1024 * 1024
    sent = await clerk.send(ROOT, ROOT, {"file": ("批次.csv", rows)}, how="try")
    assert sent.status_code == 303, sent.text[:500]


async def test_only_operators_come_to_the_spreadsheets(house: House) -> None:
    assert (await Office(house, "buyer").see(ROOT)).status_code == 403
    assert (await house.client.get(ROOT)).status_code == 303


async def test_everything_is_asked_for_with_a_form_watched_and_fetched(house: House, catalog: ServiceUnderTest) -> None:
    clerk = Office(house, "operator")
    asked = await clerk.send(ROOT, f"{ROOT}/exports", what="csv:lots")
    assert asked.status_code == 303, asked.text
    place = asked.headers["location"]
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in (await clerk.see(place)).text
    identity = await claim_export(catalog.database)
    assert identity == place.rsplit("/", 1)[1]
    await note_export(catalog.database, identity, 300, 1200)
    running = (await clerk.see(place)).text
    assert "正在写入第 300 行，共 1,200 行" in running
    assert '<progress class="far" id="how-far" max="1200" value="300">' in running
    again = await clerk.send(ROOT, f"{ROOT}/exports", what="xlsx")
    assert await carry_export(catalog.database, catalog.app.state.exports)
    place = again.headers["location"]
    done = (await clerk.see(place)).text
    assert "可以下载" in done
    assert "http-equiv" not in done
    file = await clerk.see(f"/api/v1/exports/{place.rsplit('/', 1)[1]}/file")
    assert (file.status_code, file.content[:2]) == (200, b"PK")
    listed = (await clerk.see(ROOT)).text
    assert place in listed
    assert "Ready to be fetched" in (await clerk.see(place.replace("/zh/", "/en/"))).text
