"""The pairs of characters of the present index against words from a segmenter, over the same generated titles.

`python3 sunfair.py bench search compare`. Each has a column and an index of its own that hold nothing but the words of
the titles: no pinyin, no places, no marks. The segmenter is rjieba (`uv pip install --group bench`), with its own
dictionary, with our produce words taught to it, and with every second produce word left untaught: that is what a
variety is on the day on which somebody first lists it. Beside them stands LIKE, which is also what is true.
"""

import importlib
import importlib.util
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench.lots import believable
from services.catalog.domain.produce import PRODUCE
from services.catalog.domain.words import query, wholes_and_grams

TABLE = """
CREATE TABLE bench_text (n int, at timestamptz, title int);
INSERT INTO bench_text SELECT n, timestamptz '2025-01-01' + n * interval '30 seconds', title FROM bench_lot"""


@dataclass(frozen=True)
class Contender:
    """A way to make words of a text, and a query of a word; `counted`: the words over which its recall is counted."""

    name: str
    words: Callable[[str], Iterable[str]]
    asked: Callable[[str], str]
    counted: Sequence[str] = PRODUCE


def contenders() -> list[Contender]:
    """The present index, and a segmenter that knows nothing, half and all of our produce words."""
    found = [Contender("pairs of characters and whole names", wholes_and_grams, _by_pairs)]
    if importlib.util.find_spec("rjieba") is None:
        print("rjieba is not installed (uv pip install --group bench): the segmenter is not measured.")
        return found
    known, unknown = PRODUCE[::2], PRODUCE[1::2]
    return [
        *found,
        _segmenter("a segmenter, its own dictionary", (), PRODUCE),
        _segmenter("a segmenter taught our produce words", PRODUCE, PRODUCE),
        _segmenter("a segmenter taught half, of the other half", known, unknown),
    ]


def _by_pairs(word: str) -> str:
    asked = query(word)
    return asked.words if asked else ""


def _segmenter(name: str, taught: Iterable[str], counted: Sequence[str]) -> Contender:
    segmenter: Any = importlib.import_module("rjieba").Jieba()
    for word in taught:
        segmenter.add_word(word, None, None)

    def words(text: str) -> list[str]:
        return [each for each in segmenter.cut_for_search(text) if each.strip()]

    def asked(word: str) -> str:
        # All words of it, as those of a title were made.
        return " & ".join("'" + each.replace("'", "''") + "'" for each in dict.fromkeys(words(word)))

    return Contender(name, words, asked, counted)


async def compare(db: asyncpg.Connection, count: int, processor: Callable[[], float]) -> None:
    """Print a table: recall against LIKE, time of the words and of the index, size, and time of a question.

    `processor`: seconds of the processor that the connection's server process has used.
    """
    rows = believable(count)
    titles = {row[0]: row[2] for row in rows["title"]}
    await db.execute("CREATE TEMP TABLE bench_lot (n int, title int)")
    await db.copy_records_to_table("bench_lot", records=[(row[0], row[1]) for row in rows["lot"]])
    await db.execute(TABLE)
    await db.execute("CREATE TABLE bench_title (id int PRIMARY KEY, title text)")
    await db.copy_records_to_table("bench_title", records=list(titles.items()))
    print(f"{count:,} lots with {len(titles):,} titles, {len(PRODUCE)} produce words, a page of 25, newest first")
    for number, contender in enumerate(contenders()):
        print(await _measured(db, contender, f"w{number}", titles, processor), flush=True)
    liked = [await _asked(db, "t.title LIKE '%' || $1 || '%'", word, processor) for word in PRODUCE[::4]]
    print(f"LIKE over the table, without an index: {_times(liked)}")


async def _measured(
    db: asyncpg.Connection, contender: Contender, column: str, titles: dict[int, str], processor: Callable[[], float]
) -> str:
    began = time.process_time()
    words = [(number, sorted(set(contender.words(title)))) for number, title in titles.items()]
    made = time.process_time() - began
    await db.execute(f"ALTER TABLE bench_title ADD {column} tsvector; CREATE TEMP TABLE made (id int, words text[])")
    await db.copy_records_to_table("made", records=words)
    await db.execute(f"UPDATE bench_title t SET {column} = array_to_tsvector(m.words) FROM made m WHERE m.id = t.id")  # noqa: S608  Our own names.
    await db.execute(
        f"CREATE TABLE bench_{column} AS SELECT b.n, b.at, t.title, t.{column} AS words FROM bench_text b"  # noqa: S608  The same.
        " JOIN bench_title t ON t.id = b.title ORDER BY b.n; DROP TABLE made;"
        f" ALTER TABLE bench_{column} ALTER words SET STATISTICS 1000"
    )
    began = processor()
    await db.execute("SET max_parallel_maintenance_workers = 0")
    await db.execute(f"CREATE INDEX bench_{column}_words ON bench_{column} USING gin (words)")
    built = processor() - began
    await db.execute(f"ANALYZE bench_{column}")
    size = await db.fetchval("SELECT pg_relation_size($1::text::regclass) / 1024 / 1024.0", f"bench_{column}_words")
    recall, low = await _recall(db, contender, column)
    spent = [
        await _asked(db, "words @@ $1::text::tsquery", contender.asked(word), processor, f"bench_{column}")
        for word in contender.counted
    ]
    each = made / len(titles) * 1e6
    return (
        f"{contender.name}:\n  recall {recall:.4f} over {len(contender.counted)} words; {len(low)} words below 0.99"
        f"{': ' + ', '.join(low[:12]) if low else ''}\n"
        f"  words {each:.0f} µs a title, index {size:.1f} MB built in {built:.1f} s; {_times(spent)}"
    )


async def _recall(db: asyncpg.Connection, contender: Contender, column: str) -> tuple[float, list[str]]:
    """The share of titles with a word in them that are found by it, and the words of which less than 99 % are."""
    sql = (
        f"SELECT count(*) AS liked, count(*) FILTER (WHERE {column} @@ $1::text::tsquery) AS hit"  # noqa: S608  Our own names.
        " FROM bench_title WHERE title LIKE '%' || $2 || '%'"
    )
    rows = [(word, *await db.fetchrow(sql, contender.asked(word), word)) for word in contender.counted]
    low = sorted((hit / liked, word) for word, liked, hit in rows if hit < 0.99 * liked)
    found, there = sum(row[2] for row in rows), sum(row[1] for row in rows)
    return found / there, [f"{word} {share:.2f}" for share, word in low]


async def _asked(
    db: asyncpg.Connection, fits: str, asked: str, processor: Callable[[], float], table: str = "bench_w0"
) -> tuple[float, float]:
    """Milliseconds of the server's processor and of the clock for a page of what fits, the second time it is asked."""
    sql = f"SELECT n FROM {table} t WHERE {fits} ORDER BY at DESC LIMIT 25"  # noqa: S608  Our own names.
    await db.fetch(sql, asked)
    used, began = processor(), time.perf_counter()
    await db.fetch(sql, asked)
    return (processor() - used) * 1000, (time.perf_counter() - began) * 1000


def _times(spent: Sequence[tuple[float, float]]) -> str:
    used, waited = (sorted(each[place] for each in spent) for place in (0, 1))
    late = int(len(used) * 0.99)
    return (
        f"a question: processor p50 {statistics.median(used):.2f} p99 {used[late]:.2f} ms, "
        f"clock p50 {statistics.median(waited):.2f} p99 {waited[late]:.2f} ms"
    )
