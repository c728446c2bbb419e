"""What several routes ask of a request: who acts, under which settings, and which query."""

from functools import partial
from typing import Annotated

from fastapi import Depends, Query, Request

from services.broadcast.actions.surroundings import Expect, Surroundings
from services.contracts.values import RegionCode
from services.kit.actor import Actor, role
from services.kit.http import require_version


async def _surroundings(request: Request) -> Surroundings:
    settings = request.app.state.settings
    return Surroundings(
        token_secret=settings.token_secret.get_secret_value(), demo=settings.demo, blobs=request.app.state.blobs
    )


async def _expected(request: Request) -> Expect:
    return partial(require_version, request)


IfMatch = Annotated[Expect, Depends(_expected)]
Around = Annotated[Surroundings, Depends(_surroundings)]
Operator = Annotated[Actor, Depends(role("operator"))]
OperatorOrAdministrator = Annotated[Actor, Depends(role("operator", "administrator"))]
Administrator = Annotated[Actor, Depends(role("administrator"))]
Approver = Annotated[Actor, Depends(role("approver"))]
Concerned = Annotated[
    Actor, Depends(role("operator", "approver", "official", "reviewer", "inspector", "administrator"))
]
Stopper = Annotated[Actor, Depends(role("approver", "inspector", "administrator"))]
InRegion = Annotated[RegionCode | None, Query(description="This region and everything below it.")]
