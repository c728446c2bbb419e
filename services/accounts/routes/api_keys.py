"""API keys: how another platform's program asks as that platform."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.accounts.actions import api_keys
from services.accounts.routes.asking import KeyOwner
from services.accounts.schemas import ApiKeyIn, ApiKeyMade, ApiKeyOut
from services.accounts.store import keys as store
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page, decode_cursor, encode_cursor

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
    after = str(decode_cursor(cursor, str)[0]) if cursor else None
    rows = await store.list_api_keys(db, api_keys.owner_seen_by(actor, account_id), after, limit + 1)
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[store.api_key_out(row) for row in rows[:limit]], next=following)


@router.delete("/{key_id}")
async def revoke_api_key(key_id: str, db: Writing, actor: KeyOwner) -> ApiKeyOut:
    """Revoke an API key; it works nowhere a minute later."""
    return await api_keys.revoke_api_key(db, actor, key_id)
