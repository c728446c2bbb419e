"""Making and changing accounts, as administrators do."""

from datetime import timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts import domain
from services.accounts.actions.acts import note_account, note_if_new, note_office
from services.accounts.actions.announcing import announce_changed, announce_new
from services.accounts.actions.passwords import Hasher
from services.accounts.actions.tokens import end_everything, revoke_tokens
from services.accounts.errors import AccountInactive, IdentityMissing, LastAdministrator
from services.accounts.models import Account, OneTimeCode
from services.accounts.schemas import (
    AccountIn,
    AccountMade,
    AccountOut,
    AccountPatch,
    CodeOut,
    HeadcountIn,
    OrganRowOut,
)
from services.accounts.settings import AccountsSettings
from services.accounts.store import accounts as store
from services.accounts.store import keys as key_store
from services.accounts.store import sessions as session_store
from services.kit import clock
from services.kit.actor import Actor
from services.kit.identity import identity_token
from services.kit.ids import new_id
from services.kit.problem import BodyInvalid, FieldError, NotFound


async def create_account(
    db: AsyncSession, settings: AccountsSettings, hasher: Hasher, actor: Actor, body: AccountIn
) -> AccountMade:
    """A new account; without a password it comes with an invitation code. Raises BodyInvalid, UsernameTaken."""
    refuse_faults(
        [
            *region_errors(body, settings),
            *demo_errors(body, settings),
            *identity_errors(body),
            *await superior_errors(db, None, body.superior_account_id),
        ]
    )
    account = new_account(body, settings.token_secret.get_secret_value())
    if body.password is not None:
        # Without a turn: this transaction holds a connection, for which those with a turn may be waiting.
        account.password_hash = await hasher.hash(body.password.get_secret_value())
    await note_if_new(db, actor, account.organ)
    await store.add_account(db, account)
    await announce_new(db, account)
    await note_account(db, settings, actor, "account.made", account, _made_facts(account))
    code = None
    if body.password is None:
        code = await add_code(db, account, actor.account_id, "invitation", domain.INVITATION_LASTS)
    return AccountMade(
        **store.account_out(account).model_dump(),
        invitation_code=code.code if code else None,
        invitation_expires_at=code.expires_at if code else None,
    )


def new_account(body: AccountIn, token_secret: str) -> Account:
    """The row of a new account. The raw identity ends here: what stays is the token, equal for one human's accounts."""
    account_id, now = new_id(), clock.now()
    # Without an identity the person is the account: no two such accounts are ever taken for one human.
    kind, value = ("id", body.identity.get_secret_value()) if body.identity else ("account", account_id)
    return Account(
        id=account_id,
        username=body.username,
        name=body.name,
        person=identity_token(kind, value, token_secret),
        identified=body.identity is not None,
        roles=list(body.roles),
        scopes=list(body.scopes),
        organ=body.organ.model_dump() if body.organ else None,
        post=body.post,
        superior_account_id=body.superior_account_id,
        head_of_government=body.head_of_government,
        may_set_clock=body.may_set_clock,
        created_at=now,
        changed_at=now,
    )


def _made_facts(account: Account) -> dict[str, Any]:
    """What everybody is told of a new account."""
    return {
        "roles": list(account.roles),
        "scopes": list(account.scopes),
        "office": account.organ["name"] if account.organ else None,
    }


async def update_account(
    db: AsyncSession, settings: AccountsSettings, actor: Actor, account: Account, body: AccountPatch
) -> AccountOut:
    """Change a locked account; its access tokens end, and one switched off is signed out everywhere."""
    refuse_faults([*region_errors(body, settings), *await superior_errors(db, account.id, body.superior_account_id)])
    wanted = body.model_dump(exclude_unset=True)
    changes = {name: value for name, value in wanted.items() if getattr(account, name) != value}
    if not changes:
        return store.account_out(account)
    await refuse_change(db, account, changes.get("roles", account.roles), active=changes.get("active", account.active))
    await note_if_new(db, actor, changes.get("organ"))
    before = account.model_dump(include=set(changes) | {"roles"})
    account.sqlmodel_update(changes)
    for action, facts in domain.told_of(before, changes):
        await note_account(db, settings, actor, action, account, facts, before=before["roles"])
    if account.active:
        await revoke_tokens(db, account)
    else:
        await end_everything(db, account)
        await session_store.delete_codes(db, account.id)
    await announce_changed(db, account)
    return store.account_out(account)


async def set_headcount(db: AsyncSession, actor: Actor, body: HeadcountIn) -> OrganRowOut:
    """Say how many people work at a body, in the accounts of all who do. Raises NotFound where nobody does."""
    found = await store.lock_accounts_of(db, body.name, body.region_code)
    if not found:
        raise NotFound("No account belongs to this organ.", "没有账户属于该单位。")
    for account in found:
        organ = dict(account.organ or {})
        if organ.get("headcount") != body.headcount:
            account.organ = organ | {"headcount": body.headcount}
            await announce_changed(db, account)
    office = {"name": body.name, "region_code": body.region_code}
    await note_office(db, actor, "headcount.changed", office, {"headcount": body.headcount})
    return OrganRowOut.model_validate({**(found[0].organ or {}), "accounts": len(found)})


async def refuse_change(db: AsyncSession, account: Account, roles: list[str], *, active: bool) -> None:
    """Raises IdentityMissing where a new role needs a known human, LastAdministrator where nobody would be left."""
    needed = domain.who_is_needed(roles)
    if needed and not account.identified:
        raise IdentityMissing(
            f"The role {needed[0]} needs a known person. Make a new account and state the identity there.",
            f"角色 {needed[0]} 须登记本人身份。请新建账户并填写身份信息。",
        )
    leaving = "administrator" in account.roles and account.active and not (active and "administrator" in roles)
    if leaving and await store.list_active_administrators(db) in ([], [account.id]):
        raise LastAdministrator(
            "Make another administrator first, who has chosen a password.", "请先添加另一名已设置密码的管理员。"
        )


async def reset_password(db: AsyncSession, settings: AccountsSettings, actor: Actor, account_id: str) -> CodeOut:
    """A one-time code to set a new password with; earlier ones end. Until it is used the old password stands."""
    account = await store.lock_account(db, account_id)
    if not account.active:
        raise AccountInactive("Switch it on first.", "请先启用该账户。")
    await session_store.delete_codes(db, account.id)
    await note_account(db, settings, actor, "password.reset", account)
    if account.password_hash is None:
        return await add_code(db, account, actor.account_id, "invitation", domain.INVITATION_LASTS)
    return await add_code(db, account, actor.account_id, "reset", domain.RESET_LASTS)


async def add_code(db: AsyncSession, account: Account, created_by: str, purpose: str, lasts: timedelta) -> CodeOut:
    """Store a new code's hash and show the code."""
    code, now = domain.new_secret(), clock.now()
    await session_store.add_code(
        db,
        OneTimeCode(
            code_sha256=domain.secret_sha256(code),
            account_id=account.id,
            purpose=purpose,
            created_by=created_by,
            created_at=now,
            expires_at=now + lasts,
        ),
    )
    return CodeOut(code=code, expires_at=now + lasts)


async def ensure_first_administrator(db: AsyncSession, settings: AccountsSettings, hasher: Hasher) -> bool:
    """Make `admin` while no account exists and its password is set; True when it was made."""
    password = settings.first_administrator_password
    await key_store.lock_start(db)
    if password is None or await store.has_accounts(db):
        return False
    body = AccountIn(username="admin", name="管理员 Administrator", roles=["administrator"])
    account = new_account(body, settings.token_secret.get_secret_value())
    account.password_hash = await hasher.hash(password.get_secret_value())
    await store.add_account(db, account)
    await announce_new(db, account)
    await note_account(db, settings, None, "account.made", account, _made_facts(account))
    return True


def refuse_faults(errors: list[FieldError]) -> None:
    """Raises BodyInvalid when there is any."""
    if errors:
        raise BodyInvalid("Correct the fields listed under `errors`.", "请按 `errors` 中的提示修改。", errors=errors)


def region_errors(body: AccountIn | AccountPatch, settings: AccountsSettings) -> list[FieldError]:
    """Region codes that nobody can be given today."""
    codes = {f"scopes.{place}": code for place, code in enumerate(body.scopes or [])}
    if body.organ is not None and body.organ.region_code is not None:
        codes["organ.region_code"] = body.organ.region_code
    today = clock.now().astimezone(clock.SHANGHAI).date()
    faults = {field: domain.region_fault(code, today, demo=settings.demo) for field, code in codes.items()}
    return [FieldError(field, *fault) for field, fault in faults.items() if fault is not None]


def demo_errors(body: AccountIn, settings: AccountsSettings) -> list[FieldError]:
    """What only a demonstration may ask for, and a password that will not do."""
    errors = []
    if body.may_set_clock and not settings.demo:
        errors.append(FieldError("may_set_clock", "Only demo accounts may set the clock.", "仅演示账户可设定时钟。"))
    if body.password is not None and not settings.demo:
        errors.append(
            FieldError(
                "password", "Leave it out: the person chooses it with the code.", "请勿填写：由本人凭邀请码自行设置。"
            )
        )
    elif body.password is not None:
        fault = domain.password_fault(body.password.get_secret_value(), body.username)
        errors += [FieldError("password", *fault)] if fault else []
    return errors


def identity_errors(body: AccountIn) -> list[FieldError]:
    """A role whose holder must be known needs an identity."""
    needed = domain.who_is_needed(body.roles)
    if not needed or body.identity is not None:
        return []
    return [
        FieldError(
            "identity",
            f"The role {needed[0]} needs the identity of the person. Only a token of it is kept.",
            f"角色 {needed[0]} 须填写本人身份信息，系统仅保存其加密标识。",
        )
    ]


async def superior_errors(db: AsyncSession, account_id: str | None, superior_id: str | None) -> list[FieldError]:
    """A superior must exist, and nobody stands above themselves."""
    if superior_id is None:
        return []
    chain = await store.list_superiors(db, superior_id)
    if not chain:
        return [FieldError("superior_account_id", "There is no such account.", "没有这个账户。")]
    if account_id in chain:
        return [FieldError("superior_account_id", "They already stand below this account.", "该账户已是其下级。")]
    return []
