"""SQL of receipts: written with a release, read by the buyer, gone when the buyer is erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.domain.receipts import Status
from services.disclosure.ledger.canonical import canonical
from services.disclosure.ledger.receipts import ReceiptTree
from services.disclosure.models import ErasedAccount
from services.kit.db import Database, driver

_ADD_TREE = "INSERT INTO disclosure.receipt_tree (broadcast_id, release, size, nodes) VALUES ($1, $2, $3, $4)"
_ADD = """
INSERT INTO disclosure.receipt (broadcast_id, release, order_id, buyer, place, salt, status)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[])
"""
_FIND = """
SELECT release, place, salt, status FROM disclosure.receipt
WHERE broadcast_id = $1 AND order_id = $2 AND buyer = $3 AND ($4::bigint IS NULL OR release = $4)
ORDER BY release DESC LIMIT 1
"""
_PATH = """
SELECT t.size, array_agg(substr(t.nodes, (p.place * 32 + 1)::int, 32) ORDER BY p.step) AS path
FROM disclosure.receipt_tree t, unnest($3::bigint[]) WITH ORDINALITY AS p (place, step)
WHERE t.broadcast_id = $1 AND t.release = $2 GROUP BY t.size
"""
_ERASE = """
DELETE FROM disclosure.receipt r USING unnest($1::text[], $2::text[]) AS gone (broadcast_id, buyer)
WHERE r.broadcast_id = gone.broadcast_id AND r.buyer = gone.buyer
"""


async def add_receipts(
    db: AsyncSession, broadcast_id: str, release: int, made: ReceiptTree, kept: Sequence[tuple[int, Status]]
) -> None:
    """Keep the tree of a release, and the salts of those orders of it that are `kept` (number in the tree, status)."""
    connection = await driver(db)
    await connection.execute(_ADD_TREE, broadcast_id, release, made.size, made.nodes)
    await connection.execute(
        _ADD,
        broadcast_id,
        release,
        [status.order_id for _, status in kept],
        [status.buyer for _, status in kept],
        [made.places[number] for number, _ in kept],
        [made.salts[number] for number, _ in kept],
        [canonical(status.document) for _, status in kept],
    )


async def find_receipt(
    database: Database, broadcast_id: str, order_id: str, buyer: str, release: int | None
) -> Mapping[str, Any] | None:
    """The receipt of a buyer's order under a release, or the newest one it is in."""
    rows = await database.fetch_rows(_FIND, broadcast_id, order_id, buyer, release)
    return rows[0] if rows else None


async def find_size(database: Database, broadcast_id: str, release: int) -> int:
    """How many places the tree of a release has."""
    rows = await database.fetch_rows(
        "SELECT size FROM disclosure.receipt_tree WHERE broadcast_id = $1 AND release = $2", broadcast_id, release
    )
    return int(rows[0]["size"])


async def list_nodes(database: Database, broadcast_id: str, release: int, places: Sequence[int]) -> list[bytes]:
    """Hashes of a tree at these places of its nodes, in their order."""
    rows = await database.fetch_rows(_PATH, broadcast_id, release, list(places))
    return list(rows[0]["path"])


async def list_broadcasts(db: AsyncSession) -> list[str]:
    """Every broadcast that has receipts."""
    return list((await db.execute(text("SELECT DISTINCT broadcast_id FROM disclosure.receipt_tree"))).scalars())


async def erase_receipts(db: AsyncSession, buyers: Mapping[str, str]) -> None:
    """Drop the salts of a buyer, who has another token in every broadcast: broadcast → token."""
    await (await driver(db)).execute(_ERASE, list(buyers), list(buyers.values()))


async def keep_erased(db: AsyncSession, account_id: str, at: datetime) -> None:
    """Remember that an account is erased."""
    statement = text(
        "INSERT INTO disclosure.erased_account (account_id, erased_at) VALUES (:account_id, :at) ON CONFLICT DO NOTHING"
    )
    await db.execute(statement, {"account_id": account_id, "at": at})


async def list_erased(db: AsyncSession) -> Sequence[str]:
    """Accounts that are erased."""
    return (await db.exec(select(ErasedAccount.account_id))).all()
