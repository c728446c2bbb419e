"""HTTP operations of the orders service."""

from services.orders.routes.sales import router as sales

ROUTERS = (sales,)
