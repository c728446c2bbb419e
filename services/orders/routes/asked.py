"""What several routes ask of a request: the till, and the request behind an order."""

from typing import Annotated

from fastapi import Depends, Request

from services.kit.idempotency import RequiredKey
from services.orders.actions.checkouts import Knock, Till


async def _till(request: Request) -> Till:
    till: Till = request.app.state.till
    return till


async def _knock(request: Request, once: RequiredKey) -> Knock:
    return Knock(once.key or "", once.body_sha256, request.headers.get("x-client-address", ""))


AtTill = Annotated[Till, Depends(_till)]
Knocking = Annotated[Knock, Depends(_knock)]
