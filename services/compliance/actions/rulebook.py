"""The rulebook as documents: the same bytes for the same day, made once."""

import json
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Path as PathParameter
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance import rules
from services.compliance.actions.checks import nearest_name
from services.compliance.actions.parameters import current_parameters
from services.compliance.rules import (
    RULEBOOK,
    Rule,
    describe_procedure,
    describe_rule,
    facts_schema,
    ruleset_revision,
)
from services.compliance.rules.law import Parameters
from services.kit import clock
from services.kit.problem import NotFound

RULE_ID: Any = PathParameter(min_length=1, max_length=64, pattern=r"^[0-9a-z._]+$")


async def rules_document(db: AsyncSession, at: date | None) -> bytes:
    """Every rule, as of a day."""
    parameters, day = await current_parameters(db), at or clock.business_today()
    return _rules(day, Described(ruleset_revision(parameters), parameters))


async def rule_document(db: AsyncSession, rule_id: str, at: date | None) -> bytes:
    """One rule, as of a day. Raises NotFound with the nearest id."""
    rule = known_rule(rule_id)
    parameters, day = await current_parameters(db), at or clock.business_today()
    described = describe_rule(rule, day, parameters)
    return _json({**described, "law_date": day.isoformat(), "ruleset": ruleset_revision(parameters)})


def known_rule(rule_id: str) -> Rule:
    """The rule of that id. Raises NotFound with the nearest id."""
    known = {rule.id: rule for rule in RULEBOOK}
    if rule_id not in known:
        nearest = nearest_name(rule_id, known)
        raise NotFound(
            f"There is no rule {rule_id}" + (f"; did you mean {nearest}?" if nearest else "."),
            f"没有规则 {rule_id}" + (f"，是否指 {nearest}？" if nearest else "。"),
            nearest=nearest,
        )
    return known[rule_id]


async def procedure_document(db: AsyncSession, at: date | None) -> bytes:
    """The numbers by which people proceed, as of a day."""
    parameters, day = await current_parameters(db), at or clock.business_today()
    described = describe_procedure(day, parameters)
    return _json({"law_date": day.isoformat(), "ruleset": ruleset_revision(parameters), "parameters": described})


@lru_cache(maxsize=1)
def schema_document() -> bytes:
    """The JSON Schema of facts."""
    return _json(facts_schema())


@lru_cache(maxsize=1)
def accuracy_document() -> bytes:
    """How right the rules on texts are, as measured on labelled texts when this release was made."""
    return _json(json.loads(Path(rules.__file__).with_name("accuracy.json").read_bytes()))


@dataclass(frozen=True)
class Described:
    """The parameters that are described; the revision tells them apart."""

    ruleset: str
    parameters: Parameters = field(compare=False)


@lru_cache(maxsize=16)
def _rules(day: date, described: Described) -> bytes:
    items = [describe_rule(rule, day, described.parameters) for rule in RULEBOOK]
    return _json({"law_date": day.isoformat(), "ruleset": described.ruleset, "items": items})


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode()
