"""Alembic's environment of the orders service."""

from services.kit.migrate import run_migrations
from services.orders.models import Base

run_migrations("orders", Base.metadata)
