"""Cards: what lists and search answer with. One index holds words, pinyin, regions, categories and months.

`Wanted` and `find_cards` are the whole interface of search: another engine would be put behind them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain import words
from services.catalog.domain.mistakes import guesses
from services.catalog.domain.words import Findable
from services.catalog.schemas.specialties import Card
from services.catalog.store import places
from services.contracts import categories, regions
from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database
from services.kit.page import decode_cursor, encode_cursor
from services.kit.problem import NotAllowed, NotSignedIn


@dataclass(frozen=True)
class Wanted:
    """What is looked for; everything that is given must hold."""

    text: str = ""
    kind: str | None = None
    region: str | None = None
    category: str | None = None
    month: int | None = None
    specialty: str | None = None
    from_fen: int | None = None
    to_fen: int | None = None
    state: str | None = None

    @classmethod
    def of(
        cls,
        *,
        q: str = "",
        kind: str | None = None,
        region: str | None = None,
        category: str | None = None,
        month: int | None = None,
        specialty: str | None = None,
        from_fen: int | None = None,
        to_fen: int | None = None,
        state: str | None = None,
    ) -> "Wanted":
        """Raises RegionUnknown or CategoryUnknown for a code that never was."""
        if region is not None and regions.known(region) is None:
            raise places.unknown_region(region)
        if category is not None:
            places.get_category(category)
        return cls(q, kind, region, category, month, specialty, from_fen, to_fen, state)

    def question(self) -> words.Question | None:
        """What to look for; None when nothing can be found."""
        marks = [
            [f"@k{self.kind}"] if self.kind else [],
            words.region_marks(self.region) if self.region else [],
            [f"@c{self.category}"] if self.category else [],
            [f"@m{self.month}"] if self.month else [],
            [f"@s{self.specialty}"] if self.specialty else [],
        ]
        return words.query(self.text, *marks)


async def find_cards(
    database: Database, wanted: Wanted, cursor: str | None, limit: int, *, state: str | None = None
) -> bytes:
    """A page of cards as JSON, newest first, without a total: counting would cost more than finding."""
    found = await _find(database, replace(wanted, state=state or wanted.state), cursor, limit)
    return _page(found, limit)


async def search_cards(database: Database, wanted: Wanted, cursor: str | None, limit: int) -> bytes:
    """As `find_cards`; where nothing is found, what the words were probably meant to be is looked for, and named."""
    found = await _find(database, wanted, cursor, limit)
    if not found and cursor is None:
        for guess in guesses(wanted.text):
            if meant := await _find(database, replace(wanted, text=guess), None, limit):
                return _page(meant, limit, guess)
    return _page(found, limit)


NEWEST = "catalog.find_newest($1::text::tsquery, $2::text::tsquery, $3, $4, $5, $6, $7, $8)"
_CARDS = f"SELECT card::text AS card, published_at, id FROM {NEWEST}"  # noqa: S608  Only constants.


async def _find(database: Database, wanted: Wanted, cursor: str | None, limit: int) -> list[tuple[str, datetime, str]]:
    """The newest that fit, and one more than a page, so that it is known whether there is a next one."""
    rows = await ask_newest(database, _CARDS, wanted, _position(cursor), limit + 1)
    return [(row["card"], row["published_at"], row["id"]) for row in rows]


async def ask_newest(
    database: Database, sql: str, wanted: Wanted, after: tuple[datetime, str] | None, most: int, *others: Any
) -> Sequence[Mapping[str, Any]]:
    """What `sql` answers, which reads from `NEWEST` at most so many of what fits; `others` are $9 and onward."""
    question = wanted.question()
    if question is None:
        return ()
    narrowed = (wanted.state, wanted.from_fen, wanted.to_fen)
    asked = (question.words or None, question.rough or None, *narrowed, *(after or (None, None)), most, *others)
    rows: Sequence[Mapping[str, Any]] = await database.fetch_rows(sql, *asked)
    return rows


_OWN = """
SELECT (card || jsonb_build_object('published_at', updated_at))::text AS card, updated_at, id FROM catalog.listing
WHERE ($1::text[] IS NULL OR region_path && $1)
  AND ($2::timestamptz IS NULL OR (updated_at, id) < ($2, $3))
  AND ($4::text IS NULL OR state = $4)
  AND ($5::text[] IS NULL OR region_path && $5)
  AND ($6::text[] IS NULL OR category_code = ANY($6))
  AND ($7::int IS NULL OR card->'season_months' @> to_jsonb($7::int))
  AND ($8::text IS NULL OR specialty_id = $8)
ORDER BY updated_at DESC, id DESC LIMIT $9"""


async def find_own_cards(
    database: Database, actor: Actor | None, wanted: Wanted, state: str | None, cursor: str | None, limit: int
) -> bytes:
    """A page of the listings in the actor's regions, in every state, last changed first."""
    if actor is None:
        raise NotSignedIn("Sign in to see your own listings.", "请登录后查看本地区的上架申报。")
    if not actor.has("operator", "administrator"):
        raise NotAllowed("Only operators have listings of their own.", "只有经办人员有自己的上架申报。")
    changed_at, after = _position(cursor) or (None, "")
    scopes = [code for scope in actor.scopes for code in (scope, regions.current(scope) or scope)]
    everywhere = actor.has("administrator") and not scopes
    region = [mark.removeprefix("@r") for mark in words.region_marks(wanted.region)] if wanted.region else None
    within = None
    if wanted.category:
        codes = [each.code for each in categories.all_categories()]
        within = [code for code in codes if categories.category_within(code, wanted.category)]
    rows = await database.fetch_rows(
        _OWN,
        None if everywhere else scopes,
        changed_at,
        after,
        state,
        region,
        within,
        wanted.month,
        wanted.specialty,
        limit + 1,
    )
    return _page([(row["card"], row["updated_at"], row["id"]) for row in rows], limit)


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    instant, last = decode_cursor(cursor, str, str)
    try:
        return datetime.fromisoformat(str(instant)).astimezone(UTC), str(last)
    except (ValueError, OverflowError):
        # A cursor of another list: the page module says what is wrong with it.
        decode_cursor("-", str)
        raise


def _page(rows: list[tuple[str, datetime, str]], limit: int, understood_as: str | None = None) -> bytes:
    more = encode_cursor(rows[limit - 1][1].isoformat(), rows[limit - 1][2]) if len(rows) > limit else None
    items = ",".join(card for card, _, _ in rows[:limit])
    meant = f',"understood_as":{json.dumps(understood_as)}' if understood_as else ""
    return f'{{"items":[{items}],"next":{json.dumps(more)}{meant}}}'.encode()


_KEEP = sa.text(
    """INSERT INTO catalog.search_entry (id, kind, listing_id, card, words, published_at)
    VALUES (:id, :kind, :listing_id, CAST(:card AS jsonb), array_to_tsvector(CAST(:words AS text[])), :published_at)
    ON CONFLICT (id) DO UPDATE SET card = excluded.card, words = excluded.words, published_at = excluded.published_at"""
)


async def put_card(db: AsyncSession, card: Card, findable: Findable) -> None:
    """Make one thing findable by the public, in place of what was found of it before."""
    values: dict[str, Any] = {
        "id": card.id,
        "kind": card.kind,
        "listing_id": card.listing_id,
        "card": card.model_dump_json(),
        "words": [*words.lexemes(findable, clock.business_today()), *words.time_marks(card.published_at)],
        "published_at": card.published_at,
    }
    await db.execute(_KEEP, values)


async def drop_cards(db: AsyncSession, listing_id: str) -> None:
    """Nothing of the listing is found any more."""
    await db.execute(sa.text("DELETE FROM catalog.search_entry WHERE listing_id = :id"), {"id": listing_id})
