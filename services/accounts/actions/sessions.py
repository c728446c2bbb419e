"""Signing in and out, and renewing or exchanging what a sign-in gave."""

from dataclasses import dataclass
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts import domain
from services.accounts.actions import throttle, tokens
from services.accounts.actions.passwords import Proof
from services.accounts.errors import CredentialRefused
from services.accounts.models import Account, BrowserSession, RefreshFamily, RefreshToken
from services.accounts.schemas import AccessOut, ExchangeIn, SessionOut, SignOutIn, TokensOut
from services.accounts.settings import AccountsSettings
from services.accounts.store import accounts as account_store
from services.accounts.store import keys as key_store
from services.accounts.store import sessions as store
from services.kit import clock
from services.kit.ids import new_id
from services.kit.problem import BodyInvalid, FieldError


@dataclass(frozen=True)
class Attempt:
    """A password that is about to be compared; nobody's account has no id and no hash."""

    account_id: str | None
    password_hash: str | None
    counters: tuple[throttle.Counter, ...]


async def begin_sign_in(db: AsyncSession, settings: AccountsSettings, username: str, address: str | None) -> Attempt:
    """What to compare the password with. Raises SignInThrottled. An account switched off is nobody's."""
    folded = username.strip().lower()
    counters = throttle.counters_of(settings, folded, address)
    await throttle.refuse_throttled(db, counters)
    account = await account_store.find_account_by_username(db, folded)
    if account is None or not account.active:
        return Attempt(None, None, counters)
    return Attempt(account.id, account.password_hash, counters)


async def finish_sign_in(
    db: AsyncSession, settings: AccountsSettings, attempt: Attempt, proof: Proof, kind: Literal["browser", "api"]
) -> SessionOut | TokensOut | None:
    """Open a session, or count the failure and answer None."""
    account = None if attempt.account_id is None else await account_store.lock_account(db, attempt.account_id)
    if account is None or not proof.good or not account.active or account.password_hash != attempt.password_hash:
        await throttle.count_failure(db, attempt.counters)
        return None
    await throttle.forget_failures(db, attempt.counters)
    if proof.new_hash is not None:
        account.password_hash = proof.new_hash
        await account_store.save_account(db, account)
    return await open_for(db, settings, account, kind)


async def open_for(
    db: AsyncSession, settings: AccountsSettings, account: Account, kind: Literal["browser", "api"]
) -> SessionOut | TokensOut:
    """What a good sign-in gives: a browser's session, or a program's tokens."""
    return await _open_session(db, account) if kind == "browser" else await _open_family(db, settings, account)


async def _open_session(db: AsyncSession, account: Account) -> SessionOut:
    now, session_id = clock.now(), domain.new_secret()
    ends_at = now + domain.SESSION_LONGEST
    session = BrowserSession(
        session_sha256=domain.secret_sha256(session_id),
        account_id=account.id,
        created_at=now,
        expires_at=domain.slid(now, domain.SESSION_IDLE, ends_at),
        ends_at=ends_at,
    )
    await store.add_session(db, session)
    shown = account_store.account_out(account)
    return SessionOut(session_id=session_id, expires_at=session.expires_at, account=shown)


async def _open_family(db: AsyncSession, settings: AccountsSettings, account: Account) -> TokensOut:
    now = clock.now()
    family = RefreshFamily(id=new_id(), account_id=account.id, created_at=now, ends_at=now + domain.REFRESH_LONGEST)
    await store.add_family(db, family)
    return await _next_tokens(db, settings, account, family)


async def _next_tokens(
    db: AsyncSession, settings: AccountsSettings, account: Account, family: RefreshFamily
) -> TokensOut:
    refresh = domain.new_secret()
    token = RefreshToken(
        token_sha256=domain.secret_sha256(refresh),
        family_id=family.id,
        expires_at=domain.slid(clock.now(), domain.REFRESH_IDLE, family.ends_at),
    )
    await store.add_refresh_token(db, token)
    access, expires_at = await tokens.issue_access(db, settings, tokens.bearer_of(account, settings))
    return TokensOut(
        access_token=access,
        expires_at=expires_at,
        refresh_token=refresh,
        refresh_expires_at=token.expires_at,
        account=account_store.account_out(account),
    )


async def refresh_tokens(db: AsyncSession, settings: AccountsSettings, refresh: str) -> TokensOut | None:
    """The next pair; None for a token used before, whose family and access tokens then end.

    Raises CredentialRefused for one that is unknown, has run out, or belongs to somebody signed out or switched off.
    """
    now, digest = clock.now(), domain.secret_sha256(refresh)
    found = await store.find_refresh_token(db, digest)
    if found is None or found[1].revoked_at is not None or found[0].expires_at <= now:
        raise _ended()
    token, family = found
    account = await account_store.lock_account(db, family.account_id)
    if not account.active:
        raise _ended()
    if token.used_at is not None:
        await store.revoke_family(db, family.id, now)
        await tokens.revoke_tokens(db, account)
        return None
    await store.mark_refresh_used(db, digest, now)
    return await _next_tokens(db, settings, account, family)


async def exchange_credential(db: AsyncSession, settings: AccountsSettings, body: ExchangeIn) -> AccessOut:
    """An access token for a browser session or an API key. Raises CredentialRefused."""
    if (body.session_id is None) == (body.api_key is None):
        raise BodyInvalid(
            "Send a session id or an API key, one of them.",
            "请提交会话编号或 API 密钥，二者选一。",
            errors=[FieldError("session_id", "Exactly one of session_id and api_key.", "与 api_key 二者选一。")],
        )
    if body.session_id is not None:
        account = await _account_of_session(db, body.session_id)
        bearer = tokens.bearer_of(account, settings)
    else:
        found = await key_store.find_api_key(db, domain.secret_sha256(body.api_key or ""))
        if found is None or "platform" not in found[1].roles:
            raise _ended()
        account, bearer = found[1], tokens.key_bearer_of(found[1], found[0])
    access, expires_at = await tokens.issue_access(db, settings, bearer)
    return AccessOut(access_token=access, expires_at=expires_at, account=account_store.account_out(account))


async def _account_of_session(db: AsyncSession, session_id: str) -> Account:
    now = clock.now()
    session = await store.find_session(db, domain.secret_sha256(session_id), now)
    account = None if session is None else await account_store.find_account(db, session.account_id)
    if session is None or account is None or not account.active:
        raise _ended()
    session.expires_at = domain.slid(now, domain.SESSION_IDLE, session.ends_at)
    await store.save_session(db, session)
    return account


async def sign_out(db: AsyncSession, body: SignOutIn) -> None:
    """End one browser session or one family of refresh tokens; what has ended already is no error."""
    if body.session_id is not None:
        await store.delete_session(db, domain.secret_sha256(body.session_id))
    if body.refresh_token is not None:
        found = await store.find_refresh_token(db, domain.secret_sha256(body.refresh_token))
        if found is not None:
            await store.revoke_family(db, found[1].id, clock.now())


async def sign_out_everywhere(db: AsyncSession, account_id: str) -> None:
    """End every session and token of an account."""
    await tokens.end_everything(db, await account_store.lock_account(db, account_id))


def _ended() -> CredentialRefused:
    return CredentialRefused("Sign in again.", "请重新登录。")
