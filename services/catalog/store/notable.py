"""What somebody should hear of: changes for the feeds, lots that the gate took down, papers that soon run out."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from services.catalog.domain.feeds import Entry
from services.catalog.schemas.history import Attention, ExpiringPaper, SuspendedProducer, TakenDown
from services.catalog.store.places import known_region
from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database

MOST_ENTRIES = 50
SOON = timedelta(days=14)

_FEED = """
SELECT e.id, e.kind, e.record_id, e.action, e.changes->0 AS change, e.why, e.made_at,
       v.page->>'title_zh' AS title_zh, v.page->>'title_en' AS title_en, p.name, p.public->>'name_en' AS name_en
FROM catalog.edit e
LEFT JOIN catalog.listing l ON e.kind = 'listing' AND l.id = e.record_id
LEFT JOIN catalog.listing_version v ON v.listing_id = l.id AND v.version = l.in_force_version
LEFT JOIN catalog.producer p ON e.kind = 'producer' AND p.id = e.record_id
WHERE ((e.kind = 'listing' AND e.action IN ('decided', 'withdrawn') AND l.in_force_version IS NOT NULL)
       OR (e.kind = 'producer' AND e.action IN ('admitted', 'refused', 'suspended', 'suspension_lifted')))
  AND ($1::text IS NULL OR e.region_path @> ARRAY[$1::text])
ORDER BY e.id DESC LIMIT $2"""

_WORDS = {
    "listed": ("上架", "is on the market"),
    "in_review": ("由人工复核，暂不上架", "is held for a person, and off the market until then"),
    "blocked": ("未通过核验，已下架", "did not pass the gate, and is off the market"),
    "withdrawn": ("上架申报已撤回", "was withdrawn"),
    "admitted": ("获准入驻", "was admitted"),
    "refused": ("未获准入驻", "was refused"),
    "suspended": ("被暂停交易", "was suspended"),
    "suspension_lifted": ("恢复交易", "may sell again"),
}


async def list_entries(database: Database, region: str | None, language: str) -> list[Entry]:
    """The newest changes that everyone may know, of a region and below."""
    if region is not None:
        known_region(region)
    rows = await database.fetch_rows(_FEED, region, MOST_ENTRIES)
    return [_entry(row, language) for row in rows]


def _entry(row: Any, language: str) -> Entry:
    zh = language == "zh"
    if row["kind"] == "producer":
        name, state, lot = row["name"] if zh else row["name_en"] or row["name"], row["action"], ""
    else:
        name = row["title_zh"] if zh else row["title_en"]
        change = _json(row["change"])
        state = row["action"] if row["action"] == "withdrawn" else change.get("after", "")
        lot = change.get("field", "").partition("[")[2].partition("]")[0]
    words = _WORDS.get(state, (state, state))[0 if zh else 1]
    subject = name if not lot else f"{name} · 批次 {lot}" if zh else f"{name}, lot {lot}"
    title = f"{subject}：{words}" if zh else f"{subject} {words}"
    page = f"/{language}/edits/{row['kind']}/{row['record_id']}"
    return Entry(row["id"], title, row["why"] or title, page, row["made_at"])


def _json(value: Any) -> dict[str, Any]:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value or {})


_TAKEN_DOWN = """
SELECT l.id AS listing_id, lv.lot_id, lv.body->>'lot_number' AS lot_number, v.page->>'title_zh' AS title_zh,
       v.page->>'title_en' AS title_en, lv.state, e.decision_id, e.made_at AS at,
       lv.decision->'not_passed' AS not_passed
FROM catalog.edit e
JOIN catalog.listing l ON l.id = e.record_id AND l.state <> 'withdrawn'
JOIN catalog.listing_version v ON v.listing_id = l.id AND v.version = l.in_force_version
JOIN catalog.lot_version lv ON lv.listing_id = l.id AND lv.version = l.in_force_version
  AND lv.decision_id = e.decision_id
WHERE e.kind = 'listing' AND e.action = 'decided' AND e.changes->0->>'before' = 'listed' AND lv.state <> 'listed'
  AND ($1::text[] IS NULL OR e.region_path && $1)
ORDER BY e.id DESC LIMIT $2"""

_EXPIRING = """
SELECT l.id AS listing_id, lv.lot_id, lv.body->>'lot_number' AS lot_number, v.page->>'title_zh' AS title_zh,
       v.page->>'title_en' AS title_en, paper->>'kind' AS kind, paper->>'number' AS number,
       paper->>'expires_on' AS expires_on
FROM catalog.listing l
JOIN catalog.listing_version v ON v.listing_id = l.id AND v.version = l.in_force_version
JOIN catalog.lot_version lv ON lv.listing_id = l.id AND lv.version = l.in_force_version AND lv.state = 'listed'
CROSS JOIN LATERAL jsonb_array_elements(coalesce(lv.body->'certificates', '[]'::jsonb)) AS paper
WHERE l.state <> 'withdrawn' AND l.listed_lots > 0 AND paper->>'expires_on' BETWEEN $2 AND $3
  AND ($1::text[] IS NULL OR l.region_path && $1)
ORDER BY paper->>'expires_on', lv.lot_id LIMIT $4"""

_SUSPENDED = """
SELECT id AS producer_id, name, suspension->>'office' AS office, (suspension->>'at')::timestamptz AS at,
       suspension->>'reason_zh' AS reason_zh, suspension->>'reason_en' AS reason_en
FROM catalog.producer WHERE suspension IS NOT NULL AND ($1::text[] IS NULL OR region_path && $1)
ORDER BY at DESC, id LIMIT $2"""


async def find_attention(database: Database, actor: Actor) -> Attention:
    """What the offices of the actor's regions should look at."""
    scopes: Sequence[str] | None = list(actor.scopes) or None
    if scopes is None and not actor.has("administrator", "reviewer", "inspector"):
        return Attention(taken_down=[], expiring=[])
    today: date = clock.business_today()
    down = await database.fetch_rows(_TAKEN_DOWN, scopes, MOST_ENTRIES)
    suspended = await database.fetch_rows(_SUSPENDED, scopes, MOST_ENTRIES)
    ending = await database.fetch_rows(_EXPIRING, scopes, today.isoformat(), (today + SOON).isoformat(), MOST_ENTRIES)
    return Attention(
        suspended=[SuspendedProducer.model_validate(dict(row)) for row in suspended],
        taken_down=[
            TakenDown.model_validate({**row, "not_passed": _list(row["not_passed"])}) for row in map(dict, down)
        ],
        expiring=[ExpiringPaper.model_validate(dict(row)) for row in ending],
    )


def _list(value: Any) -> list[Any]:
    return list(json.loads(value)) if isinstance(value, str) else list(value or [])
