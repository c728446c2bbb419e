"""SQL about the keys that sign access tokens and the API keys of platforms."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.models import Account, ApiKey, SigningKey
from services.accounts.schemas import ApiKeyOut
from services.kit.problem import NotFound


async def lock_start(db: AsyncSession) -> None:
    """Until the end of this transaction no other replica makes a signing key or the first administrator."""
    await db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('accounts.start', 0))"))


async def find_newest_signing_key(db: AsyncSession) -> SigningKey | None:
    """The key that signs last."""
    return (await db.exec(select(SigningKey).order_by(col(SigningKey.starts_at).desc()).limit(1))).one_or_none()


async def find_current_signing_key(db: AsyncSession, now: datetime) -> SigningKey | None:
    """The newest key that has begun to sign."""
    begun = select(SigningKey).where(SigningKey.starts_at <= now)
    return (await db.exec(begun.order_by(col(SigningKey.starts_at).desc()).limit(1))).one_or_none()


async def add_signing_key(db: AsyncSession, key: SigningKey) -> None:
    """A new signing key."""
    db.add(key)
    await db.flush()


async def list_signing_keys(db: AsyncSession, since: datetime | None = None) -> Sequence[SigningKey]:
    """All signing keys, or those made at or after `since`, oldest first; only their public halves may be shown."""
    wanted = select(SigningKey).order_by(col(SigningKey.starts_at))
    if since is not None:
        wanted = wanted.where(SigningKey.created_at >= since)
    return (await db.exec(wanted)).all()


def api_key_out(key: ApiKey) -> ApiKeyOut:
    """The key as listed."""
    return ApiKeyOut.model_validate(key.model_dump(include=set(ApiKeyOut.model_fields)))


async def add_api_key(db: AsyncSession, key: ApiKey) -> None:
    """A new API key."""
    db.add(key)
    await db.flush()


async def find_api_key(db: AsyncSession, key_sha256: str) -> tuple[ApiKey, Account] | None:
    """A key that was not revoked, and its account where that is active."""
    wanted = (
        select(ApiKey, Account)
        .join(Account, col(Account.id) == col(ApiKey.account_id))
        .where(ApiKey.key_sha256 == key_sha256, col(ApiKey.revoked_at).is_(None), col(Account.active))
    )
    found = (await db.exec(wanted)).one_or_none()
    return None if found is None else (found[0], found[1])


async def lock_api_key(db: AsyncSession, key_id: str, account_id: str | None) -> ApiKey:
    """A key by its id, of `account_id` where one is given. Raises NotFound."""
    key = await db.get(ApiKey, key_id, with_for_update=True, populate_existing=True)
    if key is None or account_id not in (None, key.account_id):
        raise NotFound(f"There is no API key {key_id}.", f"没有编号为 {key_id} 的 API 密钥。")
    return key


async def save_api_key(db: AsyncSession, key: ApiKey) -> None:
    """Write a changed key."""
    db.add(key)
    await db.flush()


async def list_api_keys(db: AsyncSession, account_id: str | None, after_id: str | None, limit: int) -> Sequence[ApiKey]:
    """Keys by id, which is by age; of one account where one is given."""
    wanted = select(ApiKey).order_by(col(ApiKey.id)).limit(limit)
    if account_id is not None:
        wanted = wanted.where(ApiKey.account_id == account_id)
    if after_id is not None:
        wanted = wanted.where(ApiKey.id > after_id)
    return (await db.exec(wanted)).all()
