"""The gate's rules: pure functions from facts and a moment to an answer, without web, database or clock."""

from collections.abc import Sequence
from datetime import datetime

from services.compliance.rules.admission import regional_specialty, several_suppliers
from services.compliance.rules.answer import Answer
from services.compliance.rules.authority import lawful_authority
from services.compliance.rules.company_text import text_names_the_region
from services.compliance.rules.core import Rule
from services.compliance.rules.describing import describe_procedure, describe_rule
from services.compliance.rules.engine import UnknownRule, decide_by, resolution_basis
from services.compliance.rules.facts import Facts, FactsError, facts_document, facts_schema, parse_facts
from services.compliance.rules.force_majeure import event_covers, event_exists, within_window
from services.compliance.rules.law import Parameters
from services.compliance.rules.notices import no_apportionment
from services.compliance.rules.official_screen import official_beside_nothing_to_buy, organ_may_speak
from services.compliance.rules.officials import filed_and_approved, no_private_benefit
from services.compliance.rules.price import price_marked
from services.compliance.rules.quality import papers_complete, seller_verified
from services.compliance.rules.revision import ruleset_revision
from services.compliance.rules.separation import roles_are_separate
from services.compliance.rules.slow_sales import stock_is_unsold
from services.compliance.rules.stages import STAGES, Stage
from services.compliance.rules.wording import official_is_no_selling_point

__all__ = [
    "RULEBOOK",
    "STAGES",
    "Answer",
    "Facts",
    "FactsError",
    "Rule",
    "Stage",
    "UnknownRule",
    "decide",
    "describe_procedure",
    "describe_rule",
    "facts_document",
    "facts_schema",
    "parse_facts",
    "resolution_basis",
    "rule_named",
    "ruleset_revision",
]

# In reading order: what is promoted, why now, who speaks, what is sold, at what price, in which words.
RULEBOOK: tuple[Rule, ...] = (
    regional_specialty,
    several_suppliers,
    event_exists,
    lawful_authority,
    event_covers,
    within_window,
    stock_is_unsold,
    roles_are_separate,
    filed_and_approved,
    no_private_benefit,
    organ_may_speak,
    official_beside_nothing_to_buy,
    seller_verified,
    papers_complete,
    price_marked,
    text_names_the_region,
    official_is_no_selling_point,
    no_apportionment,
)


def decide(
    facts: Facts,
    stage: Stage,
    at: datetime,
    rules: Sequence[str] | None = None,
    parameters: Parameters | None = None,
) -> Answer:
    """The gate's answer: every rule of the stage (or of those named), asked as of the moment.

    Raises UnknownRule for a name that no rule bears and ValueError for a naive moment.
    """
    return decide_by(RULEBOOK, facts, stage, at, rules, parameters)


def rule_named(rule_id: str) -> Rule:
    """The rule of that id.

    Raises UnknownRule, which knows the nearest name.
    """
    for rule in RULEBOOK:
        if rule.id == rule_id:
            return rule
    raise UnknownRule(rule_id, [rule.id for rule in RULEBOOK])
