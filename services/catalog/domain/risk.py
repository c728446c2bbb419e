"""How much a new version changes of what is on the market: small changes pass by rule, large ones wait for a person.

Compared is what buyers pay for a kilogram, because a lighter box at the same price is a dearer one, and what is on
offer. Money is fen, mass grams, shares basis points.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.catalog.domain.prices import per_kilogram

WHOLE_BP = 10_000
# Up or down by no more than this is what a market day brings.
PRICE_CHANGE_BP = 2_000
# Units more than half again as many as were judged: somebody should ask where they grew.
STOCK_GROWTH_BP = 5_000
# Below half of what the region asks: a price crash, or an error of a comma.
FAR_BELOW_MEDIAN_BP = 5_000


@dataclass(frozen=True)
class Terms:
    """What a lot offers: the price of a unit, its weight, and how many."""

    lot_number: str
    price_fen: int
    net_grams: int
    offered_units: int

    @property
    def per_kilogram_fen(self) -> int:
        """What a kilogram costs."""
        return per_kilogram(self.price_fen, self.net_grams)


@dataclass(frozen=True)
class Risk:
    """Why a change waits: `code`, with what stood before and stands after."""

    code: str
    lot_number: str
    before: int
    after: int

    def document(self) -> dict[str, int | str]:
        """As it is kept and answered."""
        return {"code": self.code, "lot_number": self.lot_number, "before": self.before, "after": self.after}


def risks(before: Mapping[str, Terms], now: Sequence[tuple[str, Terms]], median_fen: int | None) -> list[Risk]:
    """Why a version must wait for a reviewer; empty when the rule lets it pass.

    `before`: lot id → its terms in the version in force; a lot that was not in it is new, and new lots are the gate's
    question. `median_fen`: what a kilogram of such goods costs in the region, None when too few offer it.
    """
    return [risk for lot_id, terms in now if lot_id in before for risk in _risks(before[lot_id], terms, median_fen)]


def _risks(old: Terms, new: Terms, median_fen: int | None) -> Iterator[Risk]:
    was, becomes = old.per_kilogram_fen, new.per_kilogram_fen
    if _moved_by(was, becomes, PRICE_CHANGE_BP):
        yield Risk("price_raised" if becomes > was else "price_cut", new.lot_number, was, becomes)
    if becomes < was and median_fen is not None and becomes * WHOLE_BP < median_fen * FAR_BELOW_MEDIAN_BP:
        yield Risk("far_below_median", new.lot_number, median_fen, becomes)
    if new.offered_units > old.offered_units and _moved_by(old.offered_units, new.offered_units, STOCK_GROWTH_BP):
        yield Risk("stock_grown", new.lot_number, old.offered_units, new.offered_units)


def _moved_by(before: int, after: int, share_bp: int) -> bool:
    """Whether a number moved by more than the share of what it was."""
    return abs(after - before) * WHOLE_BP > before * share_bp
