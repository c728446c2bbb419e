"""Alembic's environment for accounts."""

from services.accounts.models import Base
from services.kit.migrate import run_migrations

run_migrations("accounts", Base.metadata)
