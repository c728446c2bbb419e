"""Search over 10,000, 100,000 and 1,000,000 generated lots: by text, by place and by both, with counts and medians.

What is timed are catalog's own functions: a page of 24, the counts beside it, suggestions, and what others ask on the
page of a lot. Beside them stand the floor, one journey to the database and back, and the time of the processor in the
database and in the service, which is what is left of a figure on a machine that others use too. Recall is counted
against LIKE over every produce word. `compare` measures the index against the words of a segmenter instead.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import asyncpg

from bench.load import SECRET
from bench.lots import DAY, fill, fill_prices
from bench.search_compare import compare
from deploy.migrate import migrate
from deploy.postgres import FORGETFUL, Postgres
from services.catalog.domain.produce import PRODUCE
from services.catalog.domain.words import query
from services.catalog.store.cards import Wanted, find_cards
from services.catalog.store.finding import find_facets, suggest
from services.catalog.store.history import find_prices
from services.contracts import regions
from services.kit.db import Database

SIZES = (10_000, 100_000, 1_000_000)
COMPARED = 200_000
ASKED = 300
COUNTED_TOO = ("by text", "by subtree", "by both", "category and month")
BEGINNINGS = (
    "苹",
    "苹果",
    "车",
    "车厘",
    "大",
    "山",
    "梨",
    "沃",
    "su",
    "sul",
    "d",
    "dang",
    "x",
    "xi",
    "shan",
    "h",
    "apple",
)
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


@dataclass(frozen=True)
class Spent:
    """Milliseconds of one question: on the clock, and of the processor in the database and here."""

    clock: float
    database: float
    service: float

    @property
    def processor(self) -> float:
        """Of both together."""
        return self.database + self.service


def server_seconds(pid: int) -> float:
    """Processor time of a server process, in seconds to the nanosecond (Linux); not a number elsewhere."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return float("nan")


async def timed(asks: Sequence[Ask], pid: int) -> list[Spent]:
    """What each takes; every one is asked once before, so that plans and pages are warm."""
    spent = []
    for ask in asks:
        await ask()
        used, mine, began = server_seconds(pid), time.thread_time(), time.perf_counter()
        await ask()
        clock, here = time.perf_counter() - began, time.thread_time() - mine
        spent.append(Spent(clock * 1000, (server_seconds(pid) - used) * 1000, here * 1000))
    return spent


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def say(name: str, spent: Sequence[Spent], more: str = "") -> tuple[str, str]:
    """Print one line; its name and its cell of the table."""
    used, waited = [each.processor for each in spent], [each.clock for each in spent]
    print(
        f"  {name:28} processor p50 {quantile(used, 0.5):6.2f} p99 {quantile(used, 0.99):6.2f} ms (database p99 "
        f"{quantile((each.database for each in spent), 0.99):6.2f})   clock p50 {quantile(waited, 0.5):7.2f} "
        f"p99 {quantile(waited, 0.99):7.2f} ms{more}",
        flush=True,
    )
    return name, " · ".join(f"{quantile(each, share):.1f}" for each in (used, waited) for share in (0.5, 0.99))


async def measure(database: Database) -> dict[str, str]:
    """Every kind of question, and the floor in the same run."""
    pid = (await database.fetch_rows("SELECT pg_backend_pid()"))[0][0]
    floor: Ask = lambda: database.fetch_rows("SELECT 1")  # noqa: E731  As short as what it measures.
    cells = dict([say("floor: SELECT 1", await timed([floor] * ASKED, pid))])
    for name, wanted in questions().items():
        found = [json.loads(await find_cards(database, each, None, 24)) for each in wanted]
        empty = sum(not page["items"] for page in found)
        pages = [partial(find_cards, database, each, None, 24) for each in wanted]
        cells |= [say(name, await timed(pages, pid), f"  ({len(wanted)} asked, {empty} without a find)")]
        if name in COUNTED_TOO:
            counts = [partial(find_facets, database, each) for each in wanted[::5]]
            cells |= [say(f"counts {name}", await timed(counts, pid))]
    cells |= [say("suggestions", await timed([partial(suggest, database, each) for each in BEGINNINGS], pid))]
    lots = await database.fetch_rows("SELECT lot_id FROM catalog.price_change ORDER BY md5(id) LIMIT 300")
    prices = [partial(prices_of, database, row["lot_id"]) for row in lots]
    return cells | dict([say("prices and medians of a lot", await timed(prices, pid))])


async def prices_of(database: Database, lot_id: str) -> object:
    """As the page of a lot asks for it."""
    async with database.readings() as db:
        return await find_prices(db, lot_id)


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


async def run_one(count: int, *, comparing: bool) -> dict[str, str]:
    """The figures of one number of lots, in a database that is made for them and thrown away."""
    with tempfile.TemporaryDirectory(prefix="sunfair-search-") as folder:
        server = Postgres(Path(folder), SECRET, sink=lambda *_: None, settings=FORGETFUL)
        server.start()
        try:
            await migrate(server.url("postgres", server.password, "postgres"), SECRET)
            db = await asyncpg.connect(server.url("postgres", server.password, "postgres").replace("+asyncpg", ""))
            try:
                if comparing:
                    await compare(db, count, partial(server_seconds, db.get_server_pid()))
                    return {}
                await fill_and_say(db, count)
                url = server.url("catalog_app", f"catalog-{SECRET}", "postgres")
                # One connection, so that it is known which process of the database works.
                database = Database.connect(url, "catalog", pool_size=1)
                cells = await measure(database)
                await database.close()
                await count_recall(db, "words", lambda word: asked.words if (asked := query(word)) else None)
                return cells
            finally:
                await db.close()
        finally:
            server.stop()


async def fill_and_say(db: asyncpg.Connection, count: int) -> None:
    """Make the lots and their prices, and print what they take."""
    began = time.perf_counter()
    await fill(db, count)
    await fill_prices(db)
    sizes = await db.fetchrow(
        "SELECT pg_size_pretty(pg_table_size('catalog.search_entry')) AS cards,"
        " pg_size_pretty(pg_relation_size('catalog.ix_search_entry_words')) AS words,"
        " pg_size_pretty(pg_total_relation_size('catalog.offer')) AS offers"
    )
    print(
        f"{count:,} lots: cards {sizes['cards']}, index of words {sizes['words']}, offers {sizes['offers']}, made in "
        f"{time.perf_counter() - began:.0f} s",
        flush=True,
    )


def main() -> None:
    """Measure each number of lots, or compare ways to make words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=("compare",))
    parser.add_argument("--rows", type=int, nargs="*")
    given = parser.parse_args()
    if given.what == "compare":
        asyncio.run(run_one((given.rows or [COMPARED])[0], comparing=True))
        return
    sizes = given.rows or SIZES
    found = {count: asyncio.run(run_one(count, comparing=False)) for count in sizes}
    print("\nms: processor p50 · processor p99 · clock p50 · clock p99")
    print("| | " + " | ".join(f"{count:,} lots" for count in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for name in found[sizes[0]]:
        print(f"| {name} | " + " | ".join(found[count][name] for count in sizes) + " |")


if __name__ == "__main__":
    main()
