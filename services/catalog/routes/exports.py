"""Spreadsheets given out: asked for, watched, fetched until they expire."""

from fastapi import APIRouter, Request, Response

from services.catalog import store
from services.catalog.actions import imports
from services.catalog.routes.imports import sheet_file
from services.catalog.routes.parameters import EntityId, Operator
from services.catalog.schemas.imports import ExportIn, ExportOut
from services.kit.db import Reading, Writing
from services.kit.http import language_of
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["imports"])


@router.post("/exports", status_code=202, response_model=ExportOut)
async def start_export(request: Request, body: ExportIn, db: Writing, actor: Operator, once: OptionalKey) -> Response:
    """Have every producer and lot of your regions written into the sheets of the template; watch it at its id."""
    spoken = language_of(request.headers.get("accept-language"))
    return await once.answer(
        db, 202, lambda: imports.start_export(db, actor, body, spoken), location="/api/v1/exports/{id}"
    )


@router.get("/exports")
async def list_exports(db: Reading, actor: Operator, cursor: Cursor = None, limit: Limit = 20) -> Page[ExportOut]:
    """The exports that you asked for, newest first."""
    return await store.list_exports(db, actor, cursor, limit)


@router.get("/exports/{export_id}")
async def get_export(export_id: EntityId, db: Reading, actor: Operator) -> ExportOut:
    """How far an export is, and until when its file is there."""
    return store.export_out(await store.get_export(db, actor, export_id))


@router.get("/exports/{export_id}/file", response_class=Response)
async def download_export(request: Request, export_id: EntityId, db: Reading, actor: Operator) -> Response:
    """The spreadsheet; sent back unchanged as an import it changes nothing."""
    job, data = await imports.read_export(db, request.app.state.exports, actor, export_id)
    return sheet_file(data, job.kind, job.name)
