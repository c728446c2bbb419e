"""Idempotency-Key: the answer is stored in the transaction of the effect, so a retry gets the same answer.

The key's scope is the actor and the route, for 24 hours. The same key with another body is refused (422); while the
first request still runs, a second one is told so (409).
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.actor import Actor, MaybeActor
from services.kit.db import schema_of
from services.kit.plumbing import plumbing
from services.kit.problem import IdempotencyKeyMissing, IdempotencyKeyReused, IdempotencyKeyRunning

LONGEST_KEY = 200


class Once:
    """One request's idempotency: `answer` runs the effect unless its answer is already stored."""

    def __init__(self, actor: str, route: str, key: str | None, body_sha256: str) -> None:
        self.actor = actor
        self.route = route
        self.key = key
        self.body_sha256 = body_sha256

    async def answer(
        self,
        db: AsyncSession,
        status: int,
        effect: Callable[[], Awaitable[BaseModel]],
        *,
        location: str | None = None,
        shown_once: Sequence[str] = (),
    ) -> Response:
        """Run `effect` and answer with its model; with a key, at most once. `location` may use the model's fields.

        `shown_once` are fields with a secret: they are not stored, and null in the answer to a repeated request.
        """
        if self.key is None:
            return _response(status, await effect(), location)
        await self._lock(db)
        if (earlier := await self._stored(db)) is not None:
            return earlier
        model = await effect()
        await self._store(db, _response(status, model.model_copy(update=dict.fromkeys(shown_once)), location))
        return _response(status, model, location)

    async def answer_bytes(self, db: AsyncSession, status: int, effect: Callable[[], Awaitable[bytes]]) -> Response:
        """As `answer`, for an effect that makes the JSON itself: its bytes are sent, and sent again, as they are."""
        if self.key is None:
            return Response(await effect(), status, media_type="application/json")
        await self._lock(db)
        if (earlier := await self._stored(db)) is not None:
            return earlier
        response = Response(await effect(), status, media_type="application/json")
        await self._store(db, response)
        return response

    async def _lock(self, db: AsyncSession) -> None:
        number = int.from_bytes(hashlib.sha256(f"{self.actor}\n{self.route}\n{self.key}".encode()).digest()[:8])
        taken = await db.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number - 2**63)))
        if not taken:
            raise IdempotencyKeyRunning(
                "Wait a moment and send the same request again.",
                "请稍候再以同样内容重试。",
                headers={"Retry-After": "1"},
            )

    async def _stored(self, db: AsyncSession) -> Response | None:
        table = plumbing(schema_of(db)).idempotency
        found = await db.execute(
            sa.select(table).where(table.c.actor == self.actor, table.c.route == self.route, table.c.key == self.key)
        )
        row = found.one_or_none()
        if row is None:
            return None
        if row.body_sha256 != self.body_sha256:
            raise IdempotencyKeyReused(
                "Use a new key for a new request, or repeat the first one unchanged.",
                "新的请求请使用新的 Idempotency-Key，或原样重复首次请求。",
            )
        headers = {**row.headers, "Idempotency-Replayed": "true"}
        return Response(row.body, row.status, headers, media_type="application/json")

    async def _store(self, db: AsyncSession, response: Response) -> None:
        headers = {"location": response.headers["location"]} if "location" in response.headers else {}
        await db.execute(
            plumbing(schema_of(db))
            .idempotency.insert()
            .values(
                actor=self.actor,
                route=self.route,
                key=self.key,
                body_sha256=self.body_sha256,
                status=response.status_code,
                headers=headers,
                body=bytes(response.body),
            )
        )


def _response(status: int, model: BaseModel, location: str | None) -> Response:
    headers = {"location": location.format(**dict(model))} if location else {}
    version = getattr(model, "version", None)
    if isinstance(version, int):
        headers["etag"] = f'"{version}"'
    return Response(model.model_dump_json(), status, headers, media_type="application/json")


async def _optional_key(request: Request, actor: MaybeActor) -> Once:
    return await once_of(request, actor)


async def once_of(request: Request, actor: Actor | None) -> Once:
    """The idempotency of this request, with or without a key. Raises IdempotencyKeyMissing for a key that is none."""
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        raise IdempotencyKeyMissing(
            f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.",
            f"Idempotency-Key 长度为 1 至 {LONGEST_KEY} 个字符。",
        )
    digest = hashlib.sha256(await request.body()).hexdigest()
    route = f"{request.method} {request.url.path}"
    return Once(actor.account_id if actor else "anonymous", route, key, digest)


async def _required_key(once: Annotated[Once, Depends(_optional_key)]) -> Once:
    return with_key(once)


def with_key(once: Once) -> Once:
    """The idempotency of a request that has a key. Raises IdempotencyKeyMissing."""
    if once.key is None:
        raise IdempotencyKeyMissing(
            "Send an Idempotency-Key header (any unique text) so that a retry has no second effect.",
            "请在请求头中提供 Idempotency-Key（任意唯一文本），以免重试产生重复结果。",
        )
    return once


OptionalKey = Annotated[Once, Depends(_optional_key)]
RequiredKey = Annotated[Once, Depends(_required_key)]
