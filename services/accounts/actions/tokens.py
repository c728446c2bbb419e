"""Making access tokens, and ending what an account holds."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.domain import Bearer, access_claims
from services.accounts.models import Account, ApiKey
from services.accounts.settings import AccountsSettings
from services.accounts.store import accounts as account_store
from services.accounts.store import keys as key_store
from services.accounts.store import sessions as session_store
from services.contracts.accounts import TokenRevoked
from services.kit import clock, tokens
from services.kit.ids import new_id
from services.kit.keys import ACCESS_ISSUER, add_revocation
from services.kit.outbox import enqueue
from services.kit.problem import Unavailable


def bearer_of(account: Account, settings: AccountsSettings) -> Bearer:
    """The person of an account as their access token describes them."""
    return Bearer(
        account_id=account.id,
        person=account.person,
        name=account.name,
        roles=tuple(account.roles),
        scopes=tuple(account.scopes),
        organ=account.organ["name"] if account.organ else None,
        may_set_clock=settings.demo and account.may_set_clock,
    )


def key_bearer_of(account: Account, key: ApiKey) -> Bearer:
    """A platform's program: the account, but no role except `platform` and nothing beyond the key's scopes."""
    return Bearer(
        account_id=account.id,
        person=account.person,
        name=account.name,
        roles=("platform",),
        scopes=tuple(account.scopes),
        organ=account.organ["name"] if account.organ else None,
        key_id=key.id,
        key_scopes=tuple(key.scopes),
        test_key=key.test,
    )


async def issue_access(db: AsyncSession, settings: AccountsSettings, bearer: Bearer) -> tuple[str, datetime]:
    """A signed access token and when it ends."""
    now = clock.now()
    stored = await key_store.find_current_signing_key(db, now)
    if stored is None:
        raise Unavailable("No signing key exists yet. Try again in a moment.", "签名密钥尚未就绪，请稍后重试。")
    pem = tokens.unseal(stored.sealed_pem, settings.token_secret.get_secret_value())
    claims = access_claims(bearer, new_id(), now) | {"iss": ACCESS_ISSUER, "aud": tokens.ACCESS_AUDIENCE}
    token = tokens.sign(claims, tokens.SigningKey(stored.kid, pem), tokens.ACCESS_TYPE)
    return token, datetime.fromtimestamp(claims["exp"], UTC)


async def revoke_tokens(db: AsyncSession, account: Account) -> None:
    """Refuse every access token of a locked account that was issued until now, here at once and elsewhere by event."""
    account.revocations += 1
    await account_store.save_account(db, account)
    revoked = TokenRevoked(
        entity_id=account.id, version=account.revocations, account_id=account.id, revoked_at=clock.now()
    )
    await add_revocation(db, revoked)
    await enqueue(db, revoked)


async def end_everything(db: AsyncSession, account: Account) -> None:
    """Sign a locked account out everywhere: sessions, refresh tokens, access tokens. API keys stand."""
    await session_store.delete_sessions(db, account.id)
    await session_store.revoke_families(db, account.id, clock.now())
    await revoke_tokens(db, account)
