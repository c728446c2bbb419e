"""Alembic's environment for compliance."""

from services.compliance.models import Base
from services.kit.migrate import run_migrations

run_migrations("compliance", Base.metadata)
