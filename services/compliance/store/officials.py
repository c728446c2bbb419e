"""SQL of what compliance keeps of officials: the declaration of interests that stands."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import OfficialCopy
from services.contracts.broadcast import OfficialDeclared


async def save_official(db: AsyncSession, official: OfficialDeclared) -> bool:
    """Keep an official's newest state; False when it, or a newer one, is here."""
    table: Any = OfficialCopy
    values = {
        "official_id": official.entity_id,
        "version": official.version,
        "person": official.person,
        "declared_on": official.declared_on,
        "declaration": official.declaration,
    }
    statement = insert(OfficialCopy).values(**values)
    kept = statement.on_conflict_do_update(
        index_elements=["official_id"],
        set_={name: statement.excluded[name] for name in values if name != "official_id"},
        where=table.version < statement.excluded.version,
    ).returning(table.official_id)
    return (await db.execute(kept)).scalar_one_or_none() is not None


async def find_official(db: AsyncSession, official_id: str | None) -> OfficialCopy | None:
    """An official as last told; None for one who has declared nothing since this is kept."""
    table: Any = OfficialCopy
    wanted = sa.select(table).where(table.official_id == official_id)
    return (await db.execute(wanted.execution_options(populate_existing=True))).scalars().one_or_none()
