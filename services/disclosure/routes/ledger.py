"""The log in words and proofs, for those who do not read tiles. Nobody needs a token here."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.disclosure.actions import proving, reading
from services.disclosure.ledger.notes import encoded
from services.disclosure.routes.files import A_MOMENT, FOR_EVER, NoteResponse
from services.disclosure.schemas.ledger import GrowthOut, LeafOut, LeavesOut, LedgerOut
from services.disclosure.store import leaves
from services.kit.db import database_of
from services.kit.page import Cursor, Limit
from services.kit.problem import NotFound

router = APIRouter(prefix="/ledger", tags=["ledger"])

Place = Annotated[int, Path(ge=0, lt=2**62, description="Index of a leaf, from 0.")]
Size = Annotated[int, Query(ge=0, lt=2**62)]
Kind = Annotated[str, Path(pattern=r"^[a-z_.]{1,81}$")]
AnyKind = Annotated[str, Query(pattern=r"^[a-z_.]{0,81}$", description="Only leaves of this kind.")]
EntityId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@router.get("")
async def get_ledger(request: Request, response: Response) -> LedgerOut:
    """The log: its name, key, published head and witnesses."""
    response.headers["Cache-Control"] = A_MOMENT
    return await reading.get_ledger(database_of(request), request.app.state.surroundings)


@router.get("/leaves")
async def list_ledger_leaves(
    request: Request, kind: AnyKind = "", cursor: Cursor = None, limit: Limit = 20
) -> LeavesOut:
    """Leaves, the newest first."""
    return await reading.list_recent(database_of(request), kind, cursor, limit)


@router.get("/entities/{kind}/{entity_id}")
async def list_ledger_entity(
    request: Request, kind: Kind, entity_id: EntityId, cursor: Cursor = None, limit: Limit = 20
) -> LeavesOut:
    """The leaves about one entity (`decision`, `price` …), oldest first."""
    return await reading.list_of_entity(database_of(request), kind, entity_id, cursor, limit)


@router.get("/leaves/{place}")
async def get_ledger_leaf(request: Request, place: Place) -> LeafOut:
    """One leaf."""
    database = database_of(request)
    size = await proving.published_size(database)
    leaf = await leaves.find_leaf(database, place)
    if leaf is None:
        raise proving.beyond(size)
    return reading.leaf_out(leaf, size)


@router.get("/leaves/{place}/proof", response_class=NoteResponse)
async def get_ledger_proof(request: Request, place: Place) -> Response:
    """A proof file (c2sp.org/tlog-proof@v1) under the newest published checkpoint; `extra` is the record itself."""
    proof = await proving.proof_of(database_of(request), place)
    headers = {"Cache-Control": A_MOMENT, "Content-Disposition": f'inline; filename="leaf-{place}.tlog-proof"'}
    return NoteResponse(str(proof), headers=headers)


@router.get("/growth")
async def get_ledger_growth(
    request: Request, response: Response, old: Size, new: Annotated[int | None, Query(ge=0, lt=2**62)] = None
) -> GrowthOut:
    """The proof that the log of `new` leaves (by default the published one) begins with that of `old`."""
    newer, hashes = await proving.growth_between(database_of(request), old, new)
    response.headers["Cache-Control"] = A_MOMENT if new is None else FOR_EVER
    return GrowthOut(old=old, new=newer, hashes=[encoded(step) for step in hashes])


@router.get("/documents/{sha256}", response_model=dict[str, Any])
async def get_ledger_document(request: Request, sha256: Digest) -> Response:
    """The document that a leaf names: canonical JSON (RFC 8785) whose SHA-256 is the last word of the address."""
    body = await leaves.find_document(database_of(request), sha256)
    if body is None:
        raise NotFound("No document is kept under this hash.", "没有以该哈希值保存的文件。")
    return Response(body, media_type="application/json", headers={"Cache-Control": FOR_EVER})
