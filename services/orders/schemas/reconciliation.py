"""The reconciliation of a broadcast, as everybody may read it."""

from datetime import datetime

from pydantic import Field

from services.kit.fields import Out


class CountedLot(Out):
    """The units of one lot: as they are counted, and as its orders add up."""

    lot_id: str
    offered: int | None
    allocated_everywhere: int | None
    allocated: int
    available: int
    reserved: int
    sold: int
    orders_reserved: int
    orders_sold: int
    tickets: int


class Difference(Out):
    """Something that does not add up: the check, what it is about, what was expected and what was found."""

    check: str
    subject: str
    expected: int
    found: int


class Reconciliation(Out):
    """Whether a broadcast adds up at one moment. Money is withheld while it would tell of fewer than ten buyers."""

    broadcast_id: str
    at: datetime
    balanced: bool
    differences: list[Difference]
    checks: list[str]
    lots: list[CountedLot]
    reserved_fen: int | None
    sold_fen: int | None
    paid_in_fen: int | None = Field(description="Money that came in for orders; the same as what was sold.")
    late_fen: int | None = Field(description="Money that came when the order was over; it goes back whole.")
    given_back_fen: int | None = Field(description="Of all of it: given back, or on its way back.")
    refunded_fen: int | None = Field(description="Of that: arrived at its payer.")


class ProviderDifference(Out):
    """A payment about which the provider says something else than we do."""

    checkout_id: str
    what: str = Field(description="paid or refunded")
    ours_fen: int
    theirs_fen: int


class ProviderComparison(Out):
    """Our money beside the provider's own books."""

    broadcast_id: str
    at: datetime
    payments: int
    balanced: bool
    differences: list[ProviderDifference]
