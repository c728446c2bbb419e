"""The public keys with which anyone can check our access tokens."""

from fastapi import APIRouter, Request, Response

from services.accounts.schemas import Jwks
from services.accounts.store import keys as store
from services.kit.db import Reading
from services.kit.http import json_bytes

router = APIRouter(tags=["keys"])


@router.get("/jwks", response_model=Jwks)
async def get_account_keys(db: Reading, request: Request) -> Response:
    """All public keys of this service as a JWK set."""
    jwks = Jwks(keys=[key.public_jwk for key in await store.list_signing_keys(db)])
    return json_bytes(request, jwks.model_dump_json().encode(), max_age=60, public=True)
