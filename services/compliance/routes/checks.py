"""Asking the gate: one question, or up to a thousand."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from services.compliance.actions import batches, checks
from services.compliance.routes.asked import Around
from services.compliance.schemas.checks import BatchIn, BatchLine, CheckIn, DecisionOut
from services.kit.actor import MaybeActor
from services.kit.db import database_of
from services.kit.http import language_of
from services.kit.idempotency import OptionalKey

router = APIRouter(tags=["checks"])


@router.post("/checks", response_model=DecisionOut)
async def check_facts(
    request: Request, body: CheckIn, around: Around, actor: MaybeActor, once: OptionalKey
) -> Response:
    """Ask the gate; the answer is stored before it is given."""
    database = database_of(request)
    if once.key is None:
        said = await checks.check_facts_together(database, around, actor, body)
        answer = Response(said, media_type="application/json")
    else:
        async with database.sessions.begin() as db:
            answer = await once.answer_bytes(db, 200, lambda: checks.check_facts(db, around, actor, body))
    answer.headers["content-location"] = checks.location_of(around, bytes(answer.body))
    return answer


@router.post(
    "/checks:batch",
    response_class=StreamingResponse,
    responses={
        200: {
            "model": BatchLine,
            "description": "JSON lines, each a `BatchLine`.",
            "content": {"application/x-ndjson": {}},
        }
    },
)
async def check_batch(
    request: Request, body: BatchIn, around: Around, actor: MaybeActor, once: OptionalKey
) -> StreamingResponse:
    """Ask up to 1,000 questions; answers stream as JSON lines, and the same key resumes a cut stream."""
    database = database_of(request)
    language = language_of(request.headers.get("accept-language"))
    batch = await batches.open_batch(database, around, actor, body, once, language)
    return StreamingResponse(batches.answer_batch(database, batch), media_type="application/x-ndjson")
