"""The public log: leaves a second into the tree beside a bare COPY, a batch with its checkpoint, and a proof's time.

`python3 sunfair.py bench ledger [LEAVES]` (100,000 unless said otherwise), on a PostgreSQL of its own that flushes.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from bench.load import postgres
from services.disclosure.actions import growing, proving
from services.disclosure.actions.publishing import Witnesses, grow_once
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.domain.leaves import NewLeaf, new_leaf
from services.disclosure.settings import DisclosureSettings
from services.disclosure.store import leaves as store
from services.kit.db import Database

LEAVES = 100_000
BATCH = growing.MOST_AT_ONCE
TOGETHER = 1_000
PROOFS = 300
AT = datetime(2026, 11, 28, tzinfo=UTC)
COLUMNS = ("kind", "entity_id", "sha256", "record", "leaf_hash", "added_at")
BARE = """
CREATE TEMP TABLE bare (seq bigserial PRIMARY KEY, kind text, entity_id text, sha256 text, record bytea,
  leaf_hash bytea, added_at timestamptz, UNIQUE (kind, entity_id, sha256))
"""


def decisions(start: int, count: int) -> list[NewLeaf]:
    """Leaves as large as those of decisions."""
    return [
        new_leaf("decision", f"0192f0c1-0000-7000-8000-{number:012d}", AT, {"decision": number, "outcome": "pass"})
        for number in range(start, start + count)
    ]


async def bare_copy(url: str, leaves: Sequence[NewLeaf]) -> float:
    """Seconds for a COPY of the same rows into a table with the same indexes: the floor."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(BARE)
        rows = [(leaf.kind, leaf.entity_id, leaf.sha256, leaf.record, leaf.leaf_hash, AT) for leaf in leaves]
        started = time.perf_counter()
        await connection.copy_records_to_table("bare", records=rows, columns=COLUMNS)
        return time.perf_counter() - started
    finally:
        await connection.close()


async def one_batch(database: Database, around: Surroundings) -> tuple[float, float, float]:
    """Seconds for the places, the tree and the signature of one batch that waits."""
    times = [time.perf_counter()]
    async with database.sessions.begin() as db:
        await growing.sequence_leaves(db)
    times.append(time.perf_counter())
    async with database.sessions.begin() as db:
        await growing.integrate_leaves(db)
    times.append(time.perf_counter())
    async with database.sessions.begin() as db:
        await growing.sign_head(db, around)
    times.append(time.perf_counter())
    return times[1] - times[0], times[2] - times[1], times[3] - times[2]


async def measure(count: int, database: Database, admin_url: str) -> None:
    """Print the figures."""
    around = Surroundings.of(DisclosureSettings(demo=True))
    async with database.sessions.begin() as db:
        around.key = await growing.ensure_key(db, around)
    floor = await bare_copy(admin_url, decisions(0, BATCH))
    print(f"bare COPY of {BATCH:,} such rows         {floor:7.3f} s  {BATCH / floor:10,.0f} a second")
    adding, growths = 0.0, []
    for start in range(0, count, BATCH):
        made = decisions(start, BATCH)
        started = time.perf_counter()
        for first in range(0, BATCH, TOGETHER):
            async with database.sessions.begin() as db:
                await store.add_leaves(db, made[first : first + TOGETHER])
        adding += time.perf_counter() - started
        growths.append(await one_batch(database, around))
    names = ("places", "tree", "checkpoint")
    print(f"adding leaves, {TOGETHER:,} at a time          {adding:7.3f} s  {count / adding:10,.0f} a second")
    whole = [sum(growth) for growth in growths]
    print(f"a batch of {BATCH:,} into the tree, signed  {statistics.median(whole):7.3f} s  (worst {max(whole):.3f} s)")
    for name, part in zip(names, zip(*growths, strict=True), strict=True):
        print(f"  of which {name:<28} {statistics.median(part):7.3f} s")
    print(f"leaves a second from added to signed   {count / (adding + sum(whole)):10,.0f}")
    await prove(count, database, around)


async def prove(count: int, database: Database, around: Surroundings) -> None:
    """Print how long a proof takes."""
    await grow_once(database, around, Witnesses(around))
    times = []
    for number in range(PROOFS):
        started = time.perf_counter()
        await proving.proof_of(database, number * 7919 % count)
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    print(f"a proof among {count:,}: p50 {times[len(times) // 2]:.1f} ms, p99 {times[int(len(times) * 0.99)]:.1f} ms")


async def main(count: int) -> None:
    """On a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with postgres(Path(folder)) as server:
            database = Database.connect(server.service_url("disclosure", "postgres"), "disclosure")
            try:
                await measure(
                    count, database, server.url("postgres", server.password, "postgres").replace("+asyncpg", "")
                )
            finally:
                await database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else LEAVES))
