"""The public calendar, as JSON made in SQL: one statement a page, since people wait for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from services.broadcast.domain.ical import Entry
from services.kit.db import Database
from services.kit.page import decode_cursor, encode_cursor
from services.kit.problem import NotFound

MOST_ENTRIES = 2000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A cursor comes back from outside; beyond this no date can be made of it.
_FARTHEST = 2**53


@dataclass(frozen=True, slots=True)
class CalendarQuery:
    """What the calendar is asked for; nothing asked is everything."""

    starts_from: datetime | None = None
    until: datetime | None = None
    region: str | None = None
    state: str | None = None
    listing: str | None = None
    order: Literal["soonest", "latest"] = "soonest"


# A filing is public once it was scheduled or blocked by a hard rule; whatever happens to it later is shown there too.
# What is shown was filed: `f.content` may hold a revision that nobody has submitted yet.
_STATE = """CASE WHEN f.state IN ('scheduled', 'blocked', 'live', 'halted', 'ended') THEN f.state
  WHEN f.state IN ('submitted', 'approved', 'in_review') THEN 'held' ELSE 'cancelled' END"""


def _utc(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"


_ROW = f"""jsonb_build_object(
  'id', f.broadcast_id, 'filing_id', f.id, 'version', f.version, 'state', {_STATE}, 'region_code', f.region_code,
  'title_zh', f.title_zh, 'title_en', f.title_en, 'starts_at', {_utc("f.starts_at")}, 'ends_at', {_utc("f.ends_at")},
  'presenter_post_zh', o.post_zh, 'presenter_post_en', o.post_en,
  'listing_ids', (SELECT coalesce(jsonb_agg(p -> 'listing_id'), '[]') FROM jsonb_array_elements(f.pinned) p),
  'demonstration', f.demonstration)"""  # noqa: S608  Constants of this module only.

_FROM = f"""FROM broadcast.filing f JOIN broadcast.official o ON o.id = f.official_id
WHERE f.published_at IS NOT NULL
  AND ($1::timestamptz IS NULL OR f.ends_at > $1) AND ($2::timestamptz IS NULL OR f.starts_at < $2)
  AND ($3::text IS NULL OR f.region_path @> ARRAY[$3::text]) AND ($4::text IS NULL OR {_STATE} = $4)
  AND ($5::text IS NULL OR f.pinned @> jsonb_build_array(jsonb_build_object('listing_id', $5::text)))"""


def _page_sql(order: str) -> str:
    after, direction = (">", "ASC") if order == "soonest" else ("<", "DESC")
    return f"""SELECT coalesce(jsonb_agg(row ORDER BY n), '[]')::text FROM (
  SELECT {_ROW} || jsonb_build_object('_at', (extract(epoch FROM f.starts_at) * 1000000)::bigint) AS row,
    row_number() OVER (ORDER BY f.starts_at {direction}, f.id {direction}) AS n
  {_FROM} AND ($6::timestamptz IS NULL OR (f.starts_at, f.id) {after} ($6, $7::text))
  ORDER BY f.starts_at {direction}, f.id {direction} LIMIT $8) AS page"""  # noqa: S608  As above.


_PAGES = {order: _page_sql(order) for order in ("soonest", "latest")}


async def list_broadcasts(database: Database, query: CalendarQuery, cursor: str | None, limit: int) -> bytes:
    """A page of the public calendar, as JSON bytes."""
    after_at, after_id = (None, None) if cursor is None else _after(cursor)
    found = await database.fetch_bytes(_PAGES[query.order], *_conditions(query), after_at, after_id, limit + 1)
    rows: list[dict[str, Any]] = json.loads(found or b"[]")
    onward = None
    if len(rows) > limit:
        onward = encode_cursor(rows[limit - 1]["_at"], rows[limit - 1]["filing_id"])
    items = [{name: value for name, value in row.items() if name != "_at"} for row in rows[:limit]]
    return json.dumps({"items": items, "next": onward}, ensure_ascii=False, separators=(",", ":")).encode()


def _after(cursor: str) -> tuple[datetime, str]:
    microseconds, filing_id = decode_cursor(cursor, int, str)
    return _EPOCH + timedelta(microseconds=min(abs(int(microseconds)), _FARTHEST)), str(filing_id)


def _conditions(query: CalendarQuery) -> tuple[datetime | str | None, ...]:
    return query.starts_from, query.until, query.region, query.state, query.listing


_ONE = f"""SELECT ({_ROW} || jsonb_build_object(
  'segments', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'kind', s -> 'kind', 'starts_at', s -> 'starts_at', 'ends_at', s -> 'ends_at') ORDER BY n), '[]')
    FROM jsonb_array_elements(f.facts #> '{{filing,segments}}') WITH ORDINALITY AS e(s, n)),
  'segment_mode', f.facts #> '{{filing,segment_mode}}',
  'host_positions', (SELECT coalesce(jsonb_agg(h -> 'position' ORDER BY n), '[]')
    FROM jsonb_array_elements(f.facts #> '{{filing,hosts}}') WITH ORDINALITY AS e(h, n)),
  'presenter_organ', o.organ ->> 'name',
  'presenter_declaration', (SELECT jsonb_build_object('declared_on', d.declared_on, 'recused', d.recused)
    FROM broadcast.declaration d WHERE d.official_id = o.id ORDER BY d.declared_on DESC, d.id DESC LIMIT 1),
  'room_zh', r.name_zh, 'room_en', r.name_en,
  'event_id', f.event_id, 'event_title_zh', m.title_zh, 'event_title_en', m.title_en,
  'listings', f.pinned, 'slow_sales_ids', f.slow_sales_ids,
  'staff_count', f.facts #> '{{filing,staff_count}}', 'cost_fen', f.facts #> '{{filing,cost_fen}}',
  'funding_line', f.facts #> '{{filing,funding_line}}',
  'approval', CASE WHEN f.approval IS NULL THEN NULL ELSE jsonb_build_object('organ', f.approval -> 'organ',
    'organ_level', f.approval -> 'organ_level', 'decided_at', f.approval -> 'decided_at') END,
  'decisions', (SELECT coalesce(jsonb_agg(jsonb_build_object('decision_id', d.id, 'about', d.about,
      'about_id', d.about_id, 'stage', d.stage, 'outcome', d.outcome, 'binding', d.binding, 'ruleset', d.ruleset,
      'decided_at', {_utc("d.decided_at")}) ORDER BY d.decided_at, d.id), '[]')
    FROM (SELECT decision_id AS id, 'filing' AS about, filing_id AS about_id, stage, outcome, binding, ruleset,
        decided_at FROM broadcast.decision WHERE filing_id = f.id AND public
      UNION ALL SELECT decision_id, 'lot', lot_id, stage, outcome, true, ruleset, decided_at
        FROM broadcast.lot_decision WHERE lot_id IN (SELECT jsonb_array_elements_text(p -> 'lot_ids')
          FROM jsonb_array_elements(f.pinned) p)) AS d),
  'content_sha256', f.content_sha256, 'reason_zh', f.reason_zh, 'reason_en', f.reason_en,
  'updated_at', {_utc("f.updated_at")}))::text
FROM broadcast.filing f JOIN broadcast.official o ON o.id = f.official_id
LEFT JOIN broadcast.room r ON r.id = f.room_id LEFT JOIN broadcast.force_majeure m ON m.id = f.event_id
WHERE f.broadcast_id = $1 AND f.published_at IS NOT NULL"""  # noqa: S608  As above.


async def get_broadcast(database: Database, broadcast_id: str) -> bytes:
    """The public page of one broadcast, as JSON bytes. Raises NotFound for one that never stood in the calendar."""
    found = await database.fetch_bytes(_ONE, broadcast_id)
    if found is None:
        raise _not_in_calendar(broadcast_id)
    return found


def _not_in_calendar(broadcast_id: str) -> NotFound:
    return NotFound(
        f"There is no broadcast {broadcast_id} in the public calendar.",
        f"公开日历中没有编号为 {broadcast_id} 的直播。",
    )


_ENTRY = f"""f.broadcast_id, f.version, {_STATE} AS state, f.region_code, f.title_zh, f.title_en,
  f.starts_at, f.ends_at, o.post_zh, o.post_en, f.updated_at"""
_ONE_ENTRY = f"""SELECT {_ENTRY} FROM broadcast.filing f JOIN broadcast.official o ON o.id = f.official_id
WHERE f.broadcast_id = $1 AND f.scheduled_at IS NOT NULL"""  # noqa: S608  As above.
_ENTRIES = f"""SELECT {_ENTRY}
{_FROM} AND f.scheduled_at IS NOT NULL ORDER BY f.starts_at DESC, f.id DESC LIMIT {MOST_ENTRIES}"""


async def list_entries(database: Database, query: CalendarQuery) -> list[Entry]:
    """What was ever scheduled, latest first; the oldest are left out of a feed that would grow too long."""
    rows = await database.fetch_rows(_ENTRIES, *_conditions(query))
    return [_entry(row) for row in rows]


async def get_entry(database: Database, broadcast_id: str) -> Entry:
    """One broadcast that was ever scheduled, as the feed has it. Raises NotFound."""
    rows = await database.fetch_rows(_ONE_ENTRY, broadcast_id)
    if not rows:
        raise _not_in_calendar(broadcast_id)
    return _entry(rows[0])


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        id=row["broadcast_id"],
        version=row["version"],
        state=row["state"],
        region_code=row["region_code"],
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        presenter_post_zh=row["post_zh"],
        presenter_post_en=row["post_en"],
        updated_at=row["updated_at"],
    )
