"""The rules, their parameters, the facts they read, and the keys that verify clearances."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.compliance.actions import rulebook
from services.compliance.schemas.checks import JwksOut
from services.compliance.schemas.rulebook import AccuracyOut, RulesOut
from services.compliance.store import keys
from services.kit.db import Reading
from services.kit.http import json_bytes

router = APIRouter(tags=["rules"])

LawDay = Annotated[date | None, Query(description="The day whose law is asked for; default: today.")]


@router.get("/rules", response_model=RulesOut)
async def list_rules(request: Request, db: Reading, at: LawDay = None) -> Response:
    """Every rule in plain words, with grounds and parameters by date."""
    return json_bytes(request, await rulebook.rules_document(db, at), max_age=60, public=True)


@router.get("/rules/accuracy", response_model=AccuracyOut)
async def get_accuracy(request: Request) -> Response:
    """How right the rules on texts are on labelled texts, and every text on which rule and label differ."""
    return json_bytes(request, rulebook.accuracy_document(), max_age=300, public=True)


@router.get("/rules/{rule_id}", response_model=dict[str, Any])
async def get_rule(
    request: Request, db: Reading, rule_id: Annotated[str, rulebook.RULE_ID], at: LawDay = None
) -> Response:
    """One rule in plain words."""
    return json_bytes(request, await rulebook.rule_document(db, rule_id, at), max_age=60, public=True)


@router.get("/facts-schema", response_model=dict[str, Any])
async def get_facts_schema(request: Request) -> Response:
    """The JSON Schema of all that a check may say."""
    return json_bytes(request, rulebook.schema_document(), max_age=300, public=True)


@router.get("/jwks", response_model=JwksOut)
async def list_clearance_keys(request: Request, db: Reading) -> Response:
    """The public keys that verify clearances."""
    jwks = JwksOut(keys=[key.public_jwk for key in await keys.list_clearance_keys(db)])
    return json_bytes(request, jwks.model_dump_json().encode(), max_age=60, public=True)
