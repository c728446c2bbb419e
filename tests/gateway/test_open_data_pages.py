"""Open data and how figures are made, as anybody reads them: in both languages, with files and without."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.disclosure.actions.opening import make_next_month, month_of
from services.disclosure.actions.preparing import prepare_next
from services.disclosure.app import keep_months
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import BROADCAST, ended, filing, listing, notes, order, some_time_ago, viewers
from tests.gateway.house import House, open_house


@pytest.fixture
async def disclosure(committing_service_app: ServiceOf) -> ServiceUnderTest:
    """The service, which has released the record of a broadcast of yesterday."""
    service = await committing_service_app("disclosure")
    at = some_time_ago(days=1)
    await service.hear(listing(), filing(), *notes(at), viewers(at, 120))
    await service.hear(*(order(number, at) for number in range(60)), ended(at))
    await prepare_next(service.database, service.app.state.surroundings)
    return service


@pytest.fixture
async def house(
    disclosure: ServiceUnderTest, committing_service_app: ServiceOf, tmp_path: Path
) -> AsyncIterator[House]:
    """The door before disclosure and catalog."""
    catalog = await committing_service_app("catalog")
    broadcast = await committing_service_app("broadcast")
    apps = {"disclosure": disclosure.app, "catalog": catalog.app, "broadcast": broadcast.app}
    async with open_house(apps, tmp_path, cache_seconds=0) as opened:
        yield opened


async def text_of(house: House, path: str, status: int = 200) -> str:
    """A page."""
    answer = await house.client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


async def test_the_months_and_their_files_can_be_found_and_loaded(house: House, disclosure: ServiceUnderTest) -> None:
    month = month_of(some_time_ago(days=1))
    assert "There are no files yet." in await text_of(house, "/en/open-data")
    assert (await house.client.get(f"/en/open-data/{month}")).status_code == 404
    await make_next_month(disclosure.database, disclosure.app.state.shelf)
    english = await text_of(house, "/en/open-data")
    assert "1 broadcast · 1 release · 45 files" in english
    assert f'href="/en/open-data/{month}"' in english
    files = await text_of(house, f"/en/open-data/{month}")
    hrefs = re.findall(rf'href="(/api/v1/open-data/{month}/[A-Za-z0-9_.]+)"', files)
    assert len(set(hrefs)) == 45
    for href in set(hrefs):
        assert (await house.client.get(href)).status_code == 200
    assert len(re.findall(r'class="hash">[0-9a-f]{64}<', files)) == 45
    chinese = await text_of(house, f"/zh/open-data/{month}")
    assert "每场直播一行" in chinese
    assert "各列含义" in chinese


async def test_a_service_that_runs_makes_the_files_by_itself(house: House, disclosure: ServiceUnderTest) -> None:
    running = asyncio.create_task(keep_months(disclosure.app))
    async with asyncio.timeout(60):
        while not (await house.client.get("/api/v1/open-data")).json()["items"]:  # noqa: ASYNC110  It is in its loop.
            await asyncio.sleep(0.01)
    running.cancel()
    assert month_of(some_time_ago(days=1)) in await text_of(house, "/en/open-data")


async def test_every_column_stands_in_the_dictionary_in_both_languages(house: House) -> None:
    english, chinese = (
        await text_of(house, "/en/open-data/dictionary"),
        await text_of(house, "/zh/open-data/dictionary"),
    )
    assert "Weight in grams" in english
    assert "重量（克）" in chinese
    assert english.count('<details class="more"') == chinese.count('<details class="more"') == 14


async def test_how_we_count_tells_how_right_it_is_and_where_not(house: House) -> None:
    english = await text_of(house, "/en/how-we-count")
    told = (await house.client.get("/api/v1/open-data/accuracy")).json()
    assert f"Honest broadcasts with a finding: {told['all']['honest_broadcasts_accused']}." in english
    for figure in told["all"]["abuses"].values():
        assert f"{100 * figure['recall_careful']:.1f} %" in english
        assert f"{100 * figure['precision']:.1f} %" in english
    assert "On real ones the numbers will be lower" in english
    assert "这里没有排名" in await text_of(house, "/zh/how-we-count")


async def test_a_record_leads_to_how_we_count_and_a_region_to_its_feeds(house: House) -> None:
    assert 'href="/en/how-we-count"' in await text_of(house, f"/en/disclosures/{BROADCAST}")
    region = await text_of(house, "/zh/regions/341321")
    for feed in ("disclosures", "ledger"):
        href = f"/api/v1/feeds/{feed}.atom?lang=zh&amp;region=341321"
        assert region.count(href) == 2
        answer = await house.client.get(href.replace("&amp;", "&"))
        assert answer.headers["content-type"].startswith("application/atom+xml")
    assert 'type="application/atom+xml"' in await text_of(house, "/en/disclosures?region=341321")


@pytest.mark.parametrize("path", ["/open-data/2026-13", "/open-data/nonsense", "/open-data/2001-01"])
async def test_a_month_that_there_is_not_is_no_page(house: House, path: str) -> None:
    answer = await house.client.get(f"/en{path}")
    assert answer.status_code in (404, 422)
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("region=340000&product=酥梨&stage=summary", "砀山酥梨直播专场"),
        ("product=苹果", "没有符合条件的记录"),
        ("since=2026-02-30", "不是有效日期"),
        ("until=9999-12-31", "不是有效日期"),
        ("since=2026-11-28&until=2026-11-01", "必须晚于"),
        ("region=341399", "不是行政区划代码"),
        ("stage=best", "请看标出的各项，改好后重新提交"),
    ],
)
async def test_the_list_is_narrowed_and_says_what_is_wrong_with_a_question(
    house: House, asked: str, words: str
) -> None:
    answer = await house.client.get(f"/zh/disclosures?{asked}")
    assert answer.status_code in (200, 422)
    assert words in answer.text
    assert 'name="product"' in answer.text


async def test_no_page_of_records_offers_an_order(house: House) -> None:
    for path in ("/disclosures", "/open-data", "/how-we-count", f"/disclosures/{BROADCAST}"):
        text = await text_of(house, f"/en{path}")
        main = text[text.index("<main") : text.index("</main>")]
        asked = set(re.findall(r'name="([a-z_]+)"', main)) | set(re.findall(r"[?&;]([a-z_]+)=", main))
        assert asked <= {"region", "since", "until", "stage", "product", "lang", "kind", "release"}, path
