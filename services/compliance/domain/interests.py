"""An official's declared relations, compared before the facts are kept: no decision ever holds who they are.

Decisions are public with the facts they rest on, and tokens that are equal tell a reader who is whose relative. What
the public learns is that the interests were declared and none was found, or that the official steps back; whether
they stepped back of their own accord is not told either.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.compliance.rules import FactsError, parse_facts
from services.compliance.rules.interests import compare_relations, firms_that_gain

Document = dict[str, Any]


def with_relations_compared(facts: Document, on: date) -> Document:
    """The facts with what comparing the relations showed in their place; without a declaration, as they are."""
    official = facts.get("official")
    declaration = official.get("declaration") if isinstance(official, dict) else None
    if not isinstance(declaration, dict) or "relations" not in declaration:
        return facts
    told = {name: value for name, value in declaration.items() if name != "relations"}
    compared = _compared(facts, declaration, on)
    told |= {"recused": True} if compared == "match" else {"relations_compared": compared}
    return {**facts, "official": {**facts["official"], "declaration": told}}


def with_declaration(facts: Document, declared_on: date | None, declaration: Mapping[str, Any], on: date) -> Document:
    """The facts with this declaration in place of the one they hold; one of a later day than asked for is not known.

    An empty declaration says that none stands.
    """
    official = facts.get("official")
    if not isinstance(official, dict) or (declared_on is not None and declared_on > on):
        return facts
    return {**facts, "official": {**official, "declaration": dict(declaration)}}


def _compared(facts: Mapping[str, Any], declaration: Mapping[str, Any], on: date) -> str:
    filing = facts.get("filing") or {}
    concerned = {
        "suppliers": facts.get("suppliers") or [],
        "official": {"declaration": {"relations": declaration["relations"]}},
        "filing": {name: filing[name] for name in ("agencies", "sponsors") if name in filing},
    }
    try:
        parsed = parse_facts(concerned)
    except FactsError:
        # What cannot be read cannot be compared; a person must look.
        return "unclear"
    relations = parsed.official and parsed.official.declaration and parsed.official.declaration.relations
    return compare_relations(relations or (), parsed.suppliers or (), firms_that_gain(parsed), on)
