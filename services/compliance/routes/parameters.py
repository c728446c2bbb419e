"""Values between two releases: proposed, weighed, published by a second organ; and the history of the rules."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.compliance.actions import changes, publishing
from services.compliance.actions.rulebook import RULE_ID
from services.compliance.routes.asked import AnyId, RuleKeeper
from services.compliance.schemas.fields import Code
from services.compliance.schemas.parameters import (
    ChangeState,
    HistoryItem,
    ImpactLineOut,
    ImpactOut,
    ParameterChangeIn,
    ParameterChangeOut,
    WithdrawIn,
)
from services.kit.actor import MaybeActor
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey, RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["rules"])


@router.post("/parameter-changes", response_model=ParameterChangeOut, status_code=201)
async def propose_parameter_change(
    body: ParameterChangeIn, actor: RuleKeeper, db: Writing, once: RequiredKey
) -> Response:
    """Propose a value of a parameter from a day on; what it would change is asked at once."""

    async def propose() -> ParameterChangeOut:
        row = await publishing.propose_change(db, actor, body)
        return await changes.get_change(db, row.id)

    return await once.answer(db, 201, propose, location="/api/v1/parameter-changes/{id}")


@router.get("/parameter-changes")
async def list_parameter_changes(
    db: Reading,
    state: Annotated[ChangeState | None, Query()] = None,
    name: Annotated[Code | None, Query(description="Of this parameter only.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[ParameterChangeOut]:
    """Changes of parameters in every state, newest first."""
    return await changes.list_changes(db, state, name, cursor, limit)


@router.get("/parameter-changes/{change_id}")
async def get_parameter_change(response: Response, change_id: AnyId, db: Reading) -> ParameterChangeOut:
    """One change, with what it would change as far as that is asked."""
    found = await changes.get_change(db, change_id)
    response.headers["etag"] = f'"{found.version}"'
    response.headers["cache-control"] = "no-cache"
    return found


@router.get("/parameter-changes/{change_id}/impact")
async def get_parameter_impact(change_id: AnyId, db: Reading) -> ImpactOut:
    """How many live lots and filings would have another answer."""
    return await changes.get_impact(db, change_id)


@router.get("/parameter-changes/{change_id}/impact/subjects")
async def list_parameter_impact(
    change_id: AnyId, actor: MaybeActor, db: Reading, cursor: Cursor = None, limit: Limit = 20
) -> Page[ImpactLineOut]:
    """Which lots and filings would have another answer, then and now; what is not public is for reviewers."""
    return await changes.list_impact(db, actor, change_id, cursor, limit)


@router.post("/parameter-changes/{change_id}/publish", response_model=ParameterChangeOut)
async def publish_parameter_change(change_id: AnyId, actor: RuleKeeper, db: Writing, once: OptionalKey) -> Response:
    """Publish a value that somebody of another organ proposed, once it is known what it changes."""

    async def publish() -> ParameterChangeOut:
        row = await publishing.publish_change(db, actor, change_id)
        return await changes.get_change(db, row.id)

    return await once.answer(db, 200, publish)


@router.post("/parameter-changes/{change_id}/withdraw", response_model=ParameterChangeOut)
async def withdraw_parameter_change(
    change_id: AnyId, body: WithdrawIn, actor: RuleKeeper, db: Writing, once: OptionalKey
) -> Response:
    """Withdraw a proposal, or a published value before its day."""

    async def withdraw() -> ParameterChangeOut:
        row = await publishing.withdraw_change(db, actor, change_id, body)
        return await changes.get_change(db, row.id)

    return await once.answer(db, 200, withdraw)


@router.get("/rules/changes")
async def list_rule_changes(db: Reading, cursor: Cursor = None, limit: Limit = 20) -> Page[HistoryItem]:
    """What changed in the rules, newest first: releases, and values published between them."""
    return await changes.list_history(db, None, cursor, limit)


@router.get("/rules/{rule_id}/changes")
async def list_changes_of_rule(
    rule_id: Annotated[str, RULE_ID], db: Reading, cursor: Cursor = None, limit: Limit = 20
) -> Page[HistoryItem]:
    """What changed in one rule, newest first."""
    return await changes.list_history(db, rule_id, cursor, limit)
