"""Reviews: what waits for a person, and a reviewer's published word, after which the gate decides again."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.people import (
    DecidedCase,
    decide_again,
    decided_case,
    hand_of,
    parties_of_all,
    require_outsider,
)
from services.compliance.actions.registry import require_scope
from services.compliance.actions.surroundings import Surroundings
from services.compliance.actions.trail import About, by, note
from services.compliance.domain.conditions import GATE
from services.compliance.domain.deadlines import SOON
from services.compliance.domain.independence import Hand, Party, applicants_organs, obstacle
from services.compliance.domain.registry import instant_text
from services.compliance.domain.reviewing import basis_of
from services.compliance.errors import NotReviewable
from services.compliance.models import Resolution
from services.compliance.schemas.checks import SubjectOut, Words
from services.compliance.schemas.reviews import QueueAsked, ReviewIn, ReviewItem, Urgency, WaitingResult
from services.compliance.store import decisions as store
from services.compliance.store import queue
from services.compliance.store.queue import Place, Waiting
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound


async def list_reviews(
    db: AsyncSession, actor: Actor, asked: QueueAsked, cursor: str | None, limit: int
) -> Page[ReviewItem]:
    """What waits for a person in the actor's regions: live or within a day first, then by deadline."""
    now, after = clock.business_now(), None
    if cursor:
        at, rank, due_at, decision_id = decode_cursor(cursor, str, int, str, str)
        # The pages of one walk show the queue as it was when the walk began.
        now = moment_in(str(at))
        after = Place(now, int(rank), moment_in(str(due_at)), str(decision_id))
    wanted = queue.Asked(asked.state == "blocked", actor.scopes or None, asked.region, asked.rule, asked.kind)
    rows = await queue.list_queue(db, wanted, now, now + SOON, after, limit + 1)
    hand, _ = await hand_of(db, actor)
    documents = [json.loads(row.document) for row in rows[:limit]]
    parties = await parties_of_all(db, documents)
    items = [
        _item(row, document, behind, hand, now, asked.state)
        for row, document, behind in zip(rows[:limit], documents, parties, strict=True)
    ]
    last = rows[limit - 1] if len(rows) > limit else None
    place = (now.isoformat(), last.rank, last.due_at.isoformat(), last.decision_id) if last else None
    return Page(items=items, next=encode_cursor(*place) if place else None)


def moment_in(text: str) -> datetime:
    """The instant in a cursor; whoever made one up begins at the present."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return clock.now()
    return found if found.tzinfo else clock.now()


def _item(
    row: Waiting, document: dict[str, Any], parties: Sequence[Party], hand: Hand, now: datetime, state: str
) -> ReviewItem:
    speaking = "fail" if state == "blocked" else "review"
    held = [result for result in document["results"] if result["result"] == speaking]
    found = obstacle(hand, parties)
    return ReviewItem(
        decision_id=row.decision_id,
        subject=SubjectOut(**document["subject"]),
        stage=document["stage"],
        region_code=row.region_code,
        title_zh=row.title_zh,
        title_en=row.title_en,
        decided_at=document["decided_at"],
        waits_since=row.waits_since,
        deadline_at=row.due_at,
        urgency=_urgency(row, now),
        demonstration=row.clock_set,
        applicant_organs=applicants_organs(parties),
        you_may=found is None,
        why_not=Words(zh=found.zh, en=found.en) if found else None,
        results=[WaitingResult(**result, resolvable=_resolvable(result)) for result in held],
    )


def _urgency(row: Waiting, now: datetime) -> Urgency:
    if row.live:
        return "live"
    if row.rank == 0:
        return "soon"
    if row.due_at >= now:
        return "later"
    return "demonstration" if row.clock_set else "overdue"


def _resolvable(result: dict[str, Any]) -> bool:
    return result["rule"] != GATE and not result["hard"]


async def resolve_review(
    db: AsyncSession, around: Surroundings, actor: Actor, decision_id: str, body: ReviewIn
) -> bytes:
    """Keep the reviewer's word and decide again; the new decision's bytes."""
    case = await decided_case(db, decision_id)
    case.require_present()
    if not case.document["binding"]:
        raise NotReviewable(
            "A preview waits for the approver, not for a reviewer.", "预核验结论等待审批，不由复核人员处理。"
        )
    organ = await require_outsider(db, actor, case.parties)
    require_scope(actor, [case.standing.region_code] if case.standing.region_code else [])
    _require_open(case, body)
    await add_word(db, actor, case, body, organ)
    newest = await store.find_decision(db, await decide_again(db, around, case.standing))
    if newest is None:
        raise NotFound("There is no decision on this subject.", "该事项没有决定。")
    return newest.document


async def add_word(
    db: AsyncSession, actor: Actor, case: DecidedCase, body: ReviewIn, organ: dict[str, Any] | None
) -> None:
    """Keep a reviewer's word as a fact, and in the trail; of several words on one thing the last one holds."""
    now, organ = clock.business_now(), organ or {}
    fact = basis_of(case.document["facts"], body.rule, body.reason_code) | {
        "decision_id": case.stored.id,
        "outcome": body.resolution,
        "resolved_at": instant_text(now),
    }
    fact |= {"resolved_by_organ": organ["name"]} if organ.get("name") else {}
    fact |= {"resolved_by_region_code": organ["region_code"]} if organ.get("region_code") else {}
    standing = case.standing
    word = Resolution(
        id=new_id(),
        subject_kind=standing.subject_kind,
        subject_id=standing.subject_id,
        decision_id=case.stored.id,
        fact=fact,
        reason_zh=body.reason_zh,
        reason_en=body.reason_en,
        reviewer_account=actor.account_id,
        reviewer_person=actor.person,
        resolved_at=now,
    )
    await store.add_resolution(db, word)
    named = (standing.subject_kind, standing.subject_id, standing.region_code, case.stored.id)
    about = About(*named, body.rule, body.reason_code, word.id)
    said = by(actor, "reviewer", organ)
    accepted = body.resolution == "accepted"
    await note(db, "review.accepted" if accepted else "review.refused", about, said, body.reason_zh, body.reason_en)


def _require_open(case: DecidedCase, body: ReviewIn) -> None:
    result = case.result_of(body.rule)
    if result is None or body.reason_code not in result["reason_codes"]:
        raise NotReviewable(
            f"The decision has no result {body.rule} for the reason {body.reason_code}.",
            f"该决定中没有规则 {body.rule}、原因 {body.reason_code} 的结论。",
        )
    if result["result"] == "fail":
        raise NotReviewable(
            "A fail is no review; the facts must change. " + result["reason"]["en"],
            "未通过的结论不属于人工复核，应更正事实。" + result["reason"]["zh"],
        )
    if result["result"] != "review" or body.rule == GATE:
        raise NotReviewable(
            "This result does not wait for a reviewer. " + result["reason"]["en"],
            "该结论无须人工复核。" + result["reason"]["zh"],
        )
