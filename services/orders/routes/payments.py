"""Paying a checkout, and what the payment provider and the carrier call back."""

from fastapi import APIRouter, Request

from services.kit.db import database_of
from services.kit.idempotency import RequiredKey
from services.orders.actions import callbacks, payments
from services.orders.routes.asked import Around, Person
from services.orders.schemas.payments import CallbackOut, PaymentIn, PaymentOut

router = APIRouter(tags=["payments"])


@router.post("/checkouts/{checkout_id}/payment", status_code=201)
async def pay_checkout(
    checkout_id: str, request: Request, actor: Person, around: Around, key: RequiredKey, body: PaymentIn | None = None
) -> PaymentOut:
    """Where to go to pay. Asked twice it is the same payment, whatever the key: a checkout has one."""
    return await payments.pay(database_of(request), around, actor, checkout_id, body or PaymentIn())


@router.post("/checkouts/{checkout_id}/confirm")
async def confirm_payment(checkout_id: str, request: Request, actor: Person, around: Around) -> PaymentOut:
    """I have paid: the provider is asked, and the payment is answered as it stands."""
    return await payments.confirm(database_of(request), around, actor, checkout_id)


@router.post("/payment-callbacks/{provider}")
async def hear_provider(provider: str, request: Request, around: Around) -> CallbackOut:
    """For the payment provider alone: a signed word about a payment or a refund (Standard Webhooks)."""
    body = await request.body()
    return await callbacks.hear_provider(database_of(request), around, provider, request.headers, body)


@router.post("/carrier-callbacks/{carrier}")
async def hear_carrier(carrier: str, request: Request, around: Around) -> CallbackOut:
    """For the carrier alone: a signed word about a parcel (Standard Webhooks)."""
    body = await request.body()
    return await callbacks.hear_carrier(database_of(request), around, carrier, request.headers, body)
