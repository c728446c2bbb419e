"""What is published for machines and archives: the form of releases. Everybody's, kept by any cache."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from services.disclosure.schemas.release import release_schema
from services.kit.http import json_bytes

router = APIRouter(prefix="/open-data", tags=["open data"])

AN_HOUR = 3600
_RELEASE_SCHEMA = json.dumps(release_schema(), ensure_ascii=False).encode()


@router.get("/schemas/sunfair-disclosure-1.json", response_model=dict[str, Any])
async def get_release_schema(request: Request) -> Response:
    """The JSON Schema (draft 2020-12) of every release of a record; it only ever gains optional fields."""
    return json_bytes(request, _RELEASE_SCHEMA, max_age=AN_HOUR, public=True)
