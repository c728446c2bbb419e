"""Telling the other services who an account is, which keys sign, and what was revoked; also all of it again."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.models import Account, SigningKey
from services.accounts.store import accounts as account_store
from services.accounts.store import keys as key_store
from services.contracts.accounts import AccountChanged, KeyPublished, Organ, TokenRevoked
from services.kit import clock
from services.kit.event import Event
from services.kit.keys import ACCESS_ISSUER
from services.kit.outbox import enqueue

# The last token a key signed lives five minutes past it; a day leaves room for a service that was down at the change.
KEY_TAIL = timedelta(days=1)


async def announce_new(db: AsyncSession, account: Account) -> None:
    """Tell of an account just made."""
    await enqueue(db, await account_event(db, account))


async def announce_changed(db: AsyncSession, account: Account) -> None:
    """Raise the version of a locked account that changed, and tell of it."""
    account.version += 1
    account.changed_at = clock.now()
    await account_store.save_account(db, account)
    await enqueue(db, await account_event(db, account))


async def account_event(db: AsyncSession, account: Account) -> AccountChanged:
    """The account's present state; neither its user name nor anything that identifies the human."""
    above = None
    if account.superior_account_id is not None:
        above = await account_store.find_account(db, account.superior_account_id)
    return AccountChanged(
        entity_id=account.id,
        version=account.version,
        person=account.person,
        name=account.name,
        roles=tuple(account.roles),
        scopes=tuple(account.scopes),
        organ=Organ.model_validate(account.organ) if account.organ else None,
        post=account.post,
        superior=above.person if above else None,
        head_of_government=account.head_of_government,
        active=account.active,
        created_at=account.created_at,
        phone_bound=account.phone is not None,
    )


def key_event(key: SigningKey) -> KeyPublished:
    """A signing key's public half; after `not_after` it verifies no access token."""
    return KeyPublished(
        entity_id=key.kid,
        version=1,
        jwk=dict(key.public_jwk),
        issuer=ACCESS_ISSUER,
        not_after=key.ends_at + KEY_TAIL,
    )


async def republish_accounts(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Every account that changed since, as it is now."""
    for account in await account_store.list_changed(db, since):
        yield await account_event(db, account)


async def republish_keys(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Every signing key made since."""
    for key in await key_store.list_signing_keys(db, since):
        yield key_event(key)


async def republish_revocations(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Every revocation since: the latest of each account."""
    for account_id, version, revoked_at in await account_store.list_revoked(db):
        if revoked_at >= since:
            yield TokenRevoked(entity_id=account_id, version=version, account_id=account_id, revoked_at=revoked_at)


REPUBLISHERS = {"account": republish_accounts, "key": republish_keys, "revocation": republish_revocations}
