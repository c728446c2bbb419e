"""Filings, their steps and what the gate said about them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.domain import places
from services.broadcast.domain.life import HOLDING_SLOTS, State
from services.broadcast.models import Decision, Filing, Step
from services.broadcast.schemas.filings import FilingRow
from services.broadcast.store.arrays import overlaps
from services.kit.actor import Actor
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound


@dataclass(frozen=True, slots=True)
class FilingQuery:
    """What a list of filings is asked for."""

    state: State | None = None
    region: str | None = None
    mine: bool = False
    awaiting: bool = False


async def find_filing(db: AsyncSession, filing_id: str, *, lock: bool = False) -> Filing | None:
    """One filing, locked for a change if asked."""
    return await db.get(Filing, filing_id, with_for_update=lock, populate_existing=lock)


async def get_filing(db: AsyncSession, filing_id: str, *, lock: bool = False) -> Filing:
    """One filing. Raises NotFound."""
    filing = await find_filing(db, filing_id, lock=lock)
    if filing is None:
        raise NotFound(f"There is no filing {filing_id}.", f"没有编号为 {filing_id} 的报备。")
    return filing


async def list_filings(
    db: AsyncSession, actor: Actor, query: FilingQuery, cursor: str | None, limit: int
) -> Page[FilingRow]:
    """Filings that concern the actor, newest first, each with the newest answers of the gate."""
    conditions = [_concerning(actor), *_asked_for(actor, query)]
    if cursor is not None:
        conditions.append(col(Filing.id) < str(decode_cursor(cursor, str)[0]))
    statement = (
        select(Filing, _newest_outcome(binding=False), _newest_outcome(binding=True))
        .where(*conditions)
        .order_by(col(Filing.id).desc())
        .limit(limit + 1)
    )
    rows = (await db.exec(statement)).all()
    items = [filing_row(filing, preview, binding) for filing, preview, binding in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def filing_row(filing: Filing, preview: str | None, binding: str | None) -> FilingRow:
    """A filing in a list."""
    document = filing.model_dump(include=set(FilingRow.model_fields))
    return FilingRow.model_validate(document | {"preview_outcome": preview, "binding_outcome": binding})


def _newest_outcome(*, binding: bool) -> sa.ScalarSelect[str | None]:
    return (
        sa.select(col(Decision.outcome))
        .where(
            col(Decision.filing_id) == col(Filing.id),
            col(Decision.binding).is_(binding),
            col(Decision.filing_version) >= col(Filing.asked_version if binding else Filing.submitted_version),
        )
        .order_by(col(Decision.decided_at).desc())
        .limit(1)
        .scalar_subquery()
    )


def _concerning(actor: Actor) -> Any:
    """Which filings an actor may see; the same as `domain.access.may_read`, in SQL."""
    if actor.has("reviewer", "inspector", "administrator"):
        return sa.true()
    scopes = places.with_present_codes(actor.scopes)
    sides: list[Any] = [sa.false()]
    if actor.has("operator"):
        sides.append(overlaps(col(Filing.region_path), scopes))
    if actor.has("approver"):
        sides.append(overlaps(col(Filing.region_path), scopes) & (col(Filing.state) != State.DRAFT))
        sides.append(col(Filing.approving_region).in_(scopes))
    if actor.has("official"):
        sides.append(col(Filing.presenter_person) == actor.person)
    return sa.or_(*sides)


def _asked_for(actor: Actor, query: FilingQuery) -> list[Any]:
    conditions: list[Any] = []
    if query.state is not None:
        conditions.append(col(Filing.state) == query.state)
    if query.region is not None:
        conditions.append(col(Filing.region_path).contains([query.region]))
    if query.mine:
        own = (col(Filing.written_by) == actor.account_id) | (col(Filing.applicant_account) == actor.account_id)
        conditions.append(own)
    if query.awaiting:
        scopes = places.with_present_codes(actor.scopes) if actor.has("approver") else []
        conditions += [col(Filing.state) == State.SUBMITTED, col(Filing.approving_region).in_(scopes)]
    return conditions


async def filings_with_listing(db: AsyncSession, listing_id: str) -> Sequence[Filing]:
    """Filings under way that pin the listing, locked, in one order."""
    statement = (
        select(Filing)
        .where(
            col(Filing.state).in_(list(HOLDING_SLOTS)),
            col(Filing.pinned).contains([{"listing_id": listing_id}]),
        )
        .order_by(col(Filing.id))
        .with_for_update()
    )
    return (await db.exec(statement)).all()


async def filings_changed_since(db: AsyncSession, since: datetime) -> AsyncIterator[Filing]:
    """Filings that were announced at least once and have changed since."""
    changed = select(Filing).where(col(Filing.updated_at) >= since, col(Filing.asked_version).is_not(None))
    for filing in (await db.exec(changed.order_by(col(Filing.id)))).all():
        yield filing


async def add_step(db: AsyncSession, step: Step) -> None:
    """Write a step into the history."""
    db.add(step)
    await db.flush()


async def list_steps(db: AsyncSession, filing_id: str) -> Sequence[Step]:
    """The history, oldest first."""
    statement = select(Step).where(Step.filing_id == filing_id).order_by(col(Step.version), col(Step.id))
    return (await db.exec(statement)).all()


async def add_decision(db: AsyncSession, decision: Decision) -> None:
    """Keep what the gate said."""
    await db.merge(decision)
    await db.flush()


async def find_decision(db: AsyncSession, filing: Filing, *, binding: bool) -> Decision | None:
    """The newest answer to the question that the filing now asks."""
    asked = question_version(filing, binding=binding)
    if asked is None:
        return None
    statement = (
        select(Decision)
        .where(
            Decision.filing_id == filing.id,
            col(Decision.binding).is_(binding),
            col(Decision.filing_version) >= asked,
        )
        .order_by(col(Decision.decided_at).desc())
        .limit(1)
    )
    return (await db.exec(statement)).first()


def question_version(filing: Filing, *, binding: bool) -> int | None:
    """The version that put the question; an answer about an earlier one is about another content."""
    return filing.asked_version if binding else filing.submitted_version
