"""Referrals before inspectors: they forward one to the organ that supervises the people behind it, or close it.

政务处分法 38(1) and 39(3) concern the conduct of people; whether anybody has to answer for it is decided elsewhere.
"""

from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.people import DecidedCase, decided_case, hand_of, require_clear
from services.compliance.actions.referring import Found, refer, referable, words_sha256
from services.compliance.actions.registry import require_scope
from services.compliance.actions.surroundings import Moment
from services.compliance.actions.trail import About, by, note
from services.compliance.domain.access import outside
from services.compliance.domain.independence import Hand, Obstacle, obstacle
from services.compliance.errors import NotReferable, ReferralClosed
from services.compliance.models import Referral
from services.compliance.schemas.checks import SubjectOut, Words
from services.compliance.schemas.people import CloseIn, ForwardIn, ReferableOut, ReferralOut
from services.compliance.store import people as store
from services.kit import clock
from services.kit.actor import Actor
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound

_OTHER_REGION = Obstacle("The case lies outside of your regions.", "该事项不在您的地区范围内。")


async def list_referrals(
    db: AsyncSession, actor: Actor, state: str | None, cursor: str | None, limit: int
) -> Page[ReferralOut]:
    """Referrals of the actor's regions, newest first."""
    before = str(decode_cursor(cursor, str)[0]) if cursor else None
    rows = await store.list_referrals(db, actor.scopes or None, state, before, limit + 1)
    items = [_out(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


async def get_referral(db: AsyncSession, actor: Actor, referral_id: str) -> ReferralOut:
    """One referral of the actor's regions. Raises NotFound, WrongRegion."""
    row = await store.find_referral(db, referral_id)
    if row is None:
        raise _no_referral(referral_id)
    _require_region(actor, row.region_code)
    return _out(row)


async def refer_decision(db: AsyncSession, actor: Actor, decision_id: str) -> ReferralOut:
    """The referral of what a stored decision found; it is opened when the gate has not done so, and never twice.

    Raises NotReferable for a decision that found nothing of the kind, and OwnCase and WrongRegion for the inspector.
    """
    case = await decided_case(db, decision_id)
    results = referable(case.document["results"])
    if not results:
        raise NotReferable(
            "Only a failed notice of apportionment is referred, and this decision has none. Read its results.",
            "只有认定存在摊派的通知才需移送，该决定中没有此类结论，请查看各项结论。",
        )
    standing = case.standing
    _require_region(actor, standing.region_code)
    hand, organ = await hand_of(db, actor)
    require_clear(obstacle(hand, case.parties))
    named = (standing.region_code or "", standing.title_zh, standing.title_en)
    found = Found(case.stored.id, standing.subject_kind, standing.subject_id, *named)
    await refer(db, found, results, Moment.present(), by(actor, "inspector", organ))
    row = await store.find_referral_of(db, standing.subject_id, results[0]["rule"], words_sha256(results[0]))
    if row is None:
        raise _no_referral(decision_id)
    return _out(row)


async def referable_out(db: AsyncSession, actor: Actor, case: DecidedCase, hand: Hand) -> ReferableOut | None:
    """What an inspector reads of a case: the referral that its words have, or whether they may open one."""
    results = referable(case.document["results"])
    if not results or not actor.has("inspector"):
        return None
    standing = case.standing
    row = await store.find_referral_of(db, standing.subject_id, results[0]["rule"], words_sha256(results[0]))
    far = (
        standing.region_code and actor.scopes and outside(actor.scopes, [standing.region_code], clock.business_today())
    )
    why = _OTHER_REGION if far else obstacle(hand, case.parties)
    return ReferableOut(
        referral_id=row.id if row and not far else None,
        allowed=row is None and why is None,
        why=Words(zh=why.zh, en=why.en) if row is None and why else None,
    )


async def forward_referral(db: AsyncSession, actor: Actor, referral_id: str, body: ForwardIn) -> ReferralOut:
    """Hand it to the organ that supervises the people behind it."""
    row = await _moved(db, actor, referral_id)
    row.state, row.forwarded_to = "forwarded", body.organ
    return await _keep(db, actor, row, body, "referral.forwarded")


async def close_referral(db: AsyncSession, actor: Actor, referral_id: str, body: CloseIn) -> ReferralOut:
    """Nothing more is to be done, and why."""
    row = await _moved(db, actor, referral_id)
    row.state = "closed"
    return await _keep(db, actor, row, body, "referral.closed")


async def _moved(db: AsyncSession, actor: Actor, referral_id: str) -> Referral:
    """The referral, locked, for an inspector of its region who stands outside the case."""
    row = await store.find_referral(db, referral_id, locked=True)
    if row is None:
        raise _no_referral(referral_id)
    _require_region(actor, row.region_code)
    case = await decided_case(db, row.decision_id)
    hand, _ = await hand_of(db, actor)
    require_clear(obstacle(hand, case.parties))
    if row.state == "closed":
        raise ReferralClosed(
            "It was closed, with a reason; a new notice opens a new one.", "该线索已附理由办结，新的通知会另行立案。"
        )
    return row


async def _keep(db: AsyncSession, actor: Actor, row: Referral, body: ForwardIn | CloseIn, action: Any) -> ReferralOut:
    _, organ = await hand_of(db, actor)
    row.reason_zh, row.reason_en = body.reason_zh, body.reason_en
    row.version += 1
    row.changed_at = clock.business_now()
    await store.save(db, row)
    about = About(row.subject_kind, row.subject_id, row.region_code, row.decision_id, row.rule, record_id=row.id)
    await note(db, action, about, by(actor, "inspector", organ), body.reason_zh, body.reason_en)
    return _out(row)


def _require_region(actor: Actor, region_code: str | None) -> None:
    """Raises WrongRegion; an inspector without regions is a national one."""
    if actor.scopes:
        require_scope(actor, [region_code] if region_code else [])


def _no_referral(referral_id: str) -> NotFound:
    return NotFound(f"There is no referral {referral_id}.", f"没有编号为 {referral_id} 的移送线索。")


def _out(row: Referral) -> ReferralOut:
    fields = row.model_dump(exclude={"subject_kind", "subject_id", "region_line", "evidence_sha256", "clock_set"})
    return ReferralOut(
        **fields,
        subject=SubjectOut(kind=cast(Any, row.subject_kind), id=row.subject_id),
        demonstration=row.clock_set,
    )
