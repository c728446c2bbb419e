"""The use cases of the orders service."""

from services.orders.actions.catalogue import take_listing_decided, take_listing_submitted, take_listing_withdrawn
from services.orders.actions.checkouts import cancel_checkout, place_checkout
from services.orders.actions.levels import tell_levels
from services.orders.actions.reconciliation import reconcile
from services.orders.actions.rooms import take_filing, take_room
from services.orders.actions.tickets import seal_tickets, tell_tickets

__all__ = [
    "cancel_checkout",
    "place_checkout",
    "reconcile",
    "seal_tickets",
    "take_filing",
    "take_listing_decided",
    "take_listing_submitted",
    "take_listing_withdrawn",
    "take_room",
    "tell_levels",
    "tell_tickets",
]
