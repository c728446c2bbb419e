"""A simulated broadcast that a platform lives through: the gate really answers, and the platform's webhooks are told.

Whatever key asks, each answer is a trial: kept a day, public nowhere, and never the ground of a clearance.
"""

import json
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.checks import Asking, asking_of, decide_check
from services.compliance.actions.messages import decision_data, message, tell
from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.surroundings import Moment, Surroundings
from services.compliance.domain import sandbox
from services.compliance.domain.sandbox import Step
from services.compliance.schemas.checks import CheckIn, Words
from services.compliance.schemas.sandbox import SimulatedBroadcast, SimulatedStep
from services.compliance.store import decisions as store
from services.kit.actor import Actor
from services.kit.problem import NotFound


def simulated_broadcast() -> SimulatedBroadcast:
    """Every step with its facts and the answer to expect."""
    return SimulatedBroadcast(
        title=Words.model_validate(sandbox.title()), steps=[_step_out(step) for step in sandbox.steps()]
    )


def _step_out(step: Step) -> SimulatedStep:
    shown = {"name": step.name, "stage": step.stage, "at": step.at, "expected": step.expected, "facts": step.facts}
    return SimulatedStep.model_validate({**shown, "text": step.text, "do": step.do})


async def play_step(db: AsyncSession, around: Surroundings, actor: Actor | None, name: str) -> bytes:
    """The gate's answer to one step; whoever asks with a key hears of it at their webhooks too, as in earnest."""
    step = sandbox.step_named(name)
    if step is None:
        known = ", ".join(each.name for each in sandbox.steps())
        raise NotFound(f"The simulated broadcast has no step {name}. It has: {known}.", f"模拟直播没有步骤 {name}。")
    asking = Asking(asking_of(actor).account_id, trial=True)
    question = {"stage": step.stage, "at": datetime.fromisoformat(step.at), "facts": step.facts}
    body = CheckIn.model_validate(question)
    decision = await decide_check(around, asking, body, Moment.present(), await current_parameters(db))
    await store.add_decision(db, decision)
    if asking.account_id is not None:
        results = tuple(json.loads(decision.document)["results"])
        data = {"simulated": True, "step": step.name, **decision_data(decision, results, step.previous)}
        changed = step.previous is not None and step.previous != decision.outcome
        kind = "decision.changed" if changed else "decision.made"
        await tell(db, message(kind, data, account_id=asking.account_id))
    return decision.document
