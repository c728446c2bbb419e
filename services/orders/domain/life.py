"""The life of a checkout and of an order: which state follows which, and who may cause it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

CheckoutState = Literal["reserved", "paid", "expired", "cancelled"]
OrderState = Literal["reserved", "paid", "shipped", "signed", "refunded", "expired", "cancelled"]

CHECKOUT_STATES: tuple[CheckoutState, ...] = ("reserved", "paid", "expired", "cancelled")
ORDER_STATES: tuple[OrderState, ...] = ("reserved", "paid", "shipped", "signed", "refunded", "expired", "cancelled")

_AFTER: Mapping[OrderState, tuple[OrderState, ...]] = MappingProxyType(
    {
        "reserved": ("paid", "expired", "cancelled"),
        "paid": ("shipped", "refunded"),
        "shipped": ("signed", "refunded"),
        "signed": ("refunded",),
        "refunded": (),
        "expired": (),
        "cancelled": (),
    }
)

HOLDS_UNITS: tuple[OrderState, ...] = ("reserved", "paid", "shipped", "signed", "refunded")
"""States in which an order's units are not for sale: goods that were paid for do not come back by a refund."""


def may_become(state: OrderState, wanted: OrderState) -> bool:
    """Whether an order may go from one state to the other."""
    return wanted in _AFTER[state]
