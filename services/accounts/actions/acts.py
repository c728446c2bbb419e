"""What offices do to accounts, for the trail: who is concerned is a token, and a buyer is not even that."""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.models import ACTS, Account
from services.accounts.settings import AccountsSettings
from services.accounts.store import accounts as store
from services.contracts.accounts import AccountActsLogged
from services.kit import acts
from services.kit.actor import Actor
from services.kit.identity import identity_token

Action = Literal[
    "account.made",
    "account.changed",
    "account.locked",
    "account.unlocked",
    "account.erased",
    "roles.changed",
    "scopes.changed",
    "office.made",
    "headcount.changed",
    "password.reset",
    "key.issued",
    "key.revoked",
]


def public_person(account: Account, settings: AccountsSettings) -> str:
    """The token under which the trail speaks of a person: another one than travels between the services."""
    return identity_token("trail", account.person, settings.token_secret.get_secret_value())


async def note_account(
    db: AsyncSession,
    settings: AccountsSettings,
    actor: Actor | None,
    action: Action,
    account: Account,
    facts: Mapping[str, Any] | None = None,
    *,
    before: Collection[str] = (),
) -> None:
    """Write down what was done to an account; nobody: the market itself did. `before`: roles that it had."""
    in_office = {*account.roles, *before} != {"buyer"}
    act = acts.Act(
        action=action,
        about="account",
        subject=public_person(account, settings) if in_office else None,
        facts=facts or {},
        inside={"account_id": account.id, **_inside(actor)},
        region_code=_region(account),
        buyer=None if in_office else account.id,
        **_by(actor),
    )
    await acts.note_act(db, ACTS, act)


async def note_key(
    db: AsyncSession, actor: Actor, action: Action, account: Account, key_id: str, facts: Mapping[str, Any]
) -> None:
    """Write down what was done with a platform's API key."""
    act = acts.Act(
        action=action,
        about="key",
        subject=key_id,
        facts=facts,
        inside={"account_id": account.id, **_inside(actor)},
        region_code=_region(account),
        **_by(actor),
    )
    await acts.note_act(db, ACTS, act)


async def note_office(
    db: AsyncSession, actor: Actor | None, action: Action, office: Mapping[str, Any], facts: Mapping[str, Any]
) -> None:
    """Write down what was done to a body that people work for."""
    told = {"office": office["name"], **facts}
    act = acts.Act(
        action=action,
        about="office",
        facts=told,
        inside=_inside(actor),
        region_code=office.get("region_code"),
        **_by(actor),
    )
    await acts.note_act(db, ACTS, act)


async def note_if_new(db: AsyncSession, actor: Actor | None, office: Mapping[str, Any] | None) -> None:
    """A body that no account has named so far is made by naming it; call it before the account is written."""
    if office is not None and not await store.is_known_office(db, office["name"], office.get("region_code")):
        facts = {"kind": office["kind"], "level": office["level"]}
        await note_office(db, actor, "office.made", office, facts)


async def note_erasure(db: AsyncSession, account: Account) -> None:
    """The market erased a buyer, who asked for it: sealed like every act, and readable by whoever inspects."""
    act = acts.Act(
        action="account.erased",
        about="account",
        by_role=acts.MARKET,
        inside={"account_id": account.id},
        buyer=account.id,
        is_public=False,
    )
    await acts.note_act(db, ACTS, act)


def _by(actor: Actor | None) -> dict[str, Any]:
    if actor is None:
        return {"by_role": acts.MARKET}
    return {"by_role": acts.acting_role(actor, "administrator", "platform"), "by_office": actor.organ}


def _inside(actor: Actor | None) -> dict[str, Any]:
    return {} if actor is None else {"by_account": actor.account_id}


def _region(account: Account) -> str | None:
    named = (account.organ or {}).get("region_code")
    return named or next(iter(account.scopes), None)


async def tell_account_acts(db: AsyncSession) -> int:
    """Tell the public log what it has not heard of; how many acts."""
    return await acts.tell_acts(ACTS, AccountActsLogged, db)
