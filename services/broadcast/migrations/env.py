"""Alembic's environment of the broadcast service."""

from services.broadcast.models import Base
from services.kit.migrate import run_migrations

run_migrations("broadcast", Base.metadata)
