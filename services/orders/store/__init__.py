"""The only place of orders that writes SQL."""

from services.orders.store.book import add_row, erase_book, list_addresses, list_basket, save_basket, unset_default
from services.orders.store.checkouts import (
    cancel_checkout,
    expire_due,
    get_checkout,
    get_order,
    list_orders,
    lock_checkout,
    place_basket,
    place_batch,
)
from services.orders.store.goods import add_lots, find_lots, get_page, keep_page, save_listing, withdraw_listing
from services.orders.store.levels import take_changed_levels
from services.orders.store.reconciliation import CHECKS, list_differences, read_lots, read_sums
from services.orders.store.sales import get_sale, lock_sale, lock_waiting_sales
from services.orders.store.stock import Shelved, count_lots, give_back, held_units, put_on_shelf, set_aside

__all__ = [
    "CHECKS",
    "Shelved",
    "add_lots",
    "add_row",
    "cancel_checkout",
    "count_lots",
    "erase_book",
    "expire_due",
    "find_lots",
    "get_checkout",
    "get_order",
    "get_page",
    "get_sale",
    "give_back",
    "held_units",
    "keep_page",
    "list_addresses",
    "list_basket",
    "list_differences",
    "list_orders",
    "lock_checkout",
    "lock_sale",
    "lock_waiting_sales",
    "place_basket",
    "place_batch",
    "put_on_shelf",
    "read_lots",
    "read_sums",
    "save_basket",
    "save_listing",
    "set_aside",
    "take_changed_levels",
    "unset_default",
    "withdraw_listing",
]
