"""Tables of the orders service; they hold no behaviour."""

from services.orders.models.base import ACTS, Base
from services.orders.models.care import BasketLine, Complaint, Invoice, Shipment, Step
from services.orders.models.goods import (
    GoodsPage,
    LevelTold,
    Listing,
    Lot,
    LotUnits,
    Sale,
    Stock,
    TicketHead,
    TicketsTold,
)
from services.orders.models.money import Callback, Leg, Payment, Refund
from services.orders.models.orders import Address, Checkout, Order

__all__ = [
    "ACTS",
    "Address",
    "Base",
    "BasketLine",
    "Callback",
    "Checkout",
    "Complaint",
    "GoodsPage",
    "Invoice",
    "Leg",
    "LevelTold",
    "Listing",
    "Lot",
    "LotUnits",
    "Order",
    "Payment",
    "Refund",
    "Sale",
    "Shipment",
    "Step",
    "Stock",
    "TicketHead",
    "TicketsTold",
]
