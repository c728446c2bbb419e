"""Alembic's environment of the disclosure service."""

from services.disclosure.models import Base
from services.kit.migrate import run_migrations

run_migrations("disclosure", Base.metadata)
