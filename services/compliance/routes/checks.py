"""Asking the gate: one question, or up to a thousand."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from services.compliance.actions import batches, checks
from services.compliance.actions.surroundings import Surroundings
from services.compliance.routes.asked import Around
from services.compliance.schemas.checks import BatchIn, BatchLine, CheckIn, DecisionOut
from services.kit.actor import Actor, MaybeActor
from services.kit.db import database_of
from services.kit.direct import body_at_once, direct_route
from services.kit.http import language_of
from services.kit.idempotency import OptionalKey


async def answer_at_once(request: Request, actor: Actor | None) -> Response | None:
    """A question that can be read at once and is asked once; anything else goes the usual way, and hears what is wrong.

    Past the dependency graph, which would take a tenth of the time of a decision.
    """
    if "idempotency-key" in request.headers or (body := await body_at_once(request, CheckIn)) is None:
        return None
    return await _decided(request, request.app.state.surroundings, actor, body)


async def _decided(request: Request, around: Surroundings, actor: Actor | None, body: CheckIn) -> Response:
    said = await checks.check_facts_together(database_of(request), around, actor, body)
    where = {"content-location": checks.location_of(around, said)}
    return Response(said, headers=where, media_type="application/json")


router = APIRouter(tags=["checks"])
asked_often = APIRouter(tags=["checks"], route_class=direct_route(answer_at_once))


@asked_often.post("/checks", response_model=DecisionOut)
async def check_facts(
    request: Request, body: CheckIn, around: Around, actor: MaybeActor, once: OptionalKey
) -> Response:
    """Ask the gate; the answer is stored before it is given."""
    if once.key is None:
        return await _decided(request, around, actor, body)
    async with database_of(request).sessions.begin() as db:
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
