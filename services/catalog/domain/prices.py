"""What was charged when: the lowest price of a span, and what other producers ask. Money is fen, mass grams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LOW_WINDOW = timedelta(days=30)
# A median of fewer offers would tell what a single neighbour asks.
FEWEST_OFFERS = 3


@dataclass(frozen=True)
class Charged:
    """A price from an instant on until the next one; None while the lot was off the market."""

    since_at: datetime
    price_fen: int | None


def lowest_in(history: Sequence[Charged], until: datetime, window: timedelta = LOW_WINDOW) -> Charged | None:
    """The lowest price that was in force at any moment of the window before `until`; the latest of equal ones.

    `history` is in the order of time. A price that began before the window and still held in it counts; one that was
    replaced at the very beginning of the window does not.
    """
    start, found = until - window, None
    for place, charged in enumerate(history):
        ended = history[place + 1].since_at if place + 1 < len(history) else None
        if charged.since_at > until or (ended is not None and ended <= start) or charged.price_fen is None:
            continue
        if found is None or found.price_fen is None or charged.price_fen <= found.price_fen:
            found = charged
    return found


def per_kilogram(price_fen: int, net_grams: int) -> int:
    """Fen for 1,000 grams, rounded half up."""
    return (price_fen * 2000 + net_grams) // (net_grams * 2)


def median(offers: int, middle: Sequence[int]) -> int | None:
    """What the middle one or two of so many offers ask, rounded down; None for too few of them."""
    return sum(middle) // len(middle) if offers >= FEWEST_OFFERS else None
