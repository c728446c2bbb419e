"""The keys that sign access tokens: one for all replicas, changed in time, never leaving the old tokens behind."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from jose import jwt
from pydantic import SecretStr
from sqlmodel import col

from services.accounts.actions.signing_keys import ensure_signing_key
from services.accounts.models import SigningKey
from services.accounts.settings import AccountsSettings
from services.kit.plumbing import plumbing
from tests.accounts.people import People
from tests.apps import TOKEN_SECRET, Tokens
from tests.conftest import DatabaseOf, ServiceOf


async def age(people: People, days: int) -> None:
    """As if every signing key had been made that many days earlier."""
    gone = timedelta(days=days)
    async with people.service.database.sessions.begin() as db:
        await db.execute(
            sa.update(SigningKey).values(starts_at=SigningKey.starts_at - gone, ends_at=SigningKey.ends_at - gone)
        )


async def look_after_keys(people: People) -> SigningKey | None:
    """What the service's loop does every minute."""
    async with people.service.database.sessions.begin() as db:
        return await ensure_signing_key(db, people.service.app.state.settings)


def kid_of(token: str) -> str:
    """The key that signed a token."""
    return str(jwt.get_unverified_header(token)["kid"])


async def test_the_first_key_is_made_and_published_at_the_start(people: People) -> None:
    jwks = (await people.client.get("/jwks")).json()
    said = await people.service.said("accounts.key.published")
    assert [event["jwk"] for event in said] == jwks["keys"]
    assert said[0]["entity_id"] == jwks["keys"][0]["kid"]
    assert said[0]["issuer"] == "sunfair:accounts"


async def test_only_the_public_half_is_ever_shown(people: People) -> None:
    answer = await people.client.get("/jwks")
    assert set(answer.json()["keys"][0]) == {"kty", "crv", "x", "y", "alg", "kid", "use"}
    repeated = await people.client.get("/jwks", headers={"If-None-Match": answer.headers["etag"]})
    assert repeated.status_code == 304


async def test_the_private_half_is_sealed_in_the_database(people: People) -> None:
    async with people.service.database.sessions() as db:
        sealed = await db.scalar(sa.select(col(SigningKey.sealed_pem)))
    assert sealed is not None
    assert "PRIVATE KEY" not in sealed


async def test_two_replicas_that_start_at_once_make_one_key(committing_database: DatabaseOf) -> None:
    database = await committing_database("accounts")
    settings = AccountsSettings(demo=True, token_secret=SecretStr(TOKEN_SECRET))

    async def start() -> SigningKey | None:
        async with database.sessions.begin() as db:
            return await ensure_signing_key(db, settings)

    made = await asyncio.gather(*[start() for _ in range(4)])
    assert sum(key is not None for key in made) == 1
    async with database.sessions() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(SigningKey)) == 1
        assert await db.scalar(sa.select(sa.func.count()).select_from(plumbing("accounts").outbox)) == 1


async def test_a_second_start_makes_no_second_key(service_app: ServiceOf, tokens: Tokens) -> None:
    first = People(await service_app("accounts"), tokens)
    second = People(await service_app("accounts"), tokens)
    assert (await first.client.get("/jwks")).json() == (await second.client.get("/jwks")).json()


async def test_a_key_is_published_a_day_before_it_signs(people: People) -> None:
    await people.add("dangshan.office")
    old = kid_of((await people.sign_in("dangshan.office"))["access_token"])
    assert await look_after_keys(people) is None
    await age(people, 29)
    made = await look_after_keys(people)
    assert made is not None
    assert await look_after_keys(people) is None
    assert {key["kid"] for key in (await people.client.get("/jwks")).json()["keys"]} == {old, made.kid}
    assert kid_of((await people.sign_in("dangshan.office"))["access_token"]) == old


async def test_tokens_of_the_old_key_stay_good_when_the_new_one_signs(people: People) -> None:
    await people.add("dangshan.office")
    before = (await people.sign_in("dangshan.office"))["access_token"]
    await age(people, 29)
    made = await look_after_keys(people)
    assert made is not None
    await age(people, 1)
    after = (await people.sign_in("dangshan.office"))["access_token"]
    assert kid_of(after) == made.kid != kid_of(before)
    for token in (before, after):
        assert (await people.me(token)).status_code == 200


async def test_after_a_long_outage_a_new_key_signs_at_once(people: People) -> None:
    await people.add("dangshan.office")
    await age(people, 90)
    made = await look_after_keys(people)
    assert made is not None
    token = (await people.sign_in("dangshan.office"))["access_token"]
    assert kid_of(token) == made.kid
    assert (await people.me(token)).status_code == 200
