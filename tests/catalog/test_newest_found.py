"""The newest of much: found in spans of time that grow, the same as if everything had been read and sorted."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from services.catalog.store.cards import NEWEST, Wanted, ask_newest
from services.kit.db import Database
from tests.conftest import UrlOf
from tests.servers import Servers

# Four years, denser towards the end; every half, every eighth, one in 3,000, and a season that ended long ago.
ROWS = """
INSERT INTO catalog.search_entry (id, kind, card, words, published_at)
SELECT 'lot-' || lpad(n::text, 6, '0'), 'lot',
  jsonb_build_object('state', CASE WHEN n % 400 = 7 THEN 'held' ELSE 'listed' END, 'price_from_fen', n),
  array_to_tsvector(array_remove(ARRAY['全部', '@klot', '@td' || to_char(at, 'YYYYMMDD'),
    '@tw' || to_char(at, 'IYYYIW'), '@tm' || to_char(at, 'YYYYMM'),
    CASE WHEN n % 2 = 0 THEN '苹果' END, CASE WHEN n % 8 = 1 THEN '酥梨' END,
    CASE WHEN n % 3000 = 5 THEN '沃柑' END,
    CASE WHEN n < 3000 THEN '冬笋' END], NULL)), at AT TIME ZONE 'UTC'
FROM (SELECT n, timestamp '2024-11-01' - interval '4 years' * power((12000 - n) / 12000.0, 2) AS at
  FROM generate_series(1, 12000) n) made"""
PLAIN = """
SELECT id FROM catalog.search_entry WHERE ($1::text = '' OR words @@ $1::text::tsquery)
  AND ($2::text IS NULL OR card->>'state' = $2) AND ($3::bigint IS NULL OR (card->>'price_from_fen')::bigint <= $3)
ORDER BY published_at DESC, id DESC"""
SHOWN = f"SELECT id, published_at, expected FROM {NEWEST}"  # noqa: S608  Only constants.
READ = """
SELECT (seq_tup_read + idx_tup_fetch)::bigint AS read FROM pg_stat_xact_all_tables
WHERE relid = 'catalog.search_entry'::regclass"""


@pytest.fixture
async def much(fresh_database_url: UrlOf, servers: Servers) -> AsyncIterator[Database]:
    """Twelve thousand cards of which the statistics know."""
    name = sa.make_url(fresh_database_url("catalog")).database
    engine = create_async_engine(servers.url(str(name)))
    async with engine.connect() as connection:
        await connection.execute(sa.text(ROWS))
        await connection.execute(sa.text("ANALYZE catalog.search_entry"))
        yield Database.bound(connection, "catalog")
        await connection.rollback()
    await engine.dispose()


async def pages(database: Database, wanted: Wanted, limit: int) -> list[str]:
    """The ids of all pages, one after the other."""
    found: list[str] = []
    after: tuple[datetime, str] | None = None
    while rows := await ask_newest(database, SHOWN, wanted, after, limit):
        found += [row["id"] for row in rows]
        after = (rows[-1]["published_at"], rows[-1]["id"])
    return found


async def test_the_spans_of_time_make_the_one_list_in_the_order_of_time(much: Database) -> None:
    asked: list[tuple[Wanted, int]] = [
        (Wanted(), 900),
        (Wanted(text="全部"), 900),
        (Wanted(text="苹果"), 700),
        (Wanted(text="酥梨"), 100),
        (Wanted(text="沃柑"), 3),
        (Wanted(text="冬笋"), 400),
        (Wanted(text="苹果", state="held"), 25),
        (Wanted(text="酥梨", state="held"), 5),
        (Wanted(text="苹果", to_fen=4_000), 300),
        (Wanted(state="held", to_fen=9_000), 7),
        (Wanted(to_fen=2), 1),
        (Wanted(text="沃柑 冬笋"), 5),
        (Wanted(text="没有"), 5),
    ]
    for wanted, limit in asked:
        question = wanted.question()
        plain = await much.fetch_rows(PLAIN, question.words if question else "", wanted.state, wanted.to_fen)
        assert await pages(much, wanted, limit) == [row["id"] for row in plain], wanted


async def test_of_much_only_the_newest_are_read(much: Database) -> None:
    asked: list[tuple[Wanted, int]] = [
        (Wanted(), 60),
        (Wanted(text="苹果"), 400),
        (Wanted(text="酥梨"), 600),
        (Wanted(text="沃柑"), 10),
        (Wanted(state="held"), 60),
        (Wanted(from_fen=11_990), 30),
        (Wanted(text="全部", to_fen=20), 60),
    ]
    for wanted, most in asked:
        before = (await much.fetch_rows(READ))[0]["read"]
        assert await ask_newest(much, SHOWN, wanted, None, 25)
        assert (await much.fetch_rows(READ))[0]["read"] - before <= most, wanted


async def test_how_much_fits_is_guessed(much: Database) -> None:
    guesses: list[tuple[Any, int]] = [("全部", 12_000), ("苹果", 6_000), ("酥梨", 1_500), ("冬笋", 2_999)]
    for word, true in guesses:
        rows = await ask_newest(much, SHOWN, Wanted(text=word), None, 1)
        assert 0.8 * true <= rows[0]["expected"] <= 1.2 * true, word


async def test_statistics_that_do_not_know_that_all_is_gone_lead_nowhere(much: Database) -> None:
    await much.change_rows("DELETE FROM catalog.search_entry")
    assert await ask_newest(much, SHOWN, Wanted(text="苹果"), None, 25) == []
