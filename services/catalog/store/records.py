"""Marks, producers and specialties: rows in, answers out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.access import Asker, may_see
from services.catalog.domain.words import region_marks
from services.catalog.models import Mark, Producer, Specialty
from services.catalog.schemas.common import FieldWarning
from services.catalog.schemas.producers import MarkIn, MarkOut, ProducerOut
from services.catalog.schemas.specialties import OpeningDay, SpecialtyOut
from services.catalog.store.places import category_name, known_region, region_name
from services.contracts.values import uscc_kind, uscc_problem
from services.kit import clock
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound

Row = TypeVar("Row", Mark, Producer)
Answer = TypeVar("Answer", bound=BaseModel)


async def get_mark(db: AsyncSession, mark_id: str) -> MarkOut:
    """One mark. Raises NotFound."""
    row = await find_mark(db, mark_id)
    if row is None:
        raise no_mark(mark_id)
    return mark_out(row)


async def find_mark(db: AsyncSession, mark_id: str, *, lock: bool = False) -> Mark | None:
    """The mark's row, locked when it is to be changed."""
    return await db.get(Mark, mark_id, with_for_update=lock or None)


def no_mark(mark_id: str) -> NotFound:
    """The problem for a mark that is not there."""
    return NotFound(f"There is no mark {mark_id}.", f"没有编号为 {mark_id} 的标志。")


async def find_marks(db: AsyncSession, ids: Sequence[str]) -> dict[str, Mark]:
    """The marks among these ids."""
    rows = await db.exec(select(Mark).where(col(Mark.id).in_(ids)))
    return {row.id: row for row in rows}


async def list_marks(db: AsyncSession, region: str | None, cursor: str | None, limit: int) -> Page[MarkOut]:
    """Marks of a region and below, newest first."""
    return await _page(db, Mark, region, cursor, limit, mark_out)


async def find_producer(db: AsyncSession, producer_id: str, *, lock: bool = False) -> Producer | None:
    """The producer's row, locked when it is to be changed."""
    statement = select(Producer).where(Producer.id == producer_id)
    return (await db.exec(statement.with_for_update() if lock else statement)).first()


async def get_producer(db: AsyncSession, producer_id: str, asker: Asker | None) -> ProducerOut:
    """One producer, as far as the asker may see it. Raises NotFound."""
    row = await find_producer(db, producer_id)
    if row is None:
        raise no_producer(producer_id)
    return producer_out(row, in_full=may_see(asker, row.region_code, clock.business_today()))


def no_producer(producer_id: str) -> NotFound:
    """The problem for a producer that is not there."""
    return NotFound(f"There is no producer {producer_id}.", f"没有编号为 {producer_id} 的生产主体。")


async def find_producers(db: AsyncSession, ids: Sequence[str]) -> dict[str, Producer]:
    """The producers among these ids."""
    rows = await db.exec(select(Producer).where(col(Producer.id).in_(ids)))
    return {row.id: row for row in rows}


async def list_producers_since(db: AsyncSession, since: datetime) -> Sequence[Producer]:
    """Producers that changed since the instant."""
    return (await db.exec(select(Producer).where(col(Producer.updated_at) >= since).order_by(col(Producer.id)))).all()


@dataclass(frozen=True, slots=True)
class ProducersAsked:
    """Which producers are asked for: of a region and below, in one state, and by a part of the name or by the code."""

    region: str | None = None
    admission: str | None = None
    suspended: bool | None = None
    words: str = ""


async def list_producers(db: AsyncSession, asked: ProducersAsked, cursor: str | None, limit: int) -> Page[ProducerOut]:
    """The producers asked for, newest first."""
    region, suspended, words = asked.region, asked.suspended, asked.words.strip()
    only = sa.true() if asked.admission is None else col(Producer.admission_state) == asked.admission
    if words:
        english = sa.func.coalesce(col(Producer.public)["name_en"].astext, "")
        named = sa.or_(col(Producer.name).icontains(words, autoescape=True), english.icontains(words, autoescape=True))
        only = sa.and_(only, sa.or_(named, col(Producer.uscc) == words.upper()))
    if suspended is not None:
        missing = col(Producer.suspension).is_(None)
        only = sa.and_(only, sa.not_(missing) if suspended else missing)
    return await _page(db, Producer, region, cursor, limit, producer_out, only)


async def _page(
    db: AsyncSession,
    table: type[Row],
    region: str | None,
    cursor: str | None,
    limit: int,
    shown: Callable[[Row], Answer],
    only: Any = None,
) -> Page[Answer]:
    statement = select(table).order_by(sa.desc(col(table.id))).limit(limit + 1)
    if only is not None:
        statement = statement.where(only)
    if region is not None:
        known_region(region)
        codes = [mark.removeprefix("@r") for mark in region_marks(region)]
        statement = statement.where(col(table.region_path).bool_op("&&")(codes))
    if cursor is not None:
        statement = statement.where(col(table.id) < decode_cursor(cursor, str)[0])
    rows = (await db.exec(statement)).all()
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[shown(row) for row in rows[:limit]], next=more)


async def find_specialty(db: AsyncSession, specialty_id: str, *, lock: bool = False) -> Specialty | None:
    """The specialty's row, locked when it is to be changed."""
    return await db.get(Specialty, specialty_id, with_for_update=lock or None)


async def get_specialty(db: AsyncSession, specialty_id: str) -> SpecialtyOut:
    """One specialty with its marks and opening days. Raises NotFound."""
    row = await find_specialty(db, specialty_id)
    if row is None:
        raise no_specialty(specialty_id)
    return specialty_out(row, await find_marks(db, row.mark_ids))


def no_specialty(specialty_id: str) -> NotFound:
    """The problem for a specialty that is not there."""
    return NotFound(f"There is no specialty {specialty_id}.", f"没有编号为 {specialty_id} 的特产。")


def mark_out(row: Mark) -> MarkOut:
    """A mark as it is answered."""
    return MarkOut(
        id=row.id,
        version=row.version,
        region=region_name(row.region_code, clock.business_today()),
        mark=MarkIn.model_validate(row.document),
        updated_at=row.updated_at,
    )


def producer_out(row: Producer, *, in_full: bool = False) -> ProducerOut:
    """A producer as it is answered: never a token, and the village's proof only in full."""
    told = ProducerOut.model_fields.keys() - (() if in_full else {"village_proof_sha256"})
    shown = {name: value for name, value in row.public.items() if name in told}
    empty = dict.fromkeys(name for name in ProducerOut.model_fields if name != "warnings")
    known = {
        "id": row.id,
        "version": row.version,
        "region": region_name(row.region_code, clock.business_today()),
        "name": row.name,
        "kind": row.kind,
        "uscc": row.uscc,
        "seller_type": row.seller_type,
        "warnings": uscc_warnings(row.uscc, row.kind),
        "admission": {**row.admission, "state": row.admission_state},
        "suspension": row.suspension,
        "updated_at": row.updated_at,
    }
    return ProducerOut.model_validate({**empty, **shown, **known})


def uscc_warnings(uscc: str | None, kind: str) -> list[FieldWarning]:
    """What the gate will say of the code; the form stores it all the same."""
    if uscc is None:
        return []
    problem = uscc_problem(uscc)
    if problem == "format":
        return [
            _warning(
                "uscc",
                "This is not the form of a unified social credit code; the gate will refuse it.",
                "不符合统一社会信用代码的格式，核验时将不予通过。",
            )
        ]
    warnings = []
    if problem == "check_digit":
        warnings.append(
            _warning(
                "uscc",
                "The check digit does not fit; a person will compare it with the licence.",
                "校验位不符，核验时须由人工核对证照。",
            )
        )
    if uscc_kind(uscc) not in ("other", kind):
        warnings.append(
            _warning(
                "kind",
                f"The code's prefix says {uscc_kind(uscc)}, the form says {kind}.",
                "所选主体类型与代码前两位不一致，请核对。",
            )
        )
    return warnings


def _warning(field: str, en: str, zh: str) -> FieldWarning:
    return FieldWarning(field=field, en=en, zh=zh)


def specialty_out(row: Specialty, marks: dict[str, Mark]) -> SpecialtyOut:
    """A specialty as it is answered."""
    return SpecialtyOut(
        id=row.id,
        version=row.version,
        region=region_name(row.region_code, clock.business_today()),
        category=category_name(row.category_code),
        name_zh=row.name_zh,
        name_en=row.name_en,
        description_zh=row.description_zh,
        description_en=row.description_en,
        season_months=row.season_months,
        opening_days=[OpeningDay.model_validate(day) for day in row.opening_days],
        marks=[mark_out(marks[each]) for each in row.mark_ids if each in marks],
        updated_at=row.updated_at,
    )
