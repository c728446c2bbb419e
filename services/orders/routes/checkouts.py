"""Ordering, and checkouts of the caller."""

from fastapi import APIRouter, Request, Response

from services.kit.actor import Actor, signed_in
from services.kit.db import Writing, database_of
from services.kit.direct import direct_route, read_body
from services.kit.http import json_bytes
from services.kit.idempotency import RequiredKey, once_of, with_key
from services.orders import actions, store
from services.orders.actions.checkouts import Knock
from services.orders.routes.asked import Person, person
from services.orders.schemas.checkouts import CheckoutIn, CheckoutOut

router = APIRouter(prefix="/checkouts", tags=["checkouts"])


async def place(request: Request, actor: Actor | None) -> Response:
    """Order a basket: the request as it came, past the dependency graph that would take longer than the order."""
    buyer = person(signed_in(actor))
    once = with_key(await once_of(request, buyer))
    body = await read_body(request, CheckoutIn)
    knock = Knock(once.key or "", once.body_sha256, request.headers.get("x-client-address", ""))
    answer, again = await actions.place_checkout(request.app.state.till, buyer, body, knock)
    headers = {"Idempotency-Replayed": "true"} if again else None
    return Response(answer, 201, headers, media_type="application/json")


ordering = APIRouter(prefix="/checkouts", tags=["checkouts"], route_class=direct_route(place))


@ordering.post("", status_code=201, response_model=CheckoutOut)
async def place_checkout(request: Request, body: CheckoutIn, actor: Person, once: RequiredKey) -> Response:
    """Order a basket from the shelf of a broadcast: all of it is reserved, or nothing."""
    return await place(request, actor)


@router.get("/{checkout_id}", response_model=CheckoutOut)
async def get_checkout(checkout_id: str, request: Request, actor: Person) -> Response:
    """One checkout of the caller, with its orders as they stand."""
    return json_bytes(request, await store.get_checkout(database_of(request), checkout_id, actor.account_id))


@router.post("/{checkout_id}/cancel", status_code=204)
async def cancel_checkout(checkout_id: str, db: Writing, actor: Person) -> Response:
    """Let an unpaid checkout go; its units can be bought by others at once."""
    await actions.cancel_checkout(db, actor, checkout_id)
    return Response(status_code=204)
