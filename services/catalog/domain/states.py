"""The states of lots and listings, and what a new answer or a new version does to them."""

from collections.abc import Collection, Mapping
from typing import Literal

LotAnswer = Literal["listed", "in_review", "blocked"]
ANSWERS: Mapping[str, LotAnswer] = {"pass": "listed", "review": "in_review", "fail": "blocked"}

# A filing in one of these states holds its lots: they may be withdrawn, but not changed.
HOLDING = frozenset({"submitted", "approved", "in_review", "scheduled", "live", "halted"})


def lot_state(outcome: str) -> LotAnswer:
    """The state of a lot whose decision has this outcome."""
    return ANSWERS[outcome]


def version_state(lot_states: Collection[str]) -> Literal["submitted", "listed", "in_review", "blocked"]:
    """The state of a listing version: submitted until every lot is answered, then the best of its lots' answers.

    The best and not the worst, because lots are decided one by one and a listed lot may be bought
    whatever became of its neighbours.
    """
    if "submitted" in lot_states:
        return "submitted"
    for state in ("listed", "in_review"):
        if state in lot_states:
            return state
    return "blocked"


def is_newer(decision_id: str, stored: str | None) -> bool:
    """Whether a decision replaces the stored one: ids are UUIDv7 and sort by the moment they were made.

    The business clock would not do: in demonstrations it is set back.
    """
    return stored is None or decision_id > stored
