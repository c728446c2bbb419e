"""How many people work at an organ, as administrators enter it at the desk; the others hear of it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.people import PASSWORD, People
from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house

HERE = {"origin": "http://sunfair.test", "sec-fetch-site": "same-origin"}
SCHOOL = {"name": "砀山县第一中学", "kind": "institution", "level": "county", "region_code": "341321"}


@pytest.fixture
async def desk(
    committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path
) -> AsyncIterator[tuple[House, People]]:
    """The desk of an administrator; two teachers and a stranger have accounts."""
    service = await committing_service_app("accounts")
    people = People(service, tokens)
    await people.add("teacher-1", organ=SCHOOL)
    await people.add("teacher-2", organ=SCHOOL)
    await people.add("keeper", "administrator", identity="DEMO-000002")
    async with open_house({"accounts": service.app}, tmp_path) as house:
        form = {"username": "keeper", "password": PASSWORD}
        assert (await house.client.post("/zh/sign-in", headers=HERE, data=form)).status_code == 303
        yield house, people


async def enter(house: House, headcount: str, **said: str) -> str:
    """Send the form; the page that follows."""
    page = (await house.client.get("/zh/desk/organs")).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None, page
    form = {
        "csrf_token": found[1],
        "name": SCHOOL["name"],
        "region_code": SCHOOL["region_code"],
        "headcount": headcount,
    }
    answer = await house.client.post("/zh/desk/organs", headers=HERE, data=form | said)
    assert answer.status_code == 303, answer.text
    return (await house.client.get("/zh/desk/organs")).text


async def test_a_headcount_is_entered_once_for_all_accounts_of_the_organ_and_told(
    desk: tuple[House, People],
) -> None:
    house, people = desk
    page = await enter(house, "120")
    assert "已保存" in page
    assert 'value="120"' in page
    told: list[dict[str, Any]] = await people.service.said("accounts.account.changed")
    newest = {each["entity_id"]: each for each in told}
    assert [each["organ"]["headcount"] for each in newest.values() if each["organ"]] == [120, 120]
    count = len(told)
    await enter(house, "120")
    assert len(await people.service.said("accounts.account.changed")) == count, "nothing changed, nothing is told"
    assert 'value="120"' not in await enter(house, "")


@pytest.mark.parametrize("headcount", ["many", "0", "-3", "1.5", "99999999"])
async def test_what_is_no_number_of_people_is_refused_and_changes_nothing(
    desk: tuple[House, People], headcount: str
) -> None:
    house, people = desk
    page = await enter(house, headcount)
    assert "已保存" not in page
    assert all(
        (each["organ"] or {}).get("headcount") is None for each in await people.service.said("accounts.account.changed")
    )


async def test_nobody_else_enters_one(desk: tuple[House, People], tokens: Tokens) -> None:
    house, people = desk
    assert "没有账户属于该单位" in await enter(house, "5", name="别的单位")
    body = {"name": SCHOOL["name"], "region_code": "341321", "headcount": 5}
    operator = tokens.headers("operator")
    refused = await people.client.put("/organs/headcount", json=body, headers=operator)
    assert refused.status_code == 403
    assert (await people.client.get("/organs", headers=operator)).status_code == 403


async def test_everybody_reads_what_was_done_to_accounts_in_both_languages_and_how_to_check_it(
    desk: tuple[House, People],
) -> None:
    house, _ = desk
    await enter(house, "120")
    for language, words in (
        ("zh", ("登记单位人数", "120", "管理员", "verify acts accounts", "新建账户", "经办人")),
        (
            "en",
            ("Headcount entered", "120", "Administrator", "People stand here as tokens", "Account made", "Operator"),
        ),
    ):
        # Whoever is not signed in; the administrator's own view names the account that acted.
        page = (await house.client.get(f"/{language}/edits?kind=accounts", headers={"cookie": ""})).text
        for word in words:
            assert word in page
        assert "teacher" not in page
    assert (await house.client.get("/api/v1/account-acts")).json()["items"][0]["facts"]["headcount"] == 120
