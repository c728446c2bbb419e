"""Exports: the jobs, how far they have come, and the records that go into them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.access import in_scope
from services.catalog.models import ExportJob, Listing, Producer, Specialty
from services.catalog.schemas.imports import ExportOut
from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound

# Whoever makes an export says so far more often than this.
SILENT_AFTER = timedelta(seconds=60)

_CLAIM = """
UPDATE catalog.export_job SET attempts = attempts + 1, beat_at = $1, done = 0, total = 0
WHERE id = (SELECT id FROM catalog.export_job WHERE state = 'waiting' AND (beat_at IS NULL OR beat_at < $2)
            ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id"""
_BEAT = "UPDATE catalog.export_job SET done = $2, total = $3, beat_at = $4 WHERE id = $1 RETURNING id"


async def claim_export(database: Database) -> str | None:
    """The oldest export that waits and that nobody makes; it is the caller's until they fall silent."""
    now = clock.now()
    rows = await database.change_rows(_CLAIM, now, now - SILENT_AFTER)
    return str(rows[0]["id"]) if rows else None


async def note_export(database: Database, job_id: str, done: int, total: int) -> None:
    """Say how far an export is, committed by itself."""
    await database.change_rows(_BEAT, job_id, done, total, clock.now())


async def find_export(db: AsyncSession, job_id: str, *, lock: bool = False) -> ExportJob | None:
    """The job as it stands, locked when it is to be changed."""
    return await db.get(ExportJob, job_id, with_for_update=lock or None, populate_existing=True)


async def get_export(db: AsyncSession, actor: Actor, job_id: str) -> ExportJob:
    """An export that the actor asked for, while all its regions are still theirs; nobody else's. Raises NotFound."""
    job = await db.get(ExportJob, job_id)
    today = clock.business_today()
    if (
        job is None
        or job.created_by != actor.account_id
        or not all(in_scope(actor, each, today) for each in job.scopes)
    ):
        raise NotFound(f"You asked for no export {job_id}.", f"没有您发起的编号为 {job_id} 的导出。")
    return job


async def list_exports(db: AsyncSession, actor: Actor, cursor: str | None, limit: int) -> Page[ExportOut]:
    """What the actor asked for, newest first."""
    wanted = select(ExportJob).where(ExportJob.created_by == actor.account_id)
    if cursor is not None:
        wanted = wanted.where(col(ExportJob.id) < decode_cursor(cursor, str)[0])
    rows = (await db.exec(wanted.order_by(sa.desc(col(ExportJob.id))).limit(limit + 1))).all()
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[export_out(row) for row in rows[:limit]], next=more)


def export_out(job: ExportJob) -> ExportOut:
    """An export as it is answered: one that is being made runs, one whose file is gone has expired."""
    state = job.state
    if state == "waiting" and job.attempts:
        state = "running"
    if state == "done" and job.sha256 is None:
        state = "expired"
    shown = {name: getattr(job, name) for name in ExportOut.model_fields if name != "state"}
    return ExportOut.model_validate({**shown, "state": state})


async def list_expired(db: AsyncSession, now: datetime) -> Sequence[ExportJob]:
    """Exports whose file is still there although it need not be, locked."""
    wanted = select(ExportJob).where(col(ExportJob.sha256).is_not(None), col(ExportJob.expires_at) <= now)
    return (await db.exec(wanted.with_for_update(skip_locked=True))).all()


async def still_needed(db: AsyncSession, digests: Sequence[str], now: datetime) -> set[str]:
    """Of these files, those that another export still gives out: the same content is the same file."""
    wanted = select(ExportJob.sha256).where(col(ExportJob.sha256).in_(digests), col(ExportJob.expires_at) > now)
    return {digest for digest in (await db.exec(wanted)).all() if digest}


async def listings_within(db: AsyncSession, scopes: Sequence[str]) -> Sequence[Listing]:
    """Every listing of these regions and below that was not withdrawn."""
    wanted = select(Listing).where(col(Listing.region_path).bool_op("&&")(list(scopes)), Listing.state != "withdrawn")
    return (await db.exec(wanted.order_by(col(Listing.id)))).all()


async def producers_within(db: AsyncSession, scopes: Sequence[str]) -> Sequence[Producer]:
    """Every producer of these regions and below."""
    wanted = select(Producer).where(col(Producer.region_path).bool_op("&&")(list(scopes)))
    return (await db.exec(wanted.order_by(col(Producer.id)))).all()


async def producers_of(db: AsyncSession, ids: Sequence[str]) -> Sequence[Producer]:
    """The producers with these ids."""
    wanted: Any = col(Producer.id) == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Text)))
    return (await db.exec(select(Producer).where(wanted))).all()


async def specialties_of(db: AsyncSession, ids: Sequence[str]) -> Sequence[Specialty]:
    """The specialties with these ids."""
    return (await db.exec(select(Specialty).where(col(Specialty.id).in_(set(ids))))).all()
