"""Access and refresh tokens: what they say, which are refused, and how they end."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from jose import jwt
from sqlmodel import col

from services.accounts.domain import secret_sha256
from services.accounts.models import RefreshFamily, RefreshToken
from services.kit.tokens import ACCESS_TYPE, CLEARANCE_AUDIENCE, CLEARANCE_TYPE, SigningKey, sign
from tests.accounts.people import People, bearer
from tests.apps import Tokens
from tests.conftest import ServiceOf


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    said: dict[str, Any] = jwt.get_unverified_claims(token)
    return said


def unsigned(claims: dict[str, Any], header: dict[str, str]) -> str:
    """A token as a forger writes it, with an empty signature."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return f"{parts[0]}.{parts[1]}."


async def refuses(people: People, token: str) -> bool:
    """Whether the service answers with the problem of who is not signed in."""
    answer = await people.me(token)
    return bool(answer.status_code == 401 and answer.json()["type"].endswith("/problems/not-signed-in"))


async def refresh(people: People, token: str) -> Any:
    """Exchange a refresh token."""
    return await people.client.post("/token/refresh", json={"refresh_token": token})


async def test_an_access_token_says_who_acts_where_for_five_minutes(people: People) -> None:
    organ = {"name": "砀山县商务局", "kind": "government_department", "level": "county", "region_code": "341321"}
    made = await people.add("dangshan.office", "operator", scopes=["341321"], organ=organ, may_set_clock=True)
    token = (await people.sign_in("dangshan.office"))["access_token"]
    said = claims_of(token)
    wanted = {
        "iss": "sunfair:accounts",
        "aud": "sunfair",
        "sub": made["id"],
        "person": made["person"],
        "name": "dangshan.office",
        "roles": ["operator"],
        "scopes": ["341321"],
        "organ": "砀山县商务局",
        "may_set_clock": True,
    }
    assert {name: said[name] for name in wanted} == wanted
    assert 299 < said["exp"] - said["iat"] <= 300
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    assert jwt.get_unverified_header(token)["alg"] == "ES256"


async def test_an_expired_token_is_refused(people: People, tokens: Tokens) -> None:
    assert await refuses(people, tokens.token("administrator", lifetime=timedelta(seconds=-1)))


async def test_a_token_signed_by_a_stranger_is_refused(people: People) -> None:
    assert await refuses(people, Tokens().token("administrator"))


async def test_a_strangers_token_under_our_key_id_is_refused(people: People, tokens: Tokens) -> None:
    stranger = Tokens()
    stranger.key = SigningKey(tokens.key.kid, stranger.key.pem)
    assert await refuses(people, stranger.token("administrator"))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "ES256"])
async def test_an_unsigned_token_is_refused(people: People, tokens: Tokens, algorithm: str) -> None:
    header = {"alg": algorithm, "typ": ACCESS_TYPE, "kid": tokens.key.kid}
    assert await refuses(people, unsigned(claims_of(tokens.token("administrator")), header))


async def test_a_token_signed_with_our_public_key_as_a_shared_secret_is_refused(people: People, tokens: Tokens) -> None:
    said = claims_of(tokens.token("administrator"))
    published = tokens.key.public_jwk
    for secret in (json.dumps(published), published["x"], published["x"] + published["y"]):
        forged = jwt.encode(said, secret, "HS256", headers={"typ": ACCESS_TYPE, "kid": tokens.key.kid})
        assert await refuses(people, forged)


async def test_a_clearance_is_no_access_token(people: People, tokens: Tokens) -> None:
    said = claims_of(tokens.token("administrator")) | {"aud": CLEARANCE_AUDIENCE}
    assert await refuses(people, sign(said, tokens.key, CLEARANCE_TYPE))
    assert await refuses(people, sign(said, tokens.key, ACCESS_TYPE))


async def test_a_token_of_another_issuer_or_without_an_end_is_refused(people: People, tokens: Tokens) -> None:
    said = claims_of(tokens.token("administrator"))
    assert await refuses(people, sign(said | {"iss": "sunfair:compliance"}, tokens.key, ACCESS_TYPE))
    del said["exp"]
    assert await refuses(people, sign(said, tokens.key, ACCESS_TYPE))


async def test_rubbish_instead_of_a_token_is_refused(people: People) -> None:
    for rubbish in ("x", "a.b.c", "....", "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"):
        assert await refuses(people, rubbish)


async def test_a_refresh_token_gives_a_new_pair_and_is_stored_as_a_hash(people: People) -> None:
    await people.add("dangshan.office")
    first = await people.sign_in("dangshan.office")
    second = (await refresh(people, first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await people.me(second["access_token"])).status_code == 200
    async with people.service.database.sessions() as db:
        stored = set(await db.scalars(sa.select(col(RefreshToken.token_sha256))))
    assert stored == {secret_sha256(first["refresh_token"]), secret_sha256(second["refresh_token"])}


async def test_a_refresh_token_used_twice_ends_all_that_came_of_the_sign_in(people: People) -> None:
    await people.add("dangshan.office")
    first = await people.sign_in("dangshan.office")
    second = (await refresh(people, first["refresh_token"])).json()
    again = await refresh(people, first["refresh_token"])
    assert again.status_code == 401
    assert again.json()["type"].endswith("/problems/refresh-token-reused")
    assert (await refresh(people, second["refresh_token"])).status_code == 401
    people.a_second_later()
    assert await refuses(people, second["access_token"])
    assert [event["account_id"] for event in await people.service.said("accounts.token.revoked")] == [
        first["account"]["id"]
    ]


async def test_two_uses_of_one_refresh_token_at_once_end_the_family(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    people = People(await committing_service_app("accounts"), tokens)
    await people.add("dangshan.office")
    first = await people.sign_in("dangshan.office")
    answers = await asyncio.gather(*[refresh(people, first["refresh_token"]) for _ in range(2)])
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    kept = next(answer.json() for answer in answers if answer.status_code == 200)
    assert (await refresh(people, kept["refresh_token"])).status_code == 401


async def test_an_unknown_or_old_refresh_token_is_refused(people: People) -> None:
    await people.add("dangshan.office")
    first = await people.sign_in("dangshan.office")
    assert (await refresh(people, "unknown")).status_code == 401
    async with people.service.database.sessions.begin() as db:
        await db.execute(sa.update(RefreshToken).values(expires_at=RefreshToken.expires_at - timedelta(days=15)))
    assert (await refresh(people, first["refresh_token"])).status_code == 401


async def test_refreshing_never_outlives_the_familys_end(people: People) -> None:
    await people.add("dangshan.office")
    first = await people.sign_in("dangshan.office")
    async with people.service.database.sessions.begin() as db:
        await db.execute(sa.update(RefreshFamily).values(ends_at=RefreshFamily.ends_at - timedelta(days=89)))
        ends_at = await db.scalar(sa.select(col(RefreshFamily.ends_at)))
    second = (await refresh(people, first["refresh_token"])).json()
    assert ends_at is not None
    assert second["refresh_expires_at"][:19] == ends_at.isoformat()[:19]


async def test_signing_out_ends_the_family_of_an_api_client(people: People) -> None:
    await people.add("dangshan.office")
    first = await people.sign_in("dangshan.office")
    answer = await people.client.post("/sign-out", json={"refresh_token": first["refresh_token"]})
    assert answer.status_code == 204
    assert (await refresh(people, first["refresh_token"])).status_code == 401


async def test_signing_out_everywhere_ends_sessions_families_and_tokens(people: People) -> None:
    made = await people.add("dangshan.office")
    session = await people.sign_in("dangshan.office", kind="browser")
    first = await people.sign_in("dangshan.office")
    answer = await people.client.post("/sign-out-everywhere", headers=bearer(first["access_token"]))
    assert answer.status_code == 204
    people.a_second_later()
    assert await refuses(people, first["access_token"])
    assert (await refresh(people, first["refresh_token"])).status_code == 401
    assert (await people.exchange(session_id=session["session_id"])).status_code == 401
    event = (await people.service.said("accounts.token.revoked"))[-1]
    assert (event["entity"], event["entity_id"], event["version"]) == ("revocation", made["id"], 1)


async def test_who_signs_in_after_a_revocation_is_known_again(people: People) -> None:
    await people.add("dangshan.office")
    first = await people.sign_in("dangshan.office")
    await people.client.post("/sign-out-everywhere", headers=bearer(first["access_token"]))
    people.a_second_later()
    later = await people.sign_in("dangshan.office")
    assert (await people.me(later["access_token"])).status_code == 200
