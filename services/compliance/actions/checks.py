"""A question over HTTP: made readable and impersonal, decided, stored, then answered."""

import asyncio
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.clearances import clearance, cleared_until
from services.compliance.actions.parameters import Revision, current_parameters, current_revision
from services.compliance.actions.surroundings import Moment, Surroundings
from services.compliance.actions.writing import RulebookMoved
from services.compliance.domain.public_form import public_form
from services.compliance.domain.verdict import Question, Subject, Verdict, decision_document, is_long, judge
from services.compliance.errors import (
    ClearanceWithoutSubject,
    FactsUnreadable,
    KeyLacksScope,
    LawDateTooFar,
    RulebookNotCurrent,
    RuleUnknown,
)
from services.compliance.rules import STAGES, FactsError, UnknownRule
from services.compliance.rules.law import Parameters, released_parameters
from services.compliance.schemas.checks import CheckIn
from services.compliance.store import decisions as store
from services.compliance.store.decisions import NewDecision
from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database
from services.kit.ids import new_id
from services.kit.problem import FieldError

FURTHEST = timedelta(days=366)
TRIAL_KEPT = timedelta(hours=24)
PLATFORM_KEPT = timedelta(days=3 * 366)
ASSERTED = "asserted"
# A rulebook that moves oftener while one question is asked is not to be waited for.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks. A trial is kept a day and opens nothing; only a platform's live key asks for good."""

    account_id: str | None
    trial: bool

    @property
    def origin(self) -> str:
        """As the decision's."""
        return "trial" if self.trial else "platform"


def asking_of(actor: Actor | None) -> Asking:
    """How this actor may ask. Raises KeyLacksScope for an API key that was made for something else."""
    if actor is None:
        return Asking(None, trial=True)
    if not actor.may("checks:write"):
        raise KeyLacksScope(
            "Use a key with the scope checks:write.",
            "请使用带有 checks:write 授权的密钥。",
            scopes=list(actor.key_scopes),
        )
    return Asking(actor.account_id, trial=not actor.has("platform") or actor.test_key)


async def check_facts(db: AsyncSession, around: Surroundings, actor: Actor | None, body: CheckIn) -> bytes:
    """Decide, store in the caller's transaction, and only then answer; the answer is the stored bytes."""
    asking, parameters = asking_of(actor), await current_parameters(db)
    decision = await decide_check(around, asking, body, Moment.present(), parameters)
    await store.add_decision(db, decision)
    return decision.document


async def check_facts_together(database: Database, around: Surroundings, actor: Actor | None, body: CheckIn) -> bytes:
    """As `check_facts`, in one commit with whoever else asks at this moment.

    The rulebook is looked at once for all of them, when they are stored; whoever decided by an older one asks again.
    """
    asking = asking_of(actor)
    for _ in range(TRIES):
        revision = around.revision or await _revision(database, around)
        decision = await decide_check(around, asking, body, Moment.present(), revision.parameters)
        try:
            await around.writer.store(database, decision, revision.values_sha256)
        except RulebookMoved:
            around.revision = None
            continue
        return decision.document
    raise RulebookNotCurrent(
        "The rules are being changed at this moment. Ask again.",
        "规则正在更新，请稍后重试。",
        headers={"Retry-After": "1"},
    )


async def _revision(database: Database, around: Surroundings) -> Revision:
    async with database.sessions() as db:
        around.revision = await current_revision(db)
    return around.revision


async def decide_check(
    around: Surroundings, asking: Asking, body: CheckIn, moment: Moment, parameters: Parameters
) -> NewDecision:
    """The decision on one question, not stored yet. Raises the problems of a question that cannot be decided."""
    _refuse_contradictions(body, moment)
    verdict = await _verdict(_question(around, body, moment, parameters))
    trial = asking.trial or body.trial
    subject = Subject(body.subject.kind, body.subject.id) if body.subject else None
    return _decision(around, Asking(asking.account_id, trial), body, subject, verdict, moment)


def _refuse_contradictions(body: CheckIn, moment: Moment) -> None:
    if body.clearance and body.subject is None:
        raise ClearanceWithoutSubject(
            "Name the `subject` that the clearance is for, or leave `clearance` out.",
            "请在 `subject` 中写明放行凭证的对象，或去掉 `clearance`。",
            errors=[FieldError("subject", "Required for a clearance.", "申请放行凭证时必填。")],
        )
    if body.at is not None and body.at > moment.now + FURTHEST:
        raise LawDateTooFar(
            "Ask for a moment within 366 days from now: later law is not known.",
            "只能询问自现在起 366 天以内的时间：更晚的法律尚不可知。",
            errors=[FieldError("at", "More than 366 days ahead.", "超过 366 天之后。")],
        )


def _question(around: Surroundings, body: CheckIn, moment: Moment, parameters: Parameters) -> Question:
    try:
        msgspec.json.encode(body.facts)
    except (UnicodeEncodeError, RecursionError):
        raise FactsUnreadable(
            "The facts are nested too deeply or contain half a character (a lone surrogate).",
            "事实材料嵌套过深，或含有不完整的字符（孤立代理项）。",
            errors=[FieldError("facts", "Cannot be written as UTF-8 JSON.", "无法写成 UTF-8 编码的 JSON。")],
        ) from None
    facts = public_form(body.facts, around.token)
    return Question(body.stage, body.at or moment.now, facts, body.rules, parameters=parameters)


# A text of a megabyte takes seconds of the processor. However many strangers send one, the short ones go on.
_LONG_ONES = asyncio.Semaphore(1)


async def _verdict(question: Question) -> Verdict:
    try:
        if is_long(question.facts):
            async with _LONG_ONES:
                return await asyncio.to_thread(judge, question)
        return judge(question)
    except FactsError as error:
        raise unreadable(error) from error
    except UnknownRule as error:
        raise unknown_rule(error) from error


def unreadable(error: FactsError) -> FactsUnreadable:
    """The problem that names every fact that cannot be read, with the nearest name where a name is unknown."""
    found = [_field_error(problem.path, problem.message, problem.nearest) for problem in error.problems]
    nearest = {f"facts.{problem.path}": problem.nearest for problem in error.problems if problem.nearest}
    return FactsUnreadable(
        "Correct the facts listed under `errors`; their definition is GET /api/v1/facts-schema.",
        "请按 `errors` 改正事实材料；定义见 GET /api/v1/facts-schema。",
        errors=found,
        **({"nearest": nearest} if nearest else {}),
    )


def _field_error(path: str, message: str, nearest: str | None) -> FieldError:
    field = f"facts.{path}" if path else "facts"
    if message != "unknown fact":
        return FieldError(field, f"{message}.", f"填写有误（{message}）。")
    if nearest is None:
        return FieldError(field, "There is no fact of this name.", "没有这个名称的事实。")
    return FieldError(
        field, f"There is no fact of this name; did you mean `{nearest}`?", f"没有这个名称的事实，是否指 `{nearest}`？"
    )


def unknown_rule(error: UnknownRule) -> RuleUnknown:
    """The problem that names the nearest rule."""
    nearest = error.nearest
    return RuleUnknown(
        f"There is no rule {error.rule_id}"
        + (f"; did you mean {nearest}?" if nearest else ".")
        + " See /api/v1/rules.",
        f"没有规则 {error.rule_id}" + (f"，是否指 {nearest}？" if nearest else "。") + "全部规则见 /api/v1/rules。",
        errors=[FieldError("rules", f"No rule {error.rule_id}.", f"没有规则 {error.rule_id}。")],
        nearest=nearest,
    )


def _decision(
    around: Surroundings, asking: Asking, body: CheckIn, subject: Subject | None, verdict: Verdict, moment: Moment
) -> NewDecision:
    decision_id, binding = new_id(), not asking.trial
    token = None
    # An answer as of another moment, under some rules only or under a set clock is none about the present. Whoever
    # tells of people's words may replay a published decision with them, but opens no door with words of their own.
    words = body.facts.get("resolutions") or body.facts.get("overrides")
    elsewhere = body.rules or body.at or moment.clock_set or words
    if body.clearance and subject and binding and not elsewhere:
        token = clearance(around, subject, verdict, decision_id, moment.now, ASSERTED)
    document = decision_document(
        decision_id, subject, verdict, moment.now, trial=asking.trial, binding=binding, clearance=token
    )
    return NewDecision(
        id=decision_id,
        origin=asking.origin,
        stage=verdict.stage,
        subject_kind=subject.kind if subject else None,
        subject_id=subject.id if subject else None,
        binding=binding,
        announced=False,
        is_public=False,
        outcome=verdict.outcome,
        at=verdict.at,
        decided_at=moment.now,
        valid_until=verdict.valid_until,
        ruleset=verdict.ruleset,
        facts_sha256=verdict.facts_sha256,
        answer_sha256=verdict.answer_sha256,
        rules=list(body.rules) if body.rules is not None else None,
        asked_by=asking.account_id,
        document=document,
        deleted_after=clock.now() + (TRIAL_KEPT if asking.trial else PLATFORM_KEPT),
        # Only a clearance can be revoked by what happens to the records it rests on.
        keys=list(verdict.keys) if token else None,
        cleared_until=cleared_until(verdict, moment.now) if token else None,
    )


def warm_up() -> None:
    """Read every lexicon, sentence and parameter, which is done at their first use, before somebody waits for it."""
    texts = [{"kind": kind, "text": "县长推荐：每人不少于50元。"} for kind in ("title", "notice")]
    for stage in STAGES:
        facts: dict[str, Any] = {"texts": texts, "suppliers": [], "context": {}, "media": []}
        judge(Question(stage, clock.now(), facts, parameters=released_parameters()))


def location_of(around: Surroundings, document: bytes) -> str:
    """Where the decision can be read again, with the link that lets whoever holds it read it."""
    # Our own bytes begin with the id, so that nothing is parsed again on the way out.
    decision_id = document[len(b'{"decision_id":"') :].split(b'"', 1)[0].decode()
    return f"/api/v1/decisions/{decision_id}?link={around.link(decision_id)}"


def nearest_name(name: str, known: Mapping[str, Any]) -> str | None:
    """The known name that looks most like this one."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return close[0] if close else None


def deleted_before(now: datetime) -> datetime:
    """Batches begun before this instant can no longer be resumed."""
    return now - timedelta(hours=24)
