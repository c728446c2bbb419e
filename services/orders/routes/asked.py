"""What several routes ask of a request: who acts, and where the service runs."""

from typing import Annotated

from fastapi import Depends, Query, Request

from services.contracts.values import RegionCode
from services.kit.actor import Actor, CurrentActor, role
from services.kit.problem import NotAllowed
from services.orders.actions.surroundings import Surroundings


async def _surroundings(request: Request) -> Surroundings:
    around: Surroundings = request.app.state.surroundings
    return around


async def _person(actor: CurrentActor) -> Actor:
    return person(actor)


def person(actor: Actor) -> Actor:
    """Whoever buys is a person: a key for machines is refused."""
    if actor.key_id is not None:
        raise NotAllowed(
            "An API key cannot buy. Sign in as a person.",
            "API 密钥不能用于购物，请以个人账户登录。",
        )
    return actor


Around = Annotated[Surroundings, Depends(_surroundings)]
Person = Annotated[Actor, Depends(_person)]
Operator = Annotated[Actor, Depends(role("operator", "administrator"))]
Judge = Annotated[Actor, Depends(role("operator", "inspector", "reviewer", "administrator"))]
OnDuty = Annotated[Actor, Depends(role("inspector", "administrator"))]
InRegion = Annotated[RegionCode, Query(description="The region that sold.")]
MaybeInRegion = Annotated[RegionCode | None, Query(description="The region that sold.")]
LATEST = "~"
"""A cursor that sorts after every id."""
