"""A decided case as those see it who may act on it: who is in it, what people said, and what each move needs."""

from typing import Any, Literal, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.appeals import appeal_out
from services.compliance.actions.overrides import first_of, override_out, refuser_is, still_holds
from services.compliance.actions.people import DecidedCase, acted_on, decided_case, hand_of
from services.compliance.actions.referrals import referable_out
from services.compliance.domain.access import may_read, outside
from services.compliance.domain.conditions import GATE
from services.compliance.domain.independence import Hand, Obstacle, Party, obstacle, obstacle_beside
from services.compliance.models import Appeal, Override, Resolution
from services.compliance.schemas.checks import SubjectOut, Words
from services.compliance.schemas.people import CaseOut, MoveOut, PartyOut, PointOut, ResolutionOut
from services.compliance.store import decisions
from services.compliance.store import people as store
from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import NotFound

Document = dict[str, Any]
Move = Literal["resolve", "propose", "confirm", "decide_appeal"]

_NO_REVIEWER = Obstacle("Only reviewers act here.", "仅复核人员可以办理。")
_OTHER_REGION = Obstacle("The case lies outside of your regions.", "该事项不在您的地区范围内。")
_MOVED_ON = Obstacle("The case has moved on; open its newest decision.", "该事项已有新的进展，请打开最新的决定。")
_PREVIEW = Obstacle("A preview waits for the approver, not for a reviewer.", "预核验结论等待审批，不由复核人员处理。")
_PROPOSED = Obstacle("An override of this waits for a second person already.", "已有推翻提议等待第二人答复。")


async def get_case(db: AsyncSession, actor: Actor, decision_id: str) -> CaseOut:
    """The case behind a decision that the actor may read. Raises NotFound for any other."""
    case = await decided_case(db, decision_id)
    if not may_read(actor, case.stored, clock.business_today()):
        raise NotFound(f"There is no decision {decision_id} that you may read.", f"没有您可查看的决定 {decision_id}。")
    standing = case.standing
    overrides = await store.list_overrides(db, [standing.subject_id])
    appeals = await store.list_appeals_of(db, [standing.subject_id])
    resolutions = await decisions.list_resolutions(db, standing.subject_kind, standing.subject_id)
    hand, _ = await hand_of(db, actor)
    against = [result for result in case.document["results"] if result["result"] in ("review", "fail")]
    moves = Moves(db, actor, case, hand, overrides=list(overrides), appeals=list(appeals))
    return CaseOut(
        decision_id=case.stored.id,
        newest_decision_id=standing.decision_id,
        alive=case.alive,
        subject=SubjectOut(**case.document["subject"]),
        stage=case.document["stage"],
        binding=case.document["binding"],
        outcome=case.document["outcome"],
        region_code=standing.region_code,
        title_zh=standing.title_zh,
        title_en=standing.title_en,
        decided_at=case.document["decided_at"],
        deadline_at=standing.deadline_at,
        demonstration=standing.clock_set,
        parties=[_party(party, actor) for party in case.parties],
        points=[await moves.point(result) for result in against],
        resolutions=[_resolution(row) for row in resolutions],
        overrides=[override_out(row) for row in overrides],
        appeals=[appeal_out(row, actor) for row in appeals],
        referral=await referable_out(db, actor, case, hand),
    )


class Moves:
    """What one actor may do about each result of one case, and why not the rest."""

    def __init__(
        self,
        db: AsyncSession,
        actor: Actor,
        case: DecidedCase,
        hand: Hand,
        *,
        overrides: list[Override],
        appeals: list[Appeal],
    ) -> None:
        self.db = db
        self.actor = actor
        self.case = case
        self.hand = hand
        self.overrides = overrides
        self.appeals = appeals

    async def point(self, result: Document) -> PointOut:
        """A result that stands against the subject, with the moves that it knows."""
        answered_by, found = _answered_by(result), []
        if answered_by == "reviewer":
            found.append(self._move("resolve", None, None if self.case.document["binding"] else _PREVIEW))
        if answered_by == "two_people":
            found += await self._of_two(result)
        for appeal in self.appeals:
            if appeal.state == "open" and appeal.rule == result["rule"]:
                found.append(self._move("decide_appeal", appeal.id, await self._decider(appeal)))
        return PointOut(
            rule=result["rule"],
            result=result["result"],
            hard=result["hard"],
            title=Words(**result["title"]),
            reason_codes=result["reason_codes"],
            answered_by=answered_by,
            moves=found,
        )

    async def _of_two(self, result: Document) -> list[MoveOut]:
        waiting = [row for row in self.overrides if self._waits(row, result)]
        refusers = [
            await refuser_is(self.db, self.case, result["rule"], code, self.hand) for code in result["reason_codes"]
        ]
        refuser = next((each for each in refusers if each is not None), None)
        taken = {row.reason_code for row in waiting} >= set(result["reason_codes"])
        found = [self._move("propose", None, refuser or (_PROPOSED if taken else None))]
        for row in waiting:
            second = obstacle_beside(self.hand, [first_of(row)]) or refuser
            found.append(self._move("confirm", row.id, second))
        return found

    def _waits(self, row: Override, result: Document) -> bool:
        same = row.state == "proposed" and row.rule == result["rule"] and row.reason_code in result["reason_codes"]
        return same and row.valid_until > clock.business_now() and still_holds(row, self.case)

    async def _decider(self, appeal: Appeal) -> Obstacle | None:
        appellant = Party(appeal.appellant_role, appeal.appellant_person, (appeal.appellant_organ or {}).get("name"))
        acted = [*self.case.parties, *await acted_on(self.db, self.case.standing), appellant]
        return obstacle_beside(self.hand, acted)

    def _move(self, move: Move, record_id: str | None, own: Obstacle | None) -> MoveOut:
        """The move, with the first thing that stands in its way: the role, the region, the case, the person."""
        why = self._general(move) or obstacle(self.hand, self.case.parties) or own
        words = Words(zh=why.zh, en=why.en) if why else None
        return MoveOut(move=move, allowed=why is None, why=words, record_id=record_id)

    def _general(self, move: Move) -> Obstacle | None:
        if not self.actor.has("reviewer"):
            return _NO_REVIEWER
        region = self.case.standing.region_code
        if region is not None and outside(self.actor.scopes, [region], clock.business_today()):
            return _OTHER_REGION
        stands = self.case.is_newest and self.case.alive
        return None if stands or move == "decide_appeal" else _MOVED_ON


def _answered_by(result: Document) -> Literal["reviewer", "two_people", "facts", "records"]:
    if result["rule"] == GATE:
        return "records"
    if result["result"] == "review":
        return "reviewer"
    return "facts" if result["hard"] else "two_people"


def _party(party: Party, actor: Actor) -> PartyOut:
    return PartyOut(
        role=party.role, organ=party.organ, region_code=party.organ_region_code, you=party.person == actor.person
    )


def _resolution(row: Resolution) -> ResolutionOut:
    return ResolutionOut(
        decision_id=row.decision_id,
        rule=row.fact["rule"],
        reason_code=row.fact["reason_code"],
        outcome=cast(Any, row.fact["outcome"]),
        organ=row.fact.get("resolved_by_organ"),
        resolved_at=row.resolved_at,
        reason_zh=row.reason_zh,
        reason_en=row.reason_en,
    )
