"""Signing in by an identity outside, and saying which account is whose."""

import hashlib
import hmac
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.actions.outside import Attempt, Identified, IdentityProvider, new_attempt, refused
from services.accounts.actions.sessions import open_for
from services.accounts.errors import AccountInactive, OutsideOther, OutsideTaken, OutsideUnknown
from services.accounts.models import OutsideIdentity
from services.accounts.schemas import OutsideBegun, SessionOut, TokensOut
from services.accounts.settings import AccountsSettings
from services.accounts.store import accounts as account_store
from services.accounts.store import outside as store
from services.kit import clock, tokens
from services.kit.identity import identity_token

LASTS = timedelta(minutes=10)
_PURPOSE = "outside-sign-in"


async def begin(
    settings: AccountsSettings, provider: IdentityProvider, language: str, account_id: str | None
) -> OutsideBegun:
    """Where to sign in, and what the browser must bring back. `account_id`: whose account is to be connected."""
    public = settings.public_url.rstrip("/")
    attempt = new_attempt(f"{public}/{language}/outside/back")
    address = await provider.address(attempt)
    until = clock.now() + LASTS
    told = asdict(attempt) | {"account_id": account_id, "until": until.isoformat()}
    sealed = tokens.seal(json.dumps(told), settings.token_secret.get_secret_value(), _PURPOSE)
    return OutsideBegun(authorize_url=address, sealed=sealed, expires_at=until)


async def identify(
    settings: AccountsSettings, provider: IdentityProvider, sealed: str, state: str, code: str, account_id: str | None
) -> Identified:
    """Who came back, if it is the attempt that this browser began for this errand. Raises OutsideRefused."""
    try:
        told = json.loads(tokens.unseal(sealed, settings.token_secret.get_secret_value(), _PURPOSE))
    except tokens.TokenRefused as error:
        raise refused() from error
    if datetime.fromisoformat(told.pop("until")) <= clock.now() or told.pop("account_id") != account_id:
        raise refused()
    attempt = Attempt(**told)
    if not hmac.compare_digest(attempt.state.encode(), state.encode("utf-8", "replace")):
        raise refused()
    return await provider.identify(attempt, code)


def outside_token(settings: AccountsSettings, who: Identified) -> str:
    """All that is kept of somebody outside. Providers tell capital letters apart, so their name is hashed first."""
    digest = hashlib.sha256(f"{who.issuer}\n{who.subject}".encode()).hexdigest()
    return identity_token("outside", digest, settings.token_secret.get_secret_value())


async def sign_in(
    db: AsyncSession, settings: AccountsSettings, who: Identified, kind: Literal["browser", "api"]
) -> SessionOut | TokensOut:
    """Open a session of the account that is connected. Raises OutsideUnknown and AccountInactive."""
    found = await store.find_outside(db, outside_token(settings, who))
    if found is None:
        raise OutsideUnknown(
            "Sign in with your password and connect it on your account's page; from then on it opens your account.",
            "请先用密码登录，并在账户页面关联该身份；此后即可用它登录。",
        )
    account = await account_store.lock_account(db, found.account_id)
    if not account.active:
        raise AccountInactive("Ask the administrator who keeps it.", "请联系管理员。")
    return await open_for(db, settings, account, kind)


async def connect(db: AsyncSession, settings: AccountsSettings, account_id: str, who: Identified) -> None:
    """From now on this identity opens the account. Again changes nothing. Raises OutsideTaken and OutsideOther."""
    token = outside_token(settings, who)
    # The account's lock is taken first, so that two windows of one person come one after the other.
    await account_store.lock_account(db, account_id)
    taken = await store.find_outside(db, token)
    if taken is not None and taken.account_id != account_id:
        raise OutsideTaken(
            "Another account is opened with it. Disconnect it there first.",
            "该身份已关联另一账户，请先在那里解除关联。",
        )
    own = await store.find_outside_of(db, account_id)
    if own is not None and own.token != token:
        raise OutsideOther(
            "Your account is opened with another one. Disconnect that first.",
            "您的账户已关联另一外部身份，请先解除关联。",
        )
    if own is None:
        await store.add_outside(db, OutsideIdentity(token=token, account_id=account_id, connected_at=clock.now()))
