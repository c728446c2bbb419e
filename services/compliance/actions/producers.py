"""Producers that an office suspended: what rests on them is asked again, and the gate is told of it with every lot."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.gate import ask_again_what_rests_on
from services.compliance.domain.assembly import Document
from services.compliance.domain.independence import Party
from services.compliance.store import copies, producers
from services.contracts.catalog import ListingSubmitted, ProducerChanged, SubmittedLot


async def follow_producer(db: AsyncSession, told: ProducerChanged) -> None:
    """Whoever is suspended, or is no longer, has all their lots asked about again, rooms on air first."""
    if await producers.save_producer(db, told):
        keys = [producer_key(told.entity_id), *([f"supplier:{told.uscc}"] if told.uscc else [])]
        await ask_again_what_rests_on(db, keys)


def producer_key(producer_id: str) -> str:
    """What an answer about a producer's lot rests on."""
    return f"producer:{producer_id}"


async def with_suspension(db: AsyncSession, listing: ListingSubmitted, lot: SubmittedLot, facts: Document) -> Document:
    """The facts, and that the seller is suspended where that is so; of all others nothing is added."""
    found = await producers.find_suspension(db, listing, lot)
    if found is None:
        return facts
    told = {"suspended": True, "suspended_on": found.since_on.isoformat(), "suspended_by": found.office}
    return {**facts, "seller": {**facts.get("seller", {}), **told}}


async def who_suspended(db: AsyncSession, lot_id: str) -> list[Party]:
    """Whoever suspended the producer of a lot: they do not decide whether that was right."""
    place = await copies.find_lot_place(db, lot_id)
    found = await copies.find_listing(db, *place) if place else None
    lot = next((each for each in found[0].lots if each.lot_id == lot_id), None) if found else None
    suspension = await producers.find_suspension(db, found[0], lot) if found and lot else None
    return [Party("inspector", suspension.by_person, suspension.office)] if suspension else []
