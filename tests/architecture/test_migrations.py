"""The migrations and the models of every service describe the same tables."""

from importlib import import_module
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.kit.plumbing import plumbing
from tests.conftest import DatabaseOf


@pytest.mark.parametrize("service", ["accounts", "broadcast", "catalog", "compliance", "disclosure", "orders"])
async def test_the_migrated_tables_are_those_of_the_models(committing_database: DatabaseOf, service: str) -> None:
    database = await committing_database(service)
    # Alembic takes several metadata here, as in its environment; its annotation names only one.
    ours: Any = [import_module(f"services.{service}.models").Base.metadata, plumbing(service).metadata]

    def only_ours(name: str | None, kind: str, _parents: Any) -> bool:
        return name == service if kind == "schema" else name != "alembic_version"

    def differences(connection: sa.Connection) -> list[Any]:
        options = {"include_schemas": True, "include_name": only_ours, "compare_type": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), ours))

    assert database.engine is not None
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
