"""SQL of feeds: releases and leaves as they came, the newest first, of a region and all below it or of the country."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.models import EntityRegion
from services.disclosure.store.tables import table_of
from services.kit.db import Database

_RELEASES = """
SELECT r.broadcast_id, r.number, r.stage, r.released_at, r.sha256, r.body, c.region_code
FROM disclosure.release r JOIN disclosure.course c USING (broadcast_id)
WHERE ($1 = '' OR c.region_path @> ARRAY[$1])
  AND ($2::timestamptz IS NULL OR (r.released_at, r.broadcast_id, r.number) < ($2, $3, $4::bigint))
ORDER BY r.released_at DESC, r.broadcast_id DESC, r.number DESC LIMIT $5
"""
_LEAVES = """
SELECT l.kind, l.entity_id, l.sha256, l.record, l.place, e.region_code
FROM disclosure.leaf l LEFT JOIN disclosure.entity_region e USING (kind, entity_id)
WHERE l.place < $1 AND ($2 = '' OR e.region_path @> ARRAY[$2]) AND ($3 = '' OR l.kind = $3)
ORDER BY l.place DESC LIMIT $4
"""


async def keep_region(db: AsyncSession, kind: str, entity_id: str, line: Sequence[str]) -> None:
    """To which region something in the log belongs: `line` is its code and those above it."""
    row = {"kind": kind, "entity_id": entity_id, "region_code": line[0], "region_path": list(line)}
    await db.execute(insert(table_of(EntityRegion)).values(**row).on_conflict_do_nothing())


async def list_releases(
    database: Database, region_code: str, before: tuple[datetime, str, int] | None, most: int
) -> Sequence[Any]:
    """Releases as they came, the newest first."""
    at, broadcast_id, number = before or (None, "", 0)
    return await database.fetch_rows(_RELEASES, region_code, at, broadcast_id, number, most)


async def list_leaves(database: Database, region_code: str, kind: str, before: int, most: int) -> Sequence[Any]:
    """Leaves at places below `before`, the newest first."""
    return await database.fetch_rows(_LEAVES, before, region_code, kind, most)
