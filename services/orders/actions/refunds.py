"""Refunds: asked for by the buyer or given by the seller, decided by the region or by the clock, paid back once.

Never more than was paid: the sum of an order's refunds stands in the row of its money, under a constraint.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database
from services.kit.problem import NotFound
from services.orders import store
from services.orders.actions.access import paid_order, require_buyer, require_seller, sells
from services.orders.actions.acts import Action, note_act
from services.orders.actions.outside import ProviderRefused
from services.orders.actions.photos import require_photos
from services.orders.actions.provider import Repaid
from services.orders.actions.surroundings import Surroundings
from services.orders.actions.telling import change_order, note, tell_changed, tell_complaint
from services.orders.domain.complaints import seller_answers_until
from services.orders.domain.returns import (
    Initiator,
    Reason,
    RefundState,
    ReturnRules,
    decided_by_itself,
    may_follow,
    rules_of_page,
    why_not,
)
from services.orders.domain.words import why_not_words
from services.orders.errors import AlreadyDecided, ProviderUnavailable, RefundRefused, RefundTooLarge
from services.orders.models import Leg, Lot, Order, Refund
from services.orders.schemas.refunds import RefundDecisionIn, RefundIn, RefundOut

log = logging.getLogger(__name__)

AT_ONCE = 20
PLATFORM = "platform"


async def request_refund(
    db: AsyncSession, around: Surroundings, actor: Actor, order_id: str, body: RefundIn
) -> RefundOut:
    """Ask for money back, as the buyer; or give it back unasked, as the region that sold.

    Raises RefundRefused when the order's own return rules forbid it, RefundTooLarge beyond what is left.
    """
    order, lot, leg = await paid_order(db, order_id)
    await require_photos(around, actor, body.photos)
    if order.account_id != actor.account_id and sells(actor, lot.region_code):
        refund = await _opened(db, order, lot, leg, body, "seller")
        await _approve(db, around, order, refund, actor.account_id, body.words)
        await _note_act(db, actor, "refund.given", refund)
        return refund_out(refund)
    require_buyer(actor, order)
    await _require_allowed(db, order, body.reason, len(body.photos))
    refund = await _opened(db, order, lot, leg, body, "buyer")
    if decided_by_itself(order.state, body.reason):
        await _approve(db, around, order, refund, PLATFORM, None)
    else:
        await change_order(db, order)
    return refund_out(refund)


async def _require_allowed(db: AsyncSession, order: Order, reason: Reason, photos: int) -> None:
    rules = await rules_of(db, order)
    signed = [each.signed_at for each in await store.shipments_of(db, [order.id]) if each.signed_at]
    denial = why_not(rules, order.state, max(signed, default=None), clock.business_now(), reason, photos)
    if denial is not None:
        raise RefundRefused(*why_not_words(denial, rules), reason=denial, state=order.state)


async def rules_of(db: AsyncSession, order: Order) -> ReturnRules:
    """The return rules that the order's goods page showed when it was placed."""
    page = await store.find_page(db, order.page_sha256)
    return rules_of_page(json.loads(page) if page else {})


async def _opened(db: AsyncSession, order: Order, lot: Lot, leg: Leg, body: RefundIn, initiator: Initiator) -> Refund:
    """A refund that is asked for; its sum is set aside from what may still be given back."""
    left = leg.amount_fen - leg.refund_fen
    amount = left if body.amount_fen is None else body.amount_fen
    if not 0 < amount <= left:
        raise RefundTooLarge(
            f"{left} fen of {leg.amount_fen} can still be given back. Ask for that or less.",
            f"该订单实付 {leg.amount_fen} 分，尚可退 {left} 分，请填写不超过该金额的数额。",
            left_fen=left,
        )
    leg.refund_fen += amount
    now = clock.business_now()
    refund = Refund(
        order_id=order.id,
        broadcast_id=order.broadcast_id,
        region_code=lot.region_code,
        account_id=order.account_id,
        amount_fen=amount,
        reason=body.reason,
        words=body.words,
        photos=list(body.photos),
        has_photo=bool(body.photos),
        initiator=initiator,
        state="requested",
        requested_at=now,
        decide_until=seller_answers_until(now),
    )
    await store.add_row(db, refund)
    await note(db, order, "refund_requested", initiator, refund_id=refund.id, amount_fen=amount, reason=body.reason)
    return refund


async def _approve(
    db: AsyncSession, around: Surroundings, order: Order, refund: Refund, by: str, words: str | None
) -> None:
    """The money is to go back; the loop that pays does it within a second or two."""
    _move(refund, "approved")
    refund.decided_at, refund.decided_by, refund.decision_words = clock.business_now(), by, words
    refund.send_at = clock.now()
    by_whom = "platform" if by == PLATFORM else "seller"
    await note(db, order, "refund_approved", by_whom, refund_id=refund.id, amount_fen=refund.amount_fen)
    await change_order(db, order)
    await tell_changed(db, around, order)


def _move(refund: Refund, state: RefundState) -> None:
    """Raises AlreadyDecided when the refund cannot go there any more."""
    if not may_follow(refund.state, state):  # type: ignore[arg-type]  # A constraint of the table holds the states.
        raise AlreadyDecided(
            f"This refund is {refund.state} already.", "该退款申请已处理。", state=refund.state, refund_id=refund.id
        )
    refund.state = state
    refund.version += 1


async def _locked(db: AsyncSession, refund_id: str) -> tuple[Refund, Order, Leg]:
    """A refund with its order and its money, all locked, the money first. Raises NotFound."""
    found = await store.find_refund(db, refund_id)
    if found is None:
        raise NotFound(f"There is no refund {refund_id}.", f"没有编号为 {refund_id} 的退款。")
    leg = await store.find_leg(db, found.order_id, lock=True)
    order = await store.get_order_row(db, found.order_id, found.broadcast_id, lock=True)
    refund = await store.find_refund(db, refund_id, lock=True)
    if leg is None or refund is None:
        raise NotFound(f"There is no refund {refund_id}.", f"没有编号为 {refund_id} 的退款。")
    return refund, order, leg


async def withdraw_refund(db: AsyncSession, actor: Actor, refund_id: str) -> RefundOut:
    """The buyer no longer wants it. Raises AlreadyDecided."""
    refund, order, leg = await _locked(db, refund_id)
    require_buyer(actor, order)
    _move(refund, "withdrawn")
    leg.refund_fen -= refund.amount_fen
    await note(db, order, "refund_withdrawn", "buyer", refund_id=refund.id)
    await change_order(db, order)
    return refund_out(refund)


async def decide_refund(
    db: AsyncSession, around: Surroundings, actor: Actor, refund_id: str, body: RefundDecisionIn
) -> RefundOut:
    """The region that sold says yes or no; a no has its reason, and leaves the way of a complaint."""
    refund, order, leg = await _locked(db, refund_id)
    require_seller(actor, refund.region_code)
    if body.approve:
        await _approve(db, around, order, refund, actor.account_id, body.words)
        await _note_act(db, actor, "refund.approved", refund)
        return refund_out(refund)
    _move(refund, "refused")
    leg.refund_fen -= refund.amount_fen
    refund.decided_at, refund.decided_by, refund.decision_words = clock.business_now(), actor.account_id, body.words
    await note(db, order, "refund_refused", "seller", refund_id=refund.id, words=body.words)
    await change_order(db, order)
    await _note_act(db, actor, "refund.refused", refund)
    return refund_out(refund)


async def _note_act(db: AsyncSession, actor: Actor, action: Action, refund: Refund) -> None:
    about = {"refund_id": refund.id, "amount_fen": refund.amount_fen}
    await note_act(db, actor, action, refund.order_id, refund.account_id, refund.region_code, **about)


async def refund_for_complaint(
    db: AsyncSession, around: Surroundings, order: Order, lot: Lot, leg: Leg, body: RefundIn, complaint_id: str, by: str
) -> Refund:
    """A complaint was upheld: what it awards is paid back at once."""
    refund = await _opened(db, order, lot, leg, body, "buyer")
    refund.complaint_id = complaint_id
    await _approve(db, around, order, refund, by, body.words)
    return refund


async def give_back_late(db: AsyncSession, orders: Sequence[Order], legs: Sequence[Leg]) -> None:
    """Money that came when the orders were over goes back by itself, and their buyer is told."""
    now = clock.now()
    lots = await store.lots_of(db, orders)
    for order, leg in zip(orders, legs, strict=True):
        leg.refund_fen = leg.amount_fen
        refund = Refund(
            order_id=order.id,
            broadcast_id=order.broadcast_id,
            region_code=lots[order.lot_id].region_code,
            account_id=order.account_id,
            amount_fen=leg.amount_fen,
            reason="other",
            photos=[],
            initiator="platform",
            state="approved",
            requested_at=now,
            decide_until=now,
            decided_at=now,
            decided_by=PLATFORM,
            send_at=now,
        )
        await store.add_row(db, refund)
        await note(db, order, "paid_too_late", "platform", refund_id=refund.id, amount_fen=leg.amount_fen)


async def give_back_unsent(db: AsyncSession, around: Surroundings, account_id: str) -> None:
    """Orders of an erased buyer that were not sent yet cannot be sent any more: their money goes back."""
    for found in await store.unsent_orders(db, account_id):
        order, lot, leg = await paid_order(db, found.id)
        if leg.amount_fen > leg.refund_fen:
            refund = await _opened(db, order, lot, leg, RefundIn(reason="other"), "platform")
            await _approve(db, around, order, refund, PLATFORM, None)


async def pay_overdue(database: Database, around: Surroundings, now: datetime) -> int:
    """First responsibility: where the region has let its clock run out, the platform pays. How many."""
    async with database.sessions.begin() as db:
        overdue = [refund.id for refund in await store.overdue_refunds(db, now, AT_ONCE)]
    for refund_id in overdue:
        async with database.sessions.begin() as db:
            refund, order, _ = await _locked(db, refund_id)
            if refund.state == "requested":
                refund.first_responsibility = True
                await _approve(db, around, order, refund, PLATFORM, None)
    return len(overdue)


async def send_refunds(database: Database, around: Surroundings) -> int:
    """Send what is due to the provider, and ask about what was sent; nothing is locked meanwhile. How many."""
    async with database.sessions.begin() as db:
        due = await store.take_due_refunds(db, clock.now(), AT_ONCE)
    for row in due:
        reference = f"{row['id']}.{row['attempt']}"
        try:
            repaid = await around.provider.refund(row["number"], row["order_id"], reference, row["amount_fen"])
        except (ProviderRefused, ProviderUnavailable) as error:
            await _note_failure(database, row["id"], str(error))
            continue
        async with database.sessions.begin() as db:
            await take_repaid(db, around, repaid)
    return len(due)


async def _note_failure(database: Database, refund_id: str, why: str) -> None:
    log.warning("Refund %s is tried again: %s", refund_id, why)
    async with database.sessions.begin() as db:
        refund = await store.find_refund(db, refund_id, lock=True)
        if refund is not None:
            refund.last_error = why[:500]


async def take_repaid(db: AsyncSession, around: Surroundings, repaid: Repaid) -> None:
    """Take in what the provider shows of a refund: done once, or tried again under a new reference."""
    refund_id, _, attempt = repaid.reference.rpartition(".")
    refund, order, leg = await _locked(db, refund_id)
    if refund.state != "approved" or str(refund.attempt) != attempt or repaid.state == "pending":
        return
    if repaid.state == "failed":
        refund.attempt += 1
        refund.last_error = "the provider's bank could not pay it"
        refund.send_at = clock.now() + timedelta(seconds=min(2**refund.attempt, 600))
        return
    _move(refund, "refunded")
    refund.refunded_at, refund.send_at, refund.last_error = repaid.done_at or clock.now(), None, None
    await note(db, order, "refunded", "provider", refund_id=refund.id, amount_fen=refund.amount_fen)
    if refund.complaint_id is not None:
        await tell_complaint(db, await store.mark_complaint_refunded(db, refund.complaint_id, refund.refunded_at))
    await db.flush()
    whole = await store.refunded_fen(db, order.id) == leg.amount_fen
    over = whole and order.state in ("paid", "shipped", "signed")
    await change_order(db, order, "refunded" if over else None)
    if not leg.late:
        await tell_changed(db, around, order)


def refund_out(refund: Refund) -> RefundOut:
    """As its buyer and its region see it."""
    return RefundOut(id=refund.id, **refund.model_dump(include=set(RefundOut.model_fields) - {"id"}))
