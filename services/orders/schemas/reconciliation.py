"""The reconciliation of a broadcast, as everybody may read it."""

from datetime import datetime

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
