"""The rulebook as documents: the same bytes for the same day, made once."""

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Path as PathParameter

from services.compliance import rules
from services.compliance.actions.checks import nearest_name
from services.compliance.rules import RULEBOOK, describe_procedure, describe_rule, facts_schema, ruleset_revision
from services.kit import clock
from services.kit.problem import NotFound

RULE_ID: Any = PathParameter(min_length=1, max_length=64, pattern=r"^[0-9a-z._]+$")


def rules_document(at: date | None) -> bytes:
    """Every rule, as of a day."""
    return _rules(at or clock.business_today())


def rule_document(rule_id: str, at: date | None) -> bytes:
    """One rule, as of a day. Raises NotFound with the nearest id."""
    known = {rule.id: rule for rule in RULEBOOK}
    if rule_id not in known:
        nearest = nearest_name(rule_id, known)
        raise NotFound(
            f"There is no rule {rule_id}" + (f"; did you mean {nearest}?" if nearest else "."),
            f"没有规则 {rule_id}" + (f"，是否指 {nearest}？" if nearest else "。"),
            nearest=nearest,
        )
    day = at or clock.business_today()
    return _json({**describe_rule(known[rule_id], day), "law_date": day.isoformat(), "ruleset": ruleset_revision()})


def procedure_document(at: date | None) -> bytes:
    """The numbers by which people proceed, as of a day."""
    day = at or clock.business_today()
    return _json({"law_date": day.isoformat(), "ruleset": ruleset_revision(), "parameters": describe_procedure(day)})


@lru_cache(maxsize=1)
def schema_document() -> bytes:
    """The JSON Schema of facts."""
    return _json(facts_schema())


@lru_cache(maxsize=1)
def accuracy_document() -> bytes:
    """How right the rules on texts are, as measured on labelled texts when this release was made."""
    return _json(json.loads(Path(rules.__file__).with_name("accuracy.json").read_bytes()))


@lru_cache(maxsize=16)
def _rules(day: date) -> bytes:
    items = [describe_rule(rule, day) for rule in RULEBOOK]
    return _json({"law_date": day.isoformat(), "ruleset": ruleset_revision(), "items": items})


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode()
