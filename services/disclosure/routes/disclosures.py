"""Records of broadcasts. Nobody needs a token to read one, and nobody can write one."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime

from services.disclosure.actions import contracting, disclosing
from services.disclosure.actions.evidence_files import get_file
from services.disclosure.domain.products import words_of
from services.disclosure.routes.files import A_MOMENT, FOR_EVER
from services.disclosure.schemas.disclosures import DisclosuresOut, OverdueListOut, ReleasesOut
from services.disclosure.store.releases import Wanted
from services.kit.db import Reading, database_of
from services.kit.http import json_bytes
from services.kit.page import Cursor, Limit

router = APIRouter(prefix="/disclosures", tags=["disclosures"])

BroadcastId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]
Number = Annotated[int, Path(ge=1, le=100_000)]
Region = Annotated[str, Query(pattern=r"^([1-9][0-9]{5})?$", description="Broadcasts of this region and below it.")]


@router.get("")
async def list_disclosures(
    request: Request,
    response: Response,
    region: Region = "",
    since: Annotated[AwareDatetime | None, Query(description="Broadcasts that ended at or after this instant.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Broadcasts that ended before this instant.")] = None,
    stage: Annotated[
        Literal["", "summary", "full", "revision"], Query(description="Records whose newest release is this.")
    ] = "",
    product: Annotated[
        str,
        Query(max_length=100, description="Words that stand in the title, or in names and categories of the goods."),
    ] = "",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> DisclosuresOut:
    """Records that are public, the broadcast that ended last first; there is no order by what was sold."""
    response.headers["Cache-Control"] = A_MOMENT
    wanted = Wanted(region, since, until, stage, words_of(product))
    return await disclosing.list_disclosures(database_of(request), wanted, cursor, limit)


@router.get("/overdue")
async def list_overdue_disclosures(request: Request, response: Response) -> OverdueListOut:
    """Records that are late, the longest first."""
    response.headers["Cache-Control"] = A_MOMENT
    return await disclosing.list_overdue(database_of(request))


@router.get("/{broadcast_id}", response_model=dict[str, Any])
async def get_disclosure(request: Request, broadcast_id: BroadcastId) -> Response:
    """The newest release of a record: canonical JSON (RFC 8785), whose SHA-256 stands in the public log."""
    found = await disclosing.get_release(database_of(request), broadcast_id, None)
    return Response(found["body"], media_type="application/json", headers={"Cache-Control": A_MOMENT})


@router.get("/{broadcast_id}/releases")
async def list_disclosure_releases(request: Request, response: Response, broadcast_id: BroadcastId) -> ReleasesOut:
    """Every release of a record, oldest first."""
    response.headers["Cache-Control"] = A_MOMENT
    return await disclosing.list_releases(database_of(request), broadcast_id)


@router.get("/{broadcast_id}/releases/{number}", response_model=dict[str, Any])
async def get_disclosure_release(request: Request, broadcast_id: BroadcastId, number: Number) -> Response:
    """One release, as it was published: it never changes."""
    found = await disclosing.get_release(database_of(request), broadcast_id, number)
    return Response(found["body"], media_type="application/json", headers={"Cache-Control": FOR_EVER})


@router.get("/{broadcast_id}/record", response_model=dict[str, Any])
async def get_disclosure_record(request: Request, broadcast_id: BroadcastId) -> Response:
    """The record in the shape of the Open Contracting Data Standard: every release linked, the newest compiled."""
    body = await contracting.get_record(database_of(request), _base(request), broadcast_id)
    return json_bytes(request, body, max_age=60, public=True)


@router.get("/{broadcast_id}/releases/{number}/package", response_model=dict[str, Any])
async def get_disclosure_package(request: Request, broadcast_id: BroadcastId, number: Number) -> Response:
    """One release in the shape of the Open Contracting Data Standard; it never changes."""
    body = await contracting.get_package(database_of(request), _base(request), broadcast_id, number)
    return json_bytes(request, body, max_age=31_536_000, public=True)


@router.get("/{broadcast_id}/files/{sha256}", response_class=Response)
async def get_disclosure_file(
    request: Request, db: Reading, broadcast_id: BroadcastId, sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
) -> Response:
    """A file that the region published with its reply to a finding; of others the record tells the hash alone."""
    file = await get_file(db, request.app.state.surroundings.blobs, broadcast_id, sha256)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "public, max-age=3600",
    }
    return Response(file.data, media_type=file.media_type, headers=headers)


def _base(request: Request) -> str:
    address: str = request.app.state.surroundings.settings.public_url
    return address.rstrip("/")
