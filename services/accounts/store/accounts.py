"""SQL about accounts themselves."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.models import Account
from services.accounts.schemas import AccountOut, OrganRowOut
from services.kit.plumbing import plumbing
from services.kit.problem import NotFound

_HIGHEST_CHAIN = 20


def account_out(account: Account) -> AccountOut:
    """The account as its owner and administrators see it."""
    shown = account.model_dump(include=set(AccountOut.model_fields))
    return AccountOut.model_validate(shown | {"has_password": account.password_hash is not None})


async def find_account(db: AsyncSession, account_id: str) -> Account | None:
    """One account, or None."""
    return await db.get(Account, account_id)


async def get_account(db: AsyncSession, account_id: str) -> Account:
    """One account. Raises NotFound."""
    return _there(await db.get(Account, account_id), account_id)


async def lock_account(db: AsyncSession, account_id: str) -> Account:
    """One account as it is now, held until the end of this transaction. Raises NotFound."""
    return _there(await db.get(Account, account_id, with_for_update=True, populate_existing=True), account_id)


def _there(account: Account | None, account_id: str) -> Account:
    if account is None:
        raise NotFound(f"There is no account {account_id}.", f"没有编号为 {account_id} 的账户。")
    return account


async def find_account_by_username(db: AsyncSession, username: str) -> Account | None:
    """The account of that user name (lower case), or None."""
    return (await db.exec(select(Account).where(Account.username == username))).one_or_none()


async def list_accounts(db: AsyncSession, role: str | None, after_id: str | None, limit: int) -> Sequence[Account]:
    """Accounts by id, which is by age; those after `after_id`, and only those with `role` where one is given."""
    wanted = select(Account).order_by(col(Account.id)).limit(limit)
    if role is not None:
        wanted = wanted.where(col(Account.roles).contains([role]))
    if after_id is not None:
        wanted = wanted.where(col(Account.id) > after_id)
    return (await db.exec(wanted)).all()


async def list_organs(db: AsyncSession, after: tuple[str, str] | None, limit: int) -> list[OrganRowOut]:
    """The bodies that people work for, by name and region, after a pair of these."""
    name, region = (col(Account.organ)[each].astext for each in ("name", "region_code"))
    place = sa.func.coalesce(region, "")
    known = sa.func.max(col(Account.organ)["headcount"].astext.cast(sa.Integer))
    kinds = [sa.func.min(col(Account.organ)[each].astext) for each in ("kind", "level")]
    wanted = (
        sa.select(name, place, *kinds, known, sa.func.count())
        .where(col(Account.organ).is_not(None), name.is_not(None))
        .group_by(name, place)
        .order_by(name, place)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(sa.tuple_(name, place) > sa.tuple_(*after))
    members = ("name", "region_code", "kind", "level", "headcount", "accounts")
    rows = [dict(zip(members, row, strict=True)) for row in await db.execute(wanted)]
    return [OrganRowOut.model_validate({**row, "region_code": row["region_code"] or None}) for row in rows]


async def is_known_office(db: AsyncSession, name: str, region_code: str | None) -> bool:
    """Whether any account names this body."""
    region = col(Account.organ)["region_code"].astext
    here = region.is_(None) if region_code is None else region == region_code
    return bool(await db.scalar(sa.select(sa.exists().where(col(Account.organ)["name"].astext == name, here))))


async def lock_accounts_of(db: AsyncSession, name: str, region_code: str | None) -> Sequence[Account]:
    """The accounts of everybody who works for a body, held until the end of this transaction."""
    region = col(Account.organ)["region_code"].astext
    here = region.is_(None) if region_code is None else region == region_code
    wanted = select(Account).where(col(Account.organ)["name"].astext == name, here)
    return (await db.exec(wanted.order_by(col(Account.id)).with_for_update())).all()


async def add_account(db: AsyncSession, account: Account) -> None:
    """A new account, written at once, so that a taken user name is noticed here."""
    db.add(account)
    await db.flush()


async def save_account(db: AsyncSession, account: Account) -> None:
    """Write a changed account."""
    db.add(account)
    await db.flush()


async def has_accounts(db: AsyncSession) -> bool:
    """Whether any account exists."""
    return bool(await db.scalar(sa.select(sa.exists(sa.select(Account)))))


async def list_active_administrators(db: AsyncSession) -> list[str]:
    """Ids of all administrators who can sign in; nobody else is told until this transaction ends.

    One lock for all and not the rows': two who dismiss each other at once would hold each other's.
    """
    await db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('accounts.administrators', 0))"))
    administrators = sa.select(col(Account.id)).where(
        col(Account.active),
        col(Account.roles).contains(["administrator"]),
        col(Account.password_hash).is_not(None),
    )
    return list(await db.scalars(administrators))


async def list_superiors(db: AsyncSession, account_id: str) -> list[str]:
    """The account and everyone above it, nearest first."""
    rows = await db.execute(
        sa.text(
            """WITH RECURSIVE above (id, height) AS (
                 SELECT id, 0 FROM accounts.account WHERE id = :start
                 UNION ALL
                 SELECT account.superior_account_id, height + 1 FROM above JOIN accounts.account USING (id)
                 WHERE account.superior_account_id IS NOT NULL AND height < :most)
               SELECT id FROM above ORDER BY height"""
        ),
        {"start": account_id, "most": _HIGHEST_CHAIN},
    )
    return [row.id for row in rows]


async def list_changed(db: AsyncSession, since: datetime) -> Sequence[Account]:
    """Accounts that changed at or after `since`, oldest first."""
    changed = select(Account).where(Account.changed_at >= since).order_by(col(Account.id))
    return (await db.exec(changed)).all()


async def list_revoked(db: AsyncSession) -> Sequence[tuple[str, int, datetime]]:
    """Account id, counter and instant of every revocation that stands."""
    revocation = plumbing("accounts").revocation
    wanted = sa.select(col(Account.id), col(Account.revocations), revocation.c.revoked_at)
    rows = await db.execute(wanted.join(revocation, revocation.c.account_id == col(Account.id)))
    return [(row[0], row[1], row[2]) for row in rows]
