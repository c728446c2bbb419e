"""What a text rule found, and where."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A finding in one text; offsets are in the normalised text."""

    start: int
    end: int
    result: Literal["review", "fail"]
    code: str
