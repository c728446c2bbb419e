"""Spreadsheets: the template, taking one in, watching it, and what was wrong with it."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile

from services.catalog import store
from services.catalog.actions import imports
from services.catalog.domain.sheets.columns import SHEET_NAMES
from services.catalog.domain.sheets.writing import MEDIA_TYPES
from services.catalog.routes.parameters import EntityId, Operator
from services.catalog.schemas.imports import FaultOut, ImportOut
from services.kit.db import Reading, Writing
from services.kit.http import language_of
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["imports"])

Format = Annotated[
    Literal["xlsx", "csv"], Query(alias="format", description="An Excel workbook, or one sheet as CSV (UTF-8).")
]
SheetQuery = Annotated[Literal["producers", "lots"], Query(description="Which sheet, where the format has only one.")]
LanguageQuery = Annotated[
    Literal["zh", "en"] | None, Query(description="Of the headings and choices; Accept-Language when left out.")
]


@router.get("/imports/template", response_class=Response)
async def download_template(
    request: Request, kind: Format = "xlsx", sheet: SheetQuery = "lots", language: LanguageQuery = None
) -> Response:
    """The file to fill in, with a sheet of notes on every column."""
    spoken = language or language_of(request.headers.get("accept-language"))
    name = {"zh": "阳光集市导入模板", "en": "sunfair-import-template"}[spoken]
    return sheet_file(imports.template_of(kind, sheet, spoken), kind, _named(name, kind, sheet, spoken))


def _named(name: str, kind: str, sheet: Literal["producers", "lots"], language: str) -> str:
    if kind == "xlsx":
        return f"{name}.xlsx"
    return f"{name}-{SHEET_NAMES[sheet][0 if language == 'zh' else 1]}.csv"


def sheet_file(data: bytes, kind: str, name: str) -> Response:
    """A spreadsheet to be kept by whoever asked for it, and by nothing on the way."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(data, media_type=MEDIA_TYPES[kind], headers=headers)


@router.post("/imports", status_code=202)
async def start_import(
    request: Request,
    response: Response,
    file: UploadFile,
    db: Writing,
    actor: Operator,
    dry_run: Annotated[bool, Form(description="Only say what would happen.")] = False,
) -> ImportOut:
    """Take in a spreadsheet of at most 50,000 rows a sheet. It is imported whole or not at all; watch it at its id."""
    data = await file.read()
    job = await imports.start_import(db, request.app.state.sheets, actor, file.filename or "", data, dry_run=dry_run)
    response.headers["Location"] = f"/api/v1/imports/{job.id}"
    response.headers["Retry-After"] = "1"
    return job


@router.get("/imports")
async def list_imports(db: Reading, actor: Operator, cursor: Cursor = None, limit: Limit = 20) -> Page[ImportOut]:
    """The imports of your regions, newest first."""
    return await store.list_imports(db, actor, cursor, limit)


@router.get("/imports/{import_id}")
async def get_import(import_id: EntityId, db: Reading, actor: Operator) -> ImportOut:
    """How far an import is, and what came of it."""
    return await store.get_import(db, actor, import_id)


@router.post("/imports/{import_id}/run", status_code=202, response_model=ImportOut)
async def run_import(import_id: EntityId, db: Writing, actor: Operator, once: OptionalKey) -> Response:
    """Import the file of a dry run that found nothing wrong; the answer is another import."""
    return await once.answer(db, 202, lambda: imports.run_import(db, actor, import_id), location="/api/v1/imports/{id}")


@router.get("/imports/{import_id}/faults")
async def list_import_faults(
    import_id: EntityId, db: Reading, actor: Operator, cursor: Cursor = None, limit: Limit = 50
) -> Page[FaultOut]:
    """What is wrong with which cells, in the order of the rows; the first 5,000."""
    return await store.list_faults(db, actor, import_id, cursor, limit)


@router.get("/imports/{import_id}/faults-file", response_class=Response)
async def download_import_faults(request: Request, import_id: EntityId, db: Reading, actor: Operator) -> Response:
    """The refused rows as they were sent, behind the reasons: mend them and send this file."""
    job, data = await imports.read_faults_file(db, request.app.state.sheets, actor, import_id)
    stem = job.name.rsplit(".", 1)[0]
    return sheet_file(data, job.kind, f"{stem}-问题行-faults.{job.kind}")
