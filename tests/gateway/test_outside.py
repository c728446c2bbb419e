"""Coming in by an identity outside, as a person does it in a browser: there, back, connected, refused, cancelled."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.people import PASSWORD, People
from tests.accounts.provider import CLIENT, SECRET, Provider, providing
from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house

HERE = {"origin": "http://sunfair.test", "sec-fetch-site": "same-origin"}
Stage = tuple[House, People, Provider]


@pytest.fixture
async def stage(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Stage]:
    async with providing() as provider:
        known: dict[str, Any] = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        known |= {"oidc_private": True, "oidc_name_zh": "演示认证", "oidc_name_en": "Demo ID"}
        service = await committing_service_app("accounts", public_url="http://sunfair.test", **known)
        people = People(service, tokens)
        await people.add("zhang.san", "operator")
        async with open_house({"accounts": service.app}, tmp_path) as house:
            yield house, people, provider


async def signs_in(house: House, lang: str = "zh") -> None:
    form = {"username": "zhang.san", "password": PASSWORD}
    assert (await house.client.post(f"/{lang}/sign-in", headers=HERE, data=form)).status_code == 303


async def press(house: House, path: str, page: str) -> Any:
    """Send a form of the account's page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return await house.client.post(path, headers=HERE, data={"csrf_token": found[1]})


async def connects(house: House, provider: Provider, lang: str = "zh") -> Any:
    """Press the button, go there and come back."""
    page = (await house.client.get(f"/{lang}/account")).text
    on_the_way = await press(house, f"/{lang}/account/outside", page)
    found = re.search(r'href="(http[^"]+/authorize[^"]+)"', on_the_way.text)
    assert found is not None, on_the_way.text
    code, state = provider.consents(found[1].replace("&amp;", "&"))
    return await house.client.get(f"/{lang}/outside/back?code={code}&state={state}")


async def goes_there(house: House, provider: Provider, lang: str = "zh") -> Any:
    """Sign in by it; what the way back answers."""
    leaving = await house.client.get(f"/{lang}/outside")
    assert leaving.status_code == 303
    cookie = leaving.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    code, state = provider.consents(leaving.headers["location"])
    return await house.client.get(f"/{lang}/outside/back?code={code}&state={state}")


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_an_identity_is_connected_on_the_account_page_and_opens_the_account_from_then_on(
    stage: Stage, lang: str
) -> None:
    house, _, provider = stage
    name = {"zh": "演示认证", "en": "Demo ID"}[lang]
    assert name in (await house.client.get(f"/{lang}/sign-in")).text
    await signs_in(house, lang)
    assert (await connects(house, provider, lang)).headers["location"] == f"/{lang}/account"
    account = (await house.client.get(f"/{lang}/account")).text
    assert {"zh": "已关联", "en": "Connected since"}[lang] in account
    house.client.cookies.clear()
    back = await goes_there(house, provider, lang)
    assert (back.status_code, back.headers["location"]) == (303, f"/{lang}/desk")
    assert "zhang.san" in (await house.client.get(f"/{lang}/account")).text
    page = (await house.client.get(f"/{lang}/account")).text
    assert (await press(house, f"/{lang}/account/outside/disconnect", page)).status_code == 303
    house.client.cookies.clear()
    assert (await goes_there(house, provider, lang)).status_code == 409


async def test_an_identity_that_nobody_connected_is_told_what_to_do(stage: Stage) -> None:
    house, _, provider = stage
    back = await goes_there(house, provider)
    assert back.status_code == 409
    assert "请先用密码登录" in back.text
    assert "/zh/sign-in" in back.text


async def test_who_cancels_there_is_told_that_nothing_changed(stage: Stage) -> None:
    house, _, _ = stage
    await house.client.get("/en/outside")
    back = await house.client.get("/en/outside/back?error=access_denied&state=whatever")
    assert back.status_code == 400
    assert "You cancelled" in back.text
    back = await house.client.get("/zh/outside/back?error=server_error")
    assert "未成功" in back.text


async def test_a_way_back_that_this_browser_never_began_opens_nothing(stage: Stage) -> None:
    house, _, provider = stage
    await signs_in(house)
    await connects(house, provider)
    house.client.cookies.clear()
    leaving = await house.client.get("/zh/outside")
    code, state = provider.consents(leaving.headers["location"])
    house.client.cookies.clear()
    back = await house.client.get(f"/zh/outside/back?code={code}&state={state}")
    assert back.status_code == 401
    assert "sunfair_session" not in back.headers.get("set-cookie", "")


async def test_an_identity_of_another_account_and_a_second_identity_are_refused_on_a_page(stage: Stage) -> None:
    house, people, provider = stage
    await signs_in(house)
    await connects(house, provider)
    provider.subject = "Citizen-2"
    assert "该账户已关联其他身份" in (await connects(house, provider)).text
    provider.subject = "Citizen-1"
    await people.add("li.si", "operator", identity="DEMO-000002")
    form = {"username": "li.si", "password": PASSWORD}
    await house.client.post("/zh/sign-in", headers=HERE, data=form)
    answer = await connects(house, provider)
    assert (answer.status_code, "该身份已关联其他账户" in answer.text) == (409, True)


async def test_nobody_else_can_begin_to_connect_for_a_visitor(stage: Stage) -> None:
    house, _, _ = stage
    await signs_in(house)
    elsewhere = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    answer = await house.client.post("/zh/account/outside", headers=elsewhere, data={"csrf_token": "guessed"})
    assert answer.status_code == 403
