"""Suspending an admitted producer, and lifting it: an office says why, and the gate does the rest lot by lot."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.access import Change, own_producer
from services.catalog.actions.admission import require_another, signature_of
from services.catalog.actions.history import note_appeal, note_edit, producer_event, suspension_of
from services.catalog.errors import ProducerNotAdmitted, ProducerNotSuspended, ProducerSuspended
from services.catalog.models import Producer
from services.catalog.schemas.admission import LiftIn, SuspendIn
from services.catalog.schemas.producers import ProducerOut
from services.catalog.store import records
from services.contracts.compliance import SuspensionOverturned
from services.kit import clock
from services.kit.actor import Actor
from services.kit.outbox import enqueue


async def suspend_producer(
    db: AsyncSession, actor: Actor, producer_id: str, body: SuspendIn, change: Change
) -> ProducerOut:
    """From now on the gate lets nothing of this producer pass; what is on the market it takes down.

    Whoever entered or recommended the producer does not judge them.
    """
    producer = await own_producer(db, actor, producer_id, change)
    if producer.suspension is not None:
        raise ProducerSuspended(
            "The suspension in force stands with its reason. Lift it first if another is to take its place.",
            "该主体的暂停交易措施仍然有效；如需变更理由，请先解除。",
        )
    if producer.admission_state != "admitted":
        raise ProducerNotAdmitted(
            "Only an admitted producer sells; there is nothing to suspend. Return or refuse the application instead.",
            "仅已准入的主体可被暂停交易；尚在申请的，请退回或不予准入。",
            producer_ids=[producer.id],
        )
    require_another(actor, {name: producer.admission.get(name) for name in ("applied", "recommended")})
    signed = signature_of(actor)
    producer.suspension = {**signed.document(), "reason_zh": body.reason_zh, "reason_en": body.reason_en}
    return await _keep(db, actor, producer, "suspended", body)


async def lift_suspension(
    db: AsyncSession, actor: Actor, producer_id: str, body: LiftIn, change: Change
) -> ProducerOut:
    """The producer sells again: the gate asks anew about every lot, and what passes is on the market by itself."""
    producer = await own_producer(db, actor, producer_id, change)
    if producer.suspension is None:
        raise ProducerNotSuspended(
            "There is no suspension to lift. Reload the page and look again.",
            "该主体没有需要解除的暂停措施，请刷新后查看。",
        )
    require_another(actor, {name: producer.admission.get(name) for name in ("applied", "recommended")})
    signature_of(actor)
    producer.suspension = None
    return await _keep(db, actor, producer, "suspension_lifted", body)


async def end_suspension(db: AsyncSession, overturned: SuspensionOverturned) -> None:
    """What another office decided on appeal; a suspension that is not the one judged stays."""
    producer = await records.find_producer(db, overturned.producer_id, lock=True)
    if producer is None or suspension_of(producer) != overturned.suspension:
        return
    producer.suspension = None
    producer.version += 1
    producer.updated_at = clock.now()
    await db.flush()
    await note_appeal(db, producer, overturned)
    await enqueue(db, producer_event(producer))


async def _keep(
    db: AsyncSession, actor: Actor, producer: Producer, action: str, body: SuspendIn | LiftIn
) -> ProducerOut:
    producer.version += 1
    producer.updated_at = clock.now()
    await db.flush()
    told = {"reason_zh": body.reason_zh, "reason_en": body.reason_en}
    await note_edit(db, actor, producer, {}, action=action, why=body.reason_zh, after=told)
    await enqueue(db, producer_event(producer))
    return records.producer_out(producer, in_full=True)
