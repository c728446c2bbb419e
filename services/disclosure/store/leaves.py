"""SQL of leaves and of the documents they name: added by anybody at any time, placed by one sequencer."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.domain.leaves import NewLeaf
from services.kit import clock
from services.kit.db import Database, driver

# What was said twice, by a repeated announcement, is one leaf.
_ADD = sa.text("""
INSERT INTO disclosure.leaf (kind, entity_id, sha256, record, leaf_hash, added_at)
SELECT unnest(:kind), unnest(:entity_id), unnest(:sha256), unnest(:record), unnest(:leaf_hash), :added_at
ON CONFLICT (kind, entity_id, sha256) DO NOTHING
""").bindparams(
    *(sa.bindparam(name, type_=ARRAY(sa.Text)) for name in ("kind", "entity_id", "sha256")),
    *(sa.bindparam(name, type_=ARRAY(BYTEA)) for name in ("record", "leaf_hash")),
)
_ADD_DOCUMENTS = sa.text("""
INSERT INTO disclosure.document (sha256, body) SELECT unnest(:sha256), unnest(:document) ON CONFLICT DO NOTHING
""").bindparams(sa.bindparam("sha256", type_=ARRAY(sa.Text)), sa.bindparam("document", type_=ARRAY(BYTEA)))

# Leaves that wait are taken by their state and not above a number: numbers become visible out of order.
_SEQUENCE = """
UPDATE disclosure.leaf AS l SET place = next.place FROM (
  SELECT seq, (SELECT COALESCE(max(place) + 1, 0) FROM disclosure.leaf) + row_number() OVER (ORDER BY seq) - 1 AS place
  FROM (SELECT seq FROM disclosure.leaf WHERE place IS NULL ORDER BY seq LIMIT $1) waiting) next
WHERE l.seq = next.seq
"""

_HASHES = "SELECT leaf_hash FROM disclosure.leaf WHERE place >= $1 ORDER BY place LIMIT $2"
_ENTRIES = "SELECT record FROM disclosure.leaf WHERE place >= $1 AND place < $2 ORDER BY place"

_COLUMNS = "seq, kind, entity_id, sha256, record, added_at, place"
_ONE = f"SELECT {_COLUMNS} FROM disclosure.leaf WHERE place = $1"  # noqa: S608  Our own words.
_OF_ENTITY = f"""
SELECT {_COLUMNS} FROM disclosure.leaf
WHERE kind = $1 AND entity_id = $2 AND seq > $3 ORDER BY seq LIMIT $4
"""  # noqa: S608  The same.
_RECENT = f"""
SELECT {_COLUMNS} FROM disclosure.leaf
WHERE place < $1 AND ($3 = '' OR kind = $3) ORDER BY place DESC LIMIT $2
"""  # noqa: S608  The same.


async def add_leaves(db: AsyncSession, leaves: Sequence[NewLeaf]) -> None:
    """Keep leaves for the sequencer, in this transaction, waiting for nobody."""
    # Through the session and not the driver: this may be the first statement of its transaction, which begins here.
    column = {
        name: [getattr(leaf, name) for leaf in leaves]
        for name in ("kind", "entity_id", "sha256", "record", "leaf_hash", "document")
    }
    document = column.pop("document")
    await db.execute(_ADD_DOCUMENTS, {"sha256": column["sha256"], "document": document})
    await db.execute(_ADD, {**column, "added_at": clock.now()})


async def sequence(db: AsyncSession, most: int) -> int:
    """Give the leaves that wait their places, in the order they came; how many."""
    done: str = await (await driver(db)).execute(_SEQUENCE, most)
    return int(done.rpartition(" ")[2])


async def list_hashes(db: AsyncSession, start: int, most: int) -> list[bytes]:
    """Hashes of the placed leaves from `start` on."""
    return [row["leaf_hash"] for row in await (await driver(db)).fetch(_HASHES, start, most)]


async def list_entries(database: Database, start: int, end: int) -> list[bytes]:
    """Records at the places from `start` to before `end`."""
    return [row["record"] for row in await database.fetch_rows(_ENTRIES, start, end)]


async def find_leaf(database: Database, place: int) -> Any | None:
    """The leaf at a place."""
    rows = await database.fetch_rows(_ONE, place)
    return rows[0] if rows else None


async def list_of_entity(database: Database, kind: str, entity_id: str, after: int, most: int) -> Sequence[Any]:
    """The leaves of one entity, in the order they came; those that wait for a place too."""
    return await database.fetch_rows(_OF_ENTITY, kind, entity_id, after, most)


async def list_recent(database: Database, before: int, most: int, kind: str) -> Sequence[Any]:
    """Leaves at places below `before`, the newest first; of one kind, unless it is empty."""
    return await database.fetch_rows(_RECENT, before, most, kind)


async def find_document(database: Database, sha256: str) -> bytes | None:
    """A document by its hash."""
    rows = await database.fetch_rows("SELECT body FROM disclosure.document WHERE sha256 = $1", sha256)
    return rows[0]["body"] if rows else None
