"""Carrying an import out: read, compare, write, in one transaction that is the whole file or nothing.

The job's row stays locked meanwhile. A process that dies takes its transaction with it, and the next one that looks
for work begins the file anew; only how far it has come is written apart, so that it can be watched.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.imports.known import Known
from services.catalog.actions.imports.lots import LotPlan, plan_lots
from services.catalog.actions.imports.producers import ProducerPlan, plan_producers
from services.catalog.actions.imports.writing import blame_held, write_plan
from services.catalog.actions.records import applied
from services.catalog.domain.sheets.columns import SheetName
from services.catalog.domain.sheets.reading import Book, FileKind, Remark, read_book
from services.catalog.domain.sheets.rows import Fault, Rows, read_rows
from services.catalog.domain.sheets.writing import reasons_sheet, write_sheets
from services.catalog.errors import ImportGivenUp, SheetEmpty
from services.catalog.models import ImportJob
from services.catalog.store import imports
from services.kit import clock
from services.kit.actor import Actor
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.problem import Problem

MOST_ATTEMPTS = 3
TOLD_EVERY_SECONDS = 0.5

Result = TypeVar("Result")
Tell = Callable[[int], None]
Sheets = dict[SheetName, Rows]


class _Progress:
    """How far one import is. Slow work runs in a thread and tells its count; this side writes it down now and then."""

    def __init__(self, database: Database, job_id: str) -> None:
        self.database = database
        self.job_id = job_id
        self.stopped = False

    async def through(self, phase: str, total: int, work: Callable[[Tell], Result]) -> Result:
        """The result of `work` in a thread, its progress written meanwhile."""
        done = 0

        def tell(count: int) -> None:
            nonlocal done
            done = count
            if self.stopped:
                raise asyncio.CancelledError

        await imports.note_progress(self.database, self.job_id, phase, 0, total)
        running = asyncio.create_task(asyncio.to_thread(work, tell))
        try:
            while not running.done():
                await asyncio.wait({running}, timeout=TOLD_EVERY_SECONDS)
                await imports.note_progress(self.database, self.job_id, phase, done, total)
        finally:
            self.stopped = not running.done()
        return running.result()


async def carry_import(database: Database, blobs: BlobStore, secret: str) -> bool:
    """Carry out the oldest import that waits; False when there is none."""
    async with database.sessions.begin() as db:
        job = await imports.claim_import(db)
        if job is None:
            return False
        attempts = await imports.note_progress(database, job.id, "reading", attempt=True)
        try:
            if attempts > MOST_ATTEMPTS:
                raise _given_up()
            await _carry(db, job, blobs, _Progress(database, job.id), secret)
        except Problem as problem:
            job.state = "refused"
            job.problem = _said(problem)
        job.finished_at = clock.now()
        await db.flush()
    return True


def _given_up() -> ImportGivenUp:
    return ImportGivenUp(
        f"It was begun {MOST_ATTEMPTS} times and never ended; nothing was imported. Divide the file, or tell us.",
        f"已尝试 {MOST_ATTEMPTS} 次均未完成，没有导入任何数据。请拆分文件后重试，或与我们联系。",
    )


def _said(problem: Problem) -> dict[str, Any]:
    return {
        "type": problem.type,
        "title_zh": problem.title_zh,
        "title_en": problem.title_en,
        "detail_zh": problem.zh,
        "detail_en": problem.en,
    }


async def _carry(db: AsyncSession, job: ImportJob, blobs: BlobStore, progress: _Progress, secret: str) -> None:
    data = await blobs.get(job.sha256)
    if data is None:
        raise _given_up()
    book, sheets = await progress.through("reading", 0, lambda tell: _read(data, job.kind, tell))  # type: ignore[arg-type]  # The table holds it to the same words.
    actor = Actor(job.created_by, job.person, "", frozenset({"operator"}), tuple(job.scopes), job.office)
    known = await _known(db, actor, secret, sheets, lock=not job.dry_run)
    total = sum(len(sheet.rows) for sheet in sheets.values())
    producers, lots = await progress.through("comparing", total, lambda tell: _compare(sheets, known, tell))
    await blame_held(db, sheets.get("lots"), lots)
    faults = [
        fault
        for sheet in sheets.values()
        for fault in sorted(sheet.faults, key=lambda each: (each.row, len(each.cell), each.cell))
    ]
    job.remarks = _remarks(book, sheets)
    if faults:
        await _refuse_rows(db, job, blobs, sheets, faults)
        return
    writing = await write_plan(db, known, producers, lots, dry_run=job.dry_run)
    job.counts = _counts(producers, lots) | {"listings_new": writing}
    job.state = "checked" if job.dry_run else "done"


def _read(data: bytes, kind: FileKind, tell: Tell) -> tuple[Book, Sheets]:
    book = read_book(data, kind)
    sheets: Sheets = {}
    before = 0
    for table in book.tables:
        sheets[table.sheet] = read_rows(table, book.workbook, lambda count, before=before: tell(before + count))  # type: ignore[misc]  # A default is how a loop's value is kept.
        before += len(sheets[table.sheet].rows)
    if before == 0:
        raise SheetEmpty(
            "There is a heading but not one row below it. Fill in rows and send the file again.",
            "只有表头，没有数据行。请填写后重新上传。",
        )
    return book, sheets


async def _known(db: AsyncSession, actor: Actor, secret: str, sheets: Sheets, *, lock: bool) -> Known:
    """Every record that the rows may name; what will be changed is locked, and no other import writes there."""
    rows = [row for sheet in sheets.values() for row in sheet.rows]
    regions = {row.values["region_code"] for row in rows if row.values.get("region_code")}
    mine = sorted(code for code in regions if Known(actor, secret).refused_region(code) is None)
    if lock:
        await imports.hold_regions(db, mine)
    known = Known(actor, secret, applied(actor))
    known.producers = await imports.producers_by_code(
        db, [row.values["uscc"] for row in rows if row.values.get("uscc")]
    )
    known.add_specialties(await imports.specialties_in(db, mine))
    if "lots" in sheets:
        known.add_listings(await imports.listings_in(db, mine, lock=lock))
    return known


def _compare(sheets: Sheets, known: Known, tell: Tell) -> tuple[ProducerPlan, LotPlan]:
    producers = plan_producers(sheets.get("producers"), known, tell)
    before = len(sheets["producers"].rows) if "producers" in sheets else 0
    return producers, plan_lots(sheets.get("lots"), known, producers.ids, lambda count: tell(before + count))


def _remarks(book: Book, sheets: Sheets) -> list[dict[str, str]]:
    said: list[Remark] = [*book.remarks, *(remark for sheet in sheets.values() for remark in sheet.remarks)]
    return [{"zh": remark.zh, "en": remark.en} for remark in said]


async def _refuse_rows(db: AsyncSession, job: ImportJob, blobs: BlobStore, sheets: Sheets, faults: list[Fault]) -> None:
    """Nothing is imported: what is wrong is kept, and the rows are given back with the reasons."""
    job.state = "faulty"
    job.faults = len(faults)
    await imports.add_faults(db, job.id, faults)
    kind: FileKind = "xlsx" if job.kind == "xlsx" else "csv"
    job.faults_sha256 = await blobs.put(await asyncio.to_thread(_faults_file, kind, sheets, faults))


def _faults_file(kind: FileKind, sheets: Sheets, faults: list[Fault]) -> bytes:
    """The bad rows as they came, behind their reasons: mended, the same file can be sent again."""
    reasons: dict[tuple[SheetName, int], list[Fault]] = {}
    for fault in faults:
        reasons.setdefault((fault.sheet, fault.row), []).append(fault)
    written = []
    for sheet in sheets.values():
        bad = [(row, reasons[sheet.sheet, row.number]) for row in sheet.rows if row.number in sheet.broken]
        if bad:
            rows = [[_all(faulty, "zh"), _all(faulty, "en"), *row.cells] for row, faulty in bad]
            written.append(reasons_sheet(sheet.title or sheet.sheet, sheet.headings, rows))
    return write_sheets(kind, written)


def _all(faults: list[Fault], language: str) -> str:
    return "\n".join(
        f"{fault.cell}：{fault.zh}" if language == "zh" else f"{fault.cell}: {fault.en}" for fault in faults
    )


def _counts(producers: ProducerPlan, lots: LotPlan) -> dict[str, int]:
    return {
        "producers_new": len(producers.new),
        "producers_changed": len(producers.changed),
        "producers_unchanged": producers.unchanged,
        "lots_new": len(lots.new),
        "lots_changed": len(lots.changed),
        "lots_unchanged": lots.unchanged,
    }
