"""Bring one database to the present: extensions, a schema and two roles per service, and all migrations.

The only user of the administrator's address. `X_owner` owns the schema and is never logged in; `X_app` is the
service: it reads and writes rows of its own schema, and nothing else. Run as often as you like.
"""

import asyncio
import os
import re
import sys
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

ROOT = Path(__file__).parent.parent
LOCK = 0x5F_FA1E
EXTENSIONS = ("btree_gist", "btree_gin", "pg_trgm")


def services_with_migrations() -> list[str]:
    """The services that own a schema, by name."""
    return sorted(path.parent.name for path in (ROOT / "services").glob("*/migrations"))


async def migrate(admin_url: str, secret: str) -> None:
    """Bring the database behind `admin_url` up to date. Role passwords are `<service>-<secret>`."""
    engine = create_async_engine(admin_url, poolclass=sa.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(sa.text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            for name in EXTENSIONS:
                await connection.execute(sa.text(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public"))
            await connection.execute(sa.text("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
            await connection.execute(sa.text("GRANT USAGE ON SCHEMA public TO PUBLIC"))
            for service in services_with_migrations():
                await _prepare(connection, service, f"{service}-{secret}")
                await connection.run_sync(_upgrade, service)
                await connection.execute(sa.text(f"REVOKE ALL ON {service}.alembic_version FROM {service}_app"))
            await connection.commit()
    finally:
        await engine.dispose()


async def _prepare(connection: AsyncConnection, service: str, password: str) -> None:
    """The schema and the two roles of one service; the password is set anew each time, so it can be changed."""
    if not re.fullmatch(r"[a-z_]+", service) or not re.fullmatch(r"[A-Za-z0-9_-]+", password):
        raise ValueError("Service names and the secret are made of letters, digits, - and _ only.")
    owner, app = f"{service}_owner", f"{service}_app"
    known = {row.rolname for row in await connection.execute(sa.text("SELECT rolname FROM pg_roles"))}
    if owner not in known:
        await connection.execute(sa.text(f"CREATE ROLE {owner} NOLOGIN"))
    if app not in known:
        await connection.execute(sa.text(f"CREATE ROLE {app} LOGIN"))
    defaults = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {service}"
    for statement in (
        f"ALTER ROLE {app} PASSWORD '{password}'",
        f"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {owner}",
        f"GRANT USAGE ON SCHEMA {service} TO {app}",
        f"{defaults} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        f"{defaults} GRANT USAGE ON SEQUENCES TO {app}",
    ):
        await connection.execute(sa.text(statement))


def _upgrade(connection: sa.Connection, service: str) -> None:
    """Alembic to head as the schema's owner; a lock is waited for 4 s at most, so old code is never held up long."""
    import_module(f"services.{service}.models")
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    config.attributes["connection"] = connection
    connection.execute(sa.text(f"SET ROLE {service}_owner"))
    connection.execute(sa.text("SET lock_timeout = '4s'"))
    command.upgrade(config, "head")
    # After a failure the transaction is rolled back and the role with it; another statement would only hide the error.
    connection.execute(sa.text("RESET ROLE"))


def main() -> None:
    """`python -m deploy.migrate`: reads SUNFAIR_DATABASE_URL and SUNFAIR_SECRET."""
    url, secret = os.environ.get("SUNFAIR_DATABASE_URL"), os.environ.get("SUNFAIR_SECRET")
    if not url or not secret:
        sys.exit("Set SUNFAIR_DATABASE_URL (the administrator's address) and SUNFAIR_SECRET.")
    asyncio.run(migrate(url, secret))
    print("The database is up to date.")


if __name__ == "__main__":
    main()
