"""Beside what is found: how it is spread over places, kinds, months and prices, and what may be typed next."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from services.catalog.domain.mistakes import names, spelled
from services.catalog.domain.produce import PRODUCE
from services.catalog.domain.words import folded, is_chinese, pinyin_words, query, runs
from services.catalog.schemas.finding import Facets, KeyCount, MonthCount, NamedCount, PriceCount, Suggestion
from services.catalog.store.cards import NEWEST, Wanted, ask_newest
from services.contracts import categories, regions
from services.kit import clock
from services.kit.db import Database

# So many rows are counted one by one; of more the newest are counted and the rest is estimated.
COUNTED = 1_000
PRICE_BANDS = (2_000, 5_000, 10_000)
MOST_SUGGESTIONS = 8

_SPREAD = f"""
WITH found AS MATERIALIZED (SELECT card, expected FROM {NEWEST})
SELECT 'region' AS facet, card->'region'->>'code' AS key, count(*) AS n FROM found GROUP BY 2
UNION ALL SELECT 'category', card->'category'->>'code', count(*) FROM found GROUP BY 2
UNION ALL SELECT 'kind', card->>'kind', count(*) FROM found GROUP BY 2
UNION ALL SELECT 'state', card->>'state', count(*) FROM found GROUP BY 2
UNION ALL SELECT 'month', month, count(*)
  FROM found, jsonb_array_elements_text(card->'season_months') AS month GROUP BY 2
UNION ALL SELECT 'price', width_bucket((card->>'price_from_fen')::bigint, $9::bigint[])::text, count(*) FROM found
  WHERE card->>'price_from_fen' IS NOT NULL GROUP BY 2
UNION ALL SELECT 'all', '', count(*) FROM found
UNION ALL SELECT 'expected', '', max(expected) FROM found"""  # noqa: S608  Only constants.


async def find_facets(database: Database, wanted: Wanted) -> Facets:
    """Counts of what is found; where it is much, the newest are counted and scaled, and `estimated` says so."""
    counted: dict[str, Counter[str]] = {}
    for row in await ask_newest(database, _SPREAD, wanted, None, COUNTED + 1, list(PRICE_BANDS)):
        counted.setdefault(row["facet"], Counter())[row["key"]] += row["n"] or 0
    seen = counted.get("all", Counter())[""]
    # Of much, what PostgreSQL expects by its statistics, without counting.
    total = seen if seen <= COUNTED else max(counted["expected"][""], seen)
    return _facets(counted, wanted, seen, total)


def _facets(counted: Mapping[str, Counter[str]], wanted: Wanted, seen: int, total: int) -> Facets:
    estimated = seen > COUNTED

    def of(name: str) -> Counter[str]:
        return counted.get(name, Counter())

    def scaled(count: int) -> int:
        return _rounded(count * total / seen) if estimated else count

    places = _gathered(of("region"), wanted.region, _below_region)
    kinds = _gathered(of("category"), wanted.category, _below_category)
    return Facets(
        estimated=estimated,
        total=scaled(seen),
        regions=[_named_region(code, scaled(n)) for code, n in sorted(places.items())],
        categories=[_named_category(code, scaled(n)) for code, n in sorted(kinds.items())],
        months=[MonthCount(month=int(key), count=scaled(n)) for key, n in sorted(of("month").items(), key=_number)],
        kinds=[KeyCount(key=key, count=scaled(n)) for key, n in sorted(of("kind").items())],
        states=[KeyCount(key=key, count=scaled(n)) for key, n in sorted(of("state").items())],
        prices=[_price(int(key), scaled(n)) for key, n in sorted(of("price").items())],
    )


def _number(item: tuple[str, int]) -> int:
    return int(item[0])


def _rounded(value: float) -> int:
    """Two figures: an estimate that shows more pretends to know."""
    whole = round(value)
    step: int = 10 ** max(len(str(whole)) - 2, 0)
    return round(whole / step) * step


def _gathered(counts: Mapping[str, int], within: str | None, below: Callable[[str, str | None], str]) -> Counter[str]:
    """Counts of what lies directly below the place or kind that is looked in."""
    gathered: Counter[str] = Counter()
    for code, count in counts.items():
        gathered[below(code, within)] += count
    return gathered


def _below_region(code: str, within: str | None) -> str:
    path = [code, *regions.ancestors(code, clock.business_today())]
    return _step_below(path, within)


def _below_category(code: str, within: str | None) -> str:
    # The one root of all goods is no choice: without a kind the branches below it are shown.
    path = [code, *categories.category_ancestors(code)]
    return _step_below(path, within or (path[-1] if len(path) > 1 else None))


def _step_below(path: Sequence[str], within: str | None) -> str:
    """Of a path from a leaf to its root, what lies directly below `within`; the root without it."""
    if within is None:
        return path[-1]
    return path[max(path.index(within) - 1, 0)] if within in path else path[0]


def _named_region(code: str, count: int) -> NamedCount:
    row = regions.known(code)
    return NamedCount(key=code, zh=row.name_zh if row else code, en=row.name_en if row else code, count=count)


def _named_category(code: str, count: int) -> NamedCount:
    row = categories.category(code)
    return NamedCount(key=code, zh=row.zh if row else code, en=row.en if row else code, count=count)


def _price(band: int, count: int) -> PriceCount:
    edges = (None, *PRICE_BANDS, None)
    return PriceCount(from_fen=edges[band], to_fen=edges[band + 1], count=count)


_THERE = """
SELECT name FROM unnest($1::text[], $2::text[]) AS asked (name, wanted)
WHERE EXISTS (SELECT 1 FROM catalog.search_entry WHERE words @@ wanted::tsquery)"""


async def suggest(database: Database, text: str) -> list[Suggestion]:
    """What may be meant by a beginning: names that start with it, contain it, or are spelled like it, and are there."""
    typed = "".join(runs(text))
    if not typed:
        return []
    near = [name for name, ways in _spellings().items() if _fits(typed, name, ways)]
    near.sort(key=lambda name: (not name.startswith(typed), len(name)))
    near = near[: 2 * MOST_SUGGESTIONS]
    rows = await database.fetch_rows(_THERE, near, [asked.words for name in near if (asked := query(name))])
    there = {row["name"] for row in rows}
    return [Suggestion(text=name, kind=_kind_of(name)) for name in near if name in there][:MOST_SUGGESTIONS]


def _fits(typed: str, name: str, ways: Iterable[str]) -> bool:
    return typed in name if is_chinese(typed) else any(way.startswith(typed) for way in ways)


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Each known name with its pinyin and its initials."""
    whole: dict[str, tuple[str, ...]] = {}
    for name in names():
        if name not in whole:
            ways = list(pinyin_words(name))[:2]
            whole[folded(name)] = tuple(dict.fromkeys((spelled(name), *ways)))
    return whole


@cache
def _kinds() -> frozenset[str]:
    return frozenset(each.zh for each in categories.all_categories())


def _kind_of(name: str) -> Any:
    if name in PRODUCE:
        return "produce"
    return "category" if name in _kinds() else "region"
