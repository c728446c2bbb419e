"""Evidence documents: taken in once, known by the hash of their bytes."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response, UploadFile

from services.catalog import actions, store
from services.catalog.schemas.specialties import DocumentOut
from services.kit.actor import Actor, MaybeActor, role
from services.kit.db import Reading, Writing
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["documents"])

DocumentKind = Literal[
    "certificate",
    "test_report",
    "licence",
    "label_photo",
    "open_call",
    "clearance_statement",
    "storage_record",
    "village_proof",
    "declaration",
    "slow_sales_evidence",
    "notice",
    "proof",
    "script",
    "picture",
    "other",
]
Uploader = Annotated[
    Actor,
    Depends(
        role(
            "operator",
            "official",
            "host",
            "registrar",
            "verifier",
            "certifier",
            "approver",
            "reviewer",
            "inspector",
            "administrator",
        )
    ),
]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@router.post("/documents", status_code=201)
async def upload_document(
    request: Request,
    file: UploadFile,
    kind: Annotated[DocumentKind, Form()],
    db: Writing,
    actor: Uploader,
) -> DocumentOut:
    """Keep a PDF, Word, text or picture file of at most 10 MB; the same bytes are the same document."""
    data = await file.read()
    return await actions.add_document(db, request.app.state.blobs, actor, kind, file.filename or "", data)


@router.get("/documents")
async def list_documents(
    db: Reading,
    actor: Uploader,
    kind: Annotated[list[DocumentKind], Query(default_factory=list, description="Of these kinds only.")],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DocumentOut]:
    """What was uploaded for your regions, or by you, newest first. A form names a document by its `sha256`."""
    return await store.list_documents(db, actor, kind, cursor, limit)


@router.get("/documents/{sha256}", response_class=Response)
async def download_document(request: Request, sha256: Digest, db: Reading, actor: MaybeActor) -> Response:
    """The file itself: public when it belongs to something public, else for those concerned."""
    document = await store.get_document(db, sha256, actor)
    data = await actions.read_document(request.app.state.blobs, document)
    return Response(data, media_type=document.media_type, headers=_headers(document.name, document.media_type, actor))


def _headers(name: str, media_type: str, actor: Actor | None) -> dict[str, str]:
    shown = "inline" if media_type.startswith("image/") or media_type == "application/pdf" else "attachment"
    return {
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store" if actor else "public, max-age=3600",
    }
