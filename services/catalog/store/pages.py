"""A listing and a lot as everyone reads them: one statement each, JSON made in PostgreSQL."""

from services.catalog.domain.access import may_see
from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database
from services.kit.problem import NotFound

_INSTANT = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""

_LOT_JSON = """jsonb_build_object(
  'id', lv.lot_id, 'lot_number', lv.body->>'lot_number', 'unchanged_since', lv.unchanged_since,
  'lot', lv.body - 'id', 'decision', lv.decision,
  'seller', jsonb_build_object(
    'producer_id', p.id, 'name', p.name, 'name_en', p.public->>'name_en', 'kind', p.kind, 'uscc', p.uscc,
    'seller_type', p.seller_type, 'address', p.public->>'address', 'contact', p.public->>'contact',
    'licence_expires_on', p.public#>>'{licence,expires_on}',
    'licence_image_sha256', p.public#>>'{licence,image_sha256}', 'verified_at', p.public->>'verified_at'))"""

# $1 the listing, $2 a version or null for the one to show, $3 whether undecided versions may be seen.
_LISTING = f"""
SELECT ((v.page - 'sellers') || jsonb_build_object(
  'id', l.id, 'version', v.version, 'newest_version', l.submitted_version,
  'state', CASE WHEN l.state = 'withdrawn' THEN 'withdrawn' ELSE v.state END,
  'in_force', l.state <> 'withdrawn' AND v.version IS NOT DISTINCT FROM l.in_force_version,
  'submitted_at', to_char(v.submitted_at AT TIME ZONE 'UTC', {_INSTANT}),
  'decided_at', to_char(v.decided_at AT TIME ZONE 'UTC', {_INSTANT}),
  'demonstration', v.demonstration, 'withdrawn_reason', l.withdrawn_reason,
  'listed_lots', lots.listed, 'price_from_fen', lots.price_from_fen, 'lots', lots.items))::text
FROM catalog.listing l
JOIN catalog.listing_version v ON v.listing_id = l.id
  AND v.version = coalesce($2, l.in_force_version, CASE WHEN $3 THEN l.submitted_version END)
CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg({_LOT_JSON} || jsonb_build_object(
           'state', CASE WHEN l.state = 'withdrawn' THEN 'withdrawn' ELSE lv.state END) ORDER BY lv.position),
           '[]'::jsonb) AS items,
         count(*) FILTER (WHERE lv.state = 'listed' AND l.state <> 'withdrawn') AS listed,
         min(lv.price_fen) FILTER (WHERE lv.state = 'listed' AND l.state <> 'withdrawn') AS price_from_fen
  FROM catalog.lot_version lv JOIN catalog.producer p ON p.id = lv.body->>'producer_id'
  WHERE lv.listing_id = l.id AND lv.version = v.version) lots
WHERE l.id = $1 AND ($3 OR v.decided_at IS NOT NULL)"""  # noqa: S608  Only constants of this module are put in.

# $1 the lot, $2 whether undecided versions may be seen. A lot that left its listing is shown as it last was.
_LOT = f"""
SELECT ({_LOT_JSON} || jsonb_build_object(
  'state', CASE WHEN l.state = 'withdrawn' OR lv.version < l.in_force_version THEN 'withdrawn' ELSE lv.state END,
  'listing_id', l.id, 'listing_version', lv.version, 'in_force',
     l.state <> 'withdrawn' AND lv.version IS NOT DISTINCT FROM l.in_force_version,
  'region', v.page->'region', 'category', v.page->'category', 'specialty_id', l.specialty_id,
  'season', v.page->>'season', 'season_months', v.page->'season_months', 'event_id', v.page->>'event_id',
  'title_zh', v.page->>'title_zh', 'title_en', v.page->>'title_en', 'demonstration', v.demonstration))::text
FROM catalog.lot_version lv
JOIN catalog.listing l ON l.id = lv.listing_id
JOIN catalog.listing_version v ON v.listing_id = lv.listing_id AND v.version = lv.version
JOIN catalog.producer p ON p.id = lv.body->>'producer_id'
WHERE lv.lot_id = $1 AND ($2 OR v.decided_at IS NOT NULL)
ORDER BY (lv.version IS NOT DISTINCT FROM l.in_force_version) DESC, lv.version DESC LIMIT 1"""  # noqa: S608  As above.

_REGION_OF_LISTING = "SELECT region_code FROM catalog.listing WHERE id = $1"
_REGION_OF_LOT = "SELECT l.region_code FROM catalog.lot t JOIN catalog.listing l ON l.id = t.listing_id WHERE t.id = $1"


async def find_listing(database: Database, listing_id: str, actor: Actor | None, version: int | None = None) -> bytes:
    """A listing version as JSON: by default the one in force, or the newest for those who may see it. Raises NotFound.

    An operator who asks while a version is being decided gets the same page as everyone; the draft has the rest.
    """
    page = await database.fetch_bytes(_LISTING, listing_id, version, False)
    if page is None and await _concerned(database, _REGION_OF_LISTING, listing_id, actor):
        page = await database.fetch_bytes(_LISTING, listing_id, version, True)
    if page is None:
        raise NotFound(
            "There is no such listing in public. A draft is at /listings/{id}/draft for its operators.",
            "没有这份公开的上架申报；草稿请由经办人员在 /listings/{id}/draft 查看。",
        )
    return page


async def find_lot(database: Database, lot_id: str, actor: Actor | None) -> bytes:
    """A lot as JSON in the version in force. Raises NotFound."""
    page = await database.fetch_page(_LOT, lot_id, False)
    if page is None and await _concerned(database, _REGION_OF_LOT, lot_id, actor):
        page = await database.fetch_bytes(_LOT, lot_id, True)
    if page is None:
        raise NotFound("There is no such lot in public.", "没有公开的此批次。")
    return page


async def _concerned(database: Database, sql: str, identity: str, actor: Actor | None) -> bool:
    """Whether the actor may see what is not public yet; asked only when the public page is not there."""
    if actor is None:
        return False
    region = await database.fetch_bytes(sql, identity)
    return region is not None and may_see(actor, region.decode(), clock.business_today())
