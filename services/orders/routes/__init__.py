"""HTTP operations of the orders service."""

from services.orders.routes.acts import router as acts
from services.orders.routes.addresses import router as addresses
from services.orders.routes.basket import router as basket
from services.orders.routes.checkouts import ordering
from services.orders.routes.checkouts import router as checkouts
from services.orders.routes.complaints import router as complaints
from services.orders.routes.invoices import router as invoices
from services.orders.routes.orders import router as orders
from services.orders.routes.parcels import router as parcels
from services.orders.routes.payments import router as payments
from services.orders.routes.reconciliation import router as reconciliation
from services.orders.routes.refunds import router as refunds
from services.orders.routes.sales import router as sales

ROUTERS = (
    ordering,
    sales,
    checkouts,
    payments,
    orders,
    invoices,
    refunds,
    parcels,
    complaints,
    addresses,
    basket,
    reconciliation,
    acts,
)
