"""Buyers at the door: a number, a code, an account; and the way out again."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house

HERE = {"origin": "http://sunfair.test", "sec-fetch-site": "same-origin"}
PHONE = "138 0013 8000"


@pytest.fixture
async def house(committing_service_app: ServiceOf, tmp_path: Path) -> AsyncIterator[House]:
    accounts = await committing_service_app("accounts")
    async with open_house({"accounts": accounts.app}, tmp_path) as opened:
        yield opened


async def code_shown(house: House, lang: str = "zh") -> str:
    asked = await house.client.post(f"/{lang}/phone", headers=HERE, data={"phone": PHONE, "after": "/listings"})
    assert asked.status_code == 200, asked.text
    found = re.search(r"(?:验证码为|The code is) (\d{6})", asked.text)
    assert found is not None
    return found.group(1)


async def sign_in(house: House, code: str, lang: str = "zh", after: str = "/listings") -> httpx.Response:
    form = {"phone": PHONE, "code": code, "after": after}
    return await house.client.post(f"/{lang}/phone/sign-in", headers=HERE, data=form)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_buyer_comes_in_with_a_code_and_goes_on_to_where_they_were(house: House, lang: str) -> None:
    response = await sign_in(house, await code_shown(house, lang), lang)
    assert response.status_code == 303
    assert response.headers["location"] == f"/{lang}/listings"
    account = await house.client.get(f"/{lang}/account")
    assert {"zh": "买家", "en": "Buyer"}[lang] in account.text
    # Tokens and hashes hold any three digits now and then.
    assert "138" not in re.sub(r"[0-9a-f]{12,}", "", account.text)
    assert f"/{lang}/desk" not in account.text


async def test_a_wrong_code_is_asked_for_again_on_the_same_page(house: House) -> None:
    code = await code_shown(house)
    response = await sign_in(house, f"{(int(code) + 1) % 1_000_000:06d}")
    assert response.status_code == 401
    assert re.search(r'id="e-code">.*验证码有误或已失效。请核对六位验证码', response.text)
    assert f'value="{PHONE}"' in response.text


async def test_a_number_that_is_none_is_told_what_to_enter(house: House) -> None:
    response = await house.client.post("/zh/phone", headers=HERE, data={"phone": "12345"})
    assert response.status_code == 422
    assert re.search(r'value="12345"[^>]*aria-invalid="true"', response.text)
    assert re.search(r'id="e-phone">.*11 位', response.text)
    assert "notice--fail" not in response.text


async def test_whoever_asks_for_the_code_twice_can_still_enter_the_first(house: House) -> None:
    code = await code_shown(house)
    again = await house.client.post("/zh/phone", headers=HERE, data={"phone": PHONE, "after": "/listings"})
    assert again.status_code == 429
    assert 'id="f-code"' in again.text
    assert "再重新获取" in again.text
    assert (await sign_in(house, code)).status_code == 303


async def test_no_sign_in_leads_to_another_site(house: House) -> None:
    response = await sign_in(house, await code_shown(house), after="//elsewhere.example/")
    assert response.headers["location"] == "/zh/"


async def test_a_buyer_erases_their_account_only_after_ticking_the_box(house: House) -> None:
    await sign_in(house, await code_shown(house))
    page = await house.client.get("/zh/account")
    assert "修改密码" not in page.text
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.text)
    assert token is not None
    form = {"csrf_token": token.group(1)}
    unsure = await house.client.post("/zh/account/erase", headers=HERE, data=form)
    assert unsure.status_code == 422
    assert "请先勾选确认" in unsure.text
    erased = await house.client.post("/zh/account/erase", headers=HERE, data=form | {"confirm": "yes"})
    assert (erased.status_code, erased.headers["location"]) == (303, "/zh/")
    assert (await house.client.get("/zh/account")).status_code == 303
