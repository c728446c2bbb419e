"""A decided case before people: who has a part in it, who may act on it, and whether anything can still be done."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.cases import behind_event, involved, two_of
from services.compliance.actions.filings import ask_filing_again
from services.compliance.actions.lots import ask_lot_again
from services.compliance.actions.producers import who_suspended
from services.compliance.actions.registry import organ_of
from services.compliance.actions.rooms import ask_room_again
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain.assembly import Involved
from services.compliance.domain.independence import Hand, Obstacle, Party, obstacle, parties_in
from services.compliance.domain.reports import UNDER_WAY
from services.compliance.errors import DecisionSuperseded, OwnCase
from services.compliance.models import Override, Resolution, Standing
from services.compliance.store import copies, people, registry
from services.compliance.store import decisions as store
from services.compliance.store.decisions import StoredDecision
from services.kit.actor import Actor
from services.kit.problem import NotFound

Document = dict[str, Any]
ALIVE = (*UNDER_WAY, "blocked")


@dataclass(frozen=True, slots=True)
class DecidedCase:
    """A decision about one of our subjects, what stands for the subject now, and everybody who has a part in it."""

    stored: StoredDecision
    document: Document
    standing: Standing
    alive: bool
    parties: tuple[Party, ...]

    @property
    def is_newest(self) -> bool:
        """Whether the decision is the one that stands."""
        return self.standing.decision_id == self.stored.id

    def result_of(self, rule: str) -> Document | None:
        """What one rule answered."""
        return next((result for result in self.document["results"] if result["rule"] == rule), None)

    def require_present(self) -> None:
        """Raises DecisionSuperseded when the subject has moved on since."""
        if self.is_newest and self.alive:
            return
        raise DecisionSuperseded(
            "Something has changed since; look at the newer decision.",
            "情况已有变化，请查看更新的决定。",
            decision_id=self.standing.decision_id,
        )


async def decided_case(db: AsyncSession, decision_id: str) -> DecidedCase:
    """The case behind a decision. Raises NotFound for what is no decision about a subject of ours."""
    stored = await store.find_decision(db, decision_id)
    if stored is None or stored.origin != "sunfair":
        raise NotFound(
            f"There is no decision {decision_id} on which people act.", f"没有可由人员处理的决定 {decision_id}。"
        )
    document = json.loads(stored.document)
    standing = await store.find_standing(db, document["subject"]["kind"], document["subject"]["id"])
    if standing is None:
        raise NotFound("The subject of this decision is gone.", "该决定所涉事项已不存在。")
    parties = await parties_of(db, document)
    return DecidedCase(stored, document, standing, await _is_alive(db, standing), tuple(parties))


async def _is_alive(db: AsyncSession, standing: Standing) -> bool:
    """Whether an answer could still change anything: a lot is on offer, a filing neither over nor being rewritten."""
    if standing.subject_kind != "filing":
        return standing.active
    filing = await copies.read_filing(db, standing.subject_id)
    return filing is not None and filing.state in ALIVE and filing.asked_version == standing.version


async def parties_of(db: AsyncSession, document: Document) -> list[Party]:
    """Those whom the facts name; for a lot, whose facts name nobody, those behind its listing and its event."""
    return (await parties_of_all(db, [document]))[0]


async def parties_of_all(db: AsyncSession, documents: Sequence[Document]) -> list[list[Party]]:
    """As `parties_of`, for each of many decisions, without asking a decision at a time."""
    listings = await copies.list_listing_versions(db, {place for each in documents if (place := _listing_of(each))})
    events = await registry.list_events_named(db, {listing.event_id for listing in listings.values()})
    verifications = await registry.list_verifications(db, events)
    accounts = await copies.list_accounts(
        db,
        {
            *(listing.submitted_by for listing in listings.values()),
            *(event.registered_by for event in events),
            *(word.account_id for words in verifications.values() for word in words),
        },
    )
    behind = {
        event.id: [_party(each) for each in behind_event(event, verifications[event.id], accounts)] for event in events
    }
    found = []
    for document in documents:
        parties, place = parties_in(document["facts"]), _listing_of(document)
        if place in listings:
            listing = listings[place]
            parties += behind.get(listing.event_id, [])
            applicant = accounts.get(listing.submitted_by)
            parties.append(_party(involved("applicant", listing.submitter_person, applicant)))
        found.append(parties)
    return found


def _listing_of(document: Document) -> tuple[str, int] | None:
    """The listing version that a lot's decision was about."""
    subject = document["subject"]
    return (subject["parent_id"], subject["version"]) if subject["kind"] == "lot" else None


def _party(each: Involved) -> Party:
    organ = each.organ or {}
    return Party(each.role, each.person, organ.get("name"), organ.get("region_code"))


async def hand_of(db: AsyncSession, actor: Actor) -> tuple[Hand, Document | None]:
    """The actor as independence asks for them, and the organ for which they act."""
    organ = await organ_of(db, actor)
    account = (await copies.list_accounts(db, [actor.account_id])).get(actor.account_id)
    superior = account.superior if account else None
    organs = {name for name in (actor.organ, (organ or {}).get("name")) if name}
    return Hand(actor.person, frozenset(organs), superior), organ


def require_clear(*obstacles: Obstacle | None) -> None:
    """Raises OwnCase with the first thing that stands in the way."""
    for found in obstacles:
        if found is not None:
            raise OwnCase(found.en, found.zh)


async def require_outsider(db: AsyncSession, actor: Actor, parties: Sequence[Party]) -> Document | None:
    """The actor's organ. Raises OwnCase for whoever has a part in the case, or stands too near to one who has."""
    hand, organ = await hand_of(db, actor)
    require_clear(obstacle(hand, parties))
    return organ


async def acted_on(db: AsyncSession, standing: Standing) -> list[Party]:
    """Everybody who has spoken on a subject so far, in whatever way; of a lot, also who suspended its producer."""
    suspended = await who_suspended(db, standing.subject_id) if standing.subject_kind == "lot" else []
    resolutions = await store.list_resolutions(db, standing.subject_kind, standing.subject_id)
    overrides = await people.list_overrides(db, [standing.subject_id])
    return [*who_resolved(resolutions), *who_overrode(overrides), *suspended]


def who_resolved(rows: Sequence[Resolution]) -> list[Party]:
    """The reviewers who have spoken, with the organs for which they did."""
    return [
        Party(
            "reviewer", row.reviewer_person, row.fact.get("resolved_by_organ"), row.fact.get("resolved_by_region_code")
        )
        for row in rows
    ]


def who_overrode(rows: Sequence[Override]) -> list[Party]:
    """Everybody who proposed, confirmed or declined."""
    found = []
    for row in rows:
        organs = (row.proposer_organ, row.answerer_organ or {})
        for (_, person), organ in zip(two_of(row), organs, strict=False):
            found.append(Party("reviewer", person, organ.get("name"), organ.get("region_code")))
    return found


async def decide_again(db: AsyncSession, around: Surroundings, standing: Standing) -> str:
    """Ask the gate again now that people have spoken; the decision that stands then."""
    if standing.subject_kind == "lot":
        await ask_lot_again(db, standing.subject_id)
    elif standing.subject_kind == "broadcast":
        await ask_room_again(db, around, standing.subject_id)
    else:
        await ask_filing_again(db, around, standing.subject_id, though_blocked=True)
    newest = await store.find_standing(db, standing.subject_kind, standing.subject_id)
    return newest.decision_id if newest else standing.decision_id
