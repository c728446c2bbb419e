"""API keys of platforms: shown once, stored as hashes, bound to their scopes, revocable."""

from typing import Any

import pytest
from jose import jwt

from tests.accounts.people import People, bearer


async def make(people: People, token: str, **fields: Any) -> Any:
    """Ask for a key."""
    body = {"name": "checks", "scopes": ["checks:write"]} | fields
    return await people.client.post("/api-keys", json=body, headers=bearer(token))


@pytest.fixture
async def platform(people: People) -> str:
    """The access token of a platform that signed in."""
    await people.add("some.platform", "platform", identity=None)
    return str((await people.sign_in("some.platform"))["access_token"])


async def test_a_key_is_shown_once_and_stored_as_a_hash(people: People, platform: str) -> None:
    made = (await make(people, platform)).json()
    assert made["key"].startswith("sf_live_")
    assert made["prefix"] == made["key"][:12]
    listed = (await people.client.get("/api-keys", headers=bearer(platform))).json()
    assert [item["id"] for item in listed["items"]] == [made["id"]]
    assert made["key"] not in str(listed)
    rows = await people.service.database.fetch_rows("SELECT row_to_json(k)::text AS row FROM accounts.api_key k")
    assert made["key"] not in rows[0]["row"]


async def test_a_repeated_request_makes_one_key_and_shows_it_once(people: People, platform: str) -> None:
    body = {"name": "checks", "scopes": ["checks:write"]}
    headers = bearer(platform) | {"Idempotency-Key": "k"}
    first = (await people.client.post("/api-keys", json=body, headers=headers)).json()
    again = (await people.client.post("/api-keys", json=body, headers=headers)).json()
    assert first["id"] == again["id"]
    assert first["key"].startswith("sf_live_")
    assert again["key"] is None


async def test_a_key_is_exchanged_for_a_token_with_its_scopes_alone(people: People) -> None:
    await people.add("big.platform", "platform", "operator", scopes=["341321"], may_set_clock=True)
    token = (await people.sign_in("big.platform"))["access_token"]
    made = (await make(people, token, test=True)).json()
    assert made["key"].startswith("sf_test_")
    answer = await people.exchange(api_key=made["key"])
    claims = jwt.get_unverified_claims(answer.json()["access_token"])
    assert claims["roles"] == ["platform"]
    assert claims["key_scopes"] == ["checks:write"]
    assert claims["key_id"] == made["id"]
    assert claims["test_key"] is True
    assert claims["may_set_clock"] is False


async def test_a_key_makes_no_keys_and_changes_no_password(people: People, platform: str) -> None:
    made = (await make(people, platform)).json()
    token = (await people.exchange(api_key=made["key"])).json()["access_token"]
    assert (await make(people, token)).status_code == 403
    body = {"old": "x", "new": "four pears and a train"}
    assert (await people.client.post("/me/password", json=body, headers=bearer(token))).status_code == 403
    assert (await people.client.post("/sign-out-everywhere", headers=bearer(token))).status_code == 403


async def test_a_revoked_key_and_its_tokens_are_refused(people: People, platform: str) -> None:
    made = (await make(people, platform)).json()
    token = (await people.exchange(api_key=made["key"])).json()["access_token"]
    assert (await people.me(token)).status_code == 200
    answer = await people.client.delete(f"/api-keys/{made['id']}", headers=bearer(platform))
    assert answer.json()["revoked_at"] is not None
    assert (await people.exchange(api_key=made["key"])).status_code == 401
    people.a_second_later()
    assert (await people.me(token)).status_code == 401
    assert len(await people.service.said("accounts.token.revoked")) == 1


async def test_revoking_a_key_twice_changes_nothing(people: People, platform: str) -> None:
    made = (await make(people, platform)).json()
    path = f"/api-keys/{made['id']}"
    first = (await people.client.delete(path, headers=people.administrator)).json()
    assert (await people.client.delete(path, headers=people.administrator)).json() == first
    assert len(await people.service.said("accounts.token.revoked")) == 1


async def test_an_administrator_makes_a_key_for_a_platform_and_for_nobody_else(people: People) -> None:
    shop = await people.add("some.platform", "platform", identity=None)
    office = await people.add("dangshan.office", "operator")
    body = {"name": "checks", "scopes": ["checks:write", "decisions:read"]}
    answers = [
        await people.client.post("/api-keys", json=body | {"account_id": one}, headers=people.administrator)
        for one in (shop["id"], office["id"], "nobody")
    ]
    assert [answer.status_code for answer in answers] == [201, 409, 404]


async def test_a_platform_deals_with_its_own_keys_only(people: People, platform: str) -> None:
    other = await people.add("other.platform", "platform", identity=None)
    token = (await people.sign_in("other.platform"))["access_token"]
    made = (await make(people, token)).json()
    assert (await make(people, platform, account_id=other["id"])).status_code == 403
    listed = await people.client.get("/api-keys", headers=bearer(platform))
    assert listed.json()["items"] == []
    assert (await people.client.delete(f"/api-keys/{made['id']}", headers=bearer(platform))).status_code == 404


async def test_a_key_of_a_platform_that_was_switched_off_is_refused(people: People, platform: str) -> None:
    made = (await make(people, platform)).json()
    path = f"/accounts/{made['account_id']}"
    await people.client.patch(path, json={"active": False}, headers=people.administrator)
    assert (await people.exchange(api_key=made["key"])).status_code == 401


async def test_unknown_scopes_and_made_up_keys_are_refused(people: People, platform: str) -> None:
    assert (await make(people, platform, scopes=["all"])).status_code == 422
    assert (await make(people, platform, scopes=[])).status_code == 422
    assert (await people.exchange(api_key="sf_live_made-up")).status_code == 401
