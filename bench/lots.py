"""A million believable lots over all counties: invented titles and producers, real places, kinds and produce words.

A lot is put together in the database from the words of its title, its producer and its place, each made once by
catalog's own code: the union is what catalog would have written, at a hundredth of the time.
"""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from services.catalog.domain.produce import PRODUCE
from services.catalog.domain.words import Findable, lexemes, region_path
from services.contracts import categories, regions

DAY = date(2026, 11, 1)
TITLES_EACH = 24
PRODUCERS_EACH = 5
# fmt: off
QUALITIES = (
    "现挖", "新鲜", "高山", "农家", "冷库", "头茬", "有机", "当季", "礼盒", "散装", "带泥", "自然熟", "沙地", "老树",
    "露天", "大棚", "软糯", "脆甜", "现摘", "树熟", "富硒", "原生态", "手选", "精选",
)
SIZES = ("5斤装", "10斤装", "中果", "大果", "一级果", "家庭装", "净重2.5千克", "整箱", "特级", "真空装", "尝鲜装")
KINDS = ("农民专业合作社", "家庭农场", "果蔬有限公司", "农业发展有限公司", "种植专业合作社")
NAMES = ("丰收", "绿源", "金穗", "向阳", "山里", "田园", "百果", "惠民", "兴农", "红旗", "青山", "禾苗")
# fmt: on

TABLES = """
CREATE TEMP TABLE bench_title (id int, code text, title text, category text, words tsvector);
CREATE TEMP TABLE bench_producer (id int, name text, words tsvector);
CREATE TEMP TABLE bench_place (code text, words tsvector, place jsonb);
CREATE TEMP TABLE bench_category (code text, words tsvector);
CREATE TEMP TABLE bench_lot (n int, title int, producer int, month int, price int)
"""
# As catalog's own table has it; the index is built once all rows are there.
FILL = """
INSERT INTO catalog.search_entry (id, kind, listing_id, card, words, published_at)
SELECT 'lot-' || lpad(l.n::text, 9, '0'), 'lot', NULL,
  jsonb_build_object('kind', 'lot', 'id', 'lot-' || lpad(l.n::text, 9, '0'), 'title_zh', t.title,
    'title_en', 'Produce', 'region', p.place, 'category', jsonb_build_object('code', t.category), 'state', 'listed',
    'season_months', jsonb_build_array(l.month, l.month % 12 + 1), 'producer_name', m.name,
    'price_from_fen', l.price, 'price_unit', '箱', 'net_grams', 2500, 'published_at', $1::timestamptz),
  t.words || m.words || p.words || c.words
    || array_to_tsvector(ARRAY['@klot', '@m' || l.month, '@m' || l.month % 12 + 1,
         '@td' || to_char(u.at, 'YYYYMMDD'), '@tw' || to_char(u.at, 'IYYYIW'), '@tm' || to_char(u.at, 'YYYYMM')]),
  $1::timestamptz + l.n * interval '30 seconds'
FROM bench_lot l CROSS JOIN LATERAL
  (SELECT ($1::timestamptz + l.n * interval '30 seconds') AT TIME ZONE 'UTC' AS at) u
JOIN bench_title t ON t.id = l.title JOIN bench_producer m ON m.id = l.producer
JOIN bench_place p ON p.code = t.code JOIN bench_category c ON c.code = t.category"""


# Two prices of every lot; the later is its offer. What a price hangs on is not made, so nothing of it is checked.
PRICES = """
INSERT INTO catalog.price_change (id, lot_id, listing_id, listing_version, since_at, price_fen, net_grams, price_unit,
  region_path, category_code)
SELECT id || '-' || k, id, 'listing-' || right(id, 7)::int / 20, 1, published_at + k * interval '10 days',
  (card->>'price_from_fen')::bigint + 100 * k, 2500, '箱',
  ARRAY(SELECT jsonb_array_elements_text(card->'region'->'path')), card->'category'->>'code'
FROM catalog.search_entry, generate_series(1, 2) AS k"""
OFFERS = """
INSERT INTO catalog.offer (lot_id, place, category_code, per_kilogram_fen)
SELECT lot_id, place, category_code, (price_fen * 2000 + net_grams) / (net_grams * 2)
FROM catalog.price_change, catalog.median_places(region_path) AS place WHERE id LIKE '%-2'"""


def _vector(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _words_of(name: str) -> str:
    """The lexemes that catalog makes of a name alone, without those of the place and kind it is given here."""
    nowhere = frozenset(lexemes(Findable("lot", (), (), "110101", "farm", ()), DAY))
    named = lexemes(Findable("lot", (name,), (), "110101", "farm", ()), DAY)
    return " ".join(_vector(each) for each in named if each not in nowhere)


def _place_words(code: str) -> str:
    bare = lexemes(Findable("lot", (), (), code, "farm", ()), DAY)
    return " ".join(_vector(each) for each in bare if each not in ("@klot", "@s"))


def _category_words(code: str) -> str:
    bare = lexemes(Findable("lot", (), (), "110101", code, ()), DAY)
    nowhere = frozenset(lexemes(Findable("lot", (), (), "110101", "farm", ()), DAY))
    return " ".join(_vector(each) for each in bare if each not in nowhere)


def _category_of(word: str) -> str:
    """A kind whose name stands in the produce word; any other one, always the same for the same word."""
    kinds = categories.all_categories()
    named = [each.code for each in kinds if each.zh in word]
    wider = {each.parent for each in kinds}
    leaves = [each.code for each in kinds if each.code not in wider]
    return max(named, key=len, default=leaves[sum(map(ord, word)) % len(leaves)])


def believable(count: int) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the tables, the same for the same number."""
    dice = random.Random(20201123)  # noqa: S311  Sample data; nothing is kept secret by it.
    counties = [row for row in regions.regions(DAY) if row.level == "county"]
    titles: list[tuple[int, str, str, str, str]] = []
    producers: list[tuple[int, str, str]] = []
    for row in counties:
        grown = dice.sample(PRODUCE, 4)
        for _ in range(max(4, min(TITLES_EACH, count // len(counties) // 4))):
            word = dice.choice(grown)
            title = f"{row.short_zh}{dice.choice(QUALITIES)}{word} {dice.choice(SIZES)}"
            titles.append((len(titles), row.code, title, _category_of(word), _words_of(title)))
        for _ in range(PRODUCERS_EACH):
            name = f"{row.short_zh}{dice.choice(NAMES)}{dice.choice(KINDS)}"
            producers.append((len(producers), name, _words_of(name)))
    codes = {row.code for row in counties}
    by_county = {row.code: place * PRODUCERS_EACH for place, row in enumerate(counties)}
    lots: list[tuple[int, int, int, int, int]] = []
    for number in range(count):
        chosen = dice.randrange(len(titles))
        producer = by_county[titles[chosen][1]] + number % PRODUCERS_EACH
        lots.append((number, chosen, producer, 1 + number % 12, dice.randrange(500, 30_000)))
    places = [(code, _place_words(code), json.dumps(_place(code), ensure_ascii=False)) for code in sorted(codes)]
    kinds = [(code, _category_words(code)) for code in sorted({title[3] for title in titles})]
    return {"title": titles, "producer": producers, "place": places, "category": kinds, "lot": lots}


def _place(code: str) -> dict[str, Any]:
    row = regions.known(code)
    return {"code": code, "name_zh": row.name_zh if row else code, "path": region_path(code, DAY)}


async def fill(db: asyncpg.Connection, count: int) -> None:
    """Put the lots into the table of catalog, in the order of time, and build its index."""
    await db.execute(TABLES)
    for name, rows in believable(count).items():
        await _copy(db, f"bench_{name}", rows)
    await db.execute("DROP INDEX catalog.ix_search_entry_words")
    await db.execute("SET maintenance_work_mem = '512MB'")
    await db.execute(FILL, datetime(2025, 1, 1, tzinfo=UTC) + timedelta(0))
    await db.execute(
        "CREATE INDEX ix_search_entry_words ON catalog.search_entry USING gin (words) WITH (fastupdate = off)"
    )
    await db.execute("VACUUM ANALYZE catalog.search_entry")


async def fill_prices(db: asyncpg.Connection) -> None:
    """What every lot of the table costs and has cost."""
    await db.execute("SET session_replication_role = replica")
    await db.execute(PRICES)
    await db.execute("DROP INDEX catalog.ix_offer_middle")
    await db.execute(OFFERS)
    await db.execute("CREATE INDEX ix_offer_middle ON catalog.offer (category_code, place, per_kilogram_fen)")
    await db.execute("RESET session_replication_role")
    for table in ("price_change", "offer"):
        await db.execute(f"VACUUM ANALYZE catalog.{table}")


async def _copy(db: asyncpg.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    """Through text columns where the driver has no binary form: a tsvector and a document are cast on the way in."""
    kinds = await db.fetch(
        "SELECT attname, format_type(atttypid, NULL) AS kind FROM pg_attribute WHERE attrelid = $1::regclass"
        " AND attnum > 0 ORDER BY attnum",
        table,
    )
    plain = ", ".join(
        f"{row['attname']} {'text' if row['kind'] in ('tsvector', 'jsonb') else row['kind']}" for row in kinds
    )
    cast = ", ".join(f"{row['attname']}::{row['kind']}" for row in kinds)
    await db.execute(f"CREATE TEMP TABLE raw_{table} ({plain})")
    await db.copy_records_to_table(f"raw_{table}", records=rows)
    await db.execute(f"INSERT INTO {table} SELECT {cast} FROM raw_{table}")  # noqa: S608  Names of our own.
    await db.execute(f"DROP TABLE raw_{table}")
