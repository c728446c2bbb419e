"""Admitting producers step by step, and letting large changes of prices and stock pass or not."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.access import Change, own_producer, require_scope
from services.catalog.actions.history import note_edit, producer_event
from services.catalog.actions.submissions import announce_submission
from services.catalog.domain import admission
from services.catalog.domain.admission import Signature
from services.catalog.errors import AdmissionStepClosed, OfficeNotNamed, ReviewDecided, SamePerson
from services.catalog.models import ChangeReview, Listing
from services.catalog.schemas.admission import ChangeReviewOut, ReviewIn, StepIn
from services.catalog.schemas.producers import ProducerOut
from services.catalog.store import listings, records
from services.catalog.store.admission import get_review, review_out
from services.kit import clock
from services.kit.actor import Actor
from services.kit.event import Event
from services.kit.outbox import enqueue
from services.kit.problem import NotAllowed

_WORDS = {
    "applied": ("applied", "已申请"),
    "recommended": ("recommended by its county", "县里已推荐"),
    "admitted": ("admitted", "已准入"),
    "returned": ("returned to its county", "已退回"),
    "refused": ("refused", "未获准入"),
}


async def take_step(db: AsyncSession, actor: Actor, producer_id: str, body: StepIn, change: Change) -> ProducerOut:
    """Recommend, admit, return or refuse a producer, signed by the actor's office."""
    producer = await own_producer(db, actor, producer_id, change)
    state: Any = producer.admission_state
    following = admission.after(state, body.step)
    if following is None:
        en, zh = _WORDS[state]
        raise AdmissionStepClosed(
            f"The producer is {en}; this step is not open now. Reload and look again.",
            f"该生产主体当前{zh}，不能办理此步骤，请刷新后查看。",
            state=state,
        )
    _require_part(actor, admission.roles_for(state, body.step))
    require_another(actor, producer.admission)
    name = "recommended" if body.step == "recommend" else "reviewed"
    signed = {name: signature_of(actor).document()} if body.step in ("recommend", "admit", "refuse") else {}
    producer.admission = {**producer.admission, **signed, "reason": body.reason}
    producer.admission_state = following
    producer.version += 1
    producer.updated_at = clock.now()
    await db.flush()
    await note_edit(db, actor, producer, {}, action=admission.taken(body.step), why=body.reason, after={})
    await enqueue(db, producer_event(producer))
    return records.producer_out(producer, in_full=True)


def _require_part(actor: Actor, roles: tuple[str, ...]) -> None:
    if not actor.has(*roles):
        raise NotAllowed(
            f"This step is for {' or '.join(roles)}. Sign in with an account that has one of these roles.",
            f"此步骤由以下角色办理：{'、'.join(roles)}，请使用相应角色的账户登录。",
        )


def require_another(actor: Actor, signed: dict[str, Any]) -> None:
    """Raises SamePerson when the actor has signed one of these steps."""
    if admission.signed_before(signed, actor.person):
        raise SamePerson(
            "You signed another step of this yourself. Somebody else must take this one.",
            "您已办理过其中一个步骤，此步骤须由他人办理。",
        )


def signature_of(actor: Actor) -> Signature:
    """The actor's office and person. Raises OfficeNotNamed for an account that names no office."""
    if not actor.organ:
        raise OfficeNotNamed(
            "Each step is signed by a named office, and your account names none. Ask an administrator to enter it.",
            "每个步骤都须由具名机构办理，您的账户未登记所属机构，请联系管理员补充。",
        )
    return Signature(actor.organ, actor.account_id, actor.person, clock.business_now().isoformat())


async def decide_review(
    db: AsyncSession, actor: Actor, review_id: str, body: ReviewIn, change: Change
) -> ChangeReviewOut:
    """A reviewer lets a large change go on to the gate, or sends it back; what is in force stays meanwhile."""
    review = await get_review(db, review_id)
    listing = await listings.find_listing_row(db, review.listing_id, lock=True)
    review = await get_review(db, review_id, lock=True)
    require_scope(actor, review.region_code)
    if listing is None or review.state != "waiting":
        raise ReviewDecided(
            f"This change is no longer waiting: it is {review.state}. Reload the list.",
            "该变更已不在等待复核，请刷新列表。",
            state=review.state,
        )
    require_another(actor, {"asked": {"person": review.asked_by_person}})
    change.check_version(listing.version)
    signed = signature_of(actor)
    review.state = "approved" if body.outcome == "approve" else "refused"
    review.reason, review.decided_by_office, review.decided_by_person = body.reason, signed.office, signed.person
    review.decided_at = clock.business_now()
    if body.outcome == "approve":
        await announce_submission(db, listing, review.listing_version)
    else:
        await _take_back(db, listing, review)
    await db.flush()
    action = "change_approved" if body.outcome == "approve" else "change_refused"
    await note_edit(db, actor, listing, {}, action=action, why=body.reason, after={})
    return review_out(review)


async def _take_back(db: AsyncSession, listing: Listing, review: ChangeReview) -> None:
    """The listing stands again as it did before the version that was refused; its form keeps what was written."""
    refused = await listings.find_version(db, listing.id, review.listing_version)
    if refused is not None:
        refused.state = "refused"
    earlier = await listings.find_version(db, listing.id, listing.in_force_version)
    listing.submitted_version = listing.in_force_version
    listing.state = earlier.state if earlier is not None else "draft"
    listing.card = {**listing.card, "state": listing.state}
    listing.version += 1
    listing.updated_at = clock.now()


async def republish_producers(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Where every producer stands that changed since."""
    for producer in await records.list_producers_since(db, since):
        yield producer_event(producer)
