"""The key ring: tokens are believed while their key, their time and their account allow it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.kit import clock, keys
from services.kit.actor import actor_of
from services.kit.db import Database
from services.kit.event import KeyPublished, TokenRevoked
from services.kit.keys import KeyRing
from services.kit.plumbing import plumbing
from services.kit.tokens import TokenRefused
from tests.apps import Tokens
from tests.conftest import DatabaseOf


@pytest.fixture
async def accounts(database: DatabaseOf) -> Database:
    """Any service's database would do: all hold keys and revocations."""
    return await database("accounts")


@pytest.fixture
def signer() -> Tokens:
    """A signer whose key no service knows yet."""
    return Tokens()


def published(signer: Tokens, **fields: Any) -> KeyPublished:
    """The event that tells of the signer's key."""
    known: dict[str, Any] = {
        "entity_id": signer.key.kid,
        "version": 1,
        "jwk": signer.key.public_jwk,
        "issuer": keys.ACCESS_ISSUER,
    }
    return KeyPublished(**(known | fields))


async def hear(database: Database, *events: KeyPublished | TokenRevoked) -> None:
    """Handle events as a service does."""
    async with database.sessions.begin() as db:
        for event in events:
            if isinstance(event, KeyPublished):
                await keys.add_public_key(db, event)
            else:
                await keys.add_revocation(db, event)


async def test_a_token_is_believed_as_soon_as_its_key_is_known(accounts: Database, signer: Tokens) -> None:
    ring = KeyRing(accounts)
    token = signer.token("operator", scopes=("341321",), key_id="k", key_scopes=["checks:write"])
    with pytest.raises(TokenRefused, match="not ours"):
        await ring.claims(token)
    await hear(accounts, published(signer))
    actor = actor_of(await ring.claims(token))
    assert actor.roles == {"operator"}
    assert actor.scopes == ("341321",)
    assert actor.may("checks:write")
    assert not actor.may("decisions:read")


async def test_a_person_needs_no_key_scope(accounts: Database, signer: Tokens) -> None:
    await hear(accounts, published(signer))
    assert actor_of(await KeyRing(accounts).claims(signer.token("operator"))).may("checks:write")


async def test_a_key_of_another_service_signs_nobody_in(accounts: Database, signer: Tokens) -> None:
    await hear(accounts, published(signer, issuer="sunfair:compliance"))
    with pytest.raises(TokenRefused, match="not ours"):
        await KeyRing(accounts).claims(signer.token("administrator"))


async def test_a_key_past_its_time_is_kept_and_believed_no_more(accounts: Database, signer: Tokens) -> None:
    await hear(accounts, published(signer, not_after=clock.now() - timedelta(seconds=1)))
    with pytest.raises(TokenRefused):
        await KeyRing(accounts).claims(signer.token("operator"))
    (kept,) = await accounts.fetch_rows("SELECT kid FROM accounts.public_key")
    assert kept["kid"] == signer.key.public_jwk["kid"]


async def test_a_token_issued_before_the_revocation_is_refused_and_one_issued_later_is_not(
    accounts: Database, signer: Tokens
) -> None:
    now = clock.now()
    revoked = TokenRevoked(entity_id="someone", version=1, account_id="someone", revoked_at=now)
    await hear(accounts, published(signer), revoked)
    ring = KeyRing(accounts)
    before = signer.token("operator", account_id="someone", iat=(now - timedelta(milliseconds=1)).timestamp())
    after = signer.token("operator", account_id="someone", iat=(now + timedelta(milliseconds=1)).timestamp())
    other = signer.token("operator", account_id="other", iat=(now - timedelta(milliseconds=1)).timestamp())
    with pytest.raises(TokenRefused, match="revoked"):
        await ring.claims(before)
    assert (await ring.claims(after))["sub"] == "someone"
    assert (await ring.claims(other))["sub"] == "other"


async def test_a_remembered_token_is_refused_once_it_is_revoked(accounts: Database, signer: Tokens) -> None:
    await hear(accounts, published(signer))
    ring = KeyRing(accounts)
    token = signer.token("operator", account_id="someone")
    await ring.claims(token)
    later = clock.now() + timedelta(seconds=1)
    await hear(accounts, TokenRevoked(entity_id="someone", version=1, account_id="someone", revoked_at=later))
    ring.loaded_at = None
    with pytest.raises(TokenRefused, match="revoked"):
        await ring.claims(token)


async def test_an_older_revocation_that_comes_late_takes_nothing_back(accounts: Database) -> None:
    now = clock.now()
    for version, revoked_at in ((2, now), (1, now - timedelta(hours=1))):
        await hear(
            accounts, TokenRevoked(entity_id="someone", version=version, account_id="someone", revoked_at=revoked_at)
        )
    table = plumbing("accounts").revocation
    async with accounts.sessions() as db:
        stored = await db.scalar(sa.select(table.c.revoked_at).where(table.c.account_id == "someone"))
    assert stored == now


async def test_a_remembered_token_is_refused_after_its_end(accounts: Database, signer: Tokens) -> None:
    await hear(accounts, published(signer))
    ring = KeyRing(accounts)
    token = signer.token("operator")
    claims = await ring.claims(token)
    claims["exp"] = int(clock.now().timestamp()) - 1
    with pytest.raises(TokenRefused, match="expired"):
        await ring.claims(token)


async def test_only_so_many_tokens_are_remembered(
    accounts: Database, signer: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "REMEMBERED", 2)
    await hear(accounts, published(signer))
    ring = KeyRing(accounts)
    for number in range(4):
        await ring.claims(signer.token("operator", account_id=f"account-{number}"))
    assert len(ring.verified) == 2
