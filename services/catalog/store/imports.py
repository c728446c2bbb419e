"""Imports: the jobs, how far they have come, their faults, and the records that a spreadsheet may name."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.access import in_scope
from services.catalog.domain.sheets.rows import Fault
from services.catalog.models import ImportFault, ImportJob, ImportProgress, Listing, Producer, Specialty
from services.catalog.schemas.imports import FaultOut, ImportCounts, ImportOut, RemarkOut
from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database, driver
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound

# Of a file in which everything is wrong the first thousands say enough; the file with reasons has them all.
MOST_FAULTS = 5_000

# Not FOR UPDATE: the progress that another transaction writes names this row, and would wait for its key.
_CLAIM = """
SELECT id FROM catalog.import_job WHERE state = 'waiting' ORDER BY id LIMIT 1
FOR NO KEY UPDATE SKIP LOCKED"""
_PROGRESS = """
INSERT INTO catalog.import_progress (job_id, attempts, phase, done, total, beat_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (job_id) DO UPDATE SET attempts = import_progress.attempts + excluded.attempts, phase = excluded.phase,
  done = excluded.done, total = excluded.total, beat_at = excluded.beat_at
RETURNING attempts"""


async def claim_import(db: AsyncSession) -> ImportJob | None:
    """The oldest import that waits and that nobody carries out, locked until the transaction ends."""
    found = (await db.execute(sa.text(_CLAIM))).scalar_one_or_none()
    return None if found is None else await db.get(ImportJob, found)


async def note_progress(
    database: Database, job_id: str, phase: str, done: int = 0, total: int = 0, *, attempt: bool = False
) -> int:
    """Say how far an import is, committed by itself; how often it was begun. `attempt`: it begins once more."""
    rows = await database.change_rows(_PROGRESS, job_id, int(attempt), phase, done, total, clock.now())
    return int(rows[0]["attempts"])


async def get_job(db: AsyncSession, actor: Actor, job_id: str, *, lock: bool = False) -> ImportJob:
    """An import that the actor may see: their own, or one all of whose regions are theirs. Raises NotFound."""
    job = await db.get(ImportJob, job_id, with_for_update=lock or None)
    if job is None or not _concerns(job, actor):
        raise NotFound(f"There is no import {job_id} of your regions.", f"您的地区没有编号为 {job_id} 的导入。")
    return job


def _concerns(job: ImportJob, actor: Actor) -> bool:
    today = clock.business_today()
    own = job.created_by == actor.account_id
    return own or (bool(job.scopes) and all(in_scope(actor, scope, today) for scope in job.scopes))


async def get_import(db: AsyncSession, actor: Actor, job_id: str) -> ImportOut:
    """One import with how far it is. Raises NotFound."""
    job = await get_job(db, actor, job_id)
    return import_out(job, await db.get(ImportProgress, job.id))


async def list_imports(db: AsyncSession, actor: Actor, cursor: str | None, limit: int) -> Page[ImportOut]:
    """The imports of the actor's regions, newest first."""
    mine: Any = sa.or_(
        col(ImportJob.created_by) == actor.account_id,
        col(ImportJob.scopes).bool_op("<@")(list(actor.scopes)),
    )
    wanted = sa.select(ImportJob, ImportProgress).outerjoin(ImportProgress).where(mine)
    if cursor is not None:
        wanted = wanted.where(col(ImportJob.id) < decode_cursor(cursor, str)[0])
    rows = (await db.execute(wanted.order_by(sa.desc(col(ImportJob.id))).limit(limit + 1))).all()
    more = encode_cursor(rows[limit - 1][0].id) if len(rows) > limit else None
    return Page(items=[import_out(job, progress) for job, progress in rows[:limit]], next=more)


def import_out(job: ImportJob, progress: ImportProgress | None) -> ImportOut:
    """An import as it is answered; a waiting one that was begun is running."""
    begun = progress is not None and job.state == "waiting"
    return ImportOut(
        id=job.id,
        state="running" if begun else job.state,  # type: ignore[arg-type]  # The table's constraint holds it.
        dry_run=job.dry_run,
        name=job.name,
        kind=job.kind,  # type: ignore[arg-type]  # The same.
        bytes=job.bytes,
        phase=progress.phase if progress and begun else None,  # type: ignore[arg-type]  # The same.
        done=progress.done if progress and begun else 0,
        total=progress.total if progress and begun else 0,
        counts=ImportCounts.model_validate(job.counts),
        remarks=[RemarkOut.model_validate(each) for each in job.remarks],
        problem=job.problem,
        faults=job.faults,
        has_faults_file=job.faults_sha256 is not None,
        may_run=job.state == "checked" and job.file_kept,
        created_at=job.created_at,
        finished_at=job.finished_at,
    )


async def add_faults(db: AsyncSession, job_id: str, faults: Sequence[Fault]) -> None:
    """Keep the first faults in the order of the rows."""
    records = [
        (job_id, position, each.sheet, each.row, each.cell, each.value, each.en, each.zh)
        for position, each in enumerate(faults[:MOST_FAULTS])
    ]
    columns = ["job_id", "position", "sheet", "row", "cell", "value", "en", "zh"]
    connection = await driver(db)
    await connection.copy_records_to_table("import_fault", schema_name="catalog", records=records, columns=columns)


async def list_faults(db: AsyncSession, actor: Actor, job_id: str, cursor: str | None, limit: int) -> Page[FaultOut]:
    """What is wrong with the cells, sheet by sheet and row by row. Raises NotFound."""
    job = await get_job(db, actor, job_id)
    wanted = select(ImportFault).where(ImportFault.job_id == job.id).order_by(col(ImportFault.position))
    if cursor is not None:
        wanted = wanted.where(col(ImportFault.position) > decode_cursor(cursor, int)[0])
    rows = (await db.exec(wanted.limit(limit + 1))).all()
    more = encode_cursor(rows[limit - 1].position) if len(rows) > limit else None
    return Page(items=[FaultOut.model_validate(row) for row in rows[:limit]], next=more)


async def kept_jobs(db: AsyncSession) -> Sequence[ImportJob]:
    """The imports of which a file is still kept, locked."""
    kept = sa.or_(col(ImportJob.file_kept), col(ImportJob.faults_sha256).is_not(None))
    rows = await db.exec(select(ImportJob).where(kept).with_for_update(skip_locked=True))
    return rows.all()


async def hold_regions(db: AsyncSession, codes: Iterable[str]) -> None:
    """Let no other import write into these regions until this transaction ends."""
    for code in sorted(set(codes)):
        await db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('import'), :code)"), {"code": int(code)})


async def producers_by_code(db: AsyncSession, codes: Sequence[str]) -> dict[str, Producer]:
    """The producers under these social credit codes, or, for households, under these ids."""
    # One array and not as many parameters: the driver takes 32,767 of them.
    given = sa.any_(sa.literal(list(codes), sa.ARRAY(sa.Text)))
    by = sa.or_(col(Producer.uscc) == given, col(Producer.id) == given)
    rows = await db.exec(select(Producer).where(by))
    return {row.uscc or row.id: row for row in rows}


async def specialties_in(db: AsyncSession, codes: Sequence[str]) -> Sequence[Specialty]:
    """The specialties of these regions."""
    return (await db.exec(select(Specialty).where(col(Specialty.region_code).in_(codes)))).all()


async def listings_in(db: AsyncSession, codes: Sequence[str], *, lock: bool) -> Sequence[Listing]:
    """The listings of these regions that were not withdrawn, oldest first; locked when they are to be changed."""
    wanted = select(Listing).where(col(Listing.region_code).in_(codes), Listing.state != "withdrawn")
    wanted = wanted.order_by(col(Listing.id))
    return (await db.exec(wanted.with_for_update() if lock else wanted)).all()


async def add_producers(db: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Enter many producers at once."""
    if rows:
        await db.execute(insert(Producer), rows)
