"""SQL of what people do beside the gate: the trail, overrides, appeals, referrals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import Appeal, Decision, Override, Referral, TrailEntry

_trail: Any = TrailEntry
_overrides: Any = Override
_appeals: Any = Appeal
_referrals: Any = Referral
_decisions: Any = Decision


@dataclass(frozen=True, slots=True)
class Counted:
    """Appeals of one state, and how many of them were, or are, later than they should be."""

    state: str
    demonstration: bool
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class AppealsAsked:
    """Which appeals are asked for; `scopes` None: of all regions."""

    scopes: Sequence[str] | None = None
    state: str | None = None
    subject_id: str | None = None
    appellant: str | None = None


async def add_to_trail(db: AsyncSession, entry: TrailEntry) -> None:
    """Write an act down. There is no statement that changes one."""
    db.add(entry)
    await db.flush()


async def list_trail(
    db: AsyncSession,
    subject_ids: Sequence[str],
    *,
    internal: bool,
    before: str | None,
    limit: int,
    regions: Sequence[str] = (),
) -> Sequence[TrailEntry]:
    """What was done about these subjects, or in these regions; everything where none is named, newest first."""
    wanted = sa.select(_trail)
    if regions:
        wanted = wanted.where(_trail.region_code.in_(list(regions)))
    if subject_ids:
        wanted = wanted.where(_trail.subject_id.in_(list(subject_ids)))
    if not internal:
        wanted = wanted.where(_trail.is_public)
    if before is not None:
        wanted = wanted.where(_trail.id < before)
    return (await db.execute(wanted.order_by(_trail.id.desc()).limit(limit))).scalars().all()


_TAKE_UNTOLD = sa.text("""
DELETE FROM compliance.trail_untold WHERE id IN (
  SELECT id FROM compliance.trail_untold ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING id
""")


async def take_untold(db: AsyncSession, most: int) -> Sequence[TrailEntry]:
    """Acts of which the log has not heard, for good, in the order in which they were done."""
    ids = list((await db.execute(_TAKE_UNTOLD, {"most": most})).scalars())
    return (await db.execute(sa.select(_trail).where(_trail.id.in_(ids)).order_by(_trail.id))).scalars().all()


async def save(db: AsyncSession, row: Override | Appeal | Referral) -> None:
    """Write a new or changed row."""
    db.add(row)
    await db.flush()


async def find_override(db: AsyncSession, override_id: str, *, locked: bool = False) -> Override | None:
    """An override; locked for whoever answers it."""
    wanted = sa.select(_overrides).where(_overrides.id == override_id).execution_options(populate_existing=True)
    found: Override | None = (await db.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    return found


async def list_overrides(db: AsyncSession, subject_ids: Sequence[str]) -> Sequence[Override]:
    """Every override of these subjects, whatever became of it, oldest first."""
    wanted = sa.select(_overrides).where(_overrides.subject_id.in_(list(subject_ids))).order_by(_overrides.id)
    return (await db.execute(wanted.execution_options(populate_existing=True))).scalars().all()


async def list_proposed(
    db: AsyncSession, scopes: Sequence[str] | None, after: str | None, limit: int
) -> Sequence[Override]:
    """Overrides that wait for a second person, oldest first; `scopes` None: of all regions."""
    wanted = sa.select(_overrides).where(_overrides.state == "proposed")
    if scopes is not None:
        wanted = wanted.where(_overrides.region_line.overlap(list(scopes)))
    if after is not None:
        wanted = wanted.where(_overrides.id > after)
    return (await db.execute(wanted.order_by(_overrides.id).limit(limit))).scalars().all()


async def list_confirmed_since(db: AsyncSession, since: datetime) -> Sequence[Override]:
    """Overrides that were confirmed since, oldest first."""
    wanted = sa.select(_overrides).where(_overrides.state == "confirmed", _overrides.answered_at >= since)
    return (await db.execute(wanted.order_by(_overrides.id))).scalars().all()


async def list_overrides_of_lots(db: AsyncSession, lot_ids: Sequence[str]) -> Sequence[tuple[Override, bytes]]:
    """Confirmed overrides on lots, oldest first, each with the decision that was before the two."""
    rows = await db.execute(
        sa.select(_overrides, _decisions.document)
        .join(_decisions, _decisions.id == _overrides.decision_id)
        .where(_overrides.state == "confirmed", _overrides.subject_kind == "lot", _overrides.subject_id.in_(lot_ids))
        .order_by(_overrides.id)
    )
    return [(row[0], row[1]) for row in rows]


async def find_appeal(db: AsyncSession, appeal_id: str, *, locked: bool = False) -> Appeal | None:
    """An appeal; locked for whoever decides or withdraws it."""
    wanted = sa.select(_appeals).where(_appeals.id == appeal_id).execution_options(populate_existing=True)
    found: Appeal | None = (await db.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    return found


async def list_appeals_of(db: AsyncSession, subject_ids: Sequence[str]) -> Sequence[Appeal]:
    """Every appeal about these subjects, oldest first."""
    wanted = sa.select(_appeals).where(_appeals.subject_id.in_(list(subject_ids))).order_by(_appeals.id)
    return (await db.execute(wanted.execution_options(populate_existing=True))).scalars().all()


async def list_appeals(
    db: AsyncSession, asked: AppealsAsked, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Appeal]:
    """Appeals, the nearest deadline first."""
    wanted = sa.select(_appeals)
    if asked.scopes is not None:
        wanted = wanted.where(_appeals.region_line.overlap(list(asked.scopes)))
    if asked.state is not None:
        wanted = wanted.where(_appeals.state == asked.state)
    if asked.subject_id is not None:
        about = (asked.subject_id == _appeals.subject_id, asked.subject_id == _appeals.parent_id)
        wanted = wanted.where(sa.or_(*about))
    if asked.appellant is not None:
        wanted = wanted.where(_appeals.appellant_account == asked.appellant)
    if after is not None:
        wanted = wanted.where(sa.tuple_(_appeals.decide_by, _appeals.id) > sa.tuple_(*map(sa.literal, after)))
    return (await db.execute(wanted.order_by(_appeals.decide_by, _appeals.id).limit(limit))).scalars().all()


async def count_appeals(db: AsyncSession, now: datetime) -> list[Counted]:
    """How many appeals stand where, demonstrations of other days apart."""
    ended = sa.func.coalesce(_appeals.decided_at, now)
    rows = await db.execute(
        sa.select(
            _appeals.state,
            _appeals.clock_set,
            sa.func.count().label("count"),
            sa.func.count().filter(ended > _appeals.decide_by).label("late"),
        ).group_by(_appeals.state, _appeals.clock_set)
    )
    return [Counted(row.state, row.clock_set, row[2], row.late) for row in rows]


async def open_referral(db: AsyncSession, referral: Referral) -> bool:
    """Keep a referral; False when the same words of the same subject were referred before."""
    statement = (
        insert(_referrals)
        .values(**referral.model_dump())
        .on_conflict_do_nothing(index_elements=["subject_id", "rule", "evidence_sha256"])
        .returning(_referrals.id)
    )
    return (await db.execute(statement)).scalar_one_or_none() is not None


async def find_referral_of(db: AsyncSession, subject_id: str, rule: str, evidence_sha256: str) -> Referral | None:
    """The referral of these words of this subject."""
    wanted = sa.select(_referrals).where(
        _referrals.subject_id == subject_id,
        _referrals.rule == rule,
        _referrals.evidence_sha256 == evidence_sha256,
    )
    return (await db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()


async def find_referral(db: AsyncSession, referral_id: str, *, locked: bool = False) -> Referral | None:
    """A referral; locked for the inspector who moves it."""
    wanted = sa.select(_referrals).where(_referrals.id == referral_id).execution_options(populate_existing=True)
    found: Referral | None = (await db.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    return found


async def list_referrals(
    db: AsyncSession, scopes: Sequence[str] | None, state: str | None, before: str | None, limit: int
) -> Sequence[Referral]:
    """Referrals of these regions, newest first."""
    wanted = sa.select(_referrals)
    if scopes is not None:
        wanted = wanted.where(_referrals.region_line.overlap(list(scopes)))
    if state is not None:
        wanted = wanted.where(_referrals.state == state)
    if before is not None:
        wanted = wanted.where(_referrals.id < before)
    return (await db.execute(wanted.order_by(_referrals.id.desc()).limit(limit))).scalars().all()
