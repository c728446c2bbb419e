"""Pages about the catalogue's past and its waiting rooms: histories, prices, admissions, large changes, performance."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import httpx
import pytest

from services.kit import tokens as kit
from tests.apps import Tokens
from tests.catalog.market import Market, form_of, producer_body
from tests.catalog.test_identity import KEYS, REGISTER, claim
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house
from tests.gateway.offices import Accounts, Office

OFFICES = {
    "agriculture": (("operator",), ("341321",), "砀山县农业农村局"),
    "reviewer": (("reviewer",), ("340000",), "全国合规复核中心"),
}
ROOM = "/zh/desk/admissions"


@pytest.fixture
async def town(
    committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path
) -> AsyncIterator[tuple[House, Market]]:
    known = {issuer: [key.public_jwk] for issuer, key in KEYS.items()}
    catalog = await committing_service_app("catalog", registry_keys=known)
    compliance = await committing_service_app("compliance")
    broadcast = await committing_service_app("broadcast")
    apps: dict[str, Any] = {
        "catalog": catalog.app,
        "compliance": compliance.app,
        "broadcast": broadcast.app,
        "accounts": Accounts(tokens, OFFICES),
    }
    async with open_house(apps, tmp_path, cache_seconds=0) as house:
        yield house, Market(catalog, tokens)


def said(answer: httpx.Response) -> str:
    """The sentence that the next page shows once."""
    assert answer.status_code == 303, answer.text
    return unquote(answer.headers["set-cookie"])


async def test_a_lot_shows_what_it_has_cost_and_its_history_shows_who_changed_it(town: tuple[House, Market]) -> None:
    house, market = town
    draft = await market.listed(3)
    lot = draft["draft"]["lots"][0]["id"]
    for language, words in (("zh", "近 30 天最低价"), ("en", "Lowest price of the last 30 days")):
        page = (await house.client.get(f"/{language}/lots/{lot}")).text
        assert words in page
        assert "¥11.60" in page
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 3000
    await market.put(f"/listings/{draft['id']}?why=包装涨价", form)
    await market.post(f"/listings/{draft['id']}/submit?why=包装涨价", {})
    history = (await house.client.get(f"/zh/edits/listing/{draft['id']}")).text
    assert "包装涨价" in history
    assert "批次 DS-0：单位售价" in history or "¥29" in history
    assert f"verify edits listing {draft['id']} --from http" in history
    log = (await house.client.get("/en/edits?kind=listing")).text
    assert "Decided by the gate" in log
    assert "catalogue.atom" in log
    assert (await house.client.get("/zh/edits/listing/none")).status_code == 404
    assert (await house.client.get("/zh/edits/nothing/none")).status_code == 404


async def test_a_producer_is_recommended_and_admitted_through_the_desk(town: tuple[House, Market]) -> None:
    house, market = town
    made = await market.post("/producers", producer_body(), headers=market.headers(organ="砀山县商务局"))
    action = f"{ROOM}/producers/{made['id']}"
    county, platform = Office(house, "agriculture"), Office(house, "reviewer")
    assert "推荐" in (await county.see(ROOM)).text
    done = await county.send(ROOM, action, step="recommend", reason="实地看过，材料齐全")
    assert "载入该生产主体的修改记录" in said(done)
    await platform.send(ROOM, action, step="admit", reason="证照一致")
    admitted = (await market.get(f"/producers/{made['id']}"))["admission"]
    assert (admitted["state"], admitted["reviewed"]["office"]) == ("admitted", "全国合规复核中心")
    page = (await house.client.get(f"/zh/edits/producer/{made['id']}")).text
    assert "实地看过，材料齐全" in page
    assert "砀山县农业农村局" in page


async def test_the_word_of_a_register_is_handed_in_on_the_producers_page(town: tuple[House, Market]) -> None:
    house, market = town
    made = await market.producer(abnormal_operation=True)
    operator = Office(house, "operator")
    for lang, words in (("zh", "登记机关核验"), ("en", "The word of a register")):
        assert words in (await operator.see(f"/{lang}/desk/producers/{made['id']}")).text
        assert words not in (await operator.see(f"/{lang}/desk/producers/new")).text
    page = f"/zh/desk/producers/{made['id']}"
    forged = claim(key=kit.new_signing_key())
    for words in (forged, "short", ""):
        assert '"kind": "bad"' in said(await operator.send(page, f"{page}/claim", claim=words))
    assert (await market.get(f"/producers/{made['id']}"))["version"] == made["version"]
    assert "已采用" in said(await operator.send(page, f"{page}/claim", claim=claim()))
    assert (await market.get(f"/producers/{made['id']}"))["abnormal_operation"] is False
    assert f"{REGISTER} 已于" in (await operator.see(page)).text


async def test_a_step_that_is_not_theirs_is_refused_with_a_sentence(town: tuple[House, Market]) -> None:
    house, market = town
    made = await market.post("/producers", producer_body(), headers=market.headers(organ="砀山县商务局"))
    county = Office(house, "agriculture")
    action = f"{ROOM}/producers/{made['id']}"
    refused = await county.send(ROOM, action, step="recommend", reason="")
    assert '"kind": "bad"' in said(refused)
    assert (await market.get(f"/producers/{made['id']}"))["admission"]["state"] == "applied"
    assert (await Office(house, "buyer").see(ROOM)).status_code == 403
    assert (await house.client.get(ROOM)).status_code == 303


async def test_a_large_change_is_let_through_at_the_desk_of_reviewers(town: tuple[House, Market]) -> None:
    house, market = town
    draft = await market.listed(1)
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 5800
    await market.put(f"/listings/{draft['id']}", form)
    waiting = (await market.post(f"/listings/{draft['id']}/submit", {}))["waiting"]
    platform = Office(house, "reviewer")
    assert "每公斤由 ¥11.60 变为 ¥23.20" in (await platform.see(ROOM)).text
    own = (await Office(house, "operator").see(f"/zh/desk/listings/{draft['id']}")).text
    assert "须先由复核人员查看" in own
    action = f"{ROOM}/changes/{waiting['id']}"
    done = await platform.send(ROOM, action, outcome="approve", reason="产地价已核实")
    assert "已放行，送交核验" in said(done)
    assert (await market.get(f"/listings/{draft['id']}/draft"))["waiting"] is None


async def test_acts_about_cases_and_steps_of_filings_stand_beside_the_changes(town: tuple[House, Market]) -> None:
    house, _ = town
    for kind, words in (("acts", "案件处理"), ("filings", "直播报备")):
        page = await house.client.get(f"/zh/edits?kind={kind}")
        assert page.status_code == 200
        assert words in page.text
    for path in ("/api/v1/acts", "/api/v1/steps"):
        assert (await house.client.get(path)).json() == {"items": [], "next": None}


async def test_the_log_of_changes_is_narrowed_to_a_region_by_its_name(town: tuple[House, Market]) -> None:
    house, market = town
    made = await market.producer()
    here = (await house.client.get("/zh/edits?region=砀山&kind=producer")).text
    assert made["name"] in here
    assert "安徽省宿州市砀山县及其下属地区" in here
    elsewhere = (await house.client.get("/en/edits?region=chenggu")).text
    assert made["name"] not in elsewhere
    assert "Nothing of this kind was changed here." in elsewhere
    assert "No region has this name or code" in (await house.client.get("/en/edits?region=Atlantis")).text


async def test_a_county_finds_its_producers_by_name_and_turns_the_pages(town: tuple[House, Market]) -> None:
    house, market = town
    made = await market.producer()
    desk = Office(house, "operator")
    found = (await desk.see(f"/zh/desk/producers?q={made['name'][:6]}")).text
    assert f'href="/zh/desk/producers/{made["id"]}"' in found
    missing = (await desk.see("/en/desk/producers?q=zzz")).text
    assert made["id"] not in missing
    assert "No producer of this region has this name or code." in missing


async def test_the_performance_page_says_what_it_does_not_know(town: tuple[House, Market]) -> None:
    house, _ = town
    for _ in range(3):
        await house.client.get("/zh/about")
    assert "每百次中 95 次在此时间内" in (await house.client.get("/zh/performance")).text
    page = (await house.client.get("/en/performance")).text
    assert "does not answer now" in page
    assert "too few to say" in page or "%" in page
    assert "What is missing is unknown, not nought." in page
    assert "python3 sunfair.py bench oversell" in page
    assert "Through the whole market, while its processes are killed" in page
    (figures,) = re.findall(r'href="(/static/[0-9a-z]+/oversell.json)"', page)
    assert (await house.client.get(figures)).json()["schema"] == "sunfair-oversell/1"


async def test_the_first_load_of_a_page_stays_below_100_kilobytes(town: tuple[House, Market]) -> None:
    """A weak phone on a slow network: the page with every style, script and picture that it cannot do without."""
    house, market = town
    draft = await market.listed(3)
    paths = ("/", f"/listings/{draft['id']}", f"/lots/{draft['draft']['lots'][0]['id']}", "/regions/340000", "/search")
    for path in paths:
        weights = await first_load(house, f"/zh{path}")
        assert sum(weights.values()) < 100 * 1024, (path, weights)


async def first_load(house: House, path: str) -> dict[str, int]:
    """Address → bytes on the wire, of a page and of all that a browser fetches before it is first seen whole."""
    weights: dict[str, int] = {}
    waiting = [path]
    while waiting:
        here = waiting.pop()
        if here in weights:
            continue
        async with house.client.stream("GET", here, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.status_code == 200, here
            text = (await answer.aread()).decode("utf-8", "replace")
            weights[here] = answer.num_bytes_downloaded
        waiting += [urljoin(here, found) for found in needed(here, text)]
    return weights


def needed(here: str, text: str) -> list[str]:
    """What a page or a script brings with it; pictures further down and fonts of the system do not count."""
    if here.endswith(".js"):
        return re.findall(r'(?:from|import)\s+"(\.[^"]+)"', text)
    if here.endswith((".css", ".svg", ".png")):
        return []
    links = re.findall(r'<link rel="(?:stylesheet|icon)"[^>]* href="([^"]+)"', text)
    eager = [tag for tag in re.findall(r"<img [^>]*>", text) if 'loading="lazy"' not in tag]
    pictures = [found for tag in eager for found in re.findall(r'src="([^"]+)"', tag)]
    return [*links, *re.findall(r'<script[^>]* src="([^"]+)"', text), *pictures]
