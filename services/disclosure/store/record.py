"""SQL of what others told: copies, facts of a broadcast, and its course. Older versions never replace newer ones."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.models import Copy, Course, Draft, Fact
from services.disclosure.store.tables import table_of

Payload = dict[str, Any]

_QUOTES = """
SELECT lot ->> 'producer_uscc' AS producer_uscc, fact ->> 'category_code' AS category_code,
  (fact ->> 'farm_gate_fen')::bigint AS farm_gate_fen, (fact ->> 'net_grams')::bigint AS net_grams
FROM (SELECT DISTINCT ON (payload ->> 'entity_id') payload FROM disclosure.copy
  WHERE kind = 'listing' AND region_code = :region
    AND (payload ->> 'occurred_at')::timestamptz BETWEEN CAST(:since AS text)::timestamptz
      AND CAST(:until AS text)::timestamptz
  ORDER BY payload ->> 'entity_id', version DESC) newest
CROSS JOIN LATERAL jsonb_array_elements(payload -> 'lots') AS lot
CROSS JOIN LATERAL (SELECT lot -> 'facts' -> 'lot' AS fact) said
WHERE (fact ->> 'farm_gate_fen')::bigint > 0 AND (fact ->> 'net_grams')::bigint > 0
"""


async def keep_copy(
    db: AsyncSession,
    kind: str,
    entity_id: str,
    version: int,
    payload: Payload,
    *,
    about: str | None = None,
    region_code: str | None = None,
) -> None:
    """Keep what was told of an entity, unless something newer is known."""
    row = {"kind": kind, "id": entity_id, "version": version, "about": about, "region_code": region_code}
    statement = insert(table_of(Copy)).values(**row, payload=payload)
    told = {name: statement.excluded[name] for name in ("version", "about", "region_code", "payload")}
    newer = table_of(Copy).c.version < statement.excluded.version
    await db.execute(statement.on_conflict_do_update(index_elements=["kind", "id"], set_=told, where=newer))


async def keep_fact(
    db: AsyncSession, broadcast_id: str, kind: str, fact_id: str, version: int, payload: Payload
) -> bool:
    """Keep a fact of a broadcast, unless a newer telling is known; whether it was kept."""
    row = {"broadcast_id": broadcast_id, "kind": kind, "id": fact_id, "version": version, "payload": payload}
    statement = insert(table_of(Fact)).values(**row)
    told = {"version": statement.excluded.version, "payload": statement.excluded.payload}
    newer = table_of(Fact).c.version < statement.excluded.version
    keys = ["broadcast_id", "kind", "id"]
    kept = await db.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=told, where=newer).returning(table_of(Fact).c.id)
    )
    return kept.first() is not None


async def keep_filing(db: AsyncSession, course: Payload, filing: Payload, version: int) -> None:
    """Keep a filing as it stands. `course`: the broadcast, its region and the line of regions above."""
    blank = {"room_version": 0, "filing": filing, "filing_version": version}
    statement = insert(table_of(Course)).values(**course, **blank)
    told = {name: statement.excluded[name] for name in ("filing", "filing_version", "region_code", "region_path")}
    newer = table_of(Course).c.filing_version < statement.excluded.filing_version
    await db.execute(statement.on_conflict_do_update(index_elements=["broadcast_id"], set_=told, where=newer))


async def keep_room(db: AsyncSession, course: Payload, room: Payload, version: int, ending: Payload) -> None:
    """Keep a room as it stands. `ending`: when it ended and what is due then; empty while it has not."""
    blank = {"filing_version": 0, "room": room, "room_version": version, **ending}
    statement = insert(table_of(Course)).values(**course, **blank)
    table = table_of(Course)
    told: dict[str, Any] = {name: statement.excluded[name] for name in ("room", "room_version", *ending)}
    if "due_at" in ending:
        # A record that is under way already keeps its own appointments.
        told["due_at"] = sa.func.coalesce(table.c.due_at, statement.excluded.due_at)
    newer = table.c.room_version < statement.excluded.room_version
    await db.execute(statement.on_conflict_do_update(index_elements=["broadcast_id"], set_=told, where=newer))


async def look_again(db: AsyncSession, broadcast_ids: Sequence[str], at: datetime) -> None:
    """Look at the records of broadcasts once more, by `at` at the latest.

    Only where something was released already, waits for the gate or is held by it: before, there is an appointment.
    """
    table = table_of(Course)
    waits = sa.exists().where(table_of(Draft).c.broadcast_id == table.c.broadcast_id)
    begun = sa.or_(table.c.summary_at.is_not(None), table.c.held_at.is_not(None), waits)
    await db.execute(
        table.update()
        .where(table.c.broadcast_id.in_(list(broadcast_ids)), begun)
        .values(due_at=sa.func.least(table.c.due_at, at), again_at=sa.func.least(table.c.again_at, at))
    )


async def begin_look(db: AsyncSession, broadcast_id: str) -> None:
    """All that is known by now goes into the release that is put together; what comes later wants another look."""
    table = table_of(Course)
    await db.execute(table.update().where(table.c.broadcast_id == broadcast_id).values(again_at=None))


async def take_due(db: AsyncSession, now: datetime, ended_after: datetime) -> Course | None:
    """One broadcast whose record is due, locked; another replica takes another one."""
    statement = (
        select(Course)
        .where(col(Course.due_at) <= now, col(Course.ended_at) > ended_after)
        .order_by(col(Course.due_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await db.exec(statement)).first()


async def lock_course(db: AsyncSession, broadcast_id: str, *, wait: bool = False) -> Course | None:
    """A broadcast, for whoever puts its record together; None while another replica does, unless told to wait."""
    statement = select(Course).where(Course.broadcast_id == broadcast_id).with_for_update(skip_locked=not wait)
    return (await db.exec(statement.execution_options(populate_existing=True))).first()


async def find_course(db: AsyncSession, broadcast_id: str) -> Course | None:
    """A broadcast."""
    return await db.get(Course, broadcast_id)


async def list_overdue(db: AsyncSession, today: date, most: int) -> Sequence[Course]:
    """Broadcasts whose summary or full record is late or held back by the gate, the longest first."""
    late_summary = sa.and_(col(Course.summary_due_on) < today, col(Course.summary_at).is_(None))
    late_record = sa.and_(col(Course.full_due_on) < today, col(Course.full_at).is_(None))
    held = col(Course.held_at).is_not(None)
    statement = select(Course).where(col(Course.ended_at).is_not(None), sa.or_(late_summary, late_record, held))
    return (await db.exec(statement.order_by(col(Course.ended_at), col(Course.broadcast_id)).limit(most))).all()


async def list_failed(db: AsyncSession, most: int) -> Sequence[Course]:
    """Broadcasts of whose newest release the gate says that it fails, the one that ended last first."""
    failed = sa.and_(col(Course.gate)["outcome"].astext == "fail", col(Course.held_at).is_(None))
    statement = select(Course).where(col(Course.ended_at).is_not(None), failed)
    return (await db.exec(statement.order_by(col(Course.ended_at).desc(), col(Course.broadcast_id)).limit(most))).all()


async def keep_gate(db: AsyncSession, broadcast_id: str, said: Payload | None, held_at: datetime | None) -> None:
    """Keep what the gate said last about a record, and since when it holds a release of it back."""
    table = table_of(Course)
    await db.execute(table.update().where(table.c.broadcast_id == broadcast_id).values(gate=said, held_at=held_at))


async def list_facts(db: AsyncSession, broadcast_id: str, kind: str) -> list[Payload]:
    """The facts of one kind, in the order of their ids (which is the order in which they were made)."""
    statement = select(Fact.payload).where(Fact.broadcast_id == broadcast_id, Fact.kind == kind).order_by(Fact.id)
    return [dict(payload) for payload in (await db.exec(statement)).all()]


async def list_copies(db: AsyncSession, kind: str, ids: Sequence[str]) -> dict[str, Payload]:
    """What is known of these entities, by id."""
    statement = select(Copy.id, Copy.payload).where(Copy.kind == kind, col(Copy.id).in_(list(ids)))
    return {entity_id: dict(payload) for entity_id, payload in (await db.exec(statement)).all()}


async def list_concerned(db: AsyncSession, kind: str, subject_id: str) -> list[str]:
    """The broadcasts that something is about: itself, its filing, a listing, a lot, its event or its evidence."""
    filing = col(Course.filing)
    chosen = {
        "broadcast": col(Course.broadcast_id) == subject_id,
        "filing": filing["entity_id"].astext == subject_id,
        "listing": filing["listings"].contains([{"listing_id": subject_id}]),
        "lot": filing["listings"].contains([{"lot_ids": [subject_id]}]),
        "force_majeure": filing["event_id"].astext == subject_id,
        "slow_sales": filing["slow_sales_ids"].contains([subject_id]),
    }.get(kind)
    if chosen is None:
        return []
    return list((await db.exec(select(Course.broadcast_id).where(chosen, col(Course.ended_at).is_not(None)))).all())


async def list_about(db: AsyncSession, kind: str, about: Sequence[str]) -> list[Payload]:
    """Copies of a kind that are about any of these, in the order of their ids."""
    statement = select(Copy.payload).where(Copy.kind == kind, col(Copy.about).in_(list(about))).order_by(Copy.id)
    return [dict(payload) for payload in (await db.exec(statement)).all()]


async def list_quotes(db: AsyncSession, region_code: str, since: datetime, until: datetime) -> list[Payload]:
    """What producers of a county declared in that time to be paid at the farm gate, each listing by its newest version.

    Members: producer_uscc, category_code, farm_gate_fen and net_grams, of every lot that says both.
    """
    rows = await db.execute(
        sa.text(_QUOTES), {"region": region_code, "since": since.isoformat(), "until": until.isoformat()}
    )
    return [dict(row) for row in rows.mappings()]


async def first_ended(db: AsyncSession) -> datetime | None:
    """When the first broadcast of this market ended."""
    return (await db.exec(select(sa.func.min(col(Course.ended_at))))).first()


async def list_buyers(db: AsyncSession, most: int) -> dict[str, Payload]:
    """Accounts that may buy, the newest first up to `most`: their age tells established buyers from cohorts."""
    buyers = Copy.payload["roles"].contains(["buyer"])
    statement = select(Copy.id, Copy.payload).where(Copy.kind == "account", buyers).order_by(col(Copy.id).desc())
    return {account_id: dict(payload) for account_id, payload in (await db.exec(statement.limit(most))).all()}
