"""A whole simulated broadcast for platforms to try themselves against."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.compliance.actions import sandbox
from services.compliance.routes.asked import Around
from services.compliance.schemas.checks import DecisionOut
from services.compliance.schemas.sandbox import SimulatedBroadcast
from services.kit.actor import MaybeActor
from services.kit.db import Writing

router = APIRouter(prefix="/sandbox", tags=["checks"])

StepName = Annotated[str, Path(max_length=40, pattern=r"^[a-z-]+$", description="The `name` of a step.")]


@router.get("/broadcast")
async def get_simulated_broadcast() -> SimulatedBroadcast:
    """Every step of the simulated broadcast, with its facts and the answer to expect."""
    return sandbox.simulated_broadcast()


@router.post("/broadcast/{step}", response_model=DecisionOut)
async def play_simulated_step(step: StepName, around: Around, actor: MaybeActor, db: Writing) -> Response:
    """Have one step happen: the gate answers as in `POST /checks`, always as a trial, and your webhooks are told."""
    return Response(await sandbox.play_step(db, around, actor, step), media_type="application/json")
