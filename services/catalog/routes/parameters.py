"""Parameters that several operations share: who may write, and by what lists are narrowed."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from services.catalog.actions.access import Change
from services.kit.actor import Actor, role
from services.kit.http import require_version

Operator = Annotated[Actor, Depends(role("operator"))]
Keeper = Annotated[Actor, Depends(role("operator", "administrator"))]
Admitting = Annotated[
    Actor, Depends(role("operator", "registrar", "verifier", "approver", "reviewer", "administrator"))
]
Reviewing = Annotated[Actor, Depends(role("reviewer", "administrator"))]
Suspending = Annotated[Actor, Depends(role("reviewer", "inspector", "administrator"))]
Overseeing = Annotated[Actor, Depends(role("operator", "reviewer", "inspector", "approver", "administrator"))]

EntityId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z-]+$")]
_ENTITY_ID: TypeAdapter[str] = TypeAdapter(EntityId)


def entity_id(request: Request, name: str) -> str:
    """That part of the path as an `EntityId`. Raises what FastAPI would raise, so the answer is the same."""
    try:
        return _ENTITY_ID.validate_python(request.path_params[name])
    except ValidationError as invalid:
        raise RequestValidationError([{**error, "loc": ("path", name)} for error in invalid.errors()]) from invalid


RegionQuery = Annotated[
    str | None, Query(max_length=20, description="A region code; all that lies below it is included.")
]
CategoryQuery = Annotated[
    str | None, Query(max_length=64, description="A category code; all that lies below it is included.")
]
SpecialtyQuery = Annotated[
    str | None, Query(max_length=64, pattern=r"^[0-9A-Za-z-]+$", description="The id of a specialty.")
]
MonthQuery = Annotated[int | None, Query(ge=1, le=12, description="In season in this month.")]


async def _change(
    request: Request,
    why: Annotated[
        str | None, Query(max_length=500, description="Why it is changed; stands in the history beside the change.")
    ] = None,
) -> Change:
    return Change(lambda version: require_version(request, version), (why or "").strip() or None)


Changing = Annotated[Change, Depends(_change)]
