"""Who may do what with a filing: region scopes, the level above, and nobody with their own case."""

from services.broadcast.domain import places
from services.broadcast.domain.life import ENDED, TABLE, Move, State
from services.broadcast.errors import ApproverIsApplicant, NotConcerned, OutOfRegion, WrongApprover
from services.broadcast.models import Filing
from services.contracts import regions
from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import BodyInvalid, FieldError

SEES_ALL = ("reviewer", "inspector", "administrator")


def require_region(field: str, code: str, *, demo: bool) -> None:
    """Raises BodyInvalid when the code is unknown or not in force today."""
    problem = places.region_problem(field, code, clock.business_today(), demo=demo)
    if problem is not None:
        raise refused_fields([problem])


def refused_fields(errors: list[FieldError]) -> BodyInvalid:
    """The problem for fields that contradict themselves; its detail is what the first one says."""
    return BodyInvalid(errors[0].en, errors[0].zh, errors=errors)


def require_scope(actor: Actor, code: str) -> None:
    """Raises OutOfRegion unless the region lies in the actor's charge; administrators act anywhere."""
    today = clock.business_today()
    if actor.has("administrator") or places.in_scope(actor.scopes, code, today):
        return
    zh = "、".join(places.short_name(scope, today, chinese=True) for scope in actor.scopes) or "无"
    en = ", ".join(places.short_name(scope, today, chinese=False) for scope in actor.scopes) or "none"
    raise OutOfRegion(
        f"{places.short_name(code, today, chinese=False)} ({code}) is not in your charge; your regions: {en}.",
        f"{places.short_name(code, today, chinese=True)}（{code}）不在您的权限范围内；您负责的地区：{zh}。",
        region_code=code,
        scopes=list(actor.scopes),
    )


def require_reader(actor: Actor, filing: Filing) -> None:
    """Raises NotConcerned unless the actor has to do with the filing."""
    if actor.has(*SEES_ALL):
        return
    today = clock.business_today()
    covers = places.in_scope(actor.scopes, filing.region_code, today)
    above = filing.approving_region is not None and places.in_scope(actor.scopes, filing.approving_region, today)
    if actor.has("operator") and covers:
        return
    if actor.has("approver") and filing.state != State.DRAFT and (covers or above):
        return
    if actor.has("official") and filing.presenter_person == actor.person:
        return
    raise NotConcerned(
        "Operators of its region, its approvers, its presenter, reviewers and inspectors may read it.",
        "仅该地区的经办人、审批人、介绍地区的官员以及复核、监督人员可以查看。",
    )


def require_approver(actor: Actor, filing: Filing) -> None:
    """Raises WrongApprover for another level, ApproverIsApplicant for one's own filing."""
    _refuse_own(actor, filing)
    level = filing.approving_region
    today = clock.business_today()
    if level is not None and places.is_the_level(actor.scopes, level, today):
        return
    above = level or filing.region_code
    name_en = places.short_name(above, today, chinese=False)
    raise WrongApprover(
        f"The level directly above approves: an approver of {name_en} ({above}).",
        f"须由直接上级审批：{places.full_name(above, today, chinese=True)}（{above}）的审批人。",
        approving_region=level,
    )


def _refuse_own(actor: Actor, filing: Filing) -> None:
    accounts = {filing.written_by, filing.applicant_account}
    people = {filing.applicant_person, filing.presenter_person}
    if actor.account_id in accounts or (actor.person and actor.person in people):
        raise ApproverIsApplicant(
            "You filed it or present it; somebody else of the level above decides.",
            "您是该报备的经办人或介绍官员，须由上级的其他人员审批。",
        )


def require_stopper(actor: Actor, filing: Filing) -> None:
    """Who may cancel: the levels above, inspectors, administrators."""
    if not actor.has("inspector", "administrator"):
        above = filing.approving_region or filing.region_code
        if not places.in_scope(actor.scopes, above, clock.business_today()):
            require_approver(actor, filing)


def moves_of(actor: Actor, filing: Filing) -> list[str]:
    """What the actor may do with the filing now, for buttons; each move checks again when it is made."""
    state, today = State(filing.state), clock.business_today()
    if state in ENDED:
        return ["clone"] if actor.has("operator") and places.in_scope(actor.scopes, filing.region_code, today) else []
    moves: list[str] = []
    if actor.has("operator") and places.in_scope(actor.scopes, filing.region_code, today):
        own = [move for move in (Move.REVISE, Move.SUBMIT, Move.WITHDRAW) if (state, move) in TABLE]
        moves += [*own, "clone"]
    if actor.has("approver") and _may_approve(actor, filing):
        moves += [move for move in (Move.APPROVE, Move.RETURN, Move.CANCEL) if (state, move) in TABLE]
    elif actor.has("inspector", "administrator") and (state, Move.CANCEL) in TABLE:
        moves.append(Move.CANCEL)
    return [str(move) for move in moves]


def _may_approve(actor: Actor, filing: Filing) -> bool:
    try:
        require_approver(actor, filing)
    except (WrongApprover, ApproverIsApplicant):
        return False
    return True


def path_of(code: str) -> list[str]:
    """Under which codes lists find the region."""
    return places.path_of(code, clock.business_today())


def region_names(code: str) -> tuple[str, str]:
    """The region's own name in Chinese and English."""
    row = regions.known(code)
    return (row.name_zh, row.name_en) if row else (code, code)
