"""Keeping who changed what and why, beside every change itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain import edits
from services.catalog.domain.words import region_path
from services.catalog.models import Edit, Listing, LotVersion, Mark, Producer, Specialty
from services.catalog.schemas.specialties import SpecialtyIn
from services.catalog.store.history import add_edit, take_untold
from services.contracts.catalog import EditsLogged, ProducerChanged, Suspension
from services.contracts.compliance import SuspensionOverturned
from services.contracts.values import shanghai_day
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.sealing import MOST_TOLD, tell_hashes

Record = Producer | Mark | Specialty | Listing
Document = Mapping[str, Any]
_KINDS: Mapping[type, str] = {Producer: "producer", Mark: "mark", Specialty: "specialty", Listing: "listing"}


def told_of(record: Record) -> dict[str, Any]:
    """What of a record counts as its content: the words entered, and for what identifies somebody only a token."""
    if isinstance(record, Producer):
        columns = ("region_code", "name", "kind", "uscc", "seller_type")
        return {**{name: getattr(record, name) for name in columns}, **record.public, "tokens": record.tokens}
    if isinstance(record, Mark):
        return dict(record.document)
    if isinstance(record, Listing):
        return dict(record.draft)
    entered = SpecialtyIn.model_fields
    return {name: getattr(record, name) for name in entered}


async def note_edit(
    db: AsyncSession,
    actor: Actor,
    record: Record,
    before: Document,
    *,
    action: str = "changed",
    why: str | None = None,
    after: Document | None = None,
) -> None:
    """Keep that the actor changed the record; nothing is kept of a change that changed nothing."""
    edit = edit_by(actor, record, before, action=action, why=why, after=after)
    if edit is not None:
        await add_edit(db, edit)


def edit_by(
    actor: Actor,
    record: Record,
    before: Document,
    *,
    action: str = "changed",
    why: str | None = None,
    after: Document | None = None,
) -> Edit | None:
    """The row that says what the actor changed; None when nothing is different."""
    changed = edits.changes(before, told_of(record) if after is None else after)
    if action == "changed" and not changed:
        return None
    by = {"by_account": actor.account_id, "by_office": office_of(actor)}
    return _edit(record, action, changed, {**by, "why": why})


def office_of(actor: Actor) -> str:
    """The office by name; where an account names none, what it does."""
    return actor.organ or "、".join(sorted(actor.roles))


async def note_decision(db: AsyncSession, listing: Listing, lot: LotVersion, before: str, decision_id: str) -> None:
    """Keep that the gate's decision moved a lot."""
    name = f"lots[{lot.body['lot_number']}].state"
    changed = [{"field": name, "before": before, "after": lot.state}]
    await add_edit(db, _edit(listing, "decided", changed, {"decision_id": decision_id}))


async def note_appeal(db: AsyncSession, producer: Producer, overturned: SuspensionOverturned) -> None:
    """Keep that an appeal against a decision of the gate ended the producer's suspension."""
    told = {"reason_zh": overturned.reason_zh, "reason_en": overturned.reason_en}
    more = {"decision_id": overturned.decision_id, "by_office": overturned.decided_by_organ}
    changed = edits.changes({}, told)
    why = overturned.reason_zh
    await add_edit(db, _edit(producer, "suspension_lifted", changed, {**more, "why": why}))


async def tell_edits(db: AsyncSession) -> int:
    """Tell the public log the hashes of edits that it has not heard of, by region; how many.

    Hashes alone: what was changed may still be a draft, and who changed it is not for everybody.
    """
    return await tell_hashes(db, EditsLogged, await take_untold(db, MOST_TOLD))


def _edit(record: Record, action: str, changed: list[dict[str, Any]], more: Document) -> Edit:
    made_at, edit_id = clock.business_now(), new_id()
    account = more.get("by_account")
    told = {
        "kind": _KINDS[type(record)],
        "record_id": record.id,
        "version": record.version,
        "action": action,
        "changes": changed,
        **more,
    }
    if account is not None:
        told["by_sha256"] = edits.commitment(edit_id, account)
    return Edit(
        id=edit_id,
        region_code=record.region_code,
        region_path=region_path(record.region_code, clock.business_today()),
        sha256=edits.fingerprint({**told, "made_at": made_at.isoformat()}),
        made_at=made_at,
        **told,
    )


def producer_event(producer: Producer) -> ProducerChanged:
    """Where the producer stands, as others hear it."""
    steps = [producer.admission.get(name) for name in ("applied", "recommended", "reviewed")]
    offices = [step["office"] for step in steps if step]
    return ProducerChanged(
        entity_id=producer.id,
        version=producer.version,
        region_code=producer.region_code,
        uscc=producer.uscc,
        name=producer.name,
        admission=producer.admission_state,  # type: ignore[arg-type]  # The table's constraint holds it to these words.
        reason=producer.admission.get("reason"),
        offices=tuple(offices),
        suspension=suspension_of(producer),
    )


def suspension_of(producer: Producer) -> Suspension | None:
    """The suspension in force, as others hear it."""
    found = producer.suspension
    if found is None:
        return None
    return Suspension(
        office=found["office"],
        by_person=found["person"],
        since_on=shanghai_day(datetime.fromisoformat(found["at"])),
        reason_zh=found["reason_zh"],
        reason_en=found["reason_en"],
    )
