"""Reviews: what waits for a person, and a reviewer's published word, after which the gate decides again."""

import json
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.filings import ask_filing_again
from services.compliance.actions.lots import ask_lot_again
from services.compliance.actions.registry import organ_of, require_scope
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain.conditions import GATE
from services.compliance.domain.registry import instant_text
from services.compliance.domain.reviewing import applicants_organs, persons_in, resolution_fact
from services.compliance.errors import DecisionSuperseded, NotReviewable, OwnCase
from services.compliance.models import Resolution, Standing
from services.compliance.schemas.checks import SubjectOut
from services.compliance.schemas.reviews import ReviewIn, ReviewItem, WaitingResult
from services.compliance.store import decisions as store
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound


async def list_reviews(db: AsyncSession, actor: Actor, cursor: str | None, limit: int) -> Page[ReviewItem]:
    """Binding decisions that wait for a person in the actor's regions, nearest deadline first."""
    after = None
    if cursor:
        moment, decision_id = decode_cursor(cursor, str, str)
        after = (_moment(str(moment)), str(decision_id))
    rows = await store.list_waiting(db, actor.scopes or None, after, limit + 1)
    items = [_item(standing, json.loads(document)) for standing, document in rows[:limit]]
    last = rows[limit - 1][0] if len(rows) > limit else None
    return Page(items=items, next=encode_cursor(last.deadline_at.isoformat(), last.decision_id) if last else None)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return clock.now()


def _item(standing: Standing, document: dict[str, Any]) -> ReviewItem:
    held = [result for result in document["results"] if result["result"] == "review"]
    return ReviewItem(
        decision_id=standing.decision_id,
        subject=SubjectOut(**document["subject"]),
        stage=document["stage"],
        region_code=standing.region_code,
        title_zh=standing.title_zh,
        title_en=standing.title_en,
        decided_at=datetime.fromisoformat(document["decided_at"]),
        deadline_at=standing.deadline_at,
        results=[WaitingResult(**result, resolvable=result["rule"] != GATE) for result in held],
    )


async def resolve_review(
    db: AsyncSession, around: Surroundings, actor: Actor, decision_id: str, body: ReviewIn
) -> bytes:
    """Keep the reviewer's word and decide again; the new decision's bytes."""
    document, standing = await _waiting(db, decision_id)
    _require_outsider(actor, document["facts"])
    require_scope(actor, [standing.region_code] if standing.region_code else [])
    _require_open(document, body)
    organ = await organ_of(db, actor) or {}
    now = clock.business_now()
    fact = resolution_fact(document["facts"], body.rule, body.reason_code) | {
        "decision_id": decision_id,
        "outcome": body.resolution,
        "resolved_at": instant_text(now),
    }
    fact |= {"resolved_by_organ": organ["name"]} if organ.get("name") else {}
    fact |= {"resolved_by_region_code": organ["region_code"]} if organ.get("region_code") else {}
    await store.add_resolution(
        db,
        Resolution(
            id=new_id(),
            subject_kind=standing.subject_kind,
            subject_id=standing.subject_id,
            decision_id=decision_id,
            fact=fact,
            reason_zh=body.reason_zh,
            reason_en=body.reason_en,
            reviewer_account=actor.account_id,
            reviewer_person=actor.person,
            resolved_at=now,
        ),
    )
    await _decide_again(db, around, standing.subject_kind, standing.subject_id)
    return await _newest(db, standing.subject_kind, standing.subject_id)


async def _waiting(db: AsyncSession, decision_id: str) -> tuple[dict[str, Any], Standing]:
    stored = await store.find_decision(db, decision_id)
    if stored is None or stored.origin != "sunfair":
        raise NotFound(f"There is no decision {decision_id} to review.", f"没有待复核的决定 {decision_id}。")
    document = json.loads(stored.document)
    standing = await store.find_standing(db, document["subject"]["kind"], document["subject"]["id"])
    if standing is None or standing.decision_id != decision_id or not standing.active:
        newer = standing.decision_id if standing else None
        raise DecisionSuperseded(
            "Something has changed since; look at the newer decision.",
            "情况已有变化，请查看更新的决定。",
            decision_id=newer,
        )
    if not document["binding"]:
        raise NotReviewable(
            "A preview waits for the approver, not for a reviewer.", "预核验结论等待审批，不由复核人员处理。"
        )
    return document, standing


def _require_outsider(actor: Actor, facts: dict[str, Any]) -> None:
    """Raises OwnCase for whoever has a part in the case, or shares the applicant's organ."""
    if actor.person in persons_in(facts):
        raise OwnCase(
            "You have a part in this case; a reviewer from outside must decide.",
            "您在本事项中担任其他角色，须由无关的复核人员处理。",
        )
    if actor.organ is not None and actor.organ in applicants_organs(facts):
        raise OwnCase(
            "You belong to the applicant's organ; a reviewer of another organ must decide.",
            "您与申请人同属一个单位，须由其他单位的复核人员处理。",
        )


def _require_open(document: dict[str, Any], body: ReviewIn) -> None:
    result = next((result for result in document["results"] if result["rule"] == body.rule), None)
    if result is None or body.reason_code not in result["reason_codes"]:
        raise NotReviewable(
            f"The decision has no result {body.rule} for the reason {body.reason_code}.",
            f"该决定中没有规则 {body.rule}、原因 {body.reason_code} 的结论。",
        )
    if result["result"] == "fail":
        raise NotReviewable(
            "A fail is never overridden; the facts must change. " + result["reason"]["en"],
            "未通过的结论不能由人工推翻，只能更正事实。" + result["reason"]["zh"],
        )
    if result["result"] != "review" or body.rule == GATE:
        raise NotReviewable(
            "This result does not wait for a reviewer. " + result["reason"]["en"],
            "该结论无须人工复核。" + result["reason"]["zh"],
        )


async def _decide_again(db: AsyncSession, around: Surroundings, kind: str, subject_id: str) -> None:
    if kind == "lot":
        await ask_lot_again(db, subject_id)
    else:
        await ask_filing_again(db, around, subject_id)


async def _newest(db: AsyncSession, kind: str, subject_id: str) -> bytes:
    standing = await store.find_standing(db, kind, subject_id)
    stored = await store.find_decision(db, standing.decision_id) if standing else None
    if stored is None:
        raise NotFound("There is no decision on this subject.", "该事项没有决定。")
    return stored.document
