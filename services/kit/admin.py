"""Operations of every service for administrators: dead letters, and telling the present state again."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.kit import clock, inbox
from services.kit.actor import Actor, role
from services.kit.db import Reading, Writing
from services.kit.outbox import enqueue
from services.kit.page import Limit
from services.kit.problem import NotFound

Administrator = Annotated[Actor, Depends(role("administrator"))]

admin_router = APIRouter(prefix="/admin", tags=["administration"])


class DeadLetter(BaseModel):
    """A message given up on: what it said, why it failed, how often it was tried."""

    id: str
    subject: str
    payload: str
    error: str
    deliveries: int
    failed_at: AwareDatetime


class DeadLetters(BaseModel):
    items: list[DeadLetter]


class RepublishIn(BaseModel):
    """What to tell again: an entity of this service, all that changed since an instant."""

    model_config = ConfigDict(extra="forbid")

    entity: str
    since: AwareDatetime


class Count(BaseModel):
    count: int


@admin_router.get("/dead-letters")
async def list_dead_letters(db: Reading, actor: Administrator, limit: Limit = 100) -> DeadLetters:
    """Messages that were given up on, oldest first."""
    rows = await inbox.list_dead_letters(db, limit)
    return DeadLetters(items=[_shown(dict(row)) for row in rows])


@admin_router.post("/dead-letters/{letter_id}/replay")
async def replay_dead_letter(letter_id: str, request: Request, db: Writing, actor: Administrator) -> DeadLetter:
    """Handle it again now; a second replay has no second effect."""
    row = await inbox.find_dead_letter(db, letter_id)
    if row is None:
        raise NotFound(f"There is no dead letter {letter_id}.", f"没有编号为 {letter_id} 的死信。")
    by_subject = {event.subject: (event, handler) for event, handler in request.app.state.handlers.items()}
    event_class, handler = by_subject[row["subject"]]
    event = event_class.model_validate_json(row["payload"])
    with clock.set_to(event.business_clock):
        if row["replayed_at"] is None and await inbox.is_first(db, event):
            await handler(db, event)
    await inbox.mark_replayed(db, letter_id)
    return _shown(dict(row))


@admin_router.post("/republish")
async def republish(body: RepublishIn, request: Request, db: Writing, actor: Administrator) -> Count:
    """Tell the present state of an entity again, with its present versions; receivers ignore what they know."""
    known = request.app.state.republishers
    if body.entity not in known:
        listed = ", ".join(sorted(known))
        raise NotFound(f"This service can republish: {listed}.", f"本服务可重新发布：{listed}。")
    count = 0
    async for event in known[body.entity](db, body.since):
        await enqueue(db, event)
        count += 1
    return Count(count=count)


def _shown(row: dict[str, Any]) -> DeadLetter:
    return DeadLetter.model_validate(row | {"payload": bytes(row["payload"]).decode(errors="replace")})
