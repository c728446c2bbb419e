"""The clocks of a complaint: acknowledged in a day, decided in seven, made good in seven more.

The numbers are those of the rule `complaint.sla`. Published limits are asked for by 直播电商监督管理办法 第二十条, and
that whoever is asked first makes it good by 食品安全法 第一百四十八条.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal[
    "spoiled", "damaged", "short_weight", "wrong_item", "not_as_described", "not_delivered", "refund", "other"
]
KINDS: tuple[Kind, ...] = (
    "spoiled",
    "damaged",
    "short_weight",
    "wrong_item",
    "not_as_described",
    "not_delivered",
    "refund",
    "other",
)

ACKNOWLEDGE = timedelta(hours=24)
DECIDE = timedelta(days=7)
MAKE_GOOD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Until when each step must have been taken."""

    acknowledge_until: datetime
    decide_until: datetime
    refund_until: datetime


def clocks(received_at: datetime) -> Clocks:
    """The clocks of a complaint received then."""
    return Clocks(received_at + ACKNOWLEDGE, received_at + DECIDE, received_at + MAKE_GOOD)


def seller_answers_until(requested_at: datetime) -> datetime:
    """Until when the region decides about a refund; afterwards the platform pays first and settles with the seller."""
    return requested_at + MAKE_GOOD
