"""Search over 10,000, 100,000 and 1,000,000 generated lots: speed by text, by place and by both, and recall.

What is timed is catalog's own `find_cards`, page of 24, over the produce words and random places; beside it stands
the floor, one journey to the database and back. Recall is counted against LIKE over every produce word. Where rjieba
is installed, the same titles by the words of a segmenter.
"""

import argparse
import asyncio
import importlib
import importlib.util
import json
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import asyncpg

from bench.load import SECRET
from bench.lots import DAY, fill
from deploy.migrate import migrate
from deploy.postgres import FORGETFUL, Postgres
from services.catalog.domain.produce import PRODUCE
from services.catalog.domain.words import query
from services.catalog.store.cards import Wanted, find_cards
from services.contracts import regions
from services.kit.db import Database

SIZES = (10_000, 100_000, 1_000_000)
ASKED = 300
PINYIN = ("suli", "dangshansuli", "boluo", "mihoutao", "mht", "wogan", "chelizi", "czl", "qicheng", "hongshu")

Ask = Callable[[], Awaitable[object]]


def questions() -> dict[str, list[Wanted]]:
    """The same questions for every size: words, places of each level, and a word in a place."""
    dice = random.Random(7)  # noqa: S311  Sample data.
    words = dice.sample(PRODUCE, ASKED)
    places = list(regions.regions(DAY))
    provinces = [row.code for row in places if row.level == "province"]
    counties = dice.sample([row.code for row in places if row.level == "county"], ASKED)
    cities = dice.sample([row.code for row in places if row.level == "prefecture"], 100)
    mixed = [*provinces, *cities, *counties][:ASKED]
    return {
        "by text": [Wanted(text=word) for word in words],
        "by subtree": [Wanted(region=code) for code in mixed],
        "by both": [Wanted(text=word, region=dice.choice(mixed)) for word in words],
        "text in its own province": [Wanted(text=word, region=dice.choice(provinces)) for word in words],
        "category and month": [Wanted(category=dice.choice(("fruit", "vegetable", "tea", "grain")), month=3)],
        "pinyin and initials": [Wanted(text=word) for word in PINYIN],
    }


async def timed(asks: Sequence[Ask]) -> list[float]:
    """Milliseconds of each; every one is asked once before, so that plans and pages are warm."""
    spent = []
    for ask in asks:
        await ask()
        began = time.perf_counter()
        await ask()
        spent.append((time.perf_counter() - began) * 1000)
    return sorted(spent)


def say(name: str, spent: Sequence[float], more: str = "") -> None:
    p99 = spent[min(int(len(spent) * 0.99), len(spent) - 1)]
    print(
        f"  {name:28} p50 {statistics.median(spent):8.2f} ms   p99 {p99:8.2f} ms   worst {spent[-1]:8.2f} ms {more}",
        flush=True,
    )


async def measure(database: Database) -> None:
    """Every kind of question, and the floor in the same run."""
    say("floor: SELECT 1", await timed([lambda: database.fetch_rows("SELECT 1")] * ASKED))
    for name, wanted in questions().items():
        found = [json.loads(await find_cards(database, each, None, 24)) for each in wanted]
        empty = sum(not page["items"] for page in found)
        asks: list[Ask] = [lambda each=each: find_cards(database, each, None, 24) for each in wanted]  # type: ignore[misc]  # A default is how a loop's value is kept.
        say(name, await timed(asks), f"  ({len(wanted)} asked, {empty} without a find)")


async def count_recall(db: asyncpg.Connection, column: str, asked: Callable[[str], str | None]) -> None:
    """Over the distinct titles: of those with the word in them, the share that is found; and what is found beside."""
    sql = (
        f"SELECT count(*) FILTER (WHERE liked), count(*) FILTER (WHERE liked AND hit), count(*) FILTER (WHERE hit)"  # noqa: S608  A name of our own.
        f" FROM (SELECT title LIKE '%' || $2 || '%' AS liked,"
        f" {column} @@ $1::text::tsquery AS hit FROM bench_title) AS t"
    )
    rows = [(word, *await db.fetchrow(sql, asked(word), word)) for word in PRODUCE]
    there = [row for row in rows if row[1]]
    low = [f"{word} {hit / liked:.3f}" for word, liked, hit, _ in there if hit < 0.99 * liked]
    share = sum(row[2] for row in there) / sum(row[1] for row in there)
    beside = max(there, key=lambda row: row[3] / row[1])
    print(
        f"  recall against LIKE over {len(there)} of {len(rows)} produce words: {share:.4f}; below 0.99: "
        f"{', '.join(low) or 'none'}; most beside: {beside[0]} {beside[3] / beside[1]:.2f} times",
        flush=True,
    )


async def measure_segmenter(db: asyncpg.Connection) -> None:
    """The titles by the words of rjieba, with its own dictionary: recall alone, for that decides."""
    cut = importlib.import_module("rjieba").cut_for_search
    await db.execute("ALTER TABLE bench_title ADD COLUMN cut tsvector")
    titles = await db.fetch("SELECT id, title FROM bench_title")
    await db.execute("CREATE TEMP TABLE segmented (id int, words text[])")
    records = [(row["id"], sorted({each for each in cut(row["title"]) if each.strip()})) for row in titles]
    await db.copy_records_to_table("segmented", records=records)
    await db.execute("UPDATE bench_title t SET cut = array_to_tsvector(s.words) FROM segmented s WHERE s.id = t.id")
    print("  the words of a segmenter (rjieba):")
    await count_recall(db, "cut", lambda word: " & ".join(f"'{each}'" for each in cut(word)))


async def run_one(count: int, *, segmenter: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="sunfair-search-") as folder:
        server = Postgres(Path(folder), SECRET, sink=lambda *_: None, settings=FORGETFUL)
        server.start()
        try:
            await migrate(server.url("postgres", server.password, "postgres"), SECRET)
            db = await asyncpg.connect(server.url("postgres", server.password, "postgres").replace("+asyncpg", ""))
            began = time.perf_counter()
            await fill(db, count)
            size = await db.fetchval("SELECT pg_size_pretty(pg_relation_size('catalog.ix_search_entry_words'))")
            table = await db.fetchval("SELECT pg_size_pretty(pg_table_size('catalog.search_entry'))")
            print(
                f"{count:,} lots: table {table}, index of words {size}, made in {time.perf_counter() - began:.0f} s",
                flush=True,
            )
            database = Database.connect(server.url("catalog_app", f"catalog-{SECRET}", "postgres"), "catalog")
            await measure(database)
            await count_recall(db, "words", lambda word: asked.words if (asked := query(word)) else None)
            if segmenter and importlib.util.find_spec("rjieba"):
                await measure_segmenter(db)
            elif segmenter:
                print("  rjieba is not installed: the segmenter was not measured.")
            await database.close()
            await db.close()
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES)
    for count in (sizes := parser.parse_args().rows):
        asyncio.run(run_one(count, segmenter=count == min(sizes)))


if __name__ == "__main__":
    main()
