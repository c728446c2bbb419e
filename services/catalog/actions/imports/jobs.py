"""Taking a spreadsheet in, carrying a tried one out, and giving back what was wrong; uploads are soon forgotten."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.history import office_of
from services.catalog.domain.sheets.columns import SheetName
from services.catalog.domain.sheets.reading import LARGEST_SHEET_BYTES, FileKind, kind_of
from services.catalog.domain.sheets.writing import empty_sheet, notes_sheet, write_sheets
from services.catalog.errors import ImportNotReady
from services.catalog.models import ImportJob
from services.catalog.schemas.imports import ImportOut
from services.catalog.store import imports
from services.kit import clock
from services.kit.actor import Actor
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.files import safe_name
from services.kit.ids import new_id
from services.kit.problem import BodyTooLarge, NotFound

# A tried file waits for a word so long; a file with reasons is there to be fetched so long.
KEEP_TRIED = timedelta(hours=24)
KEEP_FAULTS = timedelta(days=7)


async def start_import(
    db: AsyncSession, blobs: BlobStore, actor: Actor, name: str, data: bytes, *, dry_run: bool
) -> ImportOut:
    """Keep the file and let it wait for its turn. Raises what the file's first look betrays."""
    if len(data) > LARGEST_SHEET_BYTES:
        much = LARGEST_SHEET_BYTES // 1024 // 1024
        raise BodyTooLarge(
            f"A spreadsheet may have {much} MB. Divide it into several.",
            f"表格文件不超过 {much} MB，请拆分为多个文件。",
        )
    kind = kind_of(data)
    job = _job(actor, safe_name(name), kind, len(data), await blobs.put(data), dry_run=dry_run)
    db.add(job)
    await db.flush()
    return imports.import_out(job, None)


def _job(actor: Actor, name: str, kind: str, size: int, sha256: str, *, dry_run: bool) -> ImportJob:
    return ImportJob(
        id=new_id(),
        state="waiting",
        dry_run=dry_run,
        name=name,
        kind=kind,
        bytes=size,
        sha256=sha256,
        scopes=list(actor.scopes),
        created_by=actor.account_id,
        office=office_of(actor),
        person=actor.person,
        created_at=clock.now(),
        counts={},
        remarks=[],
    )


async def run_import(db: AsyncSession, actor: Actor, job_id: str) -> ImportOut:
    """Import the file of a dry run that found nothing wrong: as another import, in the name of who says so."""
    tried = await imports.get_job(db, actor, job_id, lock=True)
    if tried.state != "checked":
        raise ImportNotReady(
            "Only a finished dry run without faults can be imported. Wait for it, or mend the rows and upload again.",
            "只有试运行完成且没有问题的文件才能导入。请等待完成，或修改后重新上传。",
        )
    if not tried.file_kept:
        raise ImportNotReady(
            "The file of this dry run was forgotten after 24 hours. Upload it again.",
            "试运行的文件在 24 小时后已删除，请重新上传。",
        )
    job = _job(actor, tried.name, tried.kind, tried.bytes, tried.sha256, dry_run=False)
    db.add(job)
    await db.flush()
    return imports.import_out(job, None)


async def read_faults_file(db: AsyncSession, blobs: BlobStore, actor: Actor, job_id: str) -> tuple[ImportJob, bytes]:
    """The refused rows with the reasons. Raises NotFound when there are none, or not any more."""
    job = await imports.get_job(db, actor, job_id)
    data = await blobs.get(job.faults_sha256) if job.faults_sha256 else None
    if data is None:
        raise NotFound(
            "This import has no file of refused rows, or it was forgotten after 7 days.",
            "该导入没有问题行文件，或文件在 7 天后已删除。",
        )
    return job, data


def template_of(kind: FileKind, sheet: SheetName, language: str) -> bytes:
    """The file to fill in: as a workbook both sheets and the notes, as CSV the one asked for."""
    if kind == "csv":
        return write_sheets("csv", [empty_sheet(sheet, language)])
    return write_sheets(
        "xlsx", [empty_sheet("producers", language), empty_sheet("lots", language), notes_sheet(language)]
    )


async def forget_files(database: Database, blobs: BlobStore, now: datetime) -> None:
    """Delete what nobody needs any more: uploads name people, and so do the rows that were given back."""
    async with database.sessions.begin() as db:
        kept = await imports.kept_jobs(db)
        needed = {job.sha256 for job in kept if job.file_kept and not _is_over(job, now)}
        for job in kept:
            if job.file_kept and _is_over(job, now):
                job.file_kept = False
                if job.sha256 not in needed:
                    await blobs.delete(job.sha256)
            if job.faults_sha256 and job.finished_at and job.finished_at < now - KEEP_FAULTS:
                await blobs.delete(job.faults_sha256)
                job.faults_sha256 = None


def _is_over(job: ImportJob, now: datetime) -> bool:
    if job.state == "waiting" or job.finished_at is None:
        return False
    return job.state != "checked" or job.finished_at < now - KEEP_TRIED
