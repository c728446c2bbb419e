"""Buyers: a code for a phone, an account made of it, and its erasure."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as some
from sqlmodel import col

from services.accounts import domain
from services.accounts.models import Account, PhoneCode
from services.kit import clock, identity
from services.kit.webhooks import new_secret, signature
from tests.accounts.people import People, bearer
from tests.apps import TOKEN_SECRET, Tokens
from tests.conftest import ServiceOf

PHONE = "138 0013 8000"


async def ask(people: People, phone: str = PHONE, **headers: str) -> Any:
    return await people.client.post("/phone-codes", json={"phone": phone}, headers=headers)


async def code_for(people: People, phone: str = PHONE) -> str:
    answer = await ask(people, phone)
    assert answer.status_code == 202, answer.text
    code: str = answer.json()["demo_code"]
    return code


async def try_code(people: People, code: str, phone: str = PHONE, kind: str = "api") -> Any:
    return await people.client.post("/phone-sign-in", json={"phone": phone, "code": code, "kind": kind})


async def buyer(people: People, phone: str = PHONE) -> dict[str, Any]:
    answer = await try_code(people, await code_for(people, phone), phone)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def a_minute_later(people: People) -> None:
    """Codes were sent a minute before they were."""
    async with people.service.database.sessions.begin() as db:
        await db.execute(sa.update(PhoneCode).values(sent_at=PhoneCode.sent_at - timedelta(seconds=61)))


@pytest.mark.parametrize(
    "written", ["13800138000", "+86 138-0013-8000", "0086 13800138000", "１３８００１３８０００", "(138) 0013 8000"]
)
def test_a_number_is_understood_however_it_is_written(written: str) -> None:
    assert domain.mobile_number(written) == "13800138000"


@pytest.mark.parametrize(
    "written", ["", "12345678901", "1380013800", "138001380000", "010-62345678", "+1 415 555 0100", "一三八"]
)
def test_what_is_no_mobile_number_is_refused(written: str) -> None:
    assert domain.mobile_number(written) is None


@given(some.text(max_size=40))
def test_no_text_becomes_anything_but_eleven_digits(written: str) -> None:
    found = domain.mobile_number(written)
    assert found is None or (len(found) == 11 and found.isascii() and found.isdigit())


async def test_a_new_number_makes_a_buyer_and_keeps_only_a_token_of_it(people: People) -> None:
    got = await buyer(people)
    assert got["account"]["roles"] == ["buyer"]
    assert "13800138000" not in json.dumps(got)
    assert got["account"]["name"] == f"买家 Buyer {got['account']['id'][-4:].upper()}"
    async with people.service.database.sessions() as db:
        stored = (await db.scalars(sa.select(Account).where(col(Account.id) == got["account"]["id"]))).one()
    assert stored.phone == identity.identity_token("phone", "13800138000", TOKEN_SECRET)
    assert "13800138000" not in stored.model_dump_json()
    told = await people.service.said("accounts.account.changed")
    assert told[-1]["roles"] == ["buyer"]
    assert "13800138000" not in json.dumps(told)


async def test_the_same_number_opens_the_same_account(people: People) -> None:
    first = await buyer(people)
    again = await buyer(people, "+86 13800138000")
    assert again["account"]["id"] == first["account"]["id"]


async def test_a_browser_gets_a_session(people: People) -> None:
    answer = await try_code(people, await code_for(people), kind="browser")
    exchanged = await people.exchange(session_id=answer.json()["session_id"])
    assert exchanged.json()["account"]["roles"] == ["buyer"]


async def test_a_code_is_good_once(people: People) -> None:
    code = await code_for(people)
    assert (await try_code(people, code)).status_code == 200
    again = await try_code(people, code)
    assert again.status_code == 401
    assert again.json()["type"].endswith("/problems/phone-code-refused")


async def test_two_who_use_one_code_at_once_get_one_account(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    people = People(await committing_service_app("accounts"), tokens)
    code = await code_for(people)
    answers = await asyncio.gather(try_code(people, code), try_code(people, code))
    assert sorted(answer.status_code for answer in answers) == [200, 401]


async def test_five_wrong_guesses_spend_the_code(people: People) -> None:
    code = await code_for(people)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert {(await try_code(people, wrong)).status_code for _ in range(domain.TRIES_PER_CODE)} == {401}
    assert (await try_code(people, code)).status_code == 401


async def test_a_code_runs_out_after_five_minutes(people: People) -> None:
    code = await code_for(people)
    async with people.service.database.sessions.begin() as db:
        await db.execute(sa.update(PhoneCode).values(expires_at=clock.now()))
    assert (await try_code(people, code)).status_code == 401


async def test_another_code_is_sent_after_a_minute_and_then_only_the_new_one_is_good(people: People) -> None:
    first = await code_for(people)
    soon = await ask(people)
    assert soon.status_code == 429
    assert 0 < int(soon.headers["retry-after"]) <= 60
    assert (await try_code(people, first)).status_code == 200
    second = await code_for(people)
    await a_minute_later(people)
    third = await code_for(people)
    if second != third:
        assert (await try_code(people, second)).status_code == 401
    assert (await try_code(people, third)).status_code == 200


async def test_who_asks_for_many_codes_has_to_wait(people: People) -> None:
    for _ in range(domain.CODES_PER_PHONE):
        await code_for(people)
        await a_minute_later(people)
    refused = await ask(people)
    assert refused.status_code == 429
    assert refused.json()["type"].endswith("/problems/sign-in-throttled")


async def test_a_number_that_is_none_is_answered_at_its_field(people: People) -> None:
    answer = await ask(people, "12345")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "phone"


async def test_outside_a_demonstration_without_a_sender_no_code_is_made(service_app: ServiceOf, tokens: Tokens) -> None:
    people = People(await service_app("accounts", demo=False), tokens)
    answer = await ask(people)
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/problems/phone-code-not-sent")


class TextMessages:
    """A sender of text messages: keeps what it was posted, and answers as it is told."""

    def __init__(self, status: int = 204) -> None:
        self.status = status
        self.posted: list[tuple[dict[str, str], bytes]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head if line)}
        self.posted.append((headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write(f"HTTP/1.1 {self.status} Answer\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


async def test_a_sender_of_texts_is_posted_the_code_signed(service_app: ServiceOf, tokens: Tokens) -> None:
    texts, secret = TextMessages(), new_secret()
    async with await asyncio.start_server(texts.serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/codes"
        people = People(
            await service_app("accounts", demo=False, code_sender_url=url, code_sender_secret=secret), tokens
        )
        answer = await ask(people, **{"Accept-Language": "en"})
    assert answer.status_code == 202
    assert answer.json()["demo_code"] is None
    headers, body = texts.posted[0]
    expected = signature(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert headers["webhook-signature"] == expected
    data = json.loads(body)["data"]
    assert (data["phone"], data["language"]) == ("13800138000", "en")
    assert (await try_code(people, data["code"])).status_code == 200


async def test_a_code_that_was_not_sent_may_be_asked_for_again_at_once(service_app: ServiceOf, tokens: Tokens) -> None:
    texts = TextMessages(status=500)
    async with await asyncio.start_server(texts.serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/codes"
        settings = {"code_sender_url": url, "code_sender_secret": new_secret()}
        people = People(await service_app("accounts", demo=False, **settings), tokens)
        refused = await ask(people)
        texts.status = 200
        assert (refused.status_code, (await ask(people)).status_code) == (503, 202)


async def test_an_erased_buyer_leaves_nothing_that_names_them_and_may_come_back_as_somebody_new(people: People) -> None:
    first = await buyer(people)
    token = first["access_token"]
    unsure = await people.client.post("/me/erase", json={"confirm": False}, headers=bearer(token))
    assert unsure.status_code == 422
    erased = await people.client.post("/me/erase", json={"confirm": True}, headers=bearer(token))
    assert erased.status_code == 204
    people.a_second_later()
    assert (await people.me(token)).status_code == 401
    account_id = first["account"]["id"]
    assert [told["account_id"] for told in await people.service.said("accounts.account.erased")] == [account_id]
    changed = (await people.service.said("accounts.account.changed"))[-1]
    assert not changed["active"]
    assert changed["name"] == "已注销 Erased"
    again = await buyer(people)
    assert again["account"]["id"] != account_id
    assert again["account"]["person"] != first["account"]["person"]


async def test_who_acts_for_an_office_cannot_be_erased(people: People) -> None:
    await people.add("dangshan.office", "operator", "buyer")
    token = (await people.sign_in("dangshan.office"))["access_token"]
    answer = await people.client.post("/me/erase", json={"confirm": True}, headers=bearer(token))
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/account-in-office")


async def test_a_buyer_who_was_switched_off_does_not_get_in(people: People) -> None:
    account = (await buyer(people))["account"]
    patched = await people.client.patch(
        f"/accounts/{account['id']}", json={"active": False}, headers=people.administrator | {"If-Match": '"1"'}
    )
    assert patched.status_code == 200, patched.text
    answer = await try_code(people, await code_for(people))
    assert answer.status_code == 409
