"""The standing question: what is due is asked again, and a changed answer is announced."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.checks import deleted_before
from services.compliance.actions.filings import ask_filing_again
from services.compliance.actions.lots import ask_lot_again
from services.compliance.actions.rooms import ASKED_ABOUT, ask_room_again
from services.compliance.actions.surroundings import Surroundings
from services.compliance.store import batches, copies, due, rooms
from services.compliance.store import decisions as store
from services.kit import clock
from services.kit.db import Database


async def ask_what_is_due(database: Database, around: Surroundings) -> int:
    """One round: at most so many questions as the settings say, each in its own transaction; how many were asked."""
    most = around.settings.due_at_once
    async with database.sessions.begin() as db:
        await due.make_expired_due(db, clock.now(), most)
    for asked in range(most):
        if not await _ask_next(database, around):
            return asked
    return most


async def _ask_next(database: Database, around: Surroundings) -> bool:
    async with database.sessions.begin() as db:
        taken = await due.take_due(db, clock.now())
        if taken is None:
            return False
        kind, subject_id, clock_at = taken
        if not await _is_free(db, kind, subject_id):
            # Whoever has the filing may be waiting for this very appointment; it stays for the next round.
            await db.rollback()
            return False
        with clock.set_to(clock_at):
            if kind == "lot":
                await ask_lot_again(db, subject_id)
            elif kind == "broadcast":
                await ask_room_again(db, around, subject_id)
            else:
                await ask_filing_again(db, around, subject_id)
    return True


async def _is_free(db: AsyncSession, kind: str, subject_id: str) -> bool:
    """Whether nobody else is asking about the filing, or about that of the room."""
    filing_id = subject_id if kind == "filing" else None
    if kind == "broadcast" and (asked := await rooms.find_question(db, subject_id, ASKED_ABOUT)) is not None:
        filing_id = asked.filing_id
    return filing_id is None or await copies.may_hold_filing(db, filing_id)


async def forget_the_expired(database: Database) -> None:
    """Delete trials after a day, platforms' decisions after three years, and batches that nobody will resume."""
    now = clock.now()
    async with database.sessions.begin() as db:
        await batches.delete_batches(db, deleted_before(now))
        await store.delete_expired(db, now)
