"""What the public sees of a sale."""

from datetime import datetime

from services.contracts.values import RegionCode
from services.kit.fields import Out


class SaleLot(Out):
    """One lot on the shelf. `available_units` is what can be bought now, within the quantity that was announced."""

    lot_id: str
    price_fen: int
    freight_fen: int
    unit_grams: int
    available_units: int
    open: bool
    limit_units: int | None
    units_per_buyer: int | None
    page_sha256: str


class TicketOut(Out):
    """One line of the log of arrivals. `head`: of the chain up to here, where it was sealed."""

    ticket: int
    placed_ms: int
    leaf: str
    head: str | None


class SaleOut(Out):
    """A broadcast as a place to buy; `selling`: in an open room, a market segment and in earnest."""

    broadcast_id: str
    region_code: RegionCode
    title_zh: str
    title_en: str
    state: str
    segment_kind: str | None
    rehearsing: bool
    starts_at: datetime | None
    ends_at: datetime | None
    selling: bool
    lots: list[SaleLot]


class StagesOut(Out):
    """Orders that have reached each stage, rounded down to whole tens; null while they are of fewer than ten buyers.

    paid: the money came in time. dispatched: a carrier took it on. moved: its first scan. delivered: every parcel
    signed for. verified: the return window is over and not all of it was given back. given_back: all of it was.
    """

    broadcast_id: str
    paid: int | None
    dispatched: int | None
    moved: int | None
    delivered: int | None
    verified: int | None
    given_back: int | None
