"""Paying: the provider is asked between two transactions, and whatever it says is taken in one place, once.

`take_seen` is the only way to complete a checkout. The buyer's confirmation, the provider's callback and our own
question all end there; whoever comes second finds that nothing is left to do.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database
from services.orders import store
from services.orders.actions.outside import ProviderRefused
from services.orders.actions.provider import Asked
from services.orders.actions.provider import Leg as AskedLeg
from services.orders.actions.refunds import give_back_late
from services.orders.actions.surroundings import Surroundings
from services.orders.actions.telling import step_of, tell_paid
from services.orders.domain.money import UNSETTLED, Known, Seen, judge
from services.orders.errors import PaymentClosed, PaymentUnknown, ProviderUnavailable
from services.orders.models import Checkout, Leg, Lot, Order, Payment
from services.orders.schemas.payments import PaymentIn, PaymentOut

log = logging.getLogger(__name__)

FIRST_QUESTION = timedelta(seconds=20)
AT_ONCE = 20
BACK_WITHIN = timedelta(hours=24)
"""What we promise to whoever paid too late; most of the time it is a second."""


async def pay(database: Database, around: Surroundings, actor: Actor, checkout_id: str, body: PaymentIn) -> PaymentOut:
    """Open the payment of a checkout, or find it: where the buyer goes to pay. Commits before and after the provider.

    Raises PaymentClosed when the checkout can no longer be paid, ProviderUnavailable when nobody answers.
    """
    async with database.sessions.begin() as db:
        asked = await _ask(db, around, actor, checkout_id, body)
    try:
        seen = await around.provider.open(asked)
    except ProviderRefused as refused:
        async with database.sessions.begin() as db:
            await _flag(db, checkout_id, refused.why)
        raise _closed("wrong") from refused
    async with database.sessions.begin() as db:
        return payment_out(await take_seen(db, around, seen))


async def _ask(db: AsyncSession, around: Surroundings, actor: Actor, checkout_id: str, body: PaymentIn) -> Asked:
    """Write down that a payment is asked for, before anybody hears of it."""
    # The payment comes before its checkout in the lock order; most often there is none yet.
    await store.lock_payment(db, checkout_id)
    checkout = await store.lock_checkout_of(db, checkout_id, actor.account_id)
    if checkout.state != "reserved" or checkout.reserved_until <= clock.now():
        raise _closed(checkout.state)
    orders = await store.orders_of(db, checkout_id)
    lots = await store.lots_of(db, orders)
    now = clock.now()
    payment = await store.add_payment(
        db,
        Payment(
            checkout_id=checkout_id,
            broadcast_id=checkout.broadcast_id,
            account_id=checkout.account_id,
            provider=around.provider.name,
            state="asked",
            total_fen=checkout.total_fen,
            created_at=now,
            changed_at=now,
            ask_at=min(now + FIRST_QUESTION, checkout.reserved_until),
        ),
    )
    if payment.state not in UNSETTLED:
        raise _closed(payment.state)
    first = lots[orders[0].lot_id]
    more_zh, more_en = (f" 等 {len(orders)} 种", f" and {len(orders) - 1} more") if len(orders) > 1 else ("", "")
    return Asked(
        reference=checkout_id,
        legs=tuple(_asked_leg(order, lots[order.lot_id]) for order in orders),
        subject_zh=f"{first.title_zh}{more_zh}",
        subject_en=f"{first.title_en}{more_en}",
        expires_at=checkout.reserved_until,
        return_url=f"{around.public_url}{body.return_path}",
        notify_url=f"{around.callbacks_url}/payment-callbacks/{around.provider.name}",
    )


def _asked_leg(order: Order, lot: Lot) -> AskedLeg:
    seller = str((lot.facts.get("seller") or {}).get("name") or "")
    return AskedLeg(order.id, lot.producer_uscc, seller, order.amount_fen)


def _closed(state: str) -> PaymentClosed:
    return PaymentClosed(
        f"It is {state}. Look at your orders; if you paid too late, the money comes back by itself.",
        "该结算单已结束，请查看订单；若在保留时间之后付款，款项会自动退回。",
        state=state,
    )


async def _flag(db: AsyncSession, checkout_id: str, why: str) -> None:
    payment = await store.lock_payment(db, checkout_id)
    if payment is not None:
        payment.wrong = why
        log.error("The payment of checkout %s is wrong: %s", checkout_id, why)


async def confirm(database: Database, around: Surroundings, actor: Actor, checkout_id: str) -> PaymentOut:
    """The buyer says that they paid: the provider is asked, and answers for it. Raises PaymentUnknown."""
    async with database.sessions() as db:
        payment = await store.find_payment(db, checkout_id, actor.account_id)
    if payment is None:
        raise _unknown()
    if payment.state not in UNSETTLED:
        return payment_out(payment)
    seen = await around.provider.find(checkout_id)
    if seen is None:
        return payment_out(payment)
    async with database.sessions.begin() as db:
        return payment_out(await take_seen(db, around, seen))


def _unknown() -> PaymentUnknown:
    return PaymentUnknown("No payment was opened for this checkout.", "该结算单尚未发起支付。")


async def take_seen(db: AsyncSession, around: Surroundings, seen: Seen) -> Payment:
    """Take in what the provider shows of a payment. Raises PaymentUnknown."""
    payment = await store.lock_payment(db, seen.reference)
    if payment is None:
        log.error("The provider shows a payment that we never asked for: %s", seen.reference)
        raise _unknown()
    checkout = await store.lock_checkout_of(db, payment.checkout_id)
    orders = await store.orders_of(db, payment.checkout_id)
    legs = {order.id: order.amount_fen for order in orders}
    known = Known(payment.state, payment.seen_version, legs, checkout.state)  # type: ignore[arg-type]  # By constraint.
    verdict = judge(known, seen)
    if verdict == "old":
        return payment
    payment.seen_version, payment.changed_at = seen.version, clock.now()
    payment.number, payment.pay_url = payment.number or seen.number, payment.pay_url or seen.pay_url
    if verdict == "wrong":
        await _flag(db, payment.checkout_id, f"the provider shows {seen.total_fen} fen: {dict(seen.legs)}")
    elif verdict in ("complete", "late"):
        await _capture(db, around, payment, checkout, orders, seen, late=verdict == "late")
    else:
        payment.state = "open" if verdict == "waiting" else verdict
    await db.flush()
    return payment


async def _capture(
    db: AsyncSession,
    around: Surroundings,
    payment: Payment,
    checkout: Checkout,
    orders: Sequence[Order],
    seen: Seen,
    *,
    late: bool,
) -> None:
    """The money is there: the orders are paid, or, when it came too late, it goes back."""
    payment.state = "late" if late else "paid"
    payment.payer = around.token("payer", seen.payer) if seen.payer else None
    payment.method, payment.paid_at = seen.method, seen.paid_at or clock.now()
    legs = [
        Leg(
            order_id=order.id,
            broadcast_id=order.broadcast_id,
            checkout_id=payment.checkout_id,
            amount_fen=order.amount_fen,
            late=late,
            captured_at=payment.paid_at,
        )
        for order in orders
    ]
    if late:
        await store.add_row(db, *legs)
        await give_back_late(db, orders, legs)
        return
    now = clock.now()
    checkout.state, checkout.version, checkout.changed_at = "paid", checkout.version + 1, now
    for order in orders:
        order.state, order.version, order.changed_at = "paid", order.version + 1, now
    steps = [step_of(order, "paid", "provider", amount_fen=order.amount_fen) for order in orders]
    await store.add_row(db, *legs, *steps)
    await tell_paid(db, around, orders, {leg.order_id: leg for leg in legs}, checkout, payment)
    await store.sell_reserved(db, checkout.broadcast_id, {order.lot_id: order.units for order in orders})


async def ask_about_payments(database: Database, around: Surroundings) -> int:
    """Ask the provider about payments it has not told us of; what is over is closed there first. How many were due."""
    async with database.sessions.begin() as db:
        due = await store.take_due_payments(db, clock.now(), AT_ONCE)
    for row in due:
        try:
            await _ask_about(database, around, row["checkout_id"], row["number"], over=row["over"])
        except (ProviderUnavailable, ProviderRefused) as error:
            log.warning("Nothing is known of the payment of %s yet: %s", row["checkout_id"], error)
    return len(due)


async def _ask_about(
    database: Database, around: Surroundings, checkout_id: str, number: str | None, *, over: bool
) -> None:
    seen = await around.provider.find(checkout_id)
    if seen is not None and over and seen.state in ("open", "failed"):
        await around.provider.close(number or seen.number)
        seen = await around.provider.find(checkout_id)
    async with database.sessions.begin() as db:
        if seen is not None:
            await take_seen(db, around, seen)
        elif over:
            # It never got there, and nobody can open it any more.
            payment = await store.lock_payment(db, checkout_id)
            if payment is not None and payment.state == "asked":
                payment.state = "closed"


def payment_out(payment: Payment) -> PaymentOut:
    """As its buyer sees it; nobody can pay what is settled, so its page is not shown any more."""
    shown = payment.model_dump(include=set(PaymentOut.model_fields) - {"back_until"})
    back_until = payment.paid_at + BACK_WITHIN if payment.state == "late" and payment.paid_at else None
    pay_url = payment.pay_url if payment.state in UNSETTLED else None
    return PaymentOut(**shown | {"pay_url": pay_url, "back_until": back_until})
