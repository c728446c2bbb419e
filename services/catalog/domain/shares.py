"""Shares of a whole in basis points that sum to 10,000 exactly."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

WHOLE = 10_000

Key = TypeVar("Key", bound=Hashable)


def shares_bp(amounts: Mapping[Key, int]) -> dict[Key, int]:
    """Each amount's share of their sum in basis points, by largest remainder; they sum to 10,000.

    Amounts are not negative. When all are zero there is no whole to share, and the answer is empty. Equal
    remainders go to the earlier key, so that the same amounts in the same order always give the same shares.
    """
    total = sum(amounts.values())
    if total == 0:
        return {}
    floors = {key: amount * WHOLE // total for key, amount in amounts.items()}
    missing = WHOLE - sum(floors.values())
    by_remainder: Sequence[Key] = sorted(amounts, key=lambda key: -(amounts[key] * WHOLE % total))
    for key in by_remainder[:missing]:
        floors[key] += 1
    return floors
