"""Reading decisions: who may, in which form, and what today's rules would say."""

import hmac
import json
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain.access import may_read
from services.compliance.domain.verdict import Verdict, replayed
from services.compliance.models import Decision
from services.compliance.schemas.checks import DecisionBrief, ReplayOut, ResultChange, SubjectOut
from services.compliance.store import decisions as store
from services.compliance.store.decisions import StoredDecision
from services.kit import clock
from services.kit.actor import Actor
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound


async def get_decision(
    db: AsyncSession, around: Surroundings, actor: Actor | None, decision_id: str, link: str | None
) -> StoredDecision:
    """A decision that this actor, or whoever holds its link, may read. Raises NotFound for any other."""
    decision = await store.find_decision(db, decision_id)
    if decision is None or (decision.deleted_after is not None and decision.deleted_after < clock.now()):
        raise _no_decision(decision_id)
    # The link opens what was asked over HTTP; of our own cases, only who is concerned reads what is not public.
    linked = link is not None and decision.origin != "sunfair" and hmac.compare_digest(link, around.link(decision_id))
    if not linked and not may_read(actor, decision, clock.business_today()):
        raise _no_decision(decision_id)
    return decision


def _no_decision(decision_id: str) -> NotFound:
    # Whether a decision exists that is not for the caller's eyes is not told either.
    return NotFound(
        f"There is no decision {decision_id} that you may read. Trials are kept for a day, and read by their link.",
        f"没有您可查看的决定 {decision_id}。试核验只保留一天，且须凭链接查看。",
    )


async def list_decisions(
    db: AsyncSession, actor: Actor | None, kind: str, subject_id: str, cursor: str | None, limit: int
) -> Page[DecisionBrief]:
    """The decisions about a subject that this actor may read, newest first."""
    before = str(decode_cursor(cursor, str)[0]) if cursor else None
    rows = await store.list_decisions_of(db, kind, subject_id, before, limit + 1)
    standing = await store.find_standing(db, kind, subject_id)
    current = {standing.decision_id, *standing.parts} if standing else set()
    today = clock.business_today()
    items = [
        DecisionBrief(
            decision_id=row.id,
            stage=cast(Any, row.stage),
            subject=SubjectOut(
                kind=cast(Any, kind), id=subject_id, version=row.subject_version, parent_id=row.parent_id
            ),
            binding=row.binding,
            outcome=cast(Any, row.outcome),
            at=row.at,
            decided_at=row.decided_at,
            valid_until=row.valid_until,
            ruleset=row.ruleset,
            current=row.id in current,
        )
        for row in rows[:limit]
        if may_read(actor, row, today)
    ]
    return Page(items=items, next=encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


def _subject(row: Decision) -> SubjectOut:
    return SubjectOut(
        kind=cast(Any, row.subject_kind),
        id=str(row.subject_id),
        version=row.subject_version,
        parent_id=row.parent_id,
    )


async def replay_decision(
    db: AsyncSession, around: Surroundings, actor: Actor | None, decision_id: str, link: str | None
) -> ReplayOut:
    """The stored question under today's rules, and rule by rule what differs."""
    decision = await get_decision(db, around, actor, decision_id, link)
    document = json.loads(decision.document)
    verdict = replayed(document, decision.rules, await current_parameters(db))
    changes = _changes(document["results"], verdict)
    return ReplayOut(
        decision_id=decision_id,
        same=verdict.answer_sha256 == document["answer_sha256"],
        ruleset_then=document["ruleset"],
        ruleset_now=verdict.ruleset,
        outcome_then=document["outcome"],
        outcome_now=cast(Any, verdict.outcome),
        answer_sha256_then=document["answer_sha256"],
        answer_sha256_now=verdict.answer_sha256,
        changes=changes,
    )


def _changes(then: list[dict[str, Any]], verdict: Verdict) -> list[ResultChange]:
    before = {result["rule"]: result for result in then}
    after = {result["rule"]: result for result in verdict.results}
    changes = []
    for rule in dict.fromkeys([*before, *after]):
        old, new = before.get(rule), after.get(rule)
        change = ResultChange(
            rule=rule,
            then=old["result"] if old else None,
            then_reason_codes=old["reason_codes"] if old else [],
            now=new["result"] if new else None,
            now_reason_codes=new["reason_codes"] if new else [],
        )
        if (change.then, change.then_reason_codes) != (change.now, change.now_reason_codes):
            changes.append(change)
    return changes
