"""Deciding a filing: its preview, its binding answer, and the standing question while it is under way.

A filing with several listings must hold for each of them, so the gate is asked once per listing. Each answer is
stored; the gravest stands for the filing and is announced, for as long as all of them hold.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.filing_case import (
    Named,
    gathered,
    keys_of,
    listing_conditions,
    lot_conditions,
    named_listings,
    verdicts_of,
)
from services.compliance.actions.gate import Case, ask_again_what_rests_on, give_answer
from services.compliance.actions.parameters import held_parameters
from services.compliance.actions.surroundings import Moment, Surroundings
from services.compliance.domain.reports import UNDER_WAY
from services.compliance.domain.verdict import Subject
from services.compliance.models import FilingCopy
from services.compliance.store import copies, due
from services.compliance.store import decisions as store
from services.contracts.broadcast import FilingEvent
from services.kit import clock


async def decide_filing(db: AsyncSession, around: Surroundings, filing: FilingEvent, *, binding: bool) -> None:
    """The gate is asked about a filing that was submitted (preview) or approved (binding)."""
    if await copies.save_filing(db, filing, asked=True, binding=binding, received_at=clock.now()):
        await _ask(db, around, filing.entity_id, asked_anew=True)


async def follow_filing(db: AsyncSession, filing: FilingEvent) -> None:
    """A filing moved on without a question: nothing is asked again once it is no longer under way."""
    if not await copies.save_filing(db, filing, asked=False, binding=False, received_at=clock.now()):
        return
    if filing.state not in UNDER_WAY:
        await due.drop_due(db, "filing", [filing.entity_id])
        await store.rest(db, "filing", [filing.entity_id])
        await copies.let_filing_wait(db, filing.entity_id, [])


async def ask_filing_again(
    db: AsyncSession, around: Surroundings, filing_id: str, *, though_blocked: bool = False
) -> None:
    """The standing question about a filing, or the one that waited for a listing.

    `though_blocked`: people have spoken on what blocked it, so one that is blocked is asked about as it was filed.
    """
    states = (*UNDER_WAY, "blocked") if though_blocked else UNDER_WAY
    await _ask(db, around, filing_id, asked_anew=False, states=states)


async def _ask(
    db: AsyncSession, around: Surroundings, filing_id: str, *, asked_anew: bool, states: Sequence[str] = UNDER_WAY
) -> None:
    copy = await copies.find_filing(db, filing_id)
    if copy is None or copy.asked_payload is None or copy.state not in states:
        return
    filing = FilingEvent.model_validate_json(copy.asked_payload)
    if filing.ends_at <= clock.business_now():
        return
    # Before anything is read: what changes from now on makes its own appointment.
    await due.drop_due(db, "filing", [filing_id])
    named = await named_listings(db, filing)
    await copies.let_filing_wait(db, filing_id, named.missing)
    patience = copy.received_at + timedelta(seconds=around.settings.wait_for_listing_seconds)
    if named.missing and clock.now() < patience:
        await due.add_due(db, [("filing", filing_id)], patience, Moment.present().clock_at)
        return
    await _decide(db, around, copy, filing, named, asked_anew=asked_anew)


async def _decide(
    db: AsyncSession, around: Surroundings, copy: FilingCopy, filing: FilingEvent, named: Named, *, asked_anew: bool
) -> None:
    await held_parameters(db)
    case = await gathered(db, copy, filing, named)
    held = [*case.record.conditions, *listing_conditions(named), *await lot_conditions(db, case.filing, named)]
    verdicts = await verdicts_of(db, around, case, held)
    asked = Case(
        subject=Subject("filing", filing.entity_id, copy.asked_version),
        region_code=filing.region_code,
        title_zh=filing.title_zh,
        title_en=filing.title_en,
        binding=copy.asked_binding,
        deadline_at=filing.starts_at,
        keys=(*keys_of(filing), *(f"report:{report.id}" for report in case.upheld)),
    )
    if await give_answer(db, asked, verdicts, asked_anew=asked_anew) is not None:
        await ask_again_what_rests_on(db, [f"filing:{filing.entity_id}"], kinds=["broadcast"])
