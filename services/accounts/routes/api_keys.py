"""API keys: how another platform's program asks as that platform."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.accounts.actions import api_keys
from services.accounts.routes.asking import KeyOwner
from services.accounts.schemas import ApiKeyIn, ApiKeyMade, ApiKeyOut
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/api-keys", tags=["API keys"])


@router.post("", status_code=201, response_model=ApiKeyMade)
async def create_api_key(body: ApiKeyIn, db: Writing, actor: KeyOwner, once: OptionalKey) -> Response:
    """Make an API key; it is shown in this answer only."""
    return await once.answer(db, 201, lambda: api_keys.create_api_key(db, actor, body), shown_once=("key",))


@router.get("")
async def list_api_keys(
    db: Reading,
    actor: KeyOwner,
    account_id: Annotated[str | None, Query(max_length=64, description="An administrator may name an account.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ApiKeyOut]:
    """API keys, oldest first, revoked ones included."""
    return await api_keys.list_api_keys(db, actor, account_id, cursor, limit)


@router.delete("/{key_id}")
async def revoke_api_key(key_id: str, db: Writing, actor: KeyOwner) -> ApiKeyOut:
    """Revoke an API key; it works nowhere a minute later."""
    return await api_keys.revoke_api_key(db, actor, key_id)
