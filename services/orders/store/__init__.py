"""The only place of orders that writes SQL."""

from services.orders.store.goods import add_lots, find_lots, get_page, keep_page, save_listing, withdraw_listing
from services.orders.store.sales import get_sale, lock_sale, lock_waiting_sales
from services.orders.store.stock import Shelved, count_lots, give_back, held_units, put_on_shelf, set_aside

__all__ = [
    "Shelved",
    "add_lots",
    "count_lots",
    "find_lots",
    "get_page",
    "get_sale",
    "give_back",
    "held_units",
    "keep_page",
    "lock_sale",
    "lock_waiting_sales",
    "put_on_shelf",
    "save_listing",
    "set_aside",
    "withdraw_listing",
]
