"""A filing as a case: its listings, what our records hold or block, and the question for each of its listings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.cases import (
    EventRecord,
    event_record,
    evidence_of,
    people_of,
    words_at_filing,
    words_of,
    words_on_lots,
)
from services.compliance.actions.lots import ask_lot_again, listing_key
from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain import conditions
from services.compliance.domain.assembly import (
    Document,
    filing_facts,
    lot_numbers,
    sales_for,
    shared_context,
    texts_by_hash,
    with_texts,
)
from services.compliance.domain.conditions import Condition
from services.compliance.domain.interests import with_declaration, with_relations_compared
from services.compliance.domain.reports import upheld_texts
from services.compliance.domain.reviewing import across_the_approval
from services.compliance.domain.verdict import Question, Verdict, judge_or_hold
from services.compliance.models import FilingCopy, Report, Standing
from services.compliance.rules import Stage
from services.compliance.store import copies, officials, reports
from services.compliance.store import decisions as store
from services.contracts.broadcast import FilingEvent
from services.contracts.catalog import ListingSubmitted
from services.kit import clock


@dataclass(frozen=True, slots=True)
class Named:
    """The listings that a filing names: those that are here, and the keys of those that are not."""

    listings: list[ListingSubmitted]
    withdrawn: list[ListingSubmitted]
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A filing with everything of our records that its question rests on. `binding`: it was approved."""

    filing: FilingEvent
    binding: bool
    named: Named
    record: EventRecord
    upheld: Sequence[Report]


async def gathered(db: AsyncSession, copy: FilingCopy, filing: FilingEvent, named: Named) -> Gathered:
    """The filing with notices that were upheld and the declaration of interests that was made since."""
    record = await event_record(db, filing.event_id)
    upheld = await reports.list_upheld_about(db, reported_as(filing))
    whole = await as_declared_since(db, with_notices(filing, upheld))
    return Gathered(whole, copy.asked_binding, named, record, upheld)


async def named_listings(db: AsyncSession, filing: FilingEvent) -> Named:
    """The listings that a filing names, as far as they have arrived."""
    named = Named([], [], [])
    for filed in filing.listings:
        found = await copies.find_listing(db, filed.listing_id, filed.listing_version)
        if found is None:
            named.missing.append(listing_key(filed.listing_id, filed.listing_version))
            continue
        named.listings.append(found[0])
        if found[1]:
            named.withdrawn.append(found[0])
    return named


def reported_as(filing: FilingEvent) -> list[str]:
    """The keys under which an upheld report may be about the filing."""
    return [f"filing:{filing.entity_id}", *(f"listing:{filed.listing_id}" for filed in filing.listings)]


def with_notices(filing: FilingEvent, upheld: Sequence[Report]) -> FilingEvent:
    """The filing with upheld notices among its texts: whoever leaves a notice out of it gains nothing."""
    notices = upheld_texts((report.id, report.published_text) for report in upheld if report.published_text)
    if not notices:
        return filing
    return filing.model_copy(update={"facts": {**filing.facts, "texts": [*filing.facts.get("texts", ()), *notices]}})


def keys_of(filing: FilingEvent) -> tuple[str, ...]:
    """The records on which an answer about the filing rests, beside those that its facts name."""
    lots = [f"lot:{lot_id}" for filed in filing.listings for lot_id in filed.lot_ids]
    listings = [f"listing:{filed.listing_id}" for filed in filing.listings]
    return (
        f"filing:{filing.entity_id}",
        f"event:{filing.event_id}",
        *listings,
        *lots,
        *(f"sales:{each}" for each in filing.slow_sales_ids),
    )


def listing_conditions(named: Named) -> list[Condition]:
    """What is wrong with the listings themselves: withdrawn, or not here."""
    found = [conditions.listing_withdrawn(listing.title_zh, listing.title_en) for listing in named.withdrawn]
    if named.missing:
        found.append(conditions.listing_not_arrived(len(named.missing)))
    return found


async def lot_conditions(db: AsyncSession, filing: FilingEvent, named: Named) -> list[Condition]:
    """Every lot that goes to market has a pass that stands; anything else holds or blocks the filing."""
    present = {listing.entity_id for listing in named.listings}
    wanted = [lot_id for filed in filing.listings if filed.listing_id in present for lot_id in filed.lot_ids]
    standing = await standing_now(db, wanted, ("filing", filing.entity_id))
    failed = [
        lot for lot in wanted if lot in standing and (standing[lot].outcome == "fail" or not standing[lot].active)
    ]
    passed = {lot_id for lot_id, row in standing.items() if row.active and row.outcome == "pass"}
    undecided = [lot_id for lot_id in wanted if lot_id not in passed and lot_id not in failed]
    found = []
    if failed:
        found.append(conditions.lots_not_passed(lot_numbers(named.listings, failed), failed=True))
    if undecided:
        found.append(conditions.lots_not_passed(lot_numbers(named.listings, undecided), failed=False))
    return found


async def standing_now(db: AsyncSession, lot_ids: Sequence[str], asking: tuple[str, str]) -> dict[str, Standing]:
    """What stands for the lots at this moment: an answer that has run out is asked again first.

    `asking`: the kind and id of what is decided by them.
    """
    standing = await store.list_standing(db, "lot", lot_ids)
    now = clock.business_now()
    run_out = [lot for lot, row in standing.items() if row.active and row.ask_again_at and row.ask_again_at <= now]
    for lot_id in run_out:
        await ask_lot_again(db, lot_id, asking)
    return await store.list_standing(db, "lot", lot_ids) if run_out else standing


async def as_declared_since(db: AsyncSession, filing: FilingEvent) -> FilingEvent:
    """The filing with the declaration of interests that its official made, or was left with, after it was asked."""
    official = await officials.find_official(db, filing.official_id)
    if official is None or official.version <= (filing.official_version or 0):
        return filing
    facts = with_declaration(filing.facts, official.declared_on, official.declaration, clock.business_today())
    return filing.model_copy(update={"facts": facts})


async def verdicts_of(
    db: AsyncSession,
    around: Surroundings,
    case: Gathered,
    held: Sequence[Condition],
    *,
    stage: Stage = "filing",
    rules: Sequence[str] | None = None,
    added: Document | None = None,
) -> list[Verdict]:
    """One verdict per listing, in the order of the filing; one without a listing when none has arrived.

    `rules`: these alone. `added`: facts that stand beside the filing's own.
    """
    at: datetime = clock.business_now()
    filing, named, record = case.filing, case.named, case.record
    parameters = await current_parameters(db)
    evidence = await evidence_of(db, filing.slow_sales_ids)
    on_filing = await words_of(db, "filing", filing.entity_id)
    on_lots = await words_on_lots(db, [lot_id for filed in filing.listings for lot_id in filed.lot_ids])
    contexts = [listing.facts.get("context") or {} for listing in named.listings]
    fetched = {digest: await _text(around, digest) for digest in texts_by_hash(filing.facts)}
    verdicts = []
    asked: list[ListingSubmitted | None] = [*named.listings] or [None]
    for listing in asked:
        sales = sales_for(listing, evidence, clock.business_today())
        alone = filing_facts(filing, listing, record.fact, sales, ())
        words = words_at_filing(on_filing, on_lots, alone, parameters)
        people = await people_of(db, filing, record, sales, words)
        facts = words.added_to(filing_facts(filing, listing, record.fact, sales, people))
        facts = with_relations_compared(facts, clock.business_today())
        facts, unread = with_texts(_as_asked(facts | (added or {}), binding=case.binding), fetched)
        conditions_here = [*held, *([conditions.text_not_arrived(unread)] if unread else [])]
        whole = across_the_approval(shared_context(facts, contexts), at, parameters)
        question = Question(stage, at, whole, rules, tuple(conditions_here), parameters=parameters)
        verdicts.append(judge_or_hold(question))
    return verdicts


def _as_asked(facts: Document, *, binding: bool) -> Document:
    """A preview is asked before anybody could approve: approvals are no fact yet, so they are held for, not failed."""
    if binding or "approvals" not in facts.get("filing", {}):
        return facts
    filing = {name: value for name, value in facts["filing"].items() if name != "approvals"}
    return {**facts, "filing": filing}


async def _text(around: Surroundings, digest: str) -> str | None:
    data = await around.blobs.get(digest)
    return data.decode("utf-8", "replace") if data is not None else None
