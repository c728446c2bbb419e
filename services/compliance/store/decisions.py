"""SQL of decisions and of what stands for each subject. One statement through the driver where callers wait."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import Decision, Resolution, Standing
from services.kit.db import Database, driver, driver_alone


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """A row of `decision` before it is stored, without the ORM's instrumentation: one is made for every check."""

    id: str
    origin: str
    stage: str
    subject_kind: str | None = None
    subject_id: str | None = None
    subject_version: int | None = None
    parent_id: str | None = None
    region_code: str | None = None
    binding: bool
    announced: bool
    is_public: bool
    outcome: str
    at: datetime
    decided_at: datetime
    valid_until: datetime | None = None
    ruleset: str
    facts_sha256: str
    answer_sha256: str
    rules: list[str] | None = None
    asked_by: str | None = None
    copied_from: str | None = None
    document: bytes
    deleted_after: datetime | None = None
    keys: list[str] | None = None
    cleared_until: datetime | None = None


_COLUMNS = tuple(column.name for column in fields(NewDecision))
_values = attrgetter(*_COLUMNS)
_INSERT = (
    f"INSERT INTO compliance.decision ({', '.join(_COLUMNS)}) "  # noqa: S608  Only our own column names are joined.
    f"VALUES ({', '.join(f'${number}' for number in range(1, len(_COLUMNS) + 1))})"
)
# The same for many, each while the values that it was made by are current; who was stored is told. Lists travel as
# JSON, since PostgreSQL would take a list of lists for one table.
_POSTGRESQL: Any = postgresql.dialect
_TYPES = {column.name: column.type.compile(_POSTGRESQL()) for column in sa.inspect(Decision).local_table.columns}
_LISTS = frozenset(name for name, kind in _TYPES.items() if kind.endswith("[]"))
_TOLD = [f"${number}::{'TEXT' if name in _LISTS else _TYPES[name]}[]" for number, name in enumerate(_COLUMNS, 1)]
_TAKEN = [
    f"CASE WHEN new.{name} IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(new.{name}::JSONB)) END"
    if name in _LISTS
    else f"new.{name}"
    for name in _COLUMNS
]
_INSERT_BY = (
    f"INSERT INTO compliance.decision ({', '.join(_COLUMNS)}) SELECT {', '.join(_TAKEN)} "  # noqa: S608  As above.
    f"FROM unnest({', '.join(_TOLD)}, ${len(_COLUMNS) + 1}::TEXT[]) AS new ({', '.join(_COLUMNS)}, values_sha256) "
    "JOIN compliance.rulebook ON rulebook.values_sha256 = new.values_sha256 RETURNING id"
)
_FIND = """
SELECT origin, is_public, region_code, asked_by, rules, deleted_after, document
FROM compliance.decision WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it is read: its bytes, and what tells who may see them."""

    id: str
    origin: str
    is_public: bool
    region_code: str | None
    asked_by: str | None
    rules: list[str] | None
    deleted_after: datetime | None
    document: bytes


async def add_decision(db: AsyncSession, decision: NewDecision) -> None:
    """Store a decision, in the session's transaction."""
    await (await driver(db)).execute(_INSERT, *_values(decision))


async def add_decisions_by(
    database: Database, decisions: Sequence[NewDecision], values_sha256: Sequence[str]
) -> frozenset[str]:
    """Store several and commit, all in one journey, but those made by other values than the current ones.

    The ids of those that were stored. When one cannot be stored, none is.
    """
    told = [list(column) for column in zip(*map(_values, decisions), strict=True)]
    for place, name in enumerate(_COLUMNS):
        if name in _LISTS:
            told[place] = [None if listed is None else json.dumps(listed) for listed in told[place]]
    rows = await database.change_at_once(_INSERT_BY, *told, list(values_sha256))
    return frozenset(row[0] for row in rows)


async def find_decision(db: AsyncSession, decision_id: str) -> StoredDecision | None:
    """A decision by id, with its bytes."""
    row = await (await driver_alone(db)).fetchrow(_FIND, decision_id)
    return StoredDecision(id=decision_id, **dict(row)) if row else None


async def list_decisions_of(
    db: AsyncSession, kind: str, subject_id: str, before: str | None, limit: int
) -> Sequence[Decision]:
    """Announced decisions about one of our subjects, newest first."""
    table: Any = Decision
    wanted = sa.select(table).where(
        table.subject_kind == kind, table.subject_id == subject_id, table.origin == "sunfair"
    )
    if before is not None:
        wanted = wanted.where(table.id < before)
    return (await db.execute(wanted.order_by(table.id.desc()).limit(limit))).scalars().all()


async def find_standing(db: AsyncSession, kind: str, subject_id: str) -> Standing | None:
    """What stands for a subject."""
    return await db.get(Standing, (kind, subject_id), populate_existing=True)


async def list_standing(db: AsyncSession, kind: str, subject_ids: Sequence[str]) -> dict[str, Standing]:
    """What stands for several subjects of a kind."""
    table: Any = Standing
    rows = await db.execute(
        sa.select(table)
        .where(table.subject_kind == kind, table.subject_id.in_(subject_ids))
        .execution_options(populate_existing=True)
    )
    return {row.subject_id: row for row in rows.scalars()}


async def save_standing(db: AsyncSession, standing: Standing) -> None:
    """Let a decision stand for its subject, unless one about a newer version does already."""
    values = standing.model_dump()
    statement = insert(Standing).values(**values)
    table: Any = Standing
    replaced = {name: statement.excluded[name] for name in values if name not in ("subject_kind", "subject_id")}
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["subject_kind", "subject_id"],
            set_=replaced,
            where=table.version <= statement.excluded.version,
        )
    )


async def list_current(db: AsyncSession, since: datetime) -> Sequence[Decision]:
    """The decisions that stand for our subjects and were made since, oldest first."""
    decisions: Any = Decision
    standing: Any = Standing
    rows = await db.execute(
        sa.select(decisions)
        .join(standing, standing.decision_id == decisions.id)
        .where(decisions.decided_at >= since)
        .order_by(decisions.id)
    )
    return rows.scalars().all()


async def rest(db: AsyncSession, kind: str, subject_ids: Sequence[str]) -> None:
    """The subjects are off the market: nothing about them waits or is asked again."""
    table: Any = Standing
    await db.execute(
        sa.update(table)
        .where(table.subject_kind == kind, table.subject_id.in_(subject_ids))
        .values(active=False, ask_again_at=None)
    )


async def list_resting_on(db: AsyncSession, keys: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Active subjects whose decision rests on any of these keys."""
    table: Any = Standing
    rows = await db.execute(
        sa.select(table.subject_kind, table.subject_id).where(table.keys.overlap(list(keys)), table.active)
    )
    return [(row.subject_kind, row.subject_id) for row in rows]


async def add_resolution(db: AsyncSession, resolution: Resolution) -> None:
    """Keep a reviewer's word."""
    db.add(resolution)
    await db.flush()


async def list_resolutions(db: AsyncSession, kind: str, subject_id: str) -> Sequence[Resolution]:
    """Every reviewer's word on a subject, oldest first."""
    table: Any = Resolution
    rows = await db.execute(
        sa.select(table).where(table.subject_kind == kind, table.subject_id == subject_id).order_by(table.id)
    )
    return rows.scalars().all()


async def list_words_on_lots(db: AsyncSession, lot_ids: Sequence[str]) -> Sequence[tuple[Resolution, bytes]]:
    """Reviewers' words on lots, oldest first, each with the decision on which it was spoken."""
    words: Any = Resolution
    decisions: Any = Decision
    rows = await db.execute(
        sa.select(words, decisions.document)
        .join(decisions, decisions.id == words.decision_id)
        .where(words.subject_kind == "lot", words.subject_id.in_(lot_ids))
        .order_by(words.id)
    )
    return [(row[0], row[1]) for row in rows]


async def delete_expired(db: AsyncSession, now: datetime) -> None:
    """Delete trial decisions and platforms' decisions whose time is over."""
    table: Any = Decision
    await db.execute(sa.delete(table).where(table.deleted_after < now))
