"""Findings before inspectors: the list, a case with its exhibits, and what two of them do, through forms of ours."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.views.disclosures import measured
from services.disclosure.actions.preparing import prepare_next
from tests.apps import ServiceUnderTest, Tokens
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import ended, filing, listing, notes, order, some_time_ago
from tests.disclosure.examinations import EXHIBIT, examined, finding
from tests.gateway.house import House, open_house
from tests.gateway.offices import Accounts, Office

ROOT = "/en/desk/findings"
SECOND = {"second": (("inspector",), ("340000",), "全国数据核查办公室（演示）")}
REASON = {"reason_zh": "已核实。", "reason_en": "It was looked into."}


@pytest.fixture
async def disclosure(committing_service_app: ServiceOf) -> ServiceUnderTest:
    """The service after an examination that found something grave and something minor."""
    service = await committing_service_app("disclosure", gate_seconds=0)
    at = some_time_ago(days=2)
    await service.hear(listing(), filing(), *notes(at), *(order(number, at) for number in range(30)), ended(at))
    await prepare_next(service.database, service.app.state.surroundings)
    await examined(service, finding("false_order"), finding("refund_cycling", "suspected", n=12))
    return service


@pytest.fixture
async def house(disclosure: ServiceUnderTest, tokens: Tokens, tmp_path: Path) -> AsyncIterator[House]:
    """The door before disclosure and accounts."""
    apps: dict[str, Any] = {"disclosure": disclosure.app, "accounts": Accounts(tokens, SECOND)}
    async with open_house(apps, tmp_path) as opened:
        yield opened


@pytest.fixture
def inspector(house: House) -> Office:
    """An inspector of the province."""
    return Office(house, "inspector")


async def page_of(office: Office, title: str) -> str:
    """The address of the case with this title in the list."""
    listed = (await office.see(ROOT)).text
    before = listed[: listed.index(f">{title}</a>")]
    return before.rpartition('href="')[2].partition('"')[0]


async def test_the_list_shows_the_gravest_first_in_both_languages(inspector: Office) -> None:
    english, chinese = (await inspector.see(ROOT)).text, (await inspector.see("/zh/desk/findings")).text
    grave, minor = "Orders that were placed to be counted", "Orders that were given back in a body"
    assert 0 < english.index(f">{grave}</a>") < english.index(f">{minor}</a>")
    assert "核查线索" in chinese
    assert "严重" in chinese
    assert minor not in (await inspector.see(f"{ROOT}?severity=grave")).text
    assert "No finding stands here" in (await inspector.see(f"{ROOT}?state=closed")).text
    assert (await inspector.see(f"{ROOT}?state=nonsense&severity=9")).status_code == 200


async def test_a_case_shows_its_exhibits_and_gives_its_file(inspector: Office) -> None:
    here = await page_of(inspector, "Orders that were placed to be counted")
    page = (await inspector.see(here)).text
    for said in (str(EXHIBIT["id"]), "40 orders look placed to be counted.", "goods in two boxes", "0.02"):
        assert said in page
    file = await inspector.see(f"{here}/file.pdf")
    assert (file.headers["content-type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    assert "attachment" in file.headers["content-disposition"]


async def test_a_grave_case_is_sent_on_by_one_and_closed_by_two(inspector: Office, house: House) -> None:
    second = Office(house, "second")
    here = await page_of(inspector, "Orders that were placed to be counted")
    sent = await inspector.send(here, f"{here}/refer", organ="演示省纪委监委（演示）", **REASON)
    assert "Sent to 演示省纪委监委（演示）" in (await inspector.follow(sent)).text

    proposed = await inspector.send(here, f"{here}/close", **REASON)
    assert "another inspector has to agree" in (await inspector.follow(proposed)).text
    closed = await second.send(here, f"{here}/closure", answer="agree", **REASON)
    page = (await second.follow(closed)).text
    assert "What you may do" not in page
    assert page.index("Closed</") < page.index("The file that was sent") < page.index("Found and opened")


async def test_a_refused_act_is_said_and_changes_nothing(inspector: Office) -> None:
    here = await page_of(inspector, "Orders that were given back in a body")
    answer = await inspector.send(here, f"{here}/refer", organ="", reason_zh="")
    assert "%22kind%22%3A%20%22bad%22" in answer.headers["set-cookie"]
    assert "Sent to" not in (await inspector.follow(answer)).text


@pytest.mark.parametrize(
    ("rule", "figures", "read"),
    [
        ("under_declared_cost", (0.995, 2990, 5100), ["99.5 %", "¥29.90", "¥51"]),
        ("more_than_usual", ("0.1", "0.254", "0.04"), ["10 %", "25.4 %", "4 %"]),
        ("signed_in_one_go", (12, 1_040, 3), ["12", "1,040", "3"]),
    ],
)
def test_figures_of_a_rule_are_read_with_their_unit(
    rule: str, figures: tuple[float | str, ...], read: list[str]
) -> None:
    named = dict(zip(("threshold", "observed", "expected"), figures, strict=True))
    assert measured({"id": rule, **named}) == read


async def test_others_have_no_such_room(house: House) -> None:
    operator = Office(house, "operator")
    assert (await operator.see(ROOT)).status_code == 403
    assert (await house.client.get(ROOT)).status_code == 303
