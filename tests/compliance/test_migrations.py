"""The migrations and the models describe the same tables."""

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.compliance.models import Base
from services.kit.plumbing import plumbing
from tests.conftest import DatabaseOf


async def test_the_migrated_tables_are_those_of_the_models(committing_database: DatabaseOf) -> None:
    database = await committing_database("compliance")

    def differences(connection: sa.Connection) -> list[Any]:
        def only_ours(name: str | None, kind: str, _parents: Any) -> bool:
            return name == "compliance" if kind == "schema" else name != "alembic_version"

        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "include_name": only_ours, "compare_type": True}
        )
        # Alembic takes several metadata here, as in its environment; its annotation names only one.
        ours: Any = [Base.metadata, plumbing("compliance").metadata]
        return list(compare_metadata(context, ours))

    assert database.engine is not None
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
