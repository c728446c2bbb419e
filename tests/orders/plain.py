"""The rules of the till without a database: the plain model that the real one is compared with."""

from dataclasses import dataclass, field

from tests.orders.market import LOT, OTHER_LOT


@dataclass
class PlainCheckout:
    """Who has what of which lot."""

    buyer: int
    units: dict[str, int]
    state: str = "reserved"

    @property
    def holds(self) -> bool:
        """Whether its units are taken."""
        return self.state in ("reserved", "paid")


@dataclass
class PlainTill:
    """One broadcast that sells two lots; `households[buyer]` tells who lives together."""

    households: list[int]
    offered: dict[str, int] = field(default_factory=lambda: {LOT: 20, OTHER_LOT: 20})
    per_buyer: int | None = None
    announced: int | None = None
    selling: bool = True
    checkouts: dict[str, PlainCheckout] = field(default_factory=dict)

    def taken(self, lot_id: str) -> int:
        """Units that are reserved or sold."""
        return sum(each.units.get(lot_id, 0) for each in self.checkouts.values() if each.holds)

    def left(self, lot_id: str) -> int:
        """Units that can be bought now."""
        free = self.offered[lot_id] - self.taken(lot_id)
        return free if self.announced is None else min(free, self.announced - self.taken(lot_id))

    def had(self, buyer: int, lot_id: str) -> int:
        """The most that the buyer, or the buyer's household together, holds of a lot."""

        def held(mine: bool) -> int:
            return sum(
                each.units.get(lot_id, 0)
                for each in self.checkouts.values()
                if each.holds
                and (each.buyer == buyer if mine else self.households[each.buyer] == self.households[buyer])
            )

        return max(held(True), held(False))

    def refusal(self, buyer: int, lot_id: str, units: int) -> tuple[str, int | None] | None:
        """Why this line is not sold, and what is told with it."""
        if not self.selling:
            return "region", None
        if self.per_buyer is not None and self.had(buyer, lot_id) + units > self.per_buyer:
            return "over_limit", max(self.per_buyer - self.had(buyer, lot_id), 0)
        if units > self.left(lot_id):
            return "sold_out", max(self.left(lot_id), 0)
        return None

    def place(self, checkout_id: str, buyer: int, units: dict[str, int]) -> list[tuple[str, int | None]]:
        """What becomes of each line, in the order of lots; nothing is taken unless all are placed."""
        outcomes = [self.refusal(buyer, lot_id, units[lot_id]) or ("placed", None) for lot_id in sorted(units)]
        if all(outcome == ("placed", None) for outcome in outcomes):
            self.checkouts[checkout_id] = PlainCheckout(buyer, units)
        return outcomes

    def let_go(self, checkout_id: str, state: str) -> None:
        """A reservation is cancelled or runs out; what is paid or gone already stays as it is."""
        checkout = self.checkouts[checkout_id]
        if checkout.state == "reserved":
            checkout.state = state
