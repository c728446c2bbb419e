"""Viewers' stays: taken in batches in one statement, counted, and ended when nobody has spoken for them."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.room import ViewerSession
from services.kit.db import driver

SESSIONS_IN_EVENT = 200

_TAKE = """
WITH said AS (
  SELECT DISTINCT ON (viewer) * FROM jsonb_to_recordset($2::jsonb) AS r(
    id text, session_token text, viewer text, user_token text, account_key text, device_token text, device_model text,
    client text, app_version text, ip_token text, ip_prefix text, first_ms bigint, last_ms bigint, beats int,
    interactions int, foreground_ms bigint, referrer text, gone boolean)),
seen AS (
  INSERT INTO broadcast.watched (account_key, broadcast_id, watched_on)
  SELECT DISTINCT account_key, $1, $3::date FROM said WHERE account_key IS NOT NULL ORDER BY account_key
  ON CONFLICT (account_key, broadcast_id) DO UPDATE SET watched_on = excluded.watched_on)
INSERT INTO broadcast.viewer_session AS v (id, session_token, broadcast_id, viewer, user_token, watch_30d, device_token,
  device_model, client, app_version, ip_token, ip_prefix, join_ms, last_ms, heartbeats, interactions, foreground_ms,
  referrer, gone)
SELECT s.id, s.session_token, $1, s.viewer, s.user_token, CASE WHEN s.account_key IS NULL THEN -1 ELSE (
    SELECT count(*) FROM broadcast.watched w WHERE w.account_key = s.account_key AND w.broadcast_id <> $1
      AND w.watched_on > $3::date - 30) END,
  s.device_token, s.device_model, s.client, s.app_version, s.ip_token, s.ip_prefix, s.first_ms, s.last_ms, s.beats,
  s.interactions, s.foreground_ms, coalesce(s.referrer, 'link'), s.gone
FROM said s ORDER BY s.viewer
ON CONFLICT (broadcast_id, viewer) WHERE NOT ended DO UPDATE SET
  join_ms = least(v.join_ms, excluded.join_ms), last_ms = greatest(v.last_ms, excluded.last_ms),
  heartbeats = v.heartbeats + excluded.heartbeats, interactions = v.interactions + excluded.interactions,
  foreground_ms = v.foreground_ms + excluded.foreground_ms, gone = excluded.gone,
  user_token = CASE WHEN v.user_token = '0' THEN excluded.user_token ELSE v.user_token END,
  watch_30d = greatest(v.watch_30d, excluded.watch_30d)"""

_COUNT = """SELECT count(DISTINCT CASE WHEN user_token = '0' THEN 'device ' || device_token ELSE user_token END)
FROM broadcast.viewer_session
WHERE broadcast_id = :broadcast_id AND NOT ended AND NOT gone AND last_ms > :since_ms"""

_END = """
WITH due AS (
  SELECT id FROM broadcast.viewer_session WHERE NOT ended AND last_ms < :before_ms
  ORDER BY broadcast_id, last_ms LIMIT :most FOR UPDATE SKIP LOCKED)
UPDATE broadcast.viewer_session v SET ended = true FROM due WHERE v.id = due.id
RETURNING v.*"""

_TRAFFIC = """
WITH stays AS (
  SELECT user_token, device_token, ip_prefix, ended AND last_ms - join_ms < 5000 AS brief
  FROM broadcast.viewer_session
  WHERE broadcast_id = :broadcast_id AND (ended OR last_ms - join_ms >= 5000 OR join_ms < :settled_ms))
SELECT (SELECT count(*) FROM stays) AS sessions, (SELECT count(*) FROM stays WHERE brief) AS brief,
  (SELECT count(DISTINCT CASE WHEN user_token = '0' THEN 'device ' || device_token ELSE user_token END) FROM stays)
    AS viewers,
  coalesce((SELECT max(n) FROM (SELECT count(*) AS n FROM stays WHERE ip_prefix <> '0' GROUP BY ip_prefix) AS p), 0)
    AS largest_network,
  coalesce((SELECT max(n) FROM (SELECT count(*) AS n FROM stays GROUP BY device_token) AS d), 0) AS most_per_device"""

_ARRIVALS = """
WITH arrived AS (
  SELECT join_ms / 10000 AS step, count(*) AS n FROM broadcast.viewer_session WHERE broadcast_id = :broadcast_id
  GROUP BY 1)
SELECT coalesce(a.n, 0)
FROM generate_series((SELECT min(step) FROM arrived), (SELECT max(step) FROM arrived)) AS s(step)
LEFT JOIN arrived a USING (step) ORDER BY s.step"""

_ENDED_SINCE = """SELECT * FROM broadcast.viewer_session WHERE ended AND last_ms >= :since_ms
ORDER BY broadcast_id, last_ms"""


async def take_stays(db: AsyncSession, broadcast_id: str, rows: list[dict[str, Any]], today: date) -> None:
    """Add what was said to the open stays of these viewers, or begin new ones; one statement for all of them."""
    await (await driver(db)).execute(_TAKE, broadcast_id, json.dumps(rows), today)


async def count_viewers(db: AsyncSession, broadcast_id: str, since_ms: int) -> int:
    """Distinct viewers: accounts, and devices of guests, who said something since and have not left."""
    found = await db.execute(sa.text(_COUNT), {"broadcast_id": broadcast_id, "since_ms": since_ms})
    return int(found.scalar_one())


async def find_stay(db: AsyncSession, broadcast_id: str, viewer: str) -> tuple[str, str] | None:
    """The token of a viewer's running stay and that of its network."""
    statement = sa.text(
        "SELECT session_token, ip_prefix FROM broadcast.viewer_session "
        "WHERE broadcast_id = :broadcast_id AND viewer = :viewer AND NOT ended"
    )
    row = (await db.execute(statement, {"broadcast_id": broadcast_id, "viewer": viewer})).one_or_none()
    return (row.session_token, row.ip_prefix) if row else None


@dataclass(frozen=True, slots=True)
class CountedTraffic:
    """How viewers of a room arrived and stayed."""

    sessions: int
    brief: int
    viewers: int
    largest_network: int
    most_per_device: int


async def count_traffic(db: AsyncSession, broadcast_id: str, now_ms: int) -> CountedTraffic:
    """All stays of a room but those that have only begun."""
    given = {"broadcast_id": broadcast_id, "settled_ms": now_ms - 5_000}
    row = (await db.execute(sa.text(_TRAFFIC), given)).mappings().one()
    return CountedTraffic(**{name: int(row[name]) for name in row})


async def count_arrivals(db: AsyncSession, broadcast_id: str) -> list[int]:
    """How many joined in each ten seconds, from the first step to the last."""
    return [int(n) for n in (await db.execute(sa.text(_ARRIVALS), {"broadcast_id": broadcast_id})).scalars()]


async def end_stays(db: AsyncSession, before_ms: int, most: int) -> dict[str, list[ViewerSession]]:
    """End stays of which nothing was heard since, by broadcast; each is ended by one caller only."""
    found = await db.execute(sa.text(_END), {"before_ms": before_ms, "most": most})
    ended: dict[str, list[ViewerSession]] = {}
    for row in found.mappings():
        ended.setdefault(row["broadcast_id"], []).append(_session(row))
    return ended


async def stays_since(db: AsyncSession, since: datetime) -> dict[str, list[ViewerSession]]:
    """Ended stays that lasted beyond that moment, by broadcast."""
    found = await db.execute(sa.text(_ENDED_SINCE), {"since_ms": int(since.timestamp() * 1000)})
    ended: dict[str, list[ViewerSession]] = {}
    for row in found.mappings():
        ended.setdefault(row["broadcast_id"], []).append(_session(row))
    return ended


async def forget_watched(db: AsyncSession, before: date) -> None:
    """What an account watched is kept for thirty days."""
    await db.execute(sa.text("DELETE FROM broadcast.watched WHERE watched_on < :before"), {"before": before})


async def forget_watcher(db: AsyncSession, account_key: str) -> None:
    """An erased account has watched nothing."""
    await db.execute(sa.text("DELETE FROM broadcast.watched WHERE account_key = :key"), {"key": account_key})


def _session(row: Any) -> ViewerSession:
    return ViewerSession(
        session=row["session_token"],
        user=row["user_token"],
        watch_30d=row["watch_30d"],
        device=row["device_token"],
        device_model=row["device_model"],
        client=row["client"],
        app_version=row["app_version"],
        ip=row["ip_token"],
        ip_prefix=row["ip_prefix"],
        join_ms=row["join_ms"],
        leave_ms=row["last_ms"],
        heartbeats=row["heartbeats"],
        interactions=row["interactions"],
        # Nobody looks at a page for longer than they stay, whatever it says.
        foreground_ms=min(row["foreground_ms"], row["last_ms"] - row["join_ms"]),
        referrer=row["referrer"],
    )
