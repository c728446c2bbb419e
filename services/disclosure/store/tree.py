"""SQL of the tree: its tiles, its head, its checkpoints, its key, and what witnesses answered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.domain.growth import Growth, Place
from services.disclosure.ledger.checkpoint import Head as TreeHead
from services.disclosure.models import Checkpoint, Head, LedgerKey, Witness
from services.kit import clock
from services.kit.db import Database, driver

_TILES = """
SELECT level, place, hashes FROM disclosure.tile
WHERE (level, place) IN (SELECT unnest($1::bigint[]), unnest($2::bigint[]))
"""
_SAVE_TILES = """
INSERT INTO disclosure.tile (level, place, hashes)
SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::bytea[])
ON CONFLICT (level, place) DO UPDATE SET hashes = EXCLUDED.hashes
"""
_TILE = """
SELECT substr(hashes, 1, $3 * 32) AS hashes FROM disclosure.tile
WHERE level = $1 AND place = $2 AND length(hashes) >= $3 * 32
"""
_PUBLISHED = """
SELECT size, note, signed_at, published_at FROM disclosure.checkpoint
WHERE published_at IS NOT NULL ORDER BY size DESC LIMIT 1
"""
_SAVE_WITNESS = """
INSERT INTO disclosure.witness AS w (name, size, asked_at, refusal)
SELECT unnest($1::text[]), unnest($2::bigint[]), $4, unnest($3::text[])
ON CONFLICT (name) DO UPDATE SET size = GREATEST(w.size, EXCLUDED.size), asked_at = EXCLUDED.asked_at,
  refusal = EXCLUDED.refusal
"""


async def try_lock(db: AsyncSession, work: str) -> bool:
    """Whether this replica may do that work for the length of the transaction; another one does it otherwise."""
    statement = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:work, 0))")
    return bool((await db.execute(statement, {"work": f"disclosure.{work}"})).scalar_one())


async def lock(db: AsyncSession, work: str) -> None:
    """Wait until nobody else is at that work, and be alone with it for the length of the transaction."""
    statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:work, 0))")
    await db.execute(statement, {"work": f"disclosure.{work}"})


async def get_size(db: AsyncSession) -> int:
    """How many leaves the tree has."""
    return (await db.exec(select(Head.size))).one()


async def get_head(db: AsyncSession) -> Head:
    """How far the tree has grown."""
    return (await db.exec(select(Head))).one()


async def find_tiles(db: AsyncSession, places: Sequence[Place]) -> dict[Place, bytes]:
    """Those of the tiles that there are, as far as they have grown."""
    rows = await (await driver(db)).fetch(_TILES, [level for level, _ in places], [place for _, place in places])
    return {(row["level"], row["place"]): row["hashes"] for row in rows}


async def save_growth(db: AsyncSession, growth: Growth) -> None:
    """Keep the tiles that changed and the new head."""
    connection = await driver(db)
    places = list(growth.tiles)
    await connection.execute(
        _SAVE_TILES,
        [level for level, _ in places],
        [place for _, place in places],
        [growth.tiles[place] for place in places],
    )
    await connection.execute("UPDATE disclosure.head SET size = $1, root = $2", growth.size, growth.root)


async def find_tile(database: Database, level: int, place: int, width: int) -> bytes | None:
    """The first `width` hashes of a tile; None while it has fewer."""
    rows = await database.fetch_rows(_TILE, level, place, width)
    return rows[0]["hashes"] if rows else None


async def find_checkpoint(db: AsyncSession, size: int) -> Checkpoint | None:
    """The checkpoint that was signed at that size."""
    return await db.get(Checkpoint, size)


async def lock_checkpoint(db: AsyncSession, size: int) -> Checkpoint:
    """The checkpoint that was signed at that size, locked: another replica may have more signatures for it."""
    return await db.get_one(Checkpoint, size, with_for_update=True)


async def add_checkpoint(db: AsyncSession, head: TreeHead, note: str) -> Checkpoint:
    """Keep a checkpoint that was signed just now."""
    row = Checkpoint(size=head.size, note=note, signed_at=clock.now())
    db.add(row)
    await db.flush()
    return row


async def find_published(database: Database) -> Any | None:
    """The newest checkpoint that is published."""
    rows = await database.fetch_rows(_PUBLISHED)
    return rows[0] if rows else None


async def list_keys(db: AsyncSession) -> Sequence[LedgerKey]:
    """Every key that ever signed, oldest first; the last one signs."""
    return (await db.exec(select(LedgerKey).order_by(col(LedgerKey.created_at), col(LedgerKey.public)))).all()


async def add_key(db: AsyncSession, key: LedgerKey) -> None:
    """Keep a key."""
    db.add(key)
    await db.flush()


async def save_answers(db: AsyncSession, answers: Mapping[str, tuple[int, str | None]]) -> None:
    """Keep what witnesses answered: name → the size they have seen, and why they refused."""
    names = sorted(answers)
    sizes, refusals = [answers[name][0] for name in names], [answers[name][1] for name in names]
    await (await driver(db)).execute(_SAVE_WITNESS, names, sizes, refusals, clock.now())


async def find_answers(db: AsyncSession, names: Iterable[str]) -> dict[str, Witness]:
    """What these witnesses last answered."""
    found = (await db.exec(select(Witness).where(col(Witness.name).in_(list(names))))).all()
    return {row.name: row for row in found}
