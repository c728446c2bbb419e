"""The pages of the public log over a real service: before the first head, and with something in it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log, decided, decision, parameter, submitted
from tests.gateway.house import House, open_house


@pytest.fixture
async def log(committing_service_app: ServiceOf) -> Log:
    """A log that has just started."""
    return Log(await committing_service_app("disclosure"))


@pytest.fixture
async def house(log: Log, tmp_path: Path) -> AsyncIterator[House]:
    """The door before disclosure."""
    async with open_house({"disclosure": log.service.app}, tmp_path, cache_seconds=0) as opened:
        yield opened


async def read(house: House, path: str, status: int = 200) -> str:
    """A page."""
    answer = await house.client.get(path)
    assert answer.status_code == status, answer.text[:400]
    return answer.text


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_log_without_a_head_says_that_it_is_starting(house: House, lang: str) -> None:
    assert ("账本正在启动" if lang == "zh" else "The log is starting") in await read(house, f"/{lang}/ledger")
    assert "verify.js" in await read(house, f"/{lang}/verify")


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_log_shows_its_head_and_what_entered_it(house: House, log: Log, lang: str) -> None:
    await log.hear(decision(1), parameter(), submitted(1, lot=4800), decided(1, lot="listed"))
    page = await read(house, f"/{lang}/ledger")
    head = (await log.checkpoint()).head
    assert head.size == 3
    for shown in ("sunfair.example/ledger", f"/{lang}/decisions/decision-1", f"/{lang}/rules/changes/change-1"):
        assert shown in page
    feed = re.search(r'href="(/api/v1/feeds/ledger[^"]+)"', page)
    assert feed is not None
    assert "decision-1" in await read(house, feed[1].replace("&amp;", "&"))
    only_prices = await read(house, f"/{lang}/ledger?kind=price")
    assert f"/{lang}/lots/lot" in only_prices
    assert "decision-1" not in only_prices


async def test_the_log_is_read_page_by_page(house: House, log: Log) -> None:
    await log.hear(*(decision(number) for number in range(45)))
    page = await read(house, "/en/ledger")
    seen = set(re.findall(r"decision-(\d+)<", page))
    assert len(seen) == 10
    while following := re.search(r'href="([^"]+)" rel="next"', page):
        page = await read(house, following[1].replace("&amp;", "&"))
        seen |= set(re.findall(r"decision-(\d+)<", page))
    assert seen == {str(number) for number in range(45)}


async def test_from_what_is_logged_a_way_leads_to_its_entry(house: House, log: Log) -> None:
    await log.hear(decision(1), decision(2))
    way = await house.client.get("/en/ledger/of/decision/decision-2")
    assert (way.status_code, way.headers["location"]) == (303, "/en/ledger/1")
    assert "enters it in a moment" in await read(house, "/en/ledger/of/decision/decision-3", 404)


async def test_an_entry_shows_its_document_and_gives_its_proof(house: House, log: Log) -> None:
    await log.hear(decision(1))
    page = await read(house, "/en/ledger/0")
    assert decision(1).answer_sha256 in page
    proof = await read(house, "/api/v1/ledger/leaves/0/proof")
    assert proof.startswith("c2sp.org/tlog-proof@v1\n")
    files = [await house.client.get(f"/api/v1/ledger/tile/{path}") for path in ("0/000.p/1", "entries/000.p/1")]
    assert {file.headers["content-type"] for file in files} == {"application/octet-stream"}


@pytest.mark.parametrize("path", ["/ledger/0", "/ledger/7", "/ledger?cursor=x"])
async def test_what_is_not_in_the_log_is_a_page_that_says_so(house: House, path: str) -> None:
    assert (await house.client.get(f"/zh{path}")).status_code in (404, 422)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_form_is_kept_as_one_file(house: House, lang: str) -> None:
    answer = await house.client.get(f"/{lang}/verify/offline")
    assert answer.headers["content-disposition"] == f'attachment; filename="sunfair-verify-{lang}.html"'
    assert ("核验阳光集市公开账本" if lang == "zh" else "Check the public log of Sunfair") in answer.text
    assert not re.search(r'(?:src|href)="', answer.text)
