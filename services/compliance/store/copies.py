"""SQL of what compliance keeps of the other services: listings, filings and accounts, the newest version of each."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import AccountCopy, FilingCopy, ListingCopy, LotPlace
from services.contracts.accounts import AccountChanged
from services.contracts.broadcast import FilingEvent
from services.contracts.catalog import ListingSubmitted


async def save_listing(db: AsyncSession, listing: ListingSubmitted) -> bool:
    """Keep a listing version; False when it is here already."""
    table: Any = ListingCopy
    statement = (
        insert(table)
        .values(
            listing_id=listing.entity_id,
            version=listing.version,
            event_id=listing.event_id,
            payload=listing.model_dump_json(),
            withdrawn=False,
        )
        .on_conflict_do_nothing()
        .returning(table.version)
    )
    if (await db.execute(statement)).scalar_one_or_none() is None:
        return False
    if listing.lots:
        await _place_lots(db, listing)
    return True


async def _place_lots(db: AsyncSession, listing: ListingSubmitted) -> None:
    table: Any = LotPlace
    statement = insert(table).values(
        [{"lot_id": lot.lot_id, "listing_id": listing.entity_id, "version": listing.version} for lot in listing.lots]
    )
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["lot_id"],
            set_={"listing_id": statement.excluded.listing_id, "version": statement.excluded.version},
            where=table.version < statement.excluded.version,
        )
    )


async def find_listing(db: AsyncSession, listing_id: str, version: int) -> tuple[ListingSubmitted, bool] | None:
    """A listing version, and whether the listing was withdrawn."""
    row = await db.get(ListingCopy, (listing_id, version), populate_existing=True)
    return (ListingSubmitted.model_validate_json(row.payload), row.withdrawn) if row else None


async def list_listing_versions(
    db: AsyncSession, versions: Collection[tuple[str, int]]
) -> dict[tuple[str, int], ListingSubmitted]:
    """These listing versions, as far as they have arrived."""
    if not versions:
        return {}
    table: Any = ListingCopy
    wanted = sa.select(table).where(sa.tuple_(table.listing_id, table.version).in_(list(versions)))
    rows = (await db.execute(wanted)).scalars()
    return {(row.listing_id, row.version): ListingSubmitted.model_validate_json(row.payload) for row in rows}


async def find_newest_version(db: AsyncSession, listing_id: str) -> int | None:
    """The newest version of a listing that arrived."""
    table: Any = ListingCopy
    newest: int | None = await db.scalar(sa.select(sa.func.max(table.version)).where(table.listing_id == listing_id))
    return newest


async def withdraw_listing(db: AsyncSession, listing_id: str) -> list[str]:
    """Mark every version withdrawn; the ids of its lots."""
    listings: Any = ListingCopy
    places: Any = LotPlace
    await db.execute(sa.update(listings).where(listings.listing_id == listing_id).values(withdrawn=True))
    rows = await db.execute(sa.select(places.lot_id).where(places.listing_id == listing_id))
    return list(rows.scalars())


async def find_lot_place(db: AsyncSession, lot_id: str) -> tuple[str, int] | None:
    """Listing and version in which a lot was last submitted."""
    row = await db.get(LotPlace, lot_id, populate_existing=True)
    return (row.listing_id, row.version) if row else None


async def save_filing(
    db: AsyncSession, filing: FilingEvent, *, asked: bool, binding: bool, received_at: datetime
) -> bool:
    """Keep a filing's newest state; False when a newer one is here. `asked`: the gate is asked about this state."""
    values: dict[str, Any] = {
        "filing_id": filing.entity_id,
        "version": filing.version,
        "state": filing.state,
        "received_at": received_at,
        "waiting_for": [],
        "broadcast_id": filing.broadcast_id,
        "starts_at": filing.starts_at,
        "ends_at": filing.ends_at,
    }
    if asked:
        values |= {
            "asked_version": filing.version,
            "asked_payload": filing.model_dump_json(),
            "asked_binding": binding,
        }
    statement = insert(FilingCopy).values(**{"asked_binding": False} | values)
    table: Any = FilingCopy
    kept = statement.on_conflict_do_update(
        index_elements=["filing_id"],
        set_={name: statement.excluded[name] for name in values if name != "filing_id"},
        where=table.version < statement.excluded.version,
    ).returning(table.filing_id)
    return (await db.execute(kept)).scalar_one_or_none() is not None


async def find_filing(db: AsyncSession, filing_id: str) -> FilingCopy | None:
    """A filing as last told, locked: two questions about it are asked one after the other."""
    table: Any = FilingCopy
    rows = await db.execute(
        sa.select(table).where(table.filing_id == filing_id).with_for_update().execution_options(populate_existing=True)
    )
    return rows.scalars().one_or_none()


async def may_hold_filing(db: AsyncSession, filing_id: str) -> bool:
    """Lock a filing for the questions of this transaction; False when somebody else has."""
    table: Any = FilingCopy
    wanted = sa.select(table.filing_id).where(table.filing_id == filing_id)
    held = (await db.execute(wanted.with_for_update(skip_locked=True))).one_or_none()
    return held is not None or (await db.execute(wanted)).one_or_none() is None


async def read_filing(db: AsyncSession, filing_id: str) -> FilingCopy | None:
    """A filing as last told, for whoever only looks."""
    return await db.get(FilingCopy, filing_id, populate_existing=True)


async def let_filing_wait(db: AsyncSession, filing_id: str, keys: Sequence[str]) -> None:
    """Note which records a filing waits for; none: it waits no more."""
    table: Any = FilingCopy
    await db.execute(sa.update(table).where(table.filing_id == filing_id).values(waiting_for=list(keys)))


async def list_filings_waiting_for(db: AsyncSession, keys: Sequence[str]) -> list[str]:
    """Filings that wait for any of these records."""
    table: Any = FilingCopy
    rows = await db.execute(sa.select(table.filing_id).where(table.waiting_for.overlap(list(keys))))
    return list(rows.scalars())


async def save_account(db: AsyncSession, account: AccountChanged) -> AccountCopy | None:
    """Keep an account's newest state and return the one before; None when there was none."""
    table: Any = AccountCopy
    earlier = (
        (await db.execute(sa.select(table).where(table.account_id == account.entity_id).with_for_update()))
        .scalars()
        .one_or_none()
    )
    before = AccountCopy(**earlier.model_dump()) if earlier else None
    statement = insert(AccountCopy).values(
        account_id=account.entity_id,
        version=account.version,
        person=account.person,
        organ=account.organ.model_dump() if account.organ else None,
        post=account.post,
        superior=account.superior,
        head_of_government=account.head_of_government,
        active=account.active,
    )
    replaced = ("version", "person", "organ", "post", "superior", "head_of_government", "active")
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id"],
            set_={name: statement.excluded[name] for name in replaced},
            where=table.version < statement.excluded.version,
        )
    )
    return before


async def list_accounts(db: AsyncSession, account_ids: Iterable[str]) -> dict[str, AccountCopy]:
    """Accounts by id."""
    table: Any = AccountCopy
    rows = await db.execute(
        sa.select(table).where(table.account_id.in_(list(account_ids))).execution_options(populate_existing=True)
    )
    return {row.account_id: row for row in rows.scalars()}
