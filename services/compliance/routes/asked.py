"""What routes of compliance take from a request beside its body."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from services.compliance.actions.surroundings import Surroundings
from services.kit.actor import Actor, MaybeActor, role
from services.kit.problem import NotSignedIn


async def _surroundings(request: Request) -> Surroundings:
    found: Surroundings = request.app.state.surroundings
    return found


Around = Annotated[Surroundings, Depends(_surroundings)]


async def _own_scopes(
    actor: MaybeActor,
    mine: Annotated[bool, Query(description="Only what concerns a region of who asks; needs a token.")] = False,
) -> tuple[str, ...] | None:
    """The regions of who asks for their own; None for whoever asks for everything."""
    if not mine:
        return None
    if actor is None:
        raise NotSignedIn("Sign in to ask for what is yours.", "请登录后查询您负责的内容。")
    return actor.scopes


Scopes = Annotated[tuple[str, ...] | None, Depends(_own_scopes)]
AnyId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]

# Whom a decision concerns: the people of its region, and the platform's own.
CONCERNED = ("operator", "official", "host", "approver", "platform", "administrator")

Registrar = Annotated[Actor, Depends(role("registrar"))]
Verifier = Annotated[Actor, Depends(role("verifier"))]
Certifier = Annotated[Actor, Depends(role("certifier"))]
Witness = Annotated[Actor, Depends(role("operator", "registrar"))]
Reviewer = Annotated[Actor, Depends(role("reviewer"))]
RuleKeeper = Annotated[Actor, Depends(role("reviewer", "administrator"))]
Inspecting = Annotated[Actor, Depends(role("reviewer", "inspector"))]
Inspector = Annotated[Actor, Depends(role("inspector"))]
Concerned = Annotated[Actor, Depends(role(*CONCERNED))]
Watching = Annotated[Actor, Depends(role(*CONCERNED, "reviewer", "inspector"))]
