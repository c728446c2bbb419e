"""Signing in: what is stored, what is refused, and who has to wait."""

import asyncio
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from services.accounts.domain import secret_sha256
from services.accounts.models import Account, BrowserSession, SignInFailure
from tests.accounts.people import PASSWORD, People, bearer, some_name
from tests.apps import Tokens
from tests.conftest import ServiceOf


async def test_a_password_is_kept_as_an_argon2_hash_alone(people: People) -> None:
    made = await people.add("dangshan.office")
    async with people.service.database.sessions() as db:
        stored = await db.scalar(sa.select(col(Account.password_hash)).where(col(Account.id) == made["id"]))
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$")
    assert PASSWORD not in str(made)


async def test_an_api_client_signs_in_and_is_known(people: People) -> None:
    made = await people.add("dangshan.office", "operator", scopes=["341321"])
    got = await people.sign_in("dangshan.office")
    answer = await people.me(got["access_token"])
    assert answer.status_code == 200
    assert answer.json()["id"] == made["id"] == got["account"]["id"]
    assert answer.json()["scopes"] == ["341321"]


async def test_case_and_spaces_around_a_user_name_do_not_matter(people: People) -> None:
    await people.add("dangshan.office")
    assert (await people.try_in("  Dangshan.Office ")).status_code == 200


async def test_a_browser_gets_a_session_that_is_stored_as_a_hash(people: People) -> None:
    await people.add("dangshan.office")
    got = await people.sign_in("dangshan.office", kind="browser")
    assert "access_token" not in got
    async with people.service.database.sessions() as db:
        stored = list(await db.scalars(sa.select(col(BrowserSession.session_sha256))))
    assert stored == [secret_sha256(got["session_id"])]
    exchanged = await people.exchange(session_id=got["session_id"])
    assert (await people.me(exchanged.json()["access_token"])).json()["username"] == "dangshan.office"


async def test_an_answer_with_a_secret_is_never_cached(people: People) -> None:
    await people.add("dangshan.office")
    assert (await people.try_in("dangshan.office")).headers["cache-control"] == "no-store"


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(people: People) -> None:
    await people.add("dangshan.office")
    wrong, unknown = await people.try_in("dangshan.office", "wrong"), await people.try_in("nobody.here", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json(), "request_id": 0} == {**unknown.json(), "request_id": 0}
    assert wrong.json()["type"].endswith("/problems/sign-in-refused")


async def test_the_refusal_comes_in_chinese_to_who_reads_chinese(people: People) -> None:
    body = {"username": "nobody.here", "password": "wrong"}
    answer = await people.client.post("/sign-in", json=body, headers={"Accept-Language": "zh-CN"})
    assert answer.json()["title"] == "用户名或密码有误"


async def test_five_failures_make_a_name_wait_even_with_the_right_password(people: People) -> None:
    await people.add("dangshan.office")
    for _ in range(5):
        assert (await people.try_in("dangshan.office", "wrong")).status_code == 401
    answer = await people.try_in("dangshan.office")
    assert answer.status_code == 429
    assert answer.json()["type"].endswith("/problems/sign-in-throttled")
    assert 25 <= int(answer.headers["retry-after"]) <= 31


async def test_guesses_sent_at_once_get_no_further_than_guesses_sent_in_turn(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    people = People(await committing_service_app("accounts", hashes_at_once=2), tokens)
    await people.add("dangshan.office")
    answers = await asyncio.gather(*[people.try_in("dangshan.office", "wrong") for _ in range(20)])
    codes = [answer.status_code for answer in answers]
    # One more than five may be heard: the one that was being hashed beside the fifth.
    assert codes.count(401) in (5, 6)
    assert codes.count(429) == 20 - codes.count(401)


async def test_many_people_sign_in_to_one_account_at_once(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    people = People(await committing_service_app("accounts"), tokens)
    await people.add("dangshan.office")
    answers = await asyncio.gather(*[people.try_in("dangshan.office") for _ in range(12)])
    assert {answer.status_code for answer in answers} == {200}


async def test_an_unknown_name_waits_as_a_known_one_does(people: People) -> None:
    answers = [(await people.try_in("nobody.here", "wrong")).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


async def pass_time(people: People, gone: timedelta) -> None:
    """As if the failures had happened earlier."""
    columns = {
        "last_at": SignInFailure.last_at - gone,
        "blocked_until": SignInFailure.blocked_until - gone,  # type: ignore[operator]  # A column here, not its value.
    }
    async with people.service.database.sessions.begin() as db:
        await db.execute(sa.update(SignInFailure).values(columns))


async def test_after_the_wait_the_name_is_heard_again_and_a_success_starts_it_afresh(people: People) -> None:
    await people.add("dangshan.office")
    for _ in range(5):
        await people.try_in("dangshan.office", "wrong")
    await pass_time(people, timedelta(seconds=40))
    assert (await people.try_in("dangshan.office")).status_code == 200
    assert (await people.try_in("dangshan.office", "wrong")).status_code == 401
    assert (await people.try_in("dangshan.office")).status_code == 200


async def test_the_wait_grows_with_each_further_failure(people: People) -> None:
    for _ in range(5):
        await people.try_in("nobody.here", "wrong")
    await pass_time(people, timedelta(seconds=40))
    await people.try_in("nobody.here", "wrong")
    assert int((await people.try_in("nobody.here", "wrong")).headers["retry-after"]) > 50


async def test_an_address_that_guesses_many_names_has_to_wait(people: People) -> None:
    await people.add("dangshan.office")
    limit = people.service.app.state.settings.sign_in_failures_per_address
    codes = {(await people.try_in(some_name(), "wrong", address="203.0.113.9")).status_code for _ in range(limit)}
    assert codes == {401}
    assert (await people.try_in("dangshan.office", address="203.0.113.9")).status_code == 429
    assert (await people.try_in("dangshan.office", address="203.0.113.10")).status_code == 200


async def test_neither_names_nor_addresses_are_kept_with_the_failures(people: People) -> None:
    await people.try_in("nobody.here", "wrong", address="203.0.113.9")
    async with people.service.database.sessions() as db:
        rows = list(await db.scalars(sa.select(col(SignInFailure.token))))
    assert len(rows) == 2
    assert all(len(row) == 64 for row in rows)


async def test_an_account_switched_off_cannot_sign_in(people: People) -> None:
    made = await people.add("dangshan.office")
    got = await people.sign_in("dangshan.office", kind="browser")
    patched = await people.client.patch(f"/accounts/{made['id']}", json={"active": False}, headers=people.administrator)
    assert patched.status_code == 200
    assert (await people.try_in("dangshan.office")).status_code == 401
    assert (await people.exchange(session_id=got["session_id"])).status_code == 401


async def test_signing_out_ends_the_session_and_twice_is_no_error(people: People) -> None:
    await people.add("dangshan.office")
    got = await people.sign_in("dangshan.office", kind="browser")
    for _ in range(2):
        answer = await people.client.post("/sign-out", json={"session_id": got["session_id"]})
        assert answer.status_code == 204
    assert (await people.exchange(session_id=got["session_id"])).status_code == 401


async def test_a_session_left_alone_for_twelve_hours_has_ended(people: People) -> None:
    await people.add("dangshan.office")
    got = await people.sign_in("dangshan.office", kind="browser")
    async with people.service.database.sessions.begin() as db:
        await db.execute(sa.update(BrowserSession).values(expires_at=BrowserSession.expires_at - timedelta(hours=12)))
    assert (await people.exchange(session_id=got["session_id"])).status_code == 401


async def test_an_exchange_needs_exactly_one_credential(people: People) -> None:
    for body in ({}, {"session_id": "a", "api_key": "b"}):
        assert (await people.client.post("/token/exchange", json=body)).status_code == 422


async def test_a_user_changes_the_password_and_every_session_ends(people: People) -> None:
    await people.add("dangshan.office")
    session = await people.sign_in("dangshan.office", kind="browser")
    got = await people.sign_in("dangshan.office")
    body = {"old": PASSWORD, "new": "four pears and a train"}
    answer = await people.client.post("/me/password", json=body, headers=bearer(got["access_token"]))
    assert answer.status_code == 204
    people.a_second_later()
    assert (await people.me(got["access_token"])).status_code == 401
    assert (await people.exchange(session_id=session["session_id"])).status_code == 401
    assert (await people.try_in("dangshan.office")).status_code == 401
    assert (await people.try_in("dangshan.office", "four pears and a train")).status_code == 200


async def test_changing_a_password_with_the_wrong_old_one_counts_as_a_failed_sign_in(people: People) -> None:
    await people.add("dangshan.office")
    token = (await people.sign_in("dangshan.office"))["access_token"]
    body = {"old": "wrong", "new": "four pears and a train"}
    codes = [(await people.client.post("/me/password", json=body, headers=bearer(token))).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]


async def test_a_common_new_password_is_refused_at_its_field(people: People) -> None:
    await people.add("dangshan.office")
    token = (await people.sign_in("dangshan.office"))["access_token"]
    body = {"old": PASSWORD, "new": "woaini1314"}
    answer = await people.client.post("/me/password", json=body, headers=bearer(token))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "new"


@pytest.mark.parametrize("bad", ["a\\u0000b", "a\\ud800b"])
@pytest.mark.parametrize("field", ["username", "password"])
async def test_half_a_character_is_refused_and_no_error_of_ours(people: People, field: str, bad: str) -> None:
    body = {"username": "nobody.here", "password": "x"} | {field: "BAD"}
    content = json.dumps(body).replace("BAD", bad)
    answer = await people.client.post("/sign-in", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (401, 422)
    assert answer.json()["type"].rsplit("/", 1)[-1] in ("sign-in-refused", "body-invalid")


@pytest.mark.parametrize("bad", ["a\\u0000b", "a\\ud800b"])
async def test_half_a_character_in_an_organs_name_is_refused(people: People, bad: str) -> None:
    organ = {"name": "BAD", "kind": "other", "level": "county"}
    body = {"username": "some.host", "name": "x", "roles": ["host"], "organ": organ}
    headers = people.administrator | {"Content-Type": "application/json"}
    answer = await people.client.post("/accounts", content=json.dumps(body).replace("BAD", bad), headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize("rubbish", ["", "{", "[]", "null", '{"username": {"a": 1}, "password": ["x"]}'])
async def test_a_body_that_is_no_sign_in_is_a_problem(people: People, rubbish: str) -> None:
    answer = await people.client.post("/sign-in", content=rubbish, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
