"""Proofs, made from the tiles that are stored."""

from collections.abc import Iterable
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure import errors
from services.disclosure.ledger.merkle import (
    HASH_BYTES,
    Span,
    consistency_spans,
    inclusion_spans,
    prove_consistency,
    prove_inclusion,
)
from services.disclosure.ledger.proofs import Proof
from services.disclosure.ledger.reader import LogReader, tiles_under
from services.disclosure.store import leaves, tree
from services.kit.db import Database
from services.kit.problem import NotFound


async def reader_for(db: AsyncSession, spans: Iterable[Span], size: int) -> LogReader:
    """A reader that has the tiles for these spans and no others."""
    wanted = {(tile.level or 0, tile.index): tile for tile in tiles_under(spans, size)}
    found = await tree.find_tiles(db, list(wanted))
    files = {wanted[place].path(): hashes[: wanted[place].width * HASH_BYTES] for place, hashes in found.items()}
    return LogReader(files.get, size)


async def growth_proof(db: AsyncSession, old: int, new: int) -> list[bytes]:
    """The proof that the tree of `new` leaves grew out of that of `old`."""
    reader = await reader_for(db, consistency_spans(old, new), new)
    return prove_consistency(reader.node, old, new)


async def published(database: Database) -> Any:
    """The newest published checkpoint. Raises NotFound in the first moments of a log."""
    found = await tree.find_published(database)
    if found is None:
        raise NotFound("No checkpoint is published yet. Try again in a moment.", "尚未发布检查点，请稍后再试。")
    return found


async def published_size(database: Database) -> int:
    """How many leaves are under the newest published checkpoint; none before the first."""
    found = await tree.find_published(database)
    return int(found["size"]) if found else 0


async def proof_of(database: Database, place: int) -> Proof:
    """The proof file of a leaf under the newest published checkpoint. Raises BeyondLedger or NotPublishedYet."""
    checkpoint = await published(database)
    leaf = await leaves.find_leaf(database, place)
    if leaf is None:
        raise beyond(checkpoint["size"])
    if place >= checkpoint["size"]:
        raise errors.NotPublishedYet(
            f"Leaf {place} comes under a checkpoint in a moment; the published one has {checkpoint['size']} leaves.",
            f"第 {place} 条记录即将纳入检查点；当前已发布的检查点共有 {checkpoint['size']} 条记录。",
            size=checkpoint["size"],
        )
    async with database.readings() as db:
        reader = await reader_for(db, inclusion_spans(place, checkpoint["size"]), checkpoint["size"])
    hashes = prove_inclusion(reader.node, place, checkpoint["size"])
    return Proof(place, tuple(hashes), checkpoint["note"], leaf["record"])


async def growth_between(database: Database, old: int, new: int | None) -> tuple[int, list[bytes]]:
    """The newer size (by default the published one) and the proof of growth from the older. Raises BeyondLedger."""
    size = (await published(database))["size"]
    newer = size if new is None else new
    if not old <= newer <= size:
        raise beyond(size)
    async with database.readings() as db:
        return newer, await growth_proof(db, old, newer)


def beyond(size: int) -> errors.BeyondLedger:
    """What is asked for is not in the log."""
    return errors.BeyondLedger(
        f"The published log has {size} leaves, numbered from 0. Ask for one of these.",
        f"已发布的账本共有 {size} 条记录，编号从 0 开始，请在此范围内查询。",
        size=size,
    )
