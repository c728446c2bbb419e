"""Producers that an office suspended: what rests on them is asked again, and the gate is told of it with every lot."""

from collections.abc import Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.gate import ask_again_what_rests_on
from services.compliance.domain.assembly import Document
from services.compliance.domain.independence import Party
from services.compliance.store import copies, producers
from services.contracts.catalog import ListingSubmitted, ProducerChanged, SubmittedLot, Suspension


async def follow_producer(db: AsyncSession, told: ProducerChanged) -> None:
    """Whoever is suspended, or is no longer, has all their lots asked about again, rooms on air first."""
    if await producers.save_producer(db, told):
        keys = [producer_key(told.entity_id), *([f"supplier:{told.uscc}"] if told.uscc else [])]
        await ask_again_what_rests_on(db, keys)


def producer_key(producer_id: str) -> str:
    """What an answer about a producer's lot rests on."""
    return f"producer:{producer_id}"


def with_suspension(facts: Document, suspension: Suspension | None) -> Document:
    """The facts, and that the seller is suspended where that is so; of all others nothing is added."""
    if suspension is None:
        return facts
    told = {"suspended": True, "suspended_on": suspension.since_on.isoformat(), "suspended_by": suspension.office}
    return {**facts, "seller": {**facts.get("seller", {}), **told}}


async def suspensions_of(
    db: AsyncSession, offered: Iterable[tuple[ListingSubmitted, SubmittedLot]]
) -> dict[str, Suspension]:
    """The suspensions in force of those who offer these lots, by lot; asked once for all."""
    found = await producers.find_suspended(db, offered)
    return {lot_id: suspension for lot_id, (_, suspension) in found.items()}


async def who_suspended(db: AsyncSession, lot_id: str) -> list[Party]:
    """Whoever suspended the producer of a lot: they do not decide whether that was right."""
    found = await suspended_producer(db, lot_id)
    return [Party("inspector", found[1].by_person, found[1].office)] if found else []


async def suspended_producer(db: AsyncSession, lot_id: str) -> tuple[str, Suspension] | None:
    """The producer of a lot and the suspension in force; None where none is."""
    place = await copies.find_lot_place(db, lot_id)
    found = await copies.find_listing(db, *place) if place else None
    if found is None:
        return None
    lots = [(found[0], lot) for lot in found[0].lots if lot.lot_id == lot_id]
    return (await producers.find_suspended(db, lots)).get(lot_id)
