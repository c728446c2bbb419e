"""Alembic's environment of catalog."""

from services.catalog.models import Base
from services.kit.migrate import run_migrations

run_migrations("catalog", Base.metadata)
