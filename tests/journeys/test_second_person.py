"""An event on its whole way: entered on a page with two declarations and a file, verified by another office."""

import re
from typing import Any

import httpx

from deploy.seed import goods
from deploy.seed.catalogue import submit_listing
from deploy.seed.data import row
from deploy.seed.market import Json
from tests.journeys.town import Town, held, result_of

ROOT = "/zh/desk/events"
PAPER = "演示省人民政府关于启动救灾二级响应的通知（虚构）".encode()
EVENT = {
    "title_zh": "演示省二人核实（虚构）",
    "title_en": "Two people, Demonstration Province (invented)",
    "event_type": "public_health",
    "hazard": "covid19",
    "occurred_at": "2020-01-25T00:00",
    "regions.0.code": "990000",
    "impacts.0.category_code": "farm",
    "impacts.0.mechanism": "transport",
    "declarations.0.kind": "response",
    "declarations.0.system": "public_health",
    "declarations.0.response_level": "2",
    "declarations.0.authority.name": "演示省人民政府",
    "declarations.0.authority.kind": "government",
    "declarations.0.authority.level": "province",
    "declarations.0.authority.region_code": "990000",
    "declarations.0.doc_no": "演示二人〔2020〕1号",
    "declarations.0.issued_at": "2020-01-25T08:00",
    "declarations.1.kind": "warning",
    "declarations.1.warning_level": "3",
    "declarations.1.title": "演示省黄色预警（虚构）",
}


async def come_in(town: Town, username: str) -> httpx.AsyncClient:
    """A browser in which this person is signed in."""
    browser = httpx.AsyncClient(base_url=town.stack.url, headers={"Origin": town.stack.url}, timeout=30)
    form = {"username": username, "password": town.passwords[username], "after": "/zh/desk"}
    signed = await browser.post("/zh/sign-in", data=form)
    assert signed.status_code == 303, signed.text
    return browser


async def fill_in(browser: httpx.AsyncClient, form_on: str, action: str, *files: dict[str, Any], **fields: str) -> str:
    """Send the form of that action; where it leads."""
    page = (await browser.get(form_on)).text
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, f"no form for {action}"
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[1]))
    sent = await browser.post(action, data={**hidden, **fields}, files=files[0] if files else None)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


async def list_pears(town: Town, event_id: str) -> str:
    """A listing of the Demonstration County that rests on the event."""
    done = town.desk.book.done
    done |= {name: town.ids[name] for name in ("specialty:demo-pear", *(f"producer:demo-{n}" for n in range(1, 5)))}
    done["event:two-people"] = event_id
    case = {**row("listings", "S13"), "key": "two-people", "event": "two-people", "title_zh": "演示县酥梨 二人核实"}
    return await submit_listing(town.desk, case, goods.producers())


async def answers(town: Town, listing_id: str) -> list[Json]:
    lots = (await town.market.get(f"/listings/{listing_id}", "demo-operator"))["lots"]
    return [await town.decision(lot["decision"]["decision_id"], "demo-operator") for lot in lots]


async def test_an_event_holds_a_listing_until_another_office_has_verified_it(town: Town) -> None:
    registrar = await come_in(town, "demo-registrar")
    file = {"declarations.0.file_hash": ("通知.txt", PAPER, "text/plain")}
    page = await fill_in(registrar, f"{ROOT}/new", ROOT, file, **EVENT)
    event_id = page.rsplit("/", 1)[-1]
    assert f'action="{page}/verify"' not in (await registrar.get(page)).text

    listing_id = await list_pears(town, event_id)
    before = await answers(town, listing_id)
    assert all("event_unverified" in held(decision).values() for decision in before)

    verifier = await come_in(town, "demo-verifier")
    assert page in (await verifier.get("/zh/desk")).text
    shown = (await verifier.get(page)).text
    (address,) = re.findall(r'href="(/api/v1/documents/[0-9a-f]{64})"', shown)
    assert (await verifier.get(address)).content == PAPER
    assert await fill_in(verifier, page, f"{page}/verify", compared="yes") == page
    assert "演示省应急管理厅" in (await verifier.get(page)).text

    await town.desk.until(
        "the listing to be asked again",
        lambda: town.market.get(f"/listings/{listing_id}", "demo-operator"),
        lambda now: all(
            each["reason_code"] != "event_unverified" for lot in now["lots"] for each in lot["decision"]["not_passed"]
        ),
    )
    after = await answers(town, listing_id)
    assert not any("event_unverified" in held(decision).values() for decision in after)
    # The pages act today, so the pears of 2020 are too late by now; the event itself holds nothing back any more.
    for rule in ("fm.event", "fm.authority"):
        assert [result_of(decision, rule)["result"] for decision in after] == ["pass"] * 4
    for browser in (registrar, verifier):
        await browser.aclose()
