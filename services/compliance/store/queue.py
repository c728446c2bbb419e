"""SQL of the queue of reviewers: what waits, in the order in which it is urgent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

# A lot is as urgent as the broadcast that takes it to market, so its day is the earlier of the two. What a set clock
# put into a day that is over is a demonstration; it comes last. `live` can only be what has begun and has not ended.
# A room waits for nobody by itself: what holds it holds its filing or its lots, and they are here.
_QUEUE = """
WITH waiting AS (
  SELECT s.subject_kind, s.subject_id, s.decision_id, s.region_code, s.title_zh, s.title_en, s.clock_set,
    d.document, coalesce(s.waits_since, d.decided_at) AS waits_since, least(s.deadline_at, f.starts_at) AS due_at,
    coalesce(f.live, false) OR coalesce(own.live, false) AS live
  FROM compliance.standing s
  JOIN compliance.decision d ON d.id = s.decision_id
  LEFT JOIN LATERAL (
    SELECT c.state = 'blocked' AND c.asked_version = s.version AS blocked,
      s.deadline_at <= :now AND :now < CAST(CAST(c.asked_payload AS jsonb) ->> 'ends_at' AS timestamptz) AS live
    FROM compliance.filing_copy c WHERE s.subject_kind = 'filing' AND c.filing_id = s.subject_id
  ) own ON true
  LEFT JOIN LATERAL (
    SELECT min(o.deadline_at) AS starts_at, bool_or(o.deadline_at <= :now) AS live
    FROM compliance.standing o
    JOIN compliance.filing_copy c ON c.filing_id = o.subject_id
    WHERE s.subject_kind = 'lot' AND o.subject_kind = 'filing' AND o.active
      AND o.keys @> ARRAY['lot:' || s.subject_id]
      AND :now < CAST(CAST(c.asked_payload AS jsonb) ->> 'ends_at' AS timestamptz)
  ) f ON true
  WHERE CASE WHEN :blocked THEN s.overridable AND (s.active OR coalesce(own.blocked, false))
      ELSE s.binding AND s.outcome = 'review' AND s.active END
    AND s.subject_kind <> 'broadcast'
    AND (CAST(:scopes AS text[]) IS NULL OR s.region_line && CAST(:scopes AS text[]))
    AND (CAST(:region AS text) IS NULL OR s.region_line @> ARRAY[CAST(:region AS text)])
    AND (CAST(:kind AS text) IS NULL OR s.subject_kind = :kind)
    AND (CAST(:wanted AS jsonb) IS NULL
      OR CAST(convert_from(d.document, 'UTF8') AS jsonb) -> 'results' @> CAST(:wanted AS jsonb))
), ordered AS (
  SELECT *, CASE WHEN live OR (due_at >= :now AND due_at < :soon) THEN 0
    WHEN clock_set AND due_at < :now THEN 2 ELSE 1 END AS rank
  FROM waiting
)
SELECT * FROM ordered
WHERE CAST(:after_rank AS integer) IS NULL
  OR (rank, due_at, decision_id) > (:after_rank, CAST(:after_due AS timestamptz), :after_id)
ORDER BY rank, due_at, decision_id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the queue as it was at `now`: what a cursor keeps."""

    now: datetime
    rank: int
    due_at: datetime
    decision_id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the queue is asked for. `blocked`: what two people could override instead of what is held."""

    blocked: bool = False
    scopes: Sequence[str] | None = None
    region: str | None = None
    rule: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A subject that waits for a person."""

    decision_id: str
    region_code: str | None
    title_zh: str
    title_en: str
    clock_set: bool
    document: bytes
    waits_since: datetime
    due_at: datetime
    live: bool
    rank: int


async def list_queue(
    db: AsyncSession, asked: Asked, now: datetime, soon: datetime, after: Place | None, limit: int
) -> list[Waiting]:
    """What waits for a person, the most urgent first."""
    result = "fail" if asked.blocked else "review"
    wanted = f'[{{"rule": "{asked.rule}", "result": "{result}"}}]' if asked.rule else None
    rows = await db.execute(
        sa.text(_QUEUE),
        {
            "now": now,
            "soon": soon,
            "blocked": asked.blocked,
            "scopes": list(asked.scopes) if asked.scopes is not None else None,
            "region": asked.region,
            "kind": asked.kind,
            "wanted": wanted,
            "after_rank": after.rank if after else None,
            "after_due": after.due_at if after else None,
            "after_id": after.decision_id if after else None,
            "limit": limit,
        },
    )
    names = Waiting.__dataclass_fields__
    return [Waiting(**{name: getattr(row, name) for name in names}) for row in rows]
