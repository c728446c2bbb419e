"""The keys that sign access tokens: the first one, and the next one in time."""

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts import domain
from services.accounts.actions.announcing import key_event
from services.accounts.models import SigningKey
from services.accounts.settings import AccountsSettings
from services.accounts.store import keys as store
from services.kit import clock, tokens
from services.kit.keys import add_public_key
from services.kit.outbox import enqueue


async def ensure_signing_key(db: AsyncSession, settings: AccountsSettings) -> SigningKey | None:
    """Make and publish the next signing key when it is due; None while it is not. Replicas make one together."""
    await store.lock_start(db)
    now, newest = clock.now(), await store.find_newest_signing_key(db)
    starts_at = domain.next_key_starts_at(newest.ends_at if newest else None, now)
    if starts_at is None:
        return None
    made = tokens.new_signing_key()
    key = SigningKey(
        kid=made.kid,
        sealed_pem=tokens.seal(made.pem, settings.token_secret.get_secret_value()),
        public_jwk=made.public_jwk,
        created_at=now,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=settings.signing_key_days),
    )
    await store.add_signing_key(db, key)
    published = key_event(key)
    await add_public_key(db, published)
    await enqueue(db, published)
    return key
