"""What a detector hands over: which items, on which grounds, and which honest explanations it tried."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask

ENTITIES = {"session": "sessions", "order": "orders", "message": "messages"}
KEYS = {"session": "session_id", "order": "order_id", "message": "message_id"}


@dataclass(frozen=True)
class Ground:
    """One rule that fired: the items, what was asked, what was seen. `proof`: physical or documentary, enough alone."""

    rule: str
    family: str
    items: Mask
    threshold: float
    observed: float
    expected: float
    proof: bool = False


@dataclass(frozen=True)
class Alternative:
    """An honest explanation that was tested, and how many items it cleared; 0: it does not fit."""

    name: str
    cleared: int


@dataclass
class Detection:
    """The answer of one detector about one kind of item."""

    abuse: str
    entity: str
    flagged: Mask
    score: Floats
    grounds: list[Ground] = field(default_factory=list)
    alternatives: list[Alternative] = field(default_factory=list)
    fewest: int = 8
    fewest_share: float = 0.005
    numbers: dict[str, int] = field(default_factory=dict)

    def families(self) -> Ints:
        """How many independent families speak against each item."""
        spoken = np.zeros(len(self.flagged), dtype=np.int64)
        for family in sorted({ground.family for ground in self.grounds}):
            spoken += any_of(len(self.flagged), (g.items for g in self.grounds if g.family == family))
        return spoken

    def proven(self) -> Mask:
        """Items with physical or documentary proof."""
        return any_of(len(self.flagged), (ground.items for ground in self.grounds if ground.proof))

    def enough(self) -> bool:
        """Whether there are enough items for a finding; proof needs half as many, and never fewer than three."""
        total, found = len(self.flagged), int(self.flagged.sum())
        wanted = max(self.fewest, self.fewest_share * total)
        proven = int((self.flagged & self.proven()).sum())
        return found >= wanted or (proven >= max(5, 0.25 * wanted) and proven > 0)


def nothing(abuse: str, entity: str, size: int) -> Detection:
    """No item, no ground."""
    return Detection(abuse, entity, np.zeros(size, dtype=bool), np.zeros(size))


def any_of(size: int, masks: Iterable[Mask]) -> Mask:
    """Items in any of the masks."""
    out = np.zeros(size, dtype=bool)
    for mask in masks:
        out |= mask
    return out


def families_of(size: int, grounds: Iterable[Ground]) -> Ints:
    """How many families speak against each item, whatever the detector decides in the end."""
    return Detection("", "", np.zeros(size, dtype=bool), np.zeros(size), list(grounds)).families()


def median(values: Floats | Ints, where: Mask) -> float:
    """The median of some values, 0 of none."""
    return round(float(np.median(values[where])), 4) if where.any() else 0.0
