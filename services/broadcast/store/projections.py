"""What broadcast keeps of the other services: the last version of each entity, whatever order events come in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.models import Account, Base, ForceMajeure, KnownListing, LotDecision, SlowSales
from services.contracts.accounts import AccountChanged
from services.contracts.catalog import ListingDecided, ListingWithdrawn
from services.contracts.compliance import DecisionMade, ForceMajeureChanged, SlowSalesCertified


def _table(model: type[Base]) -> sa.Table:
    table: sa.Table = model.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table models only.
    return table


async def keep_newest(db: AsyncSession, model: type[Base], row: Mapping[str, Any], order: str = "version") -> bool:
    """Insert the row, or replace an older one; False when what we hold is as new."""
    table = _table(model)
    statement = insert(table).values(**row)
    keys = list(table.primary_key.columns.keys())
    replaced = {name: statement.excluded[name] for name in row if name not in keys}
    statement = statement.on_conflict_do_update(
        index_elements=keys, set_=replaced, where=statement.excluded[order] > table.c[order]
    )
    answer = await db.execute(statement.returning(*table.primary_key.columns))
    return answer.first() is not None


async def save_account(db: AsyncSession, event: AccountChanged) -> None:
    """Who an account is now."""
    organ = event.organ.model_dump(mode="json") if event.organ else None
    row = {
        "account_id": event.entity_id,
        "version": event.version,
        "person": event.person,
        "name": event.name,
        "scopes": list(event.scopes),
        "organ": organ,
        "active": event.active,
    }
    await keep_newest(db, Account, row)


async def find_account(db: AsyncSession, account_id: str) -> Account | None:
    """An account as accounts last described it."""
    return await db.get(Account, account_id)


async def save_listing(db: AsyncSession, event: ListingDecided) -> bool:
    """The listing version in force and its lots; False when a newer one is known."""
    row = {
        "listing_id": event.entity_id,
        "version": event.version,
        "region_code": event.region_code,
        "title_zh": event.title_zh,
        "title_en": event.title_en,
        "event_id": event.event_id,
        "decided_version": event.decided_version,
        "lots": event.lots,
        "withdrawn": False,
    }
    return await keep_newest(db, KnownListing, row)


async def withdraw_listing(db: AsyncSession, event: ListingWithdrawn) -> bool:
    """The listing is off the market; False when a newer state is known."""
    table = _table(KnownListing)
    statement = insert(table).values(
        listing_id=event.entity_id,
        version=event.version,
        region_code=event.region_code,
        title_zh="",
        title_en="",
        event_id="",
        decided_version=event.version,
        lots={},
        withdrawn=True,
    )
    statement = statement.on_conflict_do_update(
        index_elements=["listing_id"],
        set_={"version": event.version, "withdrawn": True},
        where=statement.excluded.version > table.c.version,
    )
    return (await db.execute(statement.returning(table.c.listing_id))).first() is not None


async def find_listings(db: AsyncSession, listing_ids: Iterable[str]) -> dict[str, KnownListing]:
    """Listings by id; unknown ones are left out."""
    wanted = sa.select(KnownListing).where(_table(KnownListing).c.listing_id.in_(list(listing_ids)))
    found: Sequence[KnownListing] = (await db.execute(wanted)).scalars().all()
    return {each.listing_id: each for each in found}


async def hold_listings(db: AsyncSession, listing_ids: Iterable[str]) -> None:
    """Keep these listings as they are until this transaction ends: a withdrawal waits, and then sees what was filed.

    Taken before the filing is locked, the order in which a withdrawal takes them too.
    """
    table = _table(KnownListing)
    held = sa.select(table.c.listing_id).where(table.c.listing_id.in_(list(listing_ids)))
    await db.execute(held.order_by(table.c.listing_id).with_for_update(read=True))


async def save_lot_decision(db: AsyncSession, event: DecisionMade) -> None:
    """The newest binding decision about a lot."""
    row = {
        "lot_id": event.about.id,
        "listing_id": event.about.parent_id,
        "decision_id": event.entity_id,
        "stage": event.stage,
        "outcome": event.outcome,
        "ruleset": event.ruleset,
        "decided_at": event.decided_at,
        "valid_until": event.valid_until,
    }
    await keep_newest(db, LotDecision, row, order="decided_at")


async def save_event(db: AsyncSession, event: ForceMajeureChanged) -> None:
    """The names of an event of force majeure."""
    row = {
        "id": event.entity_id,
        "version": event.version,
        "title_zh": event.title_zh,
        "title_en": event.title_en,
        "verified": event.verified,
        "lifted": event.lifted,
    }
    await keep_newest(db, ForceMajeure, row)


async def find_event(db: AsyncSession, event_id: str) -> ForceMajeure | None:
    """An event of force majeure by its id in the registry."""
    return await db.get(ForceMajeure, event_id)


async def save_slow_sales(db: AsyncSession, event: SlowSalesCertified) -> None:
    """Certified evidence of unsold stock."""
    row = {
        "id": event.entity_id,
        "version": event.version,
        "region_code": event.region_code,
        "category_code": event.category_code,
        "season": event.season,
        "certified_at": event.certified_at,
    }
    await keep_newest(db, SlowSales, row)


async def find_slow_sales(db: AsyncSession, ids: Iterable[str]) -> set[str]:
    """Which of these are certified."""
    table = _table(SlowSales)
    return set((await db.execute(sa.select(table.c.id).where(table.c.id.in_(list(ids))))).scalars())
