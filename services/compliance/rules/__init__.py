"""The gate's rules: pure functions from facts and a moment to an answer, without web, database or clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.compliance.rules.admission import regional_specialty, several_suppliers
from services.compliance.rules.answer import Answer
from services.compliance.rules.authority import lawful_authority
from services.compliance.rules.below_cost import covers_its_cost
from services.compliance.rules.biosecurity import goods_may_move
from services.compliance.rules.company_text import text_names_the_region
from services.compliance.rules.core import Rule
from services.compliance.rules.describing import describe_procedure, describe_rule
from services.compliance.rules.engine import UnknownRule, decide_by, resolution_basis
from services.compliance.rules.facts import Facts, FactsError, facts_document, facts_schema, parse_facts, read_facts
from services.compliance.rules.force_majeure import event_covers, event_exists, within_window
from services.compliance.rules.interests import no_interest
from services.compliance.rules.law import Parameters
from services.compliance.rules.marks import only_shared_marks
from services.compliance.rules.notices import no_apportionment
from services.compliance.rules.official_screen import official_beside_nothing_to_buy, organ_may_speak
from services.compliance.rules.officials import filed_and_approved, no_private_benefit
from services.compliance.rules.on_air import praise_not_ordered, recorded_whole, viewers_came_by_themselves
from services.compliance.rules.order_patterns import buyers_are_free, deals_are_new, orders_stay
from services.compliance.rules.origin import true_origin
from services.compliance.rules.price import price_marked
from services.compliance.rules.publication import complaints_answered, published_without_harm
from services.compliance.rules.quality import papers_complete, seller_verified
from services.compliance.rules.revision import ruleset_revision
from services.compliance.rules.season import in_season
from services.compliance.rules.separation import roles_are_separate
from services.compliance.rules.slow_sales import stock_is_unsold
from services.compliance.rules.stages import STAGES, Stage
from services.compliance.rules.supply import can_be_supplied
from services.compliance.rules.wording import claims_are_provable, no_superlatives, official_is_no_selling_point

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
    "read_facts",
    "resolution_basis",
    "rule_named",
    "ruleset_revision",
]

# In reading order: what is promoted, why now, who speaks, what is sold, at what price, in which words;
# then the room on air, its orders, and what is published.
RULEBOOK: tuple[Rule, ...] = (
    regional_specialty,
    several_suppliers,
    only_shared_marks,
    in_season,
    true_origin,
    event_exists,
    lawful_authority,
    event_covers,
    within_window,
    stock_is_unsold,
    roles_are_separate,
    goods_may_move,
    filed_and_approved,
    no_interest,
    no_private_benefit,
    organ_may_speak,
    official_beside_nothing_to_buy,
    seller_verified,
    papers_complete,
    can_be_supplied,
    price_marked,
    covers_its_cost,
    text_names_the_region,
    no_superlatives,
    claims_are_provable,
    official_is_no_selling_point,
    no_apportionment,
    recorded_whole,
    viewers_came_by_themselves,
    praise_not_ordered,
    deals_are_new,
    orders_stay,
    buyers_are_free,
    published_without_harm,
    complaints_answered,
)


def decide(
    facts: Facts,
    stage: Stage,
    at: datetime,
    rules: Sequence[str] | None = None,
    parameters: Parameters | None = None,
    document: dict[str, Any] | None = None,
) -> Answer:
    """The gate's answer: every rule of the stage (or of those named), asked as of the moment.

    `document` is that of the facts, from whoever has it already.
    Raises UnknownRule for a name that no rule bears and ValueError for a naive moment.
    """
    return decide_by(RULEBOOK, facts, stage, at, rules, parameters, document)


def rule_named(rule_id: str) -> Rule:
    """The rule of that id.

    Raises UnknownRule, which knows the nearest name.
    """
    for rule in RULEBOOK:
        if rule.id == rule_id:
            return rule
    raise UnknownRule(rule_id, [rule.id for rule in RULEBOOK])
