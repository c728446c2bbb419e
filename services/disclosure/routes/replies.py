"""Records before the region whose they are, its replies to findings, and who decides them.

Nothing here publishes or withholds: a record goes out by itself, and whoever tries otherwise is told so.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.disclosure.actions import replying
from services.disclosure.errors import PublishedByItself
from services.disclosure.schemas.replies import RecordOut, ReplyDecisionIn, ReplyIn, ReplyOut
from services.kit.actor import Actor, role
from services.kit.db import Reading, Writing
from services.kit.fields import Id
from services.kit.idempotency import RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["replies"])

Operator = Annotated[Actor, Depends(role("operator"))]
Reviewer = Annotated[Actor, Depends(role("reviewer"))]
Reader = Annotated[Actor, Depends(role("operator", "reviewer", "inspector"))]
BroadcastId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]


@router.get("/records")
async def list_records(actor: Operator, db: Reading, cursor: Cursor = None, limit: Limit = 20) -> Page[RecordOut]:
    """Broadcasts of your regions that are over: what is published of them when, and what lacks."""
    return await replying.list_records(db, actor, cursor, limit)


@router.get("/records/{broadcast_id}")
async def get_record(broadcast_id: BroadcastId, actor: Operator, db: Reading) -> RecordOut:
    """One record as its region sees it."""
    return await replying.get_record(db, actor, broadcast_id)


@router.post("/replies", response_model=ReplyOut, status_code=201)
async def reply_to_finding(
    body: ReplyIn, actor: Operator, request: Request, db: Writing, once: RequiredKey
) -> Response:
    """Answer a finding of the newest release. The answer is published in the next one, and decided in time."""
    around = request.app.state.surroundings
    return await once.answer(db, 201, lambda: replying.reply(db, around, actor, body), location="/api/v1/replies/{id}")


@router.get("/replies")
async def list_replies(
    actor: Reader,
    db: Reading,
    decided: Annotated[bool, Query(description="Those that were decided, instead of those that wait.")] = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[ReplyOut]:
    """Replies of your regions, the nearest deadline first."""
    return await replying.list_replies(db, actor, decided=decided, cursor=cursor, limit=limit)


@router.get("/replies/{reply_id}")
async def get_reply(reply_id: Id, actor: Reader, db: Reading) -> ReplyOut:
    """One reply."""
    return await replying.get_reply(db, actor, reply_id)


@router.post("/replies/{reply_id}/decide", response_model=ReplyOut)
async def decide_reply(
    reply_id: Id, body: ReplyDecisionIn, actor: Reviewer, db: Writing, once: RequiredKey
) -> Response:
    """Uphold a reply, uphold it in part or reject it, as somebody who has no part in the broadcast."""
    return await once.answer(db, 200, lambda: replying.decide(db, actor, reply_id, body))


@router.api_route("/disclosures/{broadcast_id}", methods=["POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
@router.api_route(
    "/disclosures/{broadcast_id}/releases", methods=["POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
)
@router.api_route(
    "/disclosures/{broadcast_id}/releases/{number}", methods=["PUT", "PATCH", "DELETE"], include_in_schema=False
)
async def refuse_publication(broadcast_id: BroadcastId) -> None:
    """Nobody publishes a record by hand, changes it or withholds it."""
    raise PublishedByItself(
        "A record is published, corrected and kept by itself. A region may answer a finding: POST /replies.",
        "公开记录由系统自动公开、更正和保存，任何人不得自行公开、修改或撤下。地方可对核查发现作出答复：POST /replies。",
        broadcast_id=broadcast_id,
    )
