"""Everything that regions own, in the sheets in which it is imported: sent back unchanged, it changes nothing.

It is made apart from the request, as an import is carried out: the file is fetched when it is there, until it expires.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.sheets.cells import write_cell
from services.catalog.domain.sheets.columns import COLUMNS, SHEET_NAMES, Column, SheetName
from services.catalog.domain.sheets.reading import FileKind
from services.catalog.domain.sheets.writing import filled_sheet, notes_sheet, write_sheets
from services.catalog.models import ExportJob, Listing, Producer, Specialty
from services.catalog.schemas.imports import ExportIn, ExportOut
from services.catalog.store import exports
from services.kit import clock
from services.kit.actor import Actor
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.ids import new_id
from services.kit.problem import NotFound

Cells = list[Any]

# A file with a county's whole register does not lie about longer than it takes to fetch it.
KEEP_EXPORT = timedelta(hours=24)
MOST_ATTEMPTS = 3
TOLD_EVERY_SECONDS = 0.5


async def start_export(db: AsyncSession, actor: Actor, body: ExportIn, language: str) -> ExportOut:
    """Have everything that the actor's regions own written down; it waits for its turn."""
    spoken = body.language or language
    stem = (
        f"{'阳光集市' if spoken == 'zh' else 'sunfair'}-{'-'.join(actor.scopes)}-{clock.business_today().isoformat()}"
    )
    which = "" if body.format == "xlsx" else f"-{SHEET_NAMES[body.sheet][0 if spoken == 'zh' else 1]}"
    job = ExportJob(
        id=new_id(),
        state="waiting",
        kind=body.format,
        sheet=body.sheet,
        language=spoken,
        name=f"{stem}{which}.{body.format}",
        scopes=list(actor.scopes),
        created_by=actor.account_id,
        created_at=clock.now(),
    )
    db.add(job)
    await db.flush()
    return exports.export_out(job)


async def read_export(db: AsyncSession, files: BlobStore, actor: Actor, job_id: str) -> tuple[ExportJob, bytes]:
    """The file. Raises NotFound while it is not there, and when it is not there any more."""
    job = await exports.get_export(db, actor, job_id)
    data = await files.get(job.sha256) if job.sha256 and _is_kept(job) else None
    if data is None:
        raise NotFound(
            "The file is not there yet, or it expired after 24 hours. Look at the export, or ask for a new one.",
            "文件尚未生成，或已在 24 小时后失效。请查看导出状态，或重新导出。",
        )
    return job, data


def _is_kept(job: ExportJob) -> bool:
    return job.expires_at is not None and job.expires_at > clock.now()


async def carry_export(database: Database, files: BlobStore) -> bool:
    """Make the oldest export that waits; False when there is none."""
    job_id = await exports.claim_export(database)
    if job_id is None:
        return False
    async with database.sessions() as db:
        job = await exports.find_export(db, job_id)
        content = await _content(db, job) if job is not None and job.attempts <= MOST_ATTEMPTS else None
    if job is None or content is None:
        await _end(database, job_id, None)
        return True
    data = await _written(database, job, content)
    await _end(database, job_id, (await files.put(data), len(data)))
    return True


async def _end(database: Database, job_id: str, made: tuple[str, int] | None) -> None:
    async with database.sessions.begin() as db:
        job = await exports.find_export(db, job_id, lock=True)
        if job is None or job.state != "waiting":
            return
        job.finished_at = clock.now()
        job.state = "done" if made else "given_up"
        if made is not None:
            job.sha256, job.bytes = made
            job.done = job.total
            job.expires_at = job.finished_at + KEEP_EXPORT


async def forget_exports(database: Database, files: BlobStore, now: datetime) -> None:
    """Delete the files that expired."""
    async with database.sessions.begin() as db:
        gone = await exports.list_expired(db, now)
        needed = await exports.still_needed(db, [job.sha256 for job in gone if job.sha256], now)
        for job in gone:
            if job.sha256 and job.sha256 not in needed:
                await files.delete(job.sha256)
            job.sha256 = None


@dataclass(frozen=True)
class _Content:
    """What goes into the sheets."""

    producers: Sequence[Producer]
    listings: Sequence[Listing]
    specialties: Mapping[str, Specialty]
    codes: Mapping[str, str]

    def rows_of(self, sheet: SheetName, language: str) -> Iterator[Cells]:
        """The rows of one sheet."""
        if sheet == "producers":
            return _producer_rows(self.producers, language)
        return _lot_rows(self.listings, self.specialties, self.codes, language)

    def count(self, sheet: SheetName) -> int:
        """How many rows that is."""
        if sheet == "producers":
            return len(self.producers)
        return sum(len(listing.draft["lots"]) for listing in self.listings)


async def _content(db: AsyncSession, job: ExportJob) -> _Content:
    producers = await exports.producers_within(db, job.scopes)
    listings = await exports.listings_within(db, job.scopes)
    specialties = {row.id: row for row in await exports.specialties_of(db, [row.specialty_id for row in listings])}
    named = {lot["producer_id"] for listing in listings for lot in listing.draft["lots"]}
    codes = {row.id: row.uscc or row.id for row in await exports.producers_of(db, sorted(named))}
    return _Content(producers, listings, specialties, codes)


async def _written(database: Database, job: ExportJob, content: _Content) -> bytes:
    """The file, written in a thread; how far it is, is told meanwhile."""
    named = cast(list[SheetName], [job.sheet] if job.kind == "csv" else list(COLUMNS))
    total = sum(content.count(name) for name in named)
    job_id, kind, language = job.id, cast(FileKind, job.kind), job.language
    done = 0

    def count(rows: Iterator[Cells]) -> Iterator[Cells]:
        nonlocal done
        for row in rows:
            yield row
            done += 1

    def write() -> bytes:
        sheets = [filled_sheet(name, language, count(content.rows_of(name, language))) for name in named]
        return write_sheets(kind, sheets if kind == "csv" else [*sheets, notes_sheet(language)])

    await exports.note_export(database, job_id, 0, total)
    running = asyncio.create_task(asyncio.to_thread(write))
    while not running.done():
        await asyncio.wait({running}, timeout=TOLD_EVERY_SECONDS)
        await exports.note_export(database, job_id, done, total)
    return running.result()


def _cells(columns: Sequence[Column], values: Mapping[str, Any], language: str) -> Cells:
    return [None if column.secret else write_cell(column, values.get(column.field), language) for column in columns]


def _producer_rows(producers: Sequence[Producer], language: str) -> Iterator[Cells]:
    for row in producers:
        told = {"region_code": row.region_code, "name": row.name, "kind": row.kind, "uscc": row.uscc or row.id}
        yield _cells(COLUMNS["producers"], {**row.public, **told}, language)


def _lot_rows(
    listings: Sequence[Listing], specialties: Mapping[str, Specialty], codes: Mapping[str, str], language: str
) -> Iterator[Cells]:
    for listing in listings:
        specialty = specialties[listing.specialty_id]
        shared = {
            "region_code": listing.region_code,
            "category_code": listing.category_code,
            "specialty": specialty.name_zh,
            "season": listing.draft["season"],
            "event_id": listing.draft["event_id"],
            "title_zh": listing.draft["title_zh"],
        }
        for lot in listing.draft["lots"]:
            own = {**lot, **_certificate(lot), **shared, "uscc": codes.get(lot["producer_id"], lot["producer_id"])}
            yield _cells(COLUMNS["lots"], own, language)


def _certificate(lot: Mapping[str, Any]) -> dict[str, Any]:
    papers = [paper for paper in lot.get("certificates") or () if paper["kind"] == "conformity"]
    if not papers:
        return {}
    return {f"certificate_{part}": papers[0].get(part) for part in ("number", "issued_on", "expires_on")}
