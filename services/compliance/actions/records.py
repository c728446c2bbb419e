"""Deciding a release of a public record before it is out: is it in time, whole, and without harm to anybody?

The answer is stored, public and announced, and the release carries it. It stands for nothing beyond its release. Where
the release tells each producer's share of the paid orders, it is asked as well whether one hand holds most of them; and
whether the complaints about the goods were answered in time.
"""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.gate import Case, tell_answer
from services.compliance.actions.parameters import held_parameters
from services.compliance.domain.verdict import Question, Subject, judge_or_hold
from services.contracts.disclosure import ReleaseAsked
from services.kit import clock

RECORD_RULES = ("disc.publish",)
# Asked as well where a release comes with the facts for it.
WITH_FACTS = {"suppliers": "adm.suppliers", "complaints": "complaint.sla"}


async def decide_release(db: AsyncSession, asked: ReleaseAsked) -> None:
    """Answer about a release, by what it was found to hold and to withhold."""
    parameters = await held_parameters(db)
    question = Question("post", clock.business_now(), asked.facts, _rules(asked), parameters=parameters)
    await tell_answer(db, _case(asked), judge_or_hold(question))


def _rules(asked: ReleaseAsked) -> tuple[str, ...]:
    return (*(rule for fact, rule in WITH_FACTS.items() if fact in asked.facts), *RECORD_RULES)


def _case(asked: ReleaseAsked) -> Case:
    return Case(
        subject=Subject("document", asked.entity_id, asked.version),
        region_code=asked.region_code,
        title_zh=asked.title_zh,
        title_en=asked.title_en,
        binding=True,
        deadline_at=asked.answer_by,
        rules=_rules(asked),
    )
