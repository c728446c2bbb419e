"""Deciding the lots of a listing, when it is submitted and whenever something they rest on has changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.cases import EventRecord, event_record, words_of
from services.compliance.actions.gate import Case, ask_again_what_rests_on, give_answer
from services.compliance.actions.parameters import held_parameters
from services.compliance.actions.producers import producer_key, suspensions_of, with_suspension
from services.compliance.domain.assembly import lot_facts
from services.compliance.domain.deadlines import working_deadline
from services.compliance.domain.verdict import Question, Subject, judge_or_hold
from services.compliance.store import copies, due
from services.compliance.store import decisions as store
from services.contracts.catalog import ListingSubmitted, ListingWithdrawn, SubmittedLot, Suspension
from services.kit import clock

# How soon a person looks at a lot that is held.
REVIEW_WORKING_DAYS = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a lot beside its listing: the event it rests on, and whether its producer is suspended."""

    record: EventRecord
    suspension: Suspension | None


async def decide_listing(db: AsyncSession, listing: ListingSubmitted) -> None:
    """One decision per lot of a listing version; an older version than the newest known one is only kept."""
    if not await copies.save_listing(db, listing):
        return
    if await copies.find_newest_version(db, listing.entity_id) == listing.version:
        await _decide_lots(db, listing, listing.lots, asked_anew=True)
    await _wake_filings(db, listing)


async def ask_lot_again(db: AsyncSession, lot_id: str, asking: tuple[str, str] | None = None) -> None:
    """The standing question about a lot; a changed answer is announced. `asking`: see `ask_again_what_rests_on`."""
    place = await copies.find_lot_place(db, lot_id)
    found = await copies.find_listing(db, *place) if place else None
    if found is None or found[1]:
        return
    lots = [lot for lot in found[0].lots if lot.lot_id == lot_id]
    await _decide_lots(db, found[0], lots, asked_anew=False, asking=asking)


async def withdraw_lots(db: AsyncSession, withdrawn: ListingWithdrawn) -> None:
    """The listing is off the market: filings that name it are asked again, its lots are not."""
    lot_ids = await copies.withdraw_listing(db, withdrawn.entity_id)
    await due.drop_due(db, "lot", lot_ids)
    await store.rest(db, "lot", lot_ids)
    await ask_again_what_rests_on(db, [f"listing:{withdrawn.entity_id}"], kinds=["broadcast", "filing"])


async def _decide_lots(
    db: AsyncSession,
    listing: ListingSubmitted,
    lots: Sequence[SubmittedLot],
    *,
    asked_anew: bool,
    asking: tuple[str, str] | None = None,
) -> None:
    """One decision per lot, then what rests on those that are new: whoever is waited for must not wait for these."""
    # Before anything is read: what changes from now on makes its own appointment.
    await due.drop_due(db, "lot", [lot.lot_id for lot in lots])
    record = await event_record(db, listing.event_id)
    suspended = await suspensions_of(db, ((listing, lot) for lot in lots))
    answered = []
    for lot in lots:
        known = Beside(record, suspended.get(lot.lot_id))
        if await _decide_lot(db, listing, lot, known, asked_anew=asked_anew):
            answered.append(lot.lot_id)
    if answered:
        keys = [f"lot:{lot_id}" for lot_id in answered]
        await ask_again_what_rests_on(db, keys, kinds=["broadcast", "filing"], asking=asking)


async def _decide_lot(
    db: AsyncSession, listing: ListingSubmitted, lot: SubmittedLot, known: Beside, *, asked_anew: bool
) -> bool:
    """Whether there is a new answer."""
    now = clock.business_now()
    words = await words_of(db, "lot", lot.lot_id)
    facts = with_suspension(words.added_to(lot_facts(listing, lot, known.record.fact)), known.suspension)
    parameters = await held_parameters(db)
    verdict = judge_or_hold(Question("listing", now, facts, conditions=known.record.conditions, parameters=parameters))
    case = Case(
        subject=Subject("lot", lot.lot_id, listing.version, listing.entity_id),
        region_code=listing.region_code,
        title_zh=f"{listing.title_zh} {lot.lot_number}",
        title_en=f"{listing.title_en} {lot.lot_number}",
        binding=True,
        deadline_at=working_deadline(now, REVIEW_WORKING_DAYS)[0],
        keys=(
            f"event:{listing.event_id}",
            f"listing:{listing.entity_id}",
            f"lot:{lot.lot_id}",
            *(producer_key(each) for each in [listing.producers.get(lot.lot_id)] if each),
        ),
    )
    return await give_answer(db, case, [verdict], asked_anew=asked_anew) is not None


async def _wake_filings(db: AsyncSession, listing: ListingSubmitted) -> None:
    waiting = await copies.list_filings_waiting_for(db, [listing_key(listing.entity_id, listing.version)])
    await due.add_due(
        db,
        [("filing", filing_id) for filing_id in waiting],
        clock.now(),
        clock.business_now() if clock.is_set() else None,
    )


def listing_key(listing_id: str, version: int) -> str:
    """What a filing waits for."""
    return f"{listing_id}@{version}"
