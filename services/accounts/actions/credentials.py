"""Choosing a password: by its owner, or with the one-time code of an invitation or a reset."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts import domain
from services.accounts.actions import throttle
from services.accounts.actions.announcing import announce_changed
from services.accounts.actions.passwords import Proof
from services.accounts.actions.sessions import Attempt
from services.accounts.actions.tokens import end_everything
from services.accounts.errors import CodeRefused
from services.accounts.models import Account, OneTimeCode
from services.accounts.schemas import AcceptIn, AccountOut, PasswordIn
from services.accounts.settings import AccountsSettings
from services.accounts.store import accounts as account_store
from services.accounts.store import sessions as store
from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import BodyInvalid, FieldError


def refuse_weak(password: str, username: str, field: str) -> None:
    """Raises BodyInvalid for a password that will not do."""
    fault = domain.password_fault(password, username)
    if fault is not None:
        raise BodyInvalid(*fault, errors=[FieldError(field, *fault)])


async def begin_password_change(
    db: AsyncSession, settings: AccountsSettings, actor: Actor, body: PasswordIn, address: str | None
) -> Attempt:
    """What to compare the old password with. Raises SignInThrottled, and BodyInvalid for a weak new one."""
    account = await account_store.get_account(db, actor.account_id)
    refuse_weak(body.new.get_secret_value(), account.username, "new")
    counters = throttle.counters_of(settings, account.username, address)
    await throttle.refuse_throttled(db, counters)
    return Attempt(account.id, account.password_hash, counters)


async def finish_password_change(db: AsyncSession, attempt: Attempt, proof: Proof, new_hash: str) -> bool:
    """Set the new password and sign out everywhere; or count the failure and answer False."""
    account = await account_store.lock_account(db, attempt.account_id or "")
    if not proof.good or account.password_hash != attempt.password_hash:
        await throttle.count_failure(db, attempt.counters)
        return False
    await throttle.forget_failures(db, attempt.counters)
    account.password_hash = new_hash
    await end_everything(db, account)
    return True


async def check_code(db: AsyncSession, body: AcceptIn) -> None:
    """Look before hashing. Raises CodeRefused, and BodyInvalid for a weak password, which leaves the code good."""
    account = await _account_of_code(db, body.code)
    refuse_weak(body.password.get_secret_value(), account.username, "password")


async def accept_invitation(
    db: AsyncSession, settings: AccountsSettings, body: AcceptIn, password_hash: str
) -> AccountOut:
    """Set the password; the code and every other of this account end, and so does every earlier sign-in."""
    account = await _account_of_code(db, body.code)
    await store.delete_codes(db, account.id)
    await throttle.forget_failures(db, throttle.counters_of(settings, account.username, None))
    account.password_hash = password_hash
    await end_everything(db, account)
    await announce_changed(db, account)
    return account_store.account_out(account)


async def _account_of_code(db: AsyncSession, code: str) -> Account:
    found: OneTimeCode | None = await store.find_code(db, domain.secret_sha256(code.strip()), clock.now())
    account = None if found is None else await account_store.lock_account(db, found.account_id)
    if account is None or not account.active:
        raise CodeRefused(
            "It was used, has run out or was replaced. Ask an administrator for a new one.",
            "该码已使用、已过期或已被新码取代，请联系管理员重新获取。",
        )
    return account
