"""Up to a thousand questions in one request: chunks are stored before their lines go out, and a key resumes them."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.checks import Asking, asking_of, decide_check
from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.surroundings import Moment, Surroundings
from services.compliance.errors import BatchTooLarge
from services.compliance.rules.law import Parameters
from services.compliance.schemas.checks import MOST_CHECKS, BatchIn, CheckIn
from services.compliance.store import batches as store
from services.compliance.store import decisions
from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database
from services.kit.http import body_problem
from services.kit.idempotency import Once
from services.kit.problem import FieldError, IdempotencyKeyReused, Problem

CHUNK = 50
PATH = "/checks:batch"


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that was accepted: who asks what, and under which key."""

    around: Surroundings
    asking: Asking
    checks: list[Any]
    moment: Moment
    actor: str
    key: str | None
    language: str


async def open_batch(
    database: Database, around: Surroundings, actor: Actor | None, body: BatchIn, once: Once, language: str
) -> OpenBatch:
    """Accept a batch before anything is decided. Raises BatchTooLarge and IdempotencyKeyReused."""
    if len(body.checks) > MOST_CHECKS:
        raise BatchTooLarge(
            f"A batch has at most {MOST_CHECKS} checks; this one has {len(body.checks)}. Nothing was decided.",
            f"每批最多 {MOST_CHECKS} 项核验，本批有 {len(body.checks)} 项。未作任何决定。",
            errors=[FieldError("checks", f"At most {MOST_CHECKS}.", f"最多 {MOST_CHECKS} 项。")],
        )
    asking = asking_of(actor)
    async with database.sessions() as db:
        await current_parameters(db)  # A replica that lacks them says so before the stream begins.
    if once.key is not None:
        async with database.sessions.begin() as db:
            first = await store.begin_batch(db, once.actor, once.key, once.body_sha256, clock.now())
        if first != once.body_sha256:
            raise IdempotencyKeyReused(
                "Use a new key for a new batch, or repeat the first one unchanged.",
                "新的批次请使用新的 Idempotency-Key，或原样重复首次请求。",
            )
    return OpenBatch(around, asking, body.checks, Moment.present(), once.actor, once.key, language)


async def answer_batch(database: Database, batch: OpenBatch) -> AsyncIterator[bytes]:
    """One JSON line per check, in order; a chunk is committed before its first line is sent."""
    for first in range(0, len(batch.checks), CHUNK):
        async with database.sessions.begin() as db:
            lines = await _chunk(db, batch, first, min(first + CHUNK, len(batch.checks)))
        yield b"".join(lines)


async def _chunk(db: AsyncSession, batch: OpenBatch, first: int, until: int) -> list[bytes]:
    known: dict[int, tuple[bytes | None, str | None]] = {}
    if batch.key is not None:
        await store.lock_batch(db, batch.actor, batch.key)
        known = await store.list_lines(db, batch.actor, batch.key, first, until)
    parameters = await current_parameters(db)
    answered = {
        index: known[index] if index in known else await _answer(db, batch, index, parameters)
        for index in range(first, until)
    }
    if batch.key is not None:
        fresh = [(index, *_stored(answered[index])) for index in answered if index not in known]
        if fresh:
            await store.add_lines(db, batch.actor, batch.key, fresh)
    return [_line(index, *answered[index]) for index in answered]


async def _answer(
    db: AsyncSession, batch: OpenBatch, index: int, parameters: Parameters
) -> tuple[bytes | None, str | None]:
    try:
        check = _check(batch.checks[index])
        decision = await decide_check(batch.around, batch.asking, check, batch.moment, parameters)
    except Problem as problem:
        document = problem.document(batch.language, PATH, batch.around.settings.public_url)
        return None, json.dumps(document, ensure_ascii=False).encode("utf-8", "replace").decode()
    await decisions.add_decision(db, decision)
    return decision.document, None


def _check(item: Any) -> CheckIn:
    try:
        return CheckIn.model_validate(item)
    except ValidationError as error:
        raise body_problem(list(error.errors())) from error


def _stored(answer: tuple[bytes | None, str | None]) -> tuple[str | None, str | None]:
    document, problem = answer
    return (json.loads(document)["decision_id"] if document is not None else None), problem


def _line(index: int, document: bytes | None, problem: str | None) -> bytes:
    name, value = ("decision", document) if document is not None else ("problem", (problem or "").encode())
    return b'{"index":%d,"%s":%s}\n' % (index, name.encode(), value)
