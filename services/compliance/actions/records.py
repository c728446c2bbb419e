"""Deciding a release of a public record before it is out: is it in time, whole, and without harm to anybody?

The answer is stored, public and announced, and the release carries it. It stands for nothing beyond its release.
"""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.gate import Case, tell_answer
from services.compliance.actions.parameters import held_parameters
from services.compliance.domain.verdict import Question, Subject, judge_or_hold
from services.contracts.disclosure import ReleaseAsked
from services.kit import clock

RECORD_RULES = ("disc.publish",)


async def decide_release(db: AsyncSession, asked: ReleaseAsked) -> None:
    """Answer about a release, by what it was found to hold and to withhold."""
    parameters = await held_parameters(db)
    question = Question("post", clock.business_now(), asked.facts, RECORD_RULES, parameters=parameters)
    await tell_answer(db, _case(asked), judge_or_hold(question))


def _case(asked: ReleaseAsked) -> Case:
    return Case(
        subject=Subject("document", asked.entity_id, asked.version),
        region_code=asked.region_code,
        title_zh=asked.title_zh,
        title_en=asked.title_en,
        binding=True,
        deadline_at=asked.answer_by,
        rules=RECORD_RULES,
    )
