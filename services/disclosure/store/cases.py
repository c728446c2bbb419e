"""SQL of cases: opened by examinations, moved by inspectors, with acts and files that are only added."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.models import CaseAct, FindingCase, ReferralFile, Release
from services.disclosure.store.tables import table_of

_PLACE = "SELECT place FROM disclosure.leaf WHERE kind = :kind AND entity_id = :entity_id AND sha256 = :sha256"


async def list_of_broadcast(db: AsyncSession, broadcast_id: str) -> dict[str, FindingCase]:
    """The cases of one broadcast by abuse, locked."""
    statement = select(FindingCase).where(FindingCase.broadcast_id == broadcast_id).with_for_update()
    return {row.abuse: row for row in (await db.exec(statement)).all()}


async def find_case(db: AsyncSession, case_id: str, *, locked: bool = False) -> FindingCase | None:
    """A case."""
    statement = select(FindingCase).where(FindingCase.id == case_id)
    return (await db.exec(statement.with_for_update() if locked else statement)).first()


async def list_cases(
    db: AsyncSession,
    scopes: Sequence[str],
    states: Sequence[str],
    severity: int | None,
    after: tuple[int, datetime, str] | None,
    most: int,
) -> Sequence[FindingCase]:
    """Cases of these regions (all, if none is named), the gravest first and of these the oldest."""
    statement = select(FindingCase).where(col(FindingCase.state).in_(list(states)))
    if scopes:
        path = table_of(FindingCase).c.region_path
        statement = statement.where(path.op("&&")(sa.cast(list(scopes), sa.ARRAY(sa.Text))))
    if severity is not None:
        statement = statement.where(FindingCase.severity == severity)
    if after is not None:
        grade, opened_at, case_id = after
        later = sa.tuple_(col(FindingCase.opened_at), col(FindingCase.id)) > sa.tuple_(opened_at, case_id)
        milder = col(FindingCase.severity) < grade
        statement = statement.where(sa.or_(milder, sa.and_(col(FindingCase.severity) == grade, later)))
    order = (col(FindingCase.severity).desc(), col(FindingCase.opened_at), col(FindingCase.id))
    return (await db.exec(statement.order_by(*order).limit(most))).all()


async def save(db: AsyncSession, *rows: FindingCase | CaseAct | ReferralFile) -> None:
    """Keep rows."""
    db.add_all(rows)
    await db.flush()


async def list_acts(db: AsyncSession, case_id: str) -> Sequence[CaseAct]:
    """What was done about a case, oldest first."""
    return (await db.exec(select(CaseAct).where(CaseAct.case_id == case_id).order_by(col(CaseAct.number)))).all()


async def count_acts(db: AsyncSession, case_id: str) -> int:
    """How many acts a locked case has."""
    found = await db.scalar(sa.select(sa.func.count()).where(col(CaseAct.case_id) == case_id))
    return int(found or 0)


async def newest_file(db: AsyncSession, case_id: str) -> ReferralFile | None:
    """The file that was sent last."""
    statement = select(ReferralFile).where(ReferralFile.case_id == case_id).order_by(col(ReferralFile.number).desc())
    return (await db.exec(statement.limit(1))).first()


async def find_release(db: AsyncSession, broadcast_id: str, number: int) -> Release | None:
    """A release by its number."""
    return await db.get(Release, (broadcast_id, number))


async def find_place(db: AsyncSession, kind: str, entity_id: str, sha256: str) -> int | None:
    """Where in the log a document stands; None while its leaf waits for a place."""
    found: Any = await db.scalar(sa.text(_PLACE), {"kind": kind, "entity_id": entity_id, "sha256": sha256})
    return None if found is None else int(found)
