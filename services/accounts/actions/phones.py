"""Buyers: a phone and a code sign in, the first time they also make the account; and erasing it again."""

from datetime import datetime
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts import domain
from services.accounts.actions import throttle
from services.accounts.actions.acts import note_erasure
from services.accounts.actions.announcing import announce_changed, announce_new
from services.accounts.actions.sessions import open_for
from services.accounts.actions.tokens import end_everything
from services.accounts.errors import AccountInactive, AccountInOffice, PhoneCodeTooSoon
from services.accounts.models import Account
from services.accounts.schemas import SessionOut, TokensOut
from services.accounts.settings import AccountsSettings
from services.accounts.store import accounts as account_store
from services.accounts.store import phones as store
from services.accounts.store import sessions as session_store
from services.accounts.store.outside import delete_outside
from services.contracts.accounts import AccountErased
from services.kit import clock
from services.kit.actor import Actor
from services.kit.identity import identity_token
from services.kit.ids import new_id
from services.kit.outbox import enqueue
from services.kit.problem import BodyInvalid, FieldError

ERASED_NAME = "已注销 Erased"


def phone_number(written: str) -> str:
    """The eleven digits. Raises BodyInvalid."""
    number = domain.mobile_number(written)
    if number is None:
        fault = "Enter a mainland mobile number of eleven digits.", "请输入 11 位中国大陆手机号码。"
        raise BodyInvalid(*fault, errors=[FieldError("phone", *fault)])
    return number


def phone_token(settings: AccountsSettings, number: str) -> str:
    """All that is kept of a number."""
    return identity_token("phone", number, settings.token_secret.get_secret_value())


def _code_token(settings: AccountsSettings, phone: str, code: str) -> str:
    """What is stored of a code. Keyed, because a plain hash of six digits is guessed in a second."""
    return identity_token("phone_code", f"{phone}:{code}", settings.token_secret.get_secret_value())


def _asking_counters(settings: AccountsSettings, token: str, address: str | None) -> tuple[throttle.Counter, ...]:
    counters = [throttle.Counter("code", token, domain.CODES_PER_PHONE)]
    if address is not None:
        secret = settings.token_secret.get_secret_value()
        counters.append(
            throttle.Counter("code_address", identity_token("address", address, secret), settings.codes_per_address)
        )
    return tuple(counters)


async def begin_code(
    db: AsyncSession, settings: AccountsSettings, number: str, address: str | None
) -> tuple[str, datetime]:
    """A new code for the number and until when it is good; sending it comes after the commit.

    Raises PhoneCodeTooSoon within a minute, and SignInThrottled where too many were asked for.
    """
    token, now = phone_token(settings, number), clock.now()
    before = await store.lock_phone(db, token)
    wait = domain.code_wait_seconds(before.sent_at if before else None, now)
    if wait:
        raise PhoneCodeTooSoon(
            f"Wait {wait} seconds for it to arrive before you ask for another.",
            f"请等待 {wait} 秒，仍未收到再重新获取。",
            headers={"Retry-After": str(wait)},
        )
    counters = _asking_counters(settings, token, address)
    await throttle.refuse_throttled(db, counters)
    await throttle.count_failure(db, counters)
    code = domain.new_code()
    await store.save_code(db, token, _code_token(settings, token, code), now, now + domain.CODE_LASTS)
    return code, now + domain.CODE_LASTS


async def forget_code(db: AsyncSession, settings: AccountsSettings, number: str) -> None:
    """The code never left: another may be asked for at once."""
    await store.delete_code(db, phone_token(settings, number))


async def sign_in_by_phone(
    db: AsyncSession, settings: AccountsSettings, number: str, code: str, kind: Literal["browser", "api"]
) -> SessionOut | TokensOut | None:
    """Open a session with the code, making the account if the number is new; None for a wrong code, which is counted.

    Raises AccountInactive for an account that was switched off.
    """
    token = phone_token(settings, number)
    sent = await store.lock_phone(db, token)
    if sent is None or sent.expires_at <= clock.now() or sent.tries >= domain.TRIES_PER_CODE:
        return None
    if sent.code_hmac != _code_token(settings, token, code):
        await store.count_try(db, token)
        return None
    await store.delete_code(db, token)
    # Whoever holds the phone gets in: the codes that were asked for before count no longer.
    await session_store.delete_failures(db, "code", token)
    account = await store.find_account_by_phone(db, token) or await _new_buyer(db, settings, token)
    if not account.active:
        raise AccountInactive(
            "Ask the platform's service desk why it was switched off.", "该账户已被停用，请联系平台客服了解原因。"
        )
    return await open_for(db, settings, account, kind)


async def _new_buyer(db: AsyncSession, settings: AccountsSettings, token: str) -> Account:
    account_id, now = new_id(), clock.now()
    account = Account(
        id=account_id,
        username=f"buyer-{account_id}",
        # Not the last digits of the number: of that nothing legible is kept.
        name=f"买家 Buyer {account_id[-4:].upper()}",
        # The person is the account and not the phone: after an erasure nothing links the next account to this one.
        person=identity_token("account", account_id, settings.token_secret.get_secret_value()),
        identified=False,
        roles=["buyer"],
        scopes=[],
        phone=token,
        created_at=now,
        changed_at=now,
    )
    await account_store.add_account(db, account)
    await announce_new(db, account)
    return account


async def erase_account(db: AsyncSession, actor: Actor) -> None:
    """Erase the account of a buyer: what names them is deleted here and, by event, everywhere else.

    Raises AccountInOffice for anybody who acts for an office: their acts are on record under this account.
    Source: 个人信息保护法 第四十七条.
    """
    account = await account_store.lock_account(db, actor.account_id)
    if set(account.roles) != {"buyer"}:
        raise AccountInOffice(
            "What it did is on public record, so it can be switched off by an administrator but not erased.",
            "该账户的履职行为须留存备查，只能由管理员停用，不能注销。",
        )
    now = clock.now()
    account.phone, account.password_hash, account.name = None, None, ERASED_NAME
    account.username, account.active, account.erased_at = f"erased-{account.id}", False, now
    await end_everything(db, account)
    await session_store.delete_codes(db, account.id)
    await delete_outside(db, account.id)
    await announce_changed(db, account)
    await note_erasure(db, account)
    await enqueue(db, AccountErased(entity_id=account.id, version=1, account_id=account.id, erased_at=now))
