"""Bodies of complaints."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.kit.fields import Flag, In, Line, Out
from services.orders.domain.complaints import Kind
from services.orders.schemas.refunds import Photos, Words


class ComplaintIn(In):
    """What is wrong with an order."""

    kind: Kind
    words: Words
    photos: Photos = ()


class ComplaintDecisionIn(In):
    """Whether the complaint is right, why, and what is given back for it at once."""

    upheld: Flag
    words: Line
    refund_fen: Annotated[int, Field(strict=True, ge=0, le=10**12)] = 0


class ComplaintOut(Out):
    """A complaint with its clocks: until when it is acknowledged, decided and made good."""

    id: str
    version: int
    order_id: str
    broadcast_id: str
    region_code: str
    lot_id: str
    kind: Kind
    words: str | None
    photos: list[str]
    received_at: datetime
    acknowledge_until: datetime
    decide_until: datetime
    refund_until: datetime
    acknowledged_at: datetime | None
    decided_at: datetime | None
    upheld: bool | None
    decision_words: str | None
    refund_id: str | None
    refunded_at: datetime | None


class RegionComplaints(Out):
    """How a region answers complaints, each number rounded down to a whole ten.

    No code: all regions together about each of which fewer than ten buyers complained.
    """

    region_code: str | None
    received: int
    open: int
    unacknowledged_late: int
    undecided_late: int
    refunds_late: int


class ComplaintFigures(Out):
    """The published limits, and how they are kept."""

    acknowledge_hours: int
    decide_days: int
    refund_days: int
    regions: list[RegionComplaints]
