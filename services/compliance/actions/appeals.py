"""Appeals: those concerned object to a fail, and a reviewer of another organ than all who acted decides in time.

An appeal never pauses a block. Granted, it turns a refused review into an accepted one, or begins the override of a
soft fail; a suspension of the producer it has lifted; of any other hard fail it can only say which facts must be
corrected.
"""

from datetime import datetime
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.overrides import new_override, still_holds
from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.people import (
    DecidedCase,
    acted_on,
    decide_again,
    decided_case,
    hand_of,
    require_clear,
)
from services.compliance.actions.producers import suspended_producer
from services.compliance.actions.registry import require_scope
from services.compliance.actions.reviews import add_word, moment_in
from services.compliance.actions.surroundings import Moment, Surroundings
from services.compliance.actions.trail import About, By, note
from services.compliance.domain.access import may_read
from services.compliance.domain.conditions import GATE
from services.compliance.domain.deadlines import (
    DECIDE_WITHIN,
    FILE_WITHIN,
    may_appeal_until,
    procedure_number,
    working_deadline,
)
from services.compliance.domain.independence import Party, obstacle, obstacle_beside
from services.compliance.errors import AppealAnswered, AppealTooLate, NotAppealable
from services.compliance.models import Appeal
from services.compliance.rules.law import Parameters
from services.compliance.schemas.checks import SubjectOut
from services.compliance.schemas.people import (
    AppealCountsOut,
    AppealDecisionIn,
    AppealFigures,
    AppealIn,
    AppealOut,
    Effect,
    OverrideIn,
)
from services.compliance.schemas.reviews import ReviewIn
from services.compliance.store import decisions
from services.compliance.store import people as store
from services.compliance.store.people import Counted
from services.contracts.compliance import SuspensionOverturned
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.outbox import enqueue
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import FieldError, NotAllowed, NotFound

# Those whom a decision concerns: in their regions, and the platform's own people everywhere.
REGIONAL = ("operator", "official", "host", "approver")
EVERYWHERE = ("platform", "administrator")
DECIDERS = ("reviewer", "inspector", "administrator")
# The one hard fail that rests on the word of an office, and not on a fact that only the region could correct.
SUSPENDED = ("quality.seller", "seller_suspended")


async def open_appeal(
    db: AsyncSession, around: Surroundings, actor: Actor, decision_id: str, body: AppealIn
) -> AppealOut:
    """Object to one failed result of the decision that stands."""
    case = await decided_case(db, decision_id)
    role = _role_of(actor)
    if not may_read(actor, case.stored, clock.business_today()) and role not in EVERYWHERE:
        raise NotFound(f"There is no decision {decision_id} that you may read.", f"没有您可查看的决定 {decision_id}。")
    if role not in EVERYWHERE:
        require_scope(actor, [case.standing.region_code] if case.standing.region_code else [])
    case.require_present()
    result = _require_fail(case, body)
    await _require_first(db, case, body)
    await _require_files(around, actor, body)
    moment = Moment.present()
    parameters = await current_parameters(db)
    _require_in_time(parameters, case, moment.now)
    decide_within = procedure_number(parameters, DECIDE_WITHIN, moment.now)
    appeal = await _appeal(db, actor, role, case, body, hard=result["hard"], moment=moment, decide_within=decide_within)
    await store.save(db, appeal)
    await note(db, "appeal.opened", _about(appeal), By(role, appeal.appellant_organ, actor.account_id, actor.person))
    return appeal_out(appeal, actor)


def _role_of(actor: Actor) -> str:
    return next(role for role in (*REGIONAL, *EVERYWHERE) if actor.has(role))


def _require_fail(case: DecidedCase, body: AppealIn) -> dict[str, Any]:
    result = case.result_of(body.rule)
    if result is None or result["result"] != "fail" or body.reason_code not in result["reason_codes"]:
        raise NotAppealable(
            f"The decision has no fail of {body.rule} for the reason {body.reason_code}. "
            "What waits for a reviewer is answered without an appeal.",
            f"该决定中没有规则 {body.rule}、原因 {body.reason_code} 的未通过结论；待人工复核的事项无须申诉。",
        )
    if body.rule == GATE:
        raise NotAppealable(
            "Our records lack something; this is cured by completing them. " + result["reason"]["en"],
            "此项因平台档案不全，补齐后即可重新核验。" + result["reason"]["zh"],
        )
    return result


async def _require_first(db: AsyncSession, case: DecidedCase, body: AppealIn) -> None:
    for appeal in await store.list_appeals_of(db, [case.standing.subject_id]):
        same = (appeal.decision_id, appeal.rule, appeal.reason_code) == (case.stored.id, body.rule, body.reason_code)
        if same and appeal.state != "withdrawn":
            raise AppealAnswered(
                f"There is an appeal against this already; it is {appeal.state}. A decision is appealed once.",
                "对该结论已有申诉，同一决定只能申诉一次。",
                appeal_id=appeal.id,
            )


async def _require_files(around: Surroundings, actor: Actor, body: AppealIn) -> None:
    # Whoever merely knows the hash of somebody else's file does not bring it into a case.
    owned = [await around.blobs.is_owned(file.sha256, actor.owners) for file in body.files]
    missing = [index for index, known in enumerate(owned) if not known]
    if missing:
        raise NotAppealable(
            "A file is not among those that you uploaded. Upload it with POST /documents first.",
            "有文件不是由您上传的，请先通过 POST /documents 上传。",
            errors=[FieldError(f"files.{index}.sha256", "Not stored.", "尚未上传。") for index in missing],
        )


def _require_in_time(parameters: Parameters, case: DecidedCase, now: datetime) -> None:
    decided_at = datetime.fromisoformat(case.document["decided_at"])
    until = may_appeal_until(parameters, decided_at, now)
    if now > until:
        days = procedure_number(parameters, FILE_WITHIN, now)
        raise AppealTooLate(
            f"An appeal is possible within {days} working days of the decision, until {until:%Y-%m-%d %H:%M}. "
            "Correct the facts and submit again; the new decision can be appealed against.",
            f"申诉须在决定作出后 {days} 个工作日内提出，期限至 {until:%Y-%m-%d %H:%M}。"
            "可更正材料重新提交，对新的决定再行申诉。",
            until=until.isoformat(),
        )


async def _appeal(
    db: AsyncSession,
    actor: Actor,
    role: str,
    case: DecidedCase,
    body: AppealIn,
    *,
    hard: bool,
    moment: Moment,
    decide_within: int,
) -> Appeal:
    _, organ = await hand_of(db, actor)
    decide_by, calendar = working_deadline(moment.now, decide_within)
    standing = case.standing
    return Appeal(
        id=new_id(),
        version=1,
        state="open",
        subject_kind=standing.subject_kind,
        subject_id=standing.subject_id,
        parent_id=standing.parent_id,
        decision_id=case.stored.id,
        region_code=standing.region_code,
        region_line=standing.region_line,
        title_zh=standing.title_zh,
        title_en=standing.title_en,
        rule=body.rule,
        reason_code=body.reason_code,
        hard=hard,
        grounds_zh=body.grounds_zh,
        grounds_en=body.grounds_en,
        files=[file.model_dump() for file in body.files],
        appellant_account=actor.account_id,
        appellant_person=actor.person,
        appellant_role=role,
        appellant_organ=organ,
        opened_at=moment.now,
        decide_by=decide_by,
        calendar=calendar,
        clock_set=moment.clock_set,
    )


async def decide_appeal(
    db: AsyncSession, around: Surroundings, actor: Actor, appeal_id: str, body: AppealDecisionIn
) -> AppealOut:
    """The word of a reviewer of another organ than all who acted; granted, it has its effect at once."""
    row = await _open_one(db, appeal_id)
    case = await _case_now(db, row)
    hand, organ = await hand_of(db, actor)
    appellant = Party(row.appellant_role, row.appellant_person, (row.appellant_organ or {}).get("name"))
    acted = [*case.parties, *await acted_on(db, case.standing), appellant]
    require_clear(obstacle(hand, case.parties), obstacle_beside(hand, acted))
    require_scope(actor, [row.region_code] if row.region_code else [])
    row.state, row.decided_at = body.outcome, clock.business_now()
    row.decider_account, row.decider_person, row.decider_organ = actor.account_id, actor.person, organ
    row.decision_zh, row.decision_en = body.reason_zh, body.reason_en
    row.effect = "stands"
    if body.outcome == "granted":
        await _grant(db, around, actor, row, case, organ)
    row.version += 1
    await store.save(db, row)
    who = By("reviewer", organ, actor.account_id, actor.person)
    upheld = body.outcome == "upheld"
    await note(db, "appeal.upheld" if upheld else "appeal.granted", _about(row), who, body.reason_zh, body.reason_en)
    return appeal_out(row, actor)


async def _grant(
    db: AsyncSession,
    around: Surroundings,
    actor: Actor,
    row: Appeal,
    case: DecidedCase,
    organ: dict[str, Any] | None,
) -> None:
    """What a granted appeal does: people lift what people may lift, and of a hard fail only the facts can be cured."""
    result = case.result_of(row.rule)
    fails = result is not None and result["result"] == "fail" and row.reason_code in result["reason_codes"]
    words = {
        "rule": row.rule,
        "reason_code": row.reason_code,
        "reason_zh": row.decision_zh,
        "reason_en": row.decision_en,
    }
    if result is None or not fails or not case.alive:
        row.effect = "moot"
    elif (row.subject_kind, row.rule, row.reason_code) == ("lot", *SUSPENDED):
        row.effect = await _lift(db, row)
    elif result["hard"]:
        row.effect = "correct_facts"
    elif result.get("resolved_by"):
        await add_word(db, actor, case, ReviewIn(resolution="accepted", **cast(Any, words)), organ)
        row.effect, row.new_decision_id = "resolution", await decide_again(db, around, case.standing)
    else:
        row.effect, row.override_id = "override", await _begun(db, case, row)
        if row.override_id is None:
            row.override_id = (await new_override(db, actor, case, OverrideIn(**cast(Any, words)), organ)).id


async def _lift(db: AsyncSession, row: Appeal) -> Effect:
    """A suspension is the word of one office, and another has overruled it: catalog, whose it is, is told to end it."""
    found = await suspended_producer(db, row.subject_id)
    if found is None:
        return "moot"
    told = SuspensionOverturned(
        entity_id=row.id,
        version=row.version + 1,
        producer_id=found[0],
        region_code=row.region_code,
        suspension=found[1],
        decision_id=row.decision_id,
        decided_by_organ=(row.decider_organ or {}).get("name"),
        reason_zh=row.decision_zh or "",
        reason_en=row.decision_en,
    )
    await enqueue(db, told)
    return "suspension_lifted"


async def _begun(db: AsyncSession, case: DecidedCase, row: Appeal) -> str | None:
    """The override of the same that somebody proposed already and that still waits."""
    for known in await store.list_overrides(db, [row.subject_id]):
        same = (known.rule, known.reason_code) == (row.rule, row.reason_code)
        if known.state == "proposed" and same and known.valid_until > clock.business_now() and still_holds(known, case):
            return known.id
    return None


async def withdraw_appeal(db: AsyncSession, actor: Actor, appeal_id: str, reason_zh: str | None) -> AppealOut:
    """The appellant takes it back."""
    row = await _open_one(db, appeal_id)
    if row.appellant_account != actor.account_id and row.appellant_person != actor.person:
        raise NotAllowed("Only who opened an appeal may withdraw it.", "只有提出申诉的人可以撤回申诉。")
    row.state, row.decided_at = "withdrawn", clock.business_now()
    row.version += 1
    await store.save(db, row)
    who = By(row.appellant_role, row.appellant_organ, actor.account_id, actor.person)
    await note(db, "appeal.withdrawn", _about(row), who, reason_zh)
    return appeal_out(row, actor)


async def _open_one(db: AsyncSession, appeal_id: str) -> Appeal:
    row = await store.find_appeal(db, appeal_id, locked=True)
    if row is None:
        raise _no_appeal(appeal_id)
    if row.state != "open":
        raise AppealAnswered(
            f"It is {row.state}; an appeal is decided once.", "该申诉已经办结，不能再次处理。", state=row.state
        )
    return row


async def _case_now(db: AsyncSession, row: Appeal) -> DecidedCase:
    standing = await decisions.find_standing(db, row.subject_kind, row.subject_id)
    return await decided_case(db, standing.decision_id if standing else row.decision_id)


async def get_appeal(db: AsyncSession, actor: Actor, appeal_id: str) -> AppealOut:
    """An appeal, for those who decide, and for those of the region whom it concerns. Raises NotFound for others."""
    row = await store.find_appeal(db, appeal_id)
    if row is None or not _may_read(actor, row):
        raise _no_appeal(appeal_id)
    return appeal_out(row, actor)


def _may_read(actor: Actor, row: Appeal) -> bool:
    if row.appellant_account == actor.account_id or (actor.has(*DECIDERS) and not actor.scopes):
        return True
    return actor.has(*DECIDERS, *REGIONAL) and not set(actor.scopes).isdisjoint(row.region_line)


async def list_appeals(
    db: AsyncSession, actor: Actor, state: str | None, subject_id: str | None, cursor: str | None, limit: int
) -> Page[AppealOut]:
    """The appeals that the actor may read, the nearest deadline first."""
    after = None
    if cursor:
        moment, appeal_id = decode_cursor(cursor, str, str)
        after = (moment_in(str(moment)), str(appeal_id))
    decides = actor.has(*DECIDERS)
    scopes = list(actor.scopes) if actor.scopes or not decides else None
    own = None if decides or actor.has(*REGIONAL) else actor.account_id
    asked = store.AppealsAsked(scopes if own is None else None, state, subject_id, own)
    rows = await store.list_appeals(db, asked, after, limit + 1)
    items = [appeal_out(row, actor) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items=items, next=encode_cursor(last.decide_by.isoformat(), last.id) if last else None)


async def count_appeals(db: AsyncSession) -> AppealCountsOut:
    """How appeals end, for everybody."""
    now = clock.business_now()
    parameters = await current_parameters(db)
    counted = await store.count_appeals(db, now)
    return AppealCountsOut(
        counted_at=now,
        figures=_figures([each for each in counted if not each.demonstration]),
        demonstrations=_figures([each for each in counted if each.demonstration]),
        file_working_days=procedure_number(parameters, FILE_WITHIN, now),
        decide_working_days=procedure_number(parameters, DECIDE_WITHIN, now),
    )


def _figures(counted: list[Counted]) -> AppealFigures:
    count = {each.state: each.count for each in counted}
    late = {each.state: each.late for each in counted}
    return AppealFigures(
        opened=sum(count.values()),
        open=count.get("open", 0),
        overdue=late.get("open", 0),
        upheld=count.get("upheld", 0),
        granted=count.get("granted", 0),
        withdrawn=count.get("withdrawn", 0),
        late=late.get("upheld", 0) + late.get("granted", 0),
    )


def _about(row: Appeal) -> About:
    kind, subject_id = row.subject_kind, row.subject_id
    return About(kind, subject_id, row.region_code, row.decision_id, row.rule, row.reason_code, row.id)


def _no_appeal(appeal_id: str) -> NotFound:
    return NotFound(f"There is no appeal {appeal_id} that you may read.", f"没有您可查看的编号为 {appeal_id} 的申诉。")


_KEPT = (
    *("id", "version", "state", "decision_id", "region_code", "title_zh", "title_en", "rule", "reason_code", "hard"),
    *("grounds_zh", "grounds_en", "files", "appellant_role", "opened_at", "decide_by", "calendar", "decided_at"),
    *("decision_zh", "decision_en", "effect", "override_id", "new_decision_id"),
)


def appeal_out(row: Appeal, actor: Actor) -> AppealOut:
    """An appeal as those see it who may."""
    fields: dict[str, Any] = {name: getattr(row, name) for name in _KEPT}
    return AppealOut(
        **fields,
        subject=SubjectOut(kind=cast(Any, row.subject_kind), id=row.subject_id, parent_id=row.parent_id),
        appellant_organ=(row.appellant_organ or {}).get("name"),
        mine=row.appellant_account == actor.account_id,
        overdue=row.state == "open" and not row.clock_set and clock.business_now() > row.decide_by,
        demonstration=row.clock_set,
        decided_by_organ=(row.decider_organ or {}).get("name"),
    )
