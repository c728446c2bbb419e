"""How a producer is admitted: it applies, its county recommends it, the platform reviews it; three different people.

Who enters a producer for the platform itself takes the last step at once, and their office is named for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["applied", "recommended", "admitted", "returned", "refused"]
Step = Literal["recommend", "admit", "return", "refuse"]

RECOMMENDING = ("operator", "registrar", "verifier", "approver")
REVIEWING = ("reviewer", "administrator")
# A change of one of these makes another producer of it: whoever was admitted was not this one.
WHO_IT_IS = ("name", "uscc", "kind", "seller_type", "region_code")

_MOVES: Mapping[tuple[State, Step], State] = {
    ("applied", "recommend"): "recommended",
    ("applied", "return"): "returned",
    ("recommended", "return"): "returned",
    ("recommended", "admit"): "admitted",
    ("recommended", "refuse"): "refused",
}
_NAMES: Mapping[Step, str] = {
    "recommend": "recommended",
    "admit": "admitted",
    "return": "returned",
    "refuse": "refused",
}


@dataclass(frozen=True)
class Signature:
    """Who took a step: the office by its name, the account, and the token of the person."""

    office: str
    account: str
    person: str
    at: str

    def document(self) -> dict[str, str]:
        """As it is kept with the producer."""
        return {"office": self.office, "account": self.account, "person": self.person, "at": self.at}


def after(state: State, step: Step) -> State | None:
    """The state after a step; None where the step is not open."""
    return _MOVES.get((state, step))


def taken(step: Step) -> str:
    """The step as the history names it."""
    return _NAMES[step]


def roles_for(state: State, step: Step) -> tuple[str, ...]:
    """Who may take a step: an application is the county's to look at, a recommendation the platform's."""
    if step == "recommend" or (step == "return" and state == "applied"):
        return RECOMMENDING
    return REVIEWING


def signed_before(admission: Mapping[str, Any], person: str) -> bool:
    """Whether the person has already signed a step that stands."""
    return any(isinstance(each, Mapping) and each.get("person") == person for each in admission.values())
