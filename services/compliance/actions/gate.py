"""The gate's answer about one of our own subjects: stored, made to stand, and announced."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.messages import tell_of_decision
from services.compliance.actions.referring import Found, refer
from services.compliance.actions.revocations import revoke_resting_on
from services.compliance.actions.surroundings import Moment
from services.compliance.domain.access import region_line
from services.compliance.domain.verdict import Subject, Verdict, decision_document, says, worst_first
from services.compliance.models import Decision, Standing
from services.compliance.store import decisions as store
from services.compliance.store import due
from services.compliance.store.decisions import NewDecision
from services.contracts.compliance import DecidingResult, DecisionMade, DecisionSubject
from services.contracts.values import shanghai_day
from services.kit import clock
from services.kit.ids import new_id
from services.kit.outbox import enqueue

LONGEST_REASON = 1_500


@dataclass(frozen=True, slots=True)
class Case:
    """One of our subjects, before the gate. `keys` are records it rests on beside those its facts name.

    `rules`: it was asked of these alone, since the others are asked of its parts.
    """

    subject: Subject
    region_code: str
    title_zh: str
    title_en: str
    binding: bool
    deadline_at: datetime
    keys: tuple[str, ...] = ()
    rules: tuple[str, ...] | None = None

    @property
    def version(self) -> int:
        """The version that is judged."""
        return self.subject.version or 1


async def give_answer(db: AsyncSession, case: Case, verdicts: Sequence[Verdict], *, asked_anew: bool) -> str | None:
    """Store the verdicts, let the gravest stand and announce it; the decision's id.

    `asked_anew` is false for a standing question: an answer that says the same for as long is not given again (None).
    """
    moment = Moment.present()
    order = worst_first(verdicts)
    until = min((verdict.valid_until for verdict in verdicts if verdict.valid_until), default=None)
    lead = replace(verdicts[order[0]], valid_until=until)
    earlier = await store.find_standing(db, case.subject.kind, case.subject.id)
    known = await _document_of(db, earlier)
    if not asked_anew and earlier is not None and known is not None and _says_the_same(known, lead, case, earlier):
        return None
    copied = known if known is not None and _is_copy(known, lead, case, moment.now) else None
    parts = [await _add(db, case, verdicts[index], moment, announced=False) for index in order[1:]]
    decision = await _add(db, case, _original(lead, copied), moment, announced=True, copied=copied)
    await store.save_standing(db, _kept_waiting(_standing(case, lead, decision, parts, verdicts, moment), earlier))
    await refer(db, _found(case, decision), lead.results, moment)
    await enqueue(db, decision_made(decision, lead.results))
    await tell_of_decision(db, decision, lead.results, known, region_line([case.region_code], shanghai_day(moment.now)))
    return decision.id


async def tell_answer(db: AsyncSession, case: Case, verdict: Verdict) -> None:
    """Store and announce an answer that stands for nothing beyond its moment: what stands for the subject goes on."""
    decision = await _add(db, case, verdict, Moment.present(), announced=True)
    await enqueue(db, decision_made(decision, verdict.results))


def _kept_waiting(now: Standing, earlier: Standing | None) -> Standing:
    """A case that still waits for a person has waited since the first such answer, and its day stays."""
    waits = now.outcome == "review" and earlier is not None and earlier.outcome == "review" and earlier.active
    if earlier is not None and waits and earlier.version == now.version:
        now.waits_since, now.deadline_at = earlier.waits_since, min(earlier.deadline_at, now.deadline_at)
    return now


async def _document_of(db: AsyncSession, standing: Standing | None) -> dict[str, Any] | None:
    stored = await store.find_decision(db, standing.decision_id) if standing else None
    return json.loads(stored.document) if stored else None


def _says_the_same(known: dict[str, Any], verdict: Verdict, case: Case, standing: Standing) -> bool:
    until = _until(known)
    return (
        standing.version == case.version
        and standing.binding == case.binding
        and says(known["results"]) == verdict.says()
        and until == verdict.valid_until
    )


def _is_copy(known: dict[str, Any], verdict: Verdict, case: Case, now: datetime) -> bool:
    """Whether a lot is submitted again with the very facts of an answer that still stands."""
    until = _until(known)
    return (
        case.subject.kind == "lot"
        and known["subject"]["version"] != case.subject.version
        and known["facts_sha256"] == verdict.facts_sha256
        and known["ruleset"] == verdict.ruleset
        and says(known["results"]) == verdict.says()
        and (until is None or until > now)
    )


def _original(verdict: Verdict, copied: dict[str, Any] | None) -> Verdict:
    """The verdict as first given, when it is copied: the same answer, of the same moment."""
    if copied is None:
        return verdict
    return replace(
        verdict,
        at=datetime.fromisoformat(copied["at"]).astimezone(UTC),
        results=tuple(copied["results"]),
        answer_sha256=copied["answer_sha256"],
        valid_until=_until(copied),
    )


def _until(known: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(known["valid_until"]).astimezone(UTC) if known["valid_until"] else None


async def _add(
    db: AsyncSession,
    case: Case,
    verdict: Verdict,
    moment: Moment,
    *,
    announced: bool,
    copied: dict[str, Any] | None = None,
) -> NewDecision:
    decision_id, source = new_id(), copied["decision_id"] if copied else None
    # A preview that fails a hard rule blocks the filing, and whoever is blocked is blocked in public.
    is_public = case.binding or verdict.fails_hard()
    decision = NewDecision(
        id=decision_id,
        origin="sunfair",
        stage=verdict.stage,
        subject_kind=case.subject.kind,
        subject_id=case.subject.id,
        subject_version=case.subject.version,
        parent_id=case.subject.parent_id,
        region_code=case.region_code,
        binding=case.binding,
        announced=announced,
        is_public=is_public,
        outcome=verdict.outcome,
        at=verdict.at,
        decided_at=moment.now,
        valid_until=verdict.valid_until,
        ruleset=verdict.ruleset,
        facts_sha256=verdict.facts_sha256,
        answer_sha256=verdict.answer_sha256,
        rules=list(case.rules) if case.rules is not None else None,
        copied_from=source,
        document=decision_document(
            decision_id, case.subject, verdict, moment.now, trial=False, binding=case.binding, copied_from=source
        ),
    )
    await store.add_decision(db, decision)
    return decision


def _found(case: Case, decision: NewDecision) -> Found:
    named = (case.region_code, case.title_zh, case.title_en)
    return Found(decision.id, case.subject.kind, case.subject.id, *named)


def _standing(
    case: Case,
    lead: Verdict,
    decision: NewDecision,
    parts: Sequence[NewDecision],
    verdicts: Sequence[Verdict],
    moment: Moment,
) -> Standing:
    keys = {*case.keys, *(key for verdict in verdicts for key in verdict.keys)}
    return Standing(
        subject_kind=case.subject.kind,
        subject_id=case.subject.id,
        decision_id=decision.id,
        parts=[part.id for part in parts],
        version=case.version,
        parent_id=case.subject.parent_id,
        region_code=case.region_code,
        region_line=region_line([case.region_code], shanghai_day(moment.now)),
        title_zh=case.title_zh,
        title_en=case.title_en,
        binding=case.binding,
        outcome=lead.outcome,
        at=lead.at,
        clock_set=moment.clock_set,
        active=True,
        overridable=lead.overridable(),
        waits_since=moment.now,
        ask_again_at=lead.ask_again_at,
        deadline_at=case.deadline_at,
        keys=sorted(keys),
    )


def decision_made(decision: Decision | NewDecision, results: Sequence[dict[str, Any]]) -> DecisionMade:
    """The announcement of a decision; the whole of it is at its own address."""
    held = [result for result in results if result["result"] in ("review", "fail")]
    return DecisionMade(
        entity_id=decision.id,
        version=1,
        about=DecisionSubject(
            kind=cast(Any, decision.subject_kind),
            id=str(decision.subject_id),
            version=decision.subject_version or 1,
            parent_id=decision.parent_id,
        ),
        stage=cast(Any, decision.stage),
        binding=decision.binding,
        outcome=cast(Any, decision.outcome),
        at=decision.at,
        decided_at=decision.decided_at,
        valid_until=decision.valid_until,
        ruleset=decision.ruleset,
        facts_sha256=decision.facts_sha256,
        answer_sha256=decision.answer_sha256,
        not_passed=tuple(_deciding(result) for result in held),
        reason_codes=tuple(f"{result['rule']}:{code}" for result in held for code in result["reason_codes"]),
        copied_from=decision.copied_from,
        public=decision.is_public,
        region_code=decision.region_code,
    )


def _deciding(result: dict[str, Any]) -> DecidingResult:
    remedy = result["remedy"] or {}
    return DecidingResult(
        rule=result["rule"],
        result=result["result"],
        reason_code=result["reason_code"],
        hard=result["hard"],
        reason_zh=_brief(result["reason"]["zh"]) or "",
        reason_en=_brief(result["reason"]["en"]) or "",
        remedy_zh=_brief(remedy.get("zh")),
        remedy_en=_brief(remedy.get("en")),
    )


def _brief(sentence: str | None) -> str | None:
    """At most so much of a sentence as an event may carry; the whole of it stands in the decision."""
    if sentence is None or len(sentence) <= LONGEST_REASON:
        return sentence
    return sentence[: LONGEST_REASON - 1] + "…"


async def ask_again_what_rests_on(
    db: AsyncSession,
    keys: Sequence[str],
    *,
    kinds: Sequence[str] = ("broadcast", "filing", "lot"),
    asking: tuple[str, str] | None = None,
) -> int:
    """Put the questions that rest on these records on the list, by the clock of this change; how many.

    `asking`: the kind and id of what is being asked at this moment and reads the change itself.

    Clearances that rest on them are revoked at once: nobody else asks for those again.
    """
    await revoke_resting_on(db, keys)
    resting = [
        subject for subject in await store.list_resting_on(db, keys) if subject[0] in kinds and subject != asking
    ]
    await due.add_due(db, resting, clock.now(), Moment.present().clock_at)
    return len(resting)
