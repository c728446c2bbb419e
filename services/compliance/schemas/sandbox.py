"""Bodies of the simulated broadcast."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from services.compliance.schemas.checks import Words
from services.kit.fields import Out


class SimulatedStep(Out):
    """One question of a simulated broadcast: what happened, the facts, the answer, and what a platform then does."""

    name: str
    stage: Literal["listing", "filing", "golive", "onair", "post"]
    at: datetime = Field(description="The moment as of which the question is asked.")
    expected: Literal["pass", "review", "fail"]
    text: Words
    do: Words = Field(description="What a platform does on this answer.")
    facts: dict[str, Any] = Field(description="As in `facts` of `POST /checks`.")


class SimulatedBroadcast(Out):
    """A whole broadcast, from the listing of a lot to the published record; suppliers and figures are invented."""

    title: Words
    steps: list[SimulatedStep]
