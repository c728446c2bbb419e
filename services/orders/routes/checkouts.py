"""Ordering, and checkouts of the caller."""

from fastapi import APIRouter, Request, Response

from services.kit.db import Writing, database_of
from services.kit.http import json_bytes
from services.orders import actions, store
from services.orders.routes.asked import AtTill, Knocking, Person
from services.orders.schemas.checkouts import CheckoutIn, CheckoutOut

router = APIRouter(prefix="/checkouts", tags=["checkouts"])


@router.post("", status_code=201, response_model=CheckoutOut)
async def place_checkout(body: CheckoutIn, actor: Person, till: AtTill, knock: Knocking) -> Response:
    """Order a basket from the shelf of a broadcast: all of it is reserved, or nothing."""
    answer, again = await actions.place_checkout(till, actor, body, knock)
    headers = {"Idempotency-Replayed": "true"} if again else None
    return Response(answer, 201, headers, media_type="application/json")


@router.get("/{checkout_id}", response_model=CheckoutOut)
async def get_checkout(checkout_id: str, request: Request, actor: Person) -> Response:
    """One checkout of the caller, with its orders as they stand."""
    return json_bytes(request, await store.get_checkout(database_of(request), checkout_id, actor.account_id))


@router.post("/{checkout_id}/cancel", status_code=204)
async def cancel_checkout(checkout_id: str, db: Writing, actor: Person) -> Response:
    """Let an unpaid checkout go; its units can be bought by others at once."""
    await actions.cancel_checkout(db, actor, checkout_id)
    return Response(status_code=204)
