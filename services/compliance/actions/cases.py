"""What our own cases rest on, gathered: the event in the registry, evidence, people, and people's words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.domain import conditions
from services.compliance.domain.assembly import Evidence, Involved, presenter
from services.compliance.domain.conditions import Condition
from services.compliance.domain.registry import event_fact, instant_text
from services.compliance.domain.reviewing import at_the_filing
from services.compliance.models import AccountCopy, ForceMajeure, Override, SlowSales, Verification
from services.compliance.rules.law import Parameters
from services.compliance.store import copies, people, registry
from services.compliance.store import decisions as store
from services.contracts.broadcast import FilingEvent

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event as a case needs it: the fact, those who stand behind it, and what holds the answer."""

    event: ForceMajeure | None
    fact: Document | None
    verifications: Sequence[Verification]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """People's words on a subject: resolutions and overrides as facts, and the accounts and persons who spoke."""

    facts: list[Document]
    reviewers: tuple[tuple[str, str], ...]
    overrides: list[Document]

    def added_to(self, facts: Document) -> Document:
        """The facts with the words among them, where there are any."""
        spoken = {"resolutions": self.facts, "overrides": self.overrides}
        return facts | {name: words for name, words in spoken.items() if words}


@dataclass(frozen=True, slots=True)
class SpokenOnLot:
    """People's word on a lot, who spoke it, and the decision that was before them."""

    fact: Document
    speakers: tuple[tuple[str, str], ...]
    decision: Document


async def event_record(db: AsyncSession, event_id: str) -> EventRecord:
    """The event by id; one that is not registered or not verified holds every answer that rests on it."""
    event = await registry.find_event(db, event_id)
    if event is None:
        return EventRecord(None, None, (), (conditions.event_not_arrived(),))
    declarations = (await registry.list_declarations(db, [event_id]))[event_id]
    verifications = (await registry.list_verifications(db, [event]))[event_id]
    fact = event_fact(event.id, event.version, event.title_zh, event.body, declarations)
    held = () if verifications else (conditions.event_unverified(event.title_zh, event.title_en),)
    return EventRecord(event, fact, verifications, held)


async def words_of(db: AsyncSession, kind: str, subject_id: str) -> Words:
    """What people said of a subject; whether a word still holds is the engine's question."""
    resolutions = await store.list_resolutions(db, kind, subject_id)
    overrides = [row for row in await people.list_overrides(db, [subject_id]) if row.fact is not None]
    spoken = [(row.reviewer_account, row.reviewer_person) for row in resolutions]
    spoken += [speaker for row in overrides for speaker in two_of(row)]
    confirmed = [row.fact for row in overrides if row.fact is not None]
    return Words([row.fact for row in resolutions], tuple(dict.fromkeys(spoken)), confirmed)


def two_of(row: Override) -> list[tuple[str, str]]:
    """The accounts and persons of an override who have spoken so far."""
    first = (row.proposer_account, row.proposer_person)
    if row.answerer_account is None or row.answerer_person is None:
        return [first]
    return [first, (row.answerer_account, row.answerer_person)]


async def words_on_lots(db: AsyncSession, lot_ids: Sequence[str]) -> list[SpokenOnLot]:
    """What people said of lots, each with the decision they had before them."""
    resolutions = [
        SpokenOnLot(row.fact, ((row.reviewer_account, row.reviewer_person),), json.loads(document))
        for row, document in await store.list_words_on_lots(db, lot_ids)
    ]
    overrides = [
        SpokenOnLot(row.fact, tuple(two_of(row)), json.loads(document))
        for row, document in await people.list_overrides_of_lots(db, lot_ids)
        if row.fact is not None
    ]
    return resolutions + overrides


def words_at_filing(
    on_filing: Words, on_lots: Sequence[SpokenOnLot], facts: Document, parameters: Parameters | None = None
) -> Words:
    """The words on a filing, after those on its lots that hold of its facts too."""
    carried: dict[tuple[bool, str, str], tuple[Document, tuple[tuple[str, str], ...]]] = {}
    for spoken in on_lots:
        fact = at_the_filing(spoken.fact, spoken.decision, facts, parameters)
        if fact is not None:
            # Lots of one listing are held for the same reason; one word on it is enough.
            carried["confirmed_at" in fact, fact["rule"], fact["reason_code"]] = (fact, spoken.speakers)
    speakers = [speaker for _, spoke in carried.values() for speaker in spoke]
    return Words(
        [*(fact for (override, *_), (fact, _) in carried.items() if not override), *on_filing.facts],
        tuple(dict.fromkeys((*speakers, *on_filing.reviewers))),
        [*(fact for (override, *_), (fact, _) in carried.items() if override), *on_filing.overrides],
    )


async def evidence_of(db: AsyncSession, ids: Sequence[str]) -> list[Evidence]:
    """Slow-sales evidence, with the certifier as accounts tells them."""
    rows = await registry.list_slow_sales_by_id(db, ids)
    accounts = await copies.list_accounts(db, [row.certified_by for row in rows if row.certified_by])
    return [
        Evidence(row.id, row.region_code, row.category_code, sales_fact(row), _certifier(row, accounts)) for row in rows
    ]


def sales_fact(row: SlowSales) -> Document:
    """The evidence as the rules read it."""
    fact = {
        "id": row.id,
        "region_code": row.region_code,
        "category_code": row.category_code,
        "season": row.season,
        **row.body,
        "certified_by": row.certifier_person,
        "certified_at": instant_text(row.certified_at),
    }
    return {name: value for name, value in fact.items() if value is not None}


def _certifier(row: SlowSales, accounts: Mapping[str, AccountCopy]) -> Involved | None:
    if row.certifier_person is None:
        return None
    return involved("certifier", row.certifier_person, accounts.get(row.certified_by or ""), row.certifier_organ)


def involved(
    role: str,
    person: str,
    account: AccountCopy | None,
    organ_then: Mapping[str, Any] | None = None,
    *,
    confirmed: bool | None = None,
) -> Involved:
    """Somebody in a case. The organ for which they acted then counts; accounts tells the rest."""
    if account is None:
        return Involved(role, person, organ_then, confirmed=confirmed)
    return Involved(
        role,
        person,
        organ_then or account.organ,
        account.post,
        account.superior,
        account.head_of_government,
        confirmed,
    )


async def people_of(
    db: AsyncSession, filing: FilingEvent, record: EventRecord, evidence: Evidence | None, words: Words
) -> list[Involved]:
    """Everybody in a filing's case, each in their role."""
    behind = [(v.account_id, v.person) for v in record.verifications]
    wanted: set[str] = {*filing.accounts.values(), *(a for a, _ in behind), *(a for a, _ in words.reviewers)}
    if record.event is not None:
        wanted.add(record.event.registered_by)
    accounts = await copies.list_accounts(db, wanted)
    found = list(behind_event(record.event, record.verifications, accounts)) if record.event else []
    if evidence is not None and evidence.certifier is not None:
        found.append(evidence.certifier)
    found += _in_filing(filing, accounts)
    found += [involved("reviewer", person, accounts.get(account)) for account, person in words.reviewers]
    return found


def behind_event(
    event: ForceMajeure, verifications: Iterable[Verification], accounts: Mapping[str, AccountCopy]
) -> Iterable[Involved]:
    """Who registered the event, and who verified it."""
    registrar = accounts.get(event.registered_by)
    yield involved("registrar", event.registrar_person, registrar, event.registrar_organ)
    for verification in verifications:
        account = accounts.get(verification.account_id)
        yield involved("verifier", verification.person, account, verification.organ, confirmed=True)


def _in_filing(filing: FilingEvent, accounts: Mapping[str, AccountCopy]) -> Iterable[Involved]:
    for role, person in sorted(filing.people.items()):
        found = involved(role, person, accounts.get(filing.accounts.get(role, "")))
        yield presenter(found, filing.facts.get("official") or {}) if role in ("presenter", "official") else found
