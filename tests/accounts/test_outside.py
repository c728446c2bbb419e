"""Signing in by an identity outside: by OpenID Connect, with a provider that really answers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.kit.fetching import Fetcher, FetchFailed
from tests.accounts.people import People, bearer
from tests.accounts.provider import CLIENT, SECRET, Provider, providing
from tests.apps import Tokens
from tests.conftest import ServiceOf


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with providing() as made:
        yield made


@pytest.fixture
async def people(service_app: ServiceOf, tokens: Tokens, provider: Provider) -> People:
    known = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_private": True}
    return People(await service_app("accounts", **known), tokens)


async def begun(people: People, token: str | None = None) -> dict[str, Any]:
    """A first step: to sign in, or with a token to connect."""
    headers = bearer(token) if token else {}
    answer = await people.client.post("/outside-sign-in", json={"connect": token is not None}, headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def come_back(people: People, provider: Provider, token: str | None = None, **changes: str) -> Any:
    """Begin, sign in there, and come back; the answer to that."""
    told = await begun(people, token)
    code, state = provider.consents(told["authorize_url"])
    body = {"sealed": told["sealed"], "state": state, "code": code} | changes
    if token:
        return await people.client.post("/me/outside-identity", json=body, headers=bearer(token))
    return await people.client.post("/outside-sign-in/finish", json=body | {"kind": "api"})


def kind_of(answer: Any) -> str:
    return str(answer.json()["type"].rpartition("/")[2])


async def officer(people: People, username: str = "zhang.san") -> str:
    await people.add(username, "operator")
    return str((await people.sign_in(username))["access_token"])


async def test_who_has_connected_an_identity_signs_in_with_it(people: People, provider: Provider) -> None:
    token = await officer(people)
    assert (await come_back(people, provider, token)).status_code == 204
    assert (await come_back(people, provider, token)).status_code == 204, "again changes nothing"
    got = await come_back(people, provider)
    assert got.status_code == 200
    assert got.json()["account"]["username"] == "zhang.san"
    rows = await people.service.database.fetch_rows(
        "SELECT row_to_json(o)::text AS row FROM accounts.outside_identity o"
    )
    assert len(rows) == 1
    assert "citizen" not in rows[0]["row"].lower()


async def test_an_identity_that_no_account_has_connected_opens_none(people: People, provider: Provider) -> None:
    answer = await come_back(people, provider)
    assert (answer.status_code, kind_of(answer)) == (409, "outside-identity-unknown")
    # Providers tell capital letters apart.
    assert (await come_back(people, provider, await officer(people))).status_code == 204
    provider.subject = "citizen-1"
    assert kind_of(await come_back(people, provider)) == "outside-identity-unknown"


async def test_one_identity_opens_one_account_and_one_account_has_one(people: People, provider: Provider) -> None:
    first, second = await officer(people), await officer(people, "li.si")
    await come_back(people, provider, first)
    assert kind_of(await come_back(people, provider, second)) == "outside-identity-taken"
    provider.subject = "Citizen-2"
    assert kind_of(await come_back(people, provider, first)) == "outside-identity-other"
    assert (await people.client.delete("/me/outside-identity", headers=bearer(first))).status_code == 204
    assert (await people.client.get("/me/outside-identity", headers=bearer(first))).json() == {"connected_at": None}
    assert (await come_back(people, provider, first)).status_code == 204
    assert (await people.client.get("/me/outside-identity", headers=bearer(first))).json()["connected_at"]


async def test_a_locked_account_is_not_opened_from_outside_either(people: People, provider: Provider) -> None:
    made = await people.add("zhang.san", "operator")
    await come_back(people, provider, (await people.sign_in("zhang.san"))["access_token"])
    version = (await people.client.get(f"/accounts/{made['id']}", headers=people.administrator)).headers["ETag"]
    headers = people.administrator | {"If-Match": version}
    await people.client.patch(f"/accounts/{made['id']}", json={"active": False}, headers=headers)
    assert kind_of(await come_back(people, provider)) == "account-inactive"


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": [CLIENT, "another"]}},
        {"claims": {"iss": "https://another.example"}},
        {"claims": {"exp": 1_600_000_000}},
        {"claims": {"sub": None}},
        {"claims": {"sub": ""}},
        {"header": {"kid": "k2"}},
        {"header": {}},
        {"algorithm": "HS256"},
    ],
    ids=[
        "nonce",
        "nonceless",
        "audience",
        "two",
        "issuer",
        "old",
        "nobody",
        "empty",
        "key",
        "keyless",
        "shared-secret",
    ],
)
async def test_a_token_that_does_not_hold_opens_nothing(
    people: People, provider: Provider, lie: dict[str, Any]
) -> None:
    await come_back(people, provider, await officer(people))
    vars(provider).update(lie)
    answer = await come_back(people, provider)
    assert (answer.status_code, kind_of(answer)) == (401, "outside-sign-in-refused")


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "another"},
        {"code": "never-given"},
        {"sealed": "rubbish"},
        {"state": "\ud800".encode("utf-8", "replace").decode()},
    ],
    ids=["state", "code", "sealed", "odd"],
)
async def test_what_comes_back_must_belong_to_what_this_browser_began(
    people: People, provider: Provider, changes: dict[str, str]
) -> None:
    await come_back(people, provider, await officer(people))
    assert kind_of(await come_back(people, provider, **changes)) == "outside-sign-in-refused"


async def test_an_errand_that_was_begun_to_sign_in_connects_nothing_and_the_other_way_round(
    people: People, provider: Provider
) -> None:
    first, second = await officer(people), await officer(people, "li.si")
    for began, ends in ((None, first), (first, second), (first, None)):
        told = await begun(people, began)
        code, state = provider.consents(told["authorize_url"])
        body = {"sealed": told["sealed"], "state": state, "code": code}
        path = "/me/outside-identity" if ends else "/outside-sign-in/finish"
        answer = await people.client.post(path, json=body, headers=bearer(ends) if ends else {})
        assert kind_of(answer) == "outside-sign-in-refused"
    assert (await people.client.post("/outside-sign-in", json={"connect": True})).status_code == 401


async def test_a_code_is_good_once(people: People, provider: Provider) -> None:
    await come_back(people, provider, await officer(people))
    told = await begun(people)
    code, state = provider.consents(told["authorize_url"])
    body = {"sealed": told["sealed"], "state": state, "code": code}
    assert (await people.client.post("/outside-sign-in/finish", json=body)).status_code == 200
    assert kind_of(await people.client.post("/outside-sign-in/finish", json=body)) == "outside-sign-in-refused"


@pytest.mark.parametrize(
    "document",
    [{"issuer": "https://another.example"}, {"authorization_endpoint": "javascript:alert(1)"}, {"token_endpoint": 1}],
    ids=["issuer", "script", "number"],
)
async def test_a_provider_that_describes_itself_wrongly_is_not_used(
    people: People, provider: Provider, document: dict[str, Any]
) -> None:
    provider.document = document
    answer = await people.client.post("/outside-sign-in", json={})
    assert (answer.status_code, kind_of(answer)) == (503, "outside-sign-in-unreachable")


async def test_without_a_provider_there_is_no_such_way_in(service_app: ServiceOf, tokens: Tokens) -> None:
    client = (await service_app("accounts")).client
    assert (await client.get("/outside-sign-in")).json()["available"] is False
    assert kind_of(await client.post("/outside-sign-in", json={})) == "outside-sign-in-off"


async def test_what_is_fetched_outside_never_lies_in_our_own_network(provider: Provider) -> None:
    async with Fetcher(private=False) as outside:
        for address in (f"{provider.url}/keys", "https://127.0.0.1/keys", "https://localhost/keys"):
            with pytest.raises(FetchFailed):
                await outside.ask(address)
    async with Fetcher(private=True) as outside:
        assert (await outside.ask(f"{provider.url}/keys"))["keys"]
        with pytest.raises(FetchFailed):
            await outside.ask(f"{provider.url}/nothing")
