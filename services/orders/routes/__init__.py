"""HTTP operations of the orders service."""

from services.orders.routes.addresses import router as addresses
from services.orders.routes.basket import router as basket
from services.orders.routes.checkouts import router as checkouts
from services.orders.routes.orders import router as orders
from services.orders.routes.reconciliation import router as reconciliation
from services.orders.routes.sales import router as sales

ROUTERS = (sales, checkouts, orders, addresses, basket, reconciliation)
