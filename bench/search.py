"""Search: our index of pairs and pinyin against LIKE, and against a segmenter's words where rjieba is installed."""

import argparse
import asyncio
import importlib
import importlib.util
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg

from deploy.migrate import migrate
from deploy.postgres import FORGETFUL, Postgres
from services.catalog.domain.words import Findable, lexemes, query, region_marks
from services.contracts import categories, regions

DAY = date(2026, 11, 1)
SECRET = "be" * 16
COUNTIES = ("341321", "440825", "422801", "610722", "330822", "360722", "500236", "420527", "610629", "230184")
# fmt: off
QUALITIES = (
    "现挖", "新鲜", "高山", "农家", "冷库", "头茬", "有机", "当季", "礼盒", "散装", "带泥", "宝宝辅食",
    "孕妇", "自然熟", "沙地", "老树", "露天", "大棚", "软糯", "脆甜",
)
GOODS = (
    "酥梨", "菠萝", "土豆", "玉露", "蜜桔", "胡柚", "椪柑", "脐橙", "苹果", "大米", "芒果", "蜜柚",
    "大葱", "荔枝", "龙虾", "猕猴桃", "马铃薯", "枸杞", "辣椒", "沃柑", "车厘子", "土鸡蛋", "山药",
    "草莓", "板栗", "红薯",
)
SIZES = (
    "5斤装", "10斤装", "中果", "大果", "一级果", "家庭装",
)
# fmt: on
WORDS = [*GOODS, "有机苹果", "新鲜草莓", "高山土豆", "宝宝辅食", "徐闻"]


def titles(rows: int) -> list[tuple[str, str]]:
    """Invented titles with their counties, the same for the same number."""
    dice = random.Random(20201123)  # noqa: S311  Sample data; nothing is kept secret by it.
    made = []
    for _ in range(rows):
        code = dice.choice(COUNTIES)
        place = regions.known(code)
        short = place.short_zh if place else code
        made.append((f"{short}{dice.choice(QUALITIES)}{dice.choice(GOODS)}{dice.choice(SIZES)}", code))
    return made


async def fill(db: asyncpg.Connection, rows: list[tuple[str, str]]) -> float:
    """Put the titles into the table of catalog, as catalog would; seconds that making the words took."""
    kinds = [each.code for each in categories.all_categories() if each.parent == "fruit"]
    start = datetime(2020, 1, 1, tzinfo=UTC)
    began, records = time.perf_counter(), []
    for number, (title, code) in enumerate(rows):
        thing = Findable("lot", (title,), (), code, kinds[number % len(kinds)], (1 + number % 12,))
        vector = " ".join("'" + each.replace("'", "''") + "'" for each in lexemes(thing, DAY))
        card = f'{{"title_zh":"{title}","state":"listed"}}'
        records.append((f"{number:012d}", "lot", None, card, vector, start + timedelta(seconds=number)))
    took = time.perf_counter() - began
    await db.execute(
        "CREATE TEMP TABLE raw (id text, kind text, listing_id text, card text, words text, at timestamptz)"
    )
    await db.copy_records_to_table("raw", records=records)
    await db.execute(
        "INSERT INTO catalog.search_entry SELECT id, kind, listing_id, card::jsonb, words::tsvector, at FROM raw"
    )
    await db.execute("ANALYZE catalog.search_entry")
    return took


async def timed(db: asyncpg.Connection, sql: str, arguments: Iterable[object]) -> tuple[list[float], list[int]]:
    """Milliseconds and rows per argument; each asked once before, so that plans and pages are warm."""
    spent, found = [], []
    for argument in arguments:
        await db.fetch(sql, argument)
        began = time.perf_counter()
        found.append(len(await db.fetch(sql, argument)))
        spent.append((time.perf_counter() - began) * 1000)
    return spent, found


async def recall(
    db: asyncpg.Connection, condition: str, asked: Callable[[str], object]
) -> list[tuple[str, float, float]]:
    """Per word: the share of LIKE's hits that are found, and hits per hit of LIKE."""
    sql = (
        f"SELECT count(*) FILTER (WHERE hit AND liked)::float / count(*) FILTER (WHERE liked),"  # noqa: S608  Constants.
        f" count(*) FILTER (WHERE hit)::float / count(*) FILTER (WHERE liked) FROM (SELECT {condition} AS hit,"
        " card->>'title_zh' LIKE '%' || $2 || '%' AS liked FROM catalog.search_entry) AS both_ways"
    )
    return [(word, *(await db.fetchrow(sql, asked(word), word))) for word in WORDS]


def say(name: str, spent: list[float], found: list[int]) -> None:
    middle, worst = statistics.median(spent), max(spent)
    print(f"{name:28} p50 {middle:8.2f} ms   worst {worst:8.2f} ms   {len(spent)} words, {sum(found)} rows")


async def measure(db: asyncpg.Connection, rows: list[tuple[str, str]]) -> None:
    page = "SELECT card::text FROM catalog.search_entry WHERE {} ORDER BY published_at DESC, id DESC LIMIT 20"
    ours = "words @@ $1::text::tsquery"
    size = await db.fetchval("SELECT pg_size_pretty(pg_relation_size('catalog.ix_search_entry_words'))")
    print(f"index of words: {size} for {len(rows)} rows")
    say("pairs, a page of 20", *await timed(db, page.format(ours), [query(word, DAY) for word in WORDS]))
    narrow = [query(word, DAY, region_marks("341300")) for word in WORDS]
    say("pairs in one prefecture", *await timed(db, page.format(ours), narrow))
    pinyin = [query(word, DAY) for word in ("suli", "dangshansuli", "dssl", "boluo", "mihoutao", "mht")]
    say("pinyin and initials", *await timed(db, page.format(ours), pinyin))
    say("LIKE, a page of 20", *await timed(db, page.format("card->>'title_zh' LIKE '%' || $1 || '%'"), WORDS))
    tell_recall("pairs", await recall(db, ours, lambda word: query(word, DAY)))


def tell_recall(name: str, by_word: list[tuple[str, float, float]]) -> None:
    low = [f"{word} {share:.2f}" for word, share, _ in by_word if share < 0.99]
    most = max(by_word, key=lambda each: each[2])
    print(
        f"{name}: recall against LIKE {statistics.mean(share for _, share, _ in by_word):.4f}, "
        f"below 0.99: {', '.join(low) or 'none'}; most beside: {most[0]} {most[2]:.2f} times"
    )


async def measure_segmenter(db: asyncpg.Connection, rows: list[tuple[str, str]]) -> None:
    """The same titles by the words of rjieba, with its own dictionary."""
    cut = importlib.import_module("rjieba").cut_for_search
    await db.execute("ALTER TABLE catalog.search_entry ADD COLUMN cut tsvector")
    words = [(f"{number:012d}", sorted(set(cut(title)))) for number, (title, _) in enumerate(rows)]
    await db.execute("CREATE TEMP TABLE segmented (id text, words text[])")
    await db.copy_records_to_table("segmented", records=words)
    await db.execute(
        "UPDATE catalog.search_entry e SET cut = array_to_tsvector(s.words) FROM segmented s WHERE s.id = e.id"
    )
    await db.execute("CREATE INDEX ix_cut ON catalog.search_entry USING gin (cut)")
    await db.execute("VACUUM ANALYZE catalog.search_entry")

    def asked(word: str) -> str:
        return " & ".join(f"'{each}'" for each in cut(word))

    page = "SELECT card::text FROM catalog.search_entry WHERE {} ORDER BY published_at DESC, id DESC LIMIT 20"
    size = await db.fetchval("SELECT pg_size_pretty(pg_relation_size('catalog.ix_cut'))")
    print(f"index of segmented words: {size}, without pinyin, regions, categories and months")
    say("segmented, a page of 20", *await timed(db, page.format("cut @@ $1::text::tsquery"), map(asked, WORDS)))
    tell_recall("segmented", await recall(db, "cut @@ $1::text::tsquery", asked))


async def run(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="sunfair-search-") as folder:
        server = Postgres(Path(folder), SECRET, sink=lambda *_: None, settings=FORGETFUL)
        server.start()
        try:
            address = server.url("postgres", server.password, "postgres")
            await migrate(address, SECRET)
            db = await asyncpg.connect(address.replace("+asyncpg", ""))
            rows = titles(count)
            took = await fill(db, rows)
            print(f"words of {count} titles made in {took:.1f} s ({count / took:.0f} a second)")
            await measure(db, rows)
            if importlib.util.find_spec("rjieba"):
                await measure_segmenter(db, rows)
            else:
                print("rjieba is not installed: the segmenter was not measured.")
            await db.close()
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    asyncio.run(run(parser.parse_args().rows))


if __name__ == "__main__":
    main()
