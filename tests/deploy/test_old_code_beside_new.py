"""Migrations run while the version before still works: they add, and take away only what no code knows any more."""

import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.migrate import migrate, services_with_migrations
from deploy.supervisor import ROOT
from tests.conftest import UrlOf
from tests.servers import SECRET, Servers

# What code of the version before cannot live with, as SQL or as a call of Alembic.
FORBIDDEN = {
    "takes a column away": r"DROP COLUMN|\bdrop_column\(",
    "takes a table away": r"DROP TABLE|\bdrop_table\(",
    "renames": r"\bRENAME (TO|COLUMN|CONSTRAINT)\b|\brename_table\(|new_column_name=",
    "requires what old code leaves out": r"SET NOT NULL|\balter_column\([^)]*nullable=False",
    "changes a type": r"ALTER COLUMN \w+ (SET DATA )?TYPE\b|\balter_column\([^)]*type_=",
    "adds a column that old code cannot fill": (
        r'ADD COLUMN (?![^;,"]*(DEFAULT|GENERATED))[^;,"]*NOT NULL'
        r"|\badd_column\((?![^\n]*server_default)[^\n]*nullable=False"
    ),
}
# Steps that are the last of three, or that came before there was a version beside which they could have run.
ALLOWED = {
    ("orders", "0004_levels_told.py", "takes a column away"): "before the first release; nothing ran yet",
}


def migrations() -> Iterator[tuple[str, Path]]:
    """Every migration, by its service. The first makes the tables: nothing is older than it."""
    for service in services_with_migrations():
        for path in sorted((ROOT / "services" / service / "migrations" / "versions").glob("[0-9]*.py")):
            if not path.name.startswith("0001_"):
                yield service, path


EVERY = [pytest.param(service, path, id=f"{service}-{path.stem}") for service, path in migrations()]


def faults(text: str) -> set[str]:
    """What old code could not live with in a migration's upgrade."""
    upgrade = text.partition("def downgrade")[0]
    return {fault for fault, pattern in FORBIDDEN.items() if re.search(pattern, upgrade, re.IGNORECASE)}


@pytest.mark.parametrize(("service", "path"), EVERY)
def test_a_migration_only_adds(service: str, path: Path) -> None:
    allowed = {fault for (owner, name, fault) in ALLOWED if (owner, name) == (service, path.name)}
    found = faults(path.read_text(encoding="utf-8"))
    assert found - allowed == set(), "three steps, in docs/migrations.md"
    assert allowed <= found, "an allowance that nobody needs any more"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("ALTER TABLE orders.stock DROP COLUMN told", "takes a column away"),
        ("op.drop_table('stock', schema='orders')", "takes a table away"),
        ("ALTER TABLE orders.stock RENAME COLUMN a TO b", "renames"),
        ("op.alter_column('stock', 'a', new_column_name='b')", "renames"),
        ("ALTER TABLE orders.stock ALTER COLUMN a SET NOT NULL", "requires what old code leaves out"),
        ("ALTER TABLE orders.stock ALTER COLUMN a TYPE bigint", "changes a type"),
        ("ALTER TABLE orders.stock ADD COLUMN a text NOT NULL", "adds a column that old code cannot fill"),
        (
            "ALTER TABLE orders.stock ADD COLUMN a text NOT NULL, ADD COLUMN b text NOT NULL DEFAULT ''",
            "adds a column that old code cannot fill",
        ),
        ('op.add_column("stock", sa.Column("a", sa.Text, nullable=False))', "adds a column that old code cannot fill"),
    ],
)
def test_what_old_code_cannot_live_with_is_seen(statement: str, fault: str) -> None:
    assert faults(f"def upgrade():\n    {statement}\n") == {fault}


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE orders.stock ADD COLUMN a text",
        "ALTER TABLE orders.stock ADD COLUMN a text NOT NULL DEFAULT ''",
        "ALTER TABLE orders.stock ADD COLUMN a text NOT NULL GENERATED ALWAYS AS (b) STORED",
        'op.add_column("stock", sa.Column("a", sa.Text, nullable=False, server_default=""))',
        "CREATE TABLE orders.told (a text NOT NULL)",
        "ALTER TABLE orders.stock DROP CONSTRAINT ck_stock_a, ADD CONSTRAINT ck_stock_a CHECK (a > 0)",
    ],
)
def test_what_only_adds_is_let_through(statement: str) -> None:
    assert faults(f"def upgrade():\n    {statement}\n") == set()


async def test_a_migration_waits_for_nobody_who_reads_or_writes(servers: Servers, fresh_database_url: UrlOf) -> None:
    """Old code holds its locks on every table; run again beside it, the migration asks for none of them."""
    url = servers.url(fresh_database_url("catalog").rpartition("/")[2])
    old = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        async with old.transaction():
            for service in services_with_migrations():
                for (table,) in await old.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", service):
                    if table != "alembic_version":
                        await old.execute(f'LOCK TABLE {service}."{table}" IN ROW EXCLUSIVE MODE')
            await migrate(url, SECRET)
    finally:
        await old.close()
