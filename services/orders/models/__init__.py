"""Tables of the orders service; they hold no behaviour."""

from services.orders.models.base import Base
from services.orders.models.goods import GoodsPage, Listing, Lot, LotUnits, Sale, Stock
from services.orders.models.orders import Address, Checkout, Order

__all__ = [
    "Address",
    "Base",
    "Checkout",
    "GoodsPage",
    "Listing",
    "Lot",
    "LotUnits",
    "Order",
    "Sale",
    "Stock",
]
