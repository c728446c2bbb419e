"""What routes of compliance take from a request beside its body."""

from typing import Annotated

from fastapi import Depends, Path, Request

from services.compliance.actions.surroundings import Surroundings
from services.kit.actor import Actor, role


def _surroundings(request: Request) -> Surroundings:
    found: Surroundings = request.app.state.surroundings
    return found


Around = Annotated[Surroundings, Depends(_surroundings)]
AnyId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]

Registrar = Annotated[Actor, Depends(role("registrar"))]
Verifier = Annotated[Actor, Depends(role("verifier"))]
Certifier = Annotated[Actor, Depends(role("certifier"))]
Witness = Annotated[Actor, Depends(role("operator", "registrar"))]
Reviewer = Annotated[Actor, Depends(role("reviewer"))]
RuleKeeper = Annotated[Actor, Depends(role("reviewer", "administrator"))]
Inspecting = Annotated[Actor, Depends(role("reviewer", "inspector"))]
