"""Deciding a room: before it opens, every few minutes while it runs, and whenever something it rests on has changed.

Rules that read a lot are asked of each lot, and each lot has a decision of its own: one bad lot leaves the shelf and
does not close the room. Everything else is asked of the room, for each of its listings, as a filing is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.cases import words_of
from services.compliance.actions.filing_case import (
    Gathered,
    Named,
    gathered,
    keys_of,
    named_listings,
    standing_now,
    verdicts_of,
)
from services.compliance.actions.filings import ask_filing_again
from services.compliance.actions.gate import Case, give_answer, tell_answer
from services.compliance.actions.on_air import look_at_room
from services.compliance.actions.parameters import held_parameters
from services.compliance.actions.producers import suspensions_of, with_suspension
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain import conditions
from services.compliance.domain.assembly import Document, lot_facts
from services.compliance.domain.conditions import GATE, Condition
from services.compliance.domain.verdict import Question, Subject, Verdict, judge_or_hold
from services.compliance.models import Standing
from services.compliance.rules import RULEBOOK
from services.compliance.store import copies, due, rooms
from services.compliance.store import decisions as store
from services.contracts.broadcast import FilingEvent
from services.contracts.catalog import ListingSubmitted, SubmittedLot, Suspension
from services.contracts.room import RoomAsked, RoomChanged
from services.kit import clock

# A room in any other state is asked about no more.
ASKED_ABOUT = ("opening", "open")
_OF_A_LOT = frozenset({"lot", "seller"})
_GOLIVE = [rule for rule in RULEBOOK if "golive" in rule.stages]
LOT_RULES = tuple(rule.id for rule in _GOLIVE if _OF_A_LOT & set(rule.reads))
ROOM_RULES = tuple(rule.id for rule in _GOLIVE if not _OF_A_LOT & set(rule.reads))
# A lot that fails makes the filing fail; the room only loses that lot.
_LOTS_ALONE = frozenset({"lot_not_passed", "lot_not_decided", "listing_withdrawn"})


@dataclass(frozen=True, slots=True)
class _Lot:
    """A lot on its way to a room, with what was found about it."""

    listing: ListingSubmitted
    lot: SubmittedLot
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all lots of a room, asked once: the answers that stand, and who is suspended."""

    standing: Mapping[str, Standing]
    suspended: Mapping[str, Suspension]


async def decide_room(db: AsyncSession, around: Surroundings, asked: RoomAsked) -> None:
    """The gate is asked whether a room may open, or stay open; or to look at one that is on air."""
    if asked.stage == "onair":
        await look_at_room(db, around, asked)
    elif await rooms.save_question(db, asked):
        await _ask(db, around, asked, asked_anew=True)


async def follow_room(db: AsyncSession, changed: RoomChanged) -> None:
    """A room was halted, closed or ended: nothing is asked about it until it asks itself."""
    if await rooms.save_state(db, changed) and changed.state not in ASKED_ABOUT:
        await due.drop_due(db, "broadcast", [changed.entity_id])
        await store.rest(db, "broadcast", [changed.entity_id])


async def ask_room_again(db: AsyncSession, around: Surroundings, broadcast_id: str) -> None:
    """The standing question about a room: something it rests on has changed."""
    asked = await rooms.find_question(db, broadcast_id, ASKED_ABOUT)
    if asked is not None:
        await _ask(db, around, asked, asked_anew=False)


async def _ask(db: AsyncSession, around: Surroundings, asked: RoomAsked, *, asked_anew: bool) -> None:
    copy = await copies.find_filing(db, asked.filing_id)
    if copy is None or copy.asked_payload is None:
        # Broadcast asks again; until then the room stays as it is, and that is closed.
        return
    await held_parameters(db)
    filing = FilingEvent.model_validate_json(copy.asked_payload)
    # A changed fact changes the filing's own answer too, and the room's rests on it.
    await ask_filing_again(db, around, asked.filing_id)
    # Before anything is read: what changes from now on makes its own appointment.
    await due.drop_due(db, "broadcast", [asked.entity_id])
    case = await gathered(db, copy, filing, await named_listings(db, filing))
    lots = await _lots(db, case, asked.entity_id)
    held = [
        *case.record.conditions,
        *_arrived(case.named),
        *await _filing_conditions(db, filing.entity_id),
        *_lot_conditions(lots),
    ]
    for lot in lots:
        await tell_answer(db, _lot_case(asked, lot), lot.verdict)
    verdicts = await verdicts_of(db, around, case, held, stage="golive", rules=ROOM_RULES, added=_added(asked, filing))
    await give_answer(db, _room_case(asked, case), verdicts, asked_anew=asked_anew)


def _added(asked: RoomAsked, filing: FilingEvent) -> Document:
    """The room, and the hosts as they are entered now, which may be more than when the filing was approved."""
    hosts = asked.facts.get("hosts")
    told = dict(filing.facts.get("filing") or {})
    return {"room": asked.facts.get("room") or {}, "filing": told | ({"hosts": hosts} if hosts else {})}


async def _filing_conditions(db: AsyncSession, filing_id: str) -> list[Condition]:
    """The filing's own answer must stand; what only its lots are to blame for is their own matter."""
    standing = await store.find_standing(db, "filing", filing_id)
    if standing is None or not standing.active or not standing.binding:
        return [conditions.filing_not_passed(failed=standing is not None)]
    if standing.outcome == "pass" or await _only_lots_are_to_blame(db, standing):
        return []
    return [conditions.filing_not_passed(failed=standing.outcome == "fail")]


async def _only_lots_are_to_blame(db: AsyncSession, standing: Standing) -> bool:
    stored = [await store.find_decision(db, each) for each in (standing.decision_id, *standing.parts)]
    results = [result for each in stored if each for result in json.loads(each.document)["results"]]
    held = [result for result in results if result["result"] in ("review", "fail")]
    return all(result["rule"] == GATE and set(result["reason_codes"]) <= _LOTS_ALONE for result in held)


def _arrived(named: Named) -> list[Condition]:
    """Listings that are not here hold the room; one that was withdrawn takes its lots off the shelf, and no more."""
    return [conditions.listing_not_arrived(len(named.missing))] if named.missing else []


def _lot_conditions(lots: list[_Lot]) -> list[Condition]:
    outcomes = {lot.verdict.outcome for lot in lots}
    return [] if "pass" in outcomes else [conditions.no_lot_left(failed="review" not in outcomes)]


async def _lots(db: AsyncSession, case: Gathered, broadcast_id: str) -> list[_Lot]:
    """Every filed lot with its answer as of now; one whose own answer no longer stands is held or blocked by that."""
    wanted = {lot_id for filed in case.filing.listings for lot_id in filed.lot_ids}
    found = _named_lots(case.named, wanted)
    standing = await standing_now(db, [lot.lot_id for _, lot in found], ("broadcast", broadcast_id))
    known = _Known(standing, await suspensions_of(db, found))
    return [_Lot(listing, lot, await _judge_lot(db, case, listing, lot, known)) for listing, lot in found]


def _named_lots(named: Named, wanted: set[str]) -> list[tuple[ListingSubmitted, SubmittedLot]]:
    return [(listing, lot) for listing in named.listings for lot in listing.lots if lot.lot_id in wanted]


async def _judge_lot(
    db: AsyncSession, case: Gathered, listing: ListingSubmitted, lot: SubmittedLot, known: _Known
) -> Verdict:
    words = await words_of(db, "lot", lot.lot_id)
    row = known.standing.get(lot.lot_id)
    held = list(case.record.conditions)
    if any(each.entity_id == listing.entity_id for each in case.named.withdrawn):
        held.append(conditions.listing_withdrawn(listing.title_zh, listing.title_en))
    if row is None or not row.active or row.outcome != "pass":
        failed = row is not None and (row.outcome == "fail" or not row.active)
        held.append(conditions.lots_not_passed([lot.lot_number], failed=failed))
    asked = words.added_to(lot_facts(listing, lot, case.record.fact))
    facts = with_suspension(asked, known.suspended.get(lot.lot_id))
    parameters = await held_parameters(db)
    return judge_or_hold(Question("golive", clock.business_now(), facts, LOT_RULES, tuple(held), parameters=parameters))


def _lot_case(asked: RoomAsked, lot: _Lot) -> Case:
    return Case(
        subject=Subject("lot", lot.lot.lot_id, lot.listing.version, lot.listing.entity_id),
        region_code=asked.region_code,
        title_zh=f"{lot.listing.title_zh} {lot.lot.lot_number}",
        title_en=f"{lot.listing.title_en} {lot.lot.lot_number}",
        binding=True,
        deadline_at=asked.ends_at,
        rules=LOT_RULES,
    )


def _room_case(asked: RoomAsked, case: Gathered) -> Case:
    reports = (f"report:{report.id}" for report in case.upheld)
    return Case(
        subject=Subject("broadcast", asked.entity_id, asked.version),
        region_code=asked.region_code,
        title_zh=asked.title_zh,
        title_en=asked.title_en,
        binding=True,
        deadline_at=asked.ends_at,
        keys=(*keys_of(case.filing), f"broadcast:{asked.entity_id}", *reports),
        rules=ROOM_RULES,
    )
