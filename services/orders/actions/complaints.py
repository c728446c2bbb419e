"""Complaints about goods: received, acknowledged, decided, made good, each with its clock. None is ever deleted."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import NotFound
from services.orders import store
from services.orders.actions.access import paid_order, require_buyer, require_seller, sells
from services.orders.actions.acts import Action, note_act
from services.orders.actions.photos import require_photos
from services.orders.actions.refunds import refund_for_complaint
from services.orders.actions.surroundings import Surroundings
from services.orders.actions.telling import change_order, note, tell_complaint
from services.orders.domain.complaints import Kind, clocks
from services.orders.domain.returns import Reason
from services.orders.errors import AlreadyDecided, BookFull, NotYourOrder
from services.orders.models import Complaint
from services.orders.schemas.complaints import ComplaintDecisionIn, ComplaintIn, ComplaintOut
from services.orders.schemas.refunds import RefundIn

MOST_OPEN = 5
JUDGES = ("inspector", "reviewer")
_REASON: dict[Kind, Reason] = {
    "spoiled": "spoiled",
    "damaged": "damaged",
    "short_weight": "not_as_described",
    "wrong_item": "wrong_item",
    "not_as_described": "not_as_described",
    "not_delivered": "other",
    "refund": "other",
    "other": "other",
}


async def complain(
    db: AsyncSession, around: Surroundings, actor: Actor, order_id: str, body: ComplaintIn
) -> ComplaintOut:
    """Complain about an order, as its buyer; its clocks start now."""
    order, lot, _ = await paid_order(db, order_id)
    require_buyer(actor, order)
    await require_photos(around, actor, body.photos)
    if await store.open_complaints(db, order_id) >= MOST_OPEN:
        raise BookFull(
            f"{MOST_OPEN} complaints about this order are open. Add to one of them when it is answered.",
            f"该订单已有 {MOST_OPEN} 件投诉在处理中，请等待答复。",
        )
    now = clock.business_now()
    until = clocks(now)
    complaint = Complaint(
        order_id=order.id,
        broadcast_id=order.broadcast_id,
        region_code=lot.region_code,
        lot_id=order.lot_id,
        account_id=order.account_id,
        kind=body.kind,
        words=body.words,
        photos=list(body.photos),
        received_at=now,
        acknowledge_until=until.acknowledge_until,
        decide_until=until.decide_until,
        refund_until=until.refund_until,
    )
    await store.add_row(db, complaint)
    await note(db, order, "complained", "buyer", complaint_id=complaint.id, about=body.kind)
    await tell_complaint(db, complaint)
    return complaint_out(complaint)


async def acknowledge_complaint(db: AsyncSession, actor: Actor, complaint_id: str) -> ComplaintOut:
    """The region has read it; a second time changes nothing. Raises NotFound, OutOfRegion."""
    complaint = await _locked(db, actor, complaint_id)
    if complaint.acknowledged_at is None:
        complaint.acknowledged_at, complaint.acknowledged_by = clock.business_now(), actor.account_id
        await _changed(db, complaint)
        await _note_act(db, actor, "complaint.acknowledged", complaint)
    return complaint_out(complaint)


async def decide_complaint(
    db: AsyncSession, around: Surroundings, actor: Actor, complaint_id: str, body: ComplaintDecisionIn
) -> ComplaintOut:
    """Uphold it, with what is given back, or refuse it with the reason. Raises AlreadyDecided, RefundTooLarge."""
    # The order's money comes first in the lock order, the complaint last.
    found = await store.find_complaint(db, complaint_id)
    if found is None:
        raise _not_found(complaint_id)
    order, lot, leg = await paid_order(db, found.order_id)
    complaint = await _locked(db, actor, complaint_id)
    if complaint.decided_at is not None:
        raise AlreadyDecided("This complaint is decided already.", "该投诉已作出处理。", complaint_id=complaint_id)
    now = clock.business_now()
    complaint.acknowledged_at = complaint.acknowledged_at or now
    complaint.decided_at, complaint.decided_by = now, actor.account_id
    complaint.upheld, complaint.decision_words = body.upheld, body.words
    if body.upheld and body.refund_fen:
        reason = _REASON[complaint.kind]  # type: ignore[index]  # A constraint of the table holds the kinds.
        given = RefundIn(amount_fen=body.refund_fen, reason=reason, words=body.words)
        refund = await refund_for_complaint(db, around, order, lot, leg, given, complaint.id, actor.account_id)
        refund.has_photo = bool(complaint.photos)
        complaint.refund_id = refund.id
    await note(db, order, "complaint_decided", "seller", complaint_id=complaint.id, upheld=body.upheld)
    await change_order(db, order)
    await _changed(db, complaint)
    await _note_act(db, actor, "complaint.upheld" if body.upheld else "complaint.refused", complaint)
    return complaint_out(complaint)


async def read_complaint(db: AsyncSession, actor: Actor, complaint_id: str) -> ComplaintOut:
    """A complaint, for its buyer, its region, and whoever inspects. Raises NotFound, NotYourOrder."""
    complaint = await store.find_complaint(db, complaint_id)
    if complaint is None:
        raise _not_found(complaint_id)
    if complaint.account_id != actor.account_id and not sells(actor, complaint.region_code) and not actor.has(*JUDGES):
        raise NotYourOrder(
            "Its buyer and the region that sold it may read it.", "仅买家本人和销售地区的经办人可以查看。"
        )
    return complaint_out(complaint)


async def _locked(db: AsyncSession, actor: Actor, complaint_id: str) -> Complaint:
    complaint = await store.find_complaint(db, complaint_id, lock=True)
    if complaint is None:
        raise _not_found(complaint_id)
    if not actor.has(*JUDGES):
        require_seller(actor, complaint.region_code)
    return complaint


def _not_found(complaint_id: str) -> NotFound:
    return NotFound(f"There is no complaint {complaint_id}.", f"没有编号为 {complaint_id} 的投诉。")


async def _note_act(db: AsyncSession, actor: Actor, action: Action, complaint: Complaint) -> None:
    about = {"complaint_id": complaint.id, "refund_id": complaint.refund_id}
    await note_act(db, actor, action, complaint.order_id, complaint.account_id, complaint.region_code, **about)


async def _changed(db: AsyncSession, complaint: Complaint) -> None:
    complaint.version += 1
    await db.flush()
    await tell_complaint(db, complaint)


def complaint_out(complaint: Complaint) -> ComplaintOut:
    """As its buyer and its region see it."""
    return ComplaintOut(**complaint.model_dump(include=set(ComplaintOut.model_fields)))
