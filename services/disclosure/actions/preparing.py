"""A record is put together by itself: when a broadcast has ended, when goods can no longer be given back, and when
something came late. Nobody asks for it, and nobody can hold it back.
"""

import asyncio
import json
from datetime import datetime, timedelta
from typing import cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.values import shanghai_day
from services.disclosure.actions.cases import keep_cases
from services.disclosure.actions.hearing import PUBLISHED
from services.disclosure.actions.releasing import ask_gate, let_out
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.domain.complaints import complaint_facts
from services.disclosure.domain.differences import differences
from services.disclosure.domain.document import contents
from services.disclosure.domain.duties import RETURN_WINDOW, SMALLEST_CELL, Stage, in_force, next_look, stage_now
from services.disclosure.domain.evidence import Payload, Told
from services.disclosure.domain.examined import examined
from services.disclosure.domain.gate import Days, asked_facts
from services.disclosure.domain.leaves import without_floats
from services.disclosure.domain.receipts import room_for, statuses, to_tell
from services.disclosure.domain.sales import as_kept, buyers_behind, divided, kept
from services.disclosure.ledger.canonical import canonical
from services.disclosure.models import Course, Draft, Release, Reply
from services.disclosure.store import record, releases, replies
from services.kit import clock
from services.kit.db import Database
from services.kit.identity import broadcast_token

# What the demonstration shows of years ago is nobody's duty today.
LONGEST_AGO = timedelta(days=30)
ANOTHER_ATTEMPT = timedelta(minutes=15)
_BUYERS = 200_000
QUOTES_STAND = timedelta(days=30)


async def prepare_next(database: Database, around: Surroundings) -> str | None:
    """Put together one record that is due; the broadcast's id, or None when none is.

    Its next attempt is appointed first: a record that cannot be put together must not keep the others waiting.
    """
    async with database.sessions.begin() as db:
        now = clock.now()
        due = await record.take_due(db, now, now - LONGEST_AGO)
        if due is None:
            return None
        broadcast_id = due.broadcast_id
        await releases.postpone(db, broadcast_id, now + ANOTHER_ATTEMPT)
    async with database.sessions.begin() as db:
        course = await record.lock_course(db, broadcast_id)
        if course is not None:
            await prepare_record(db, around, course)
    return broadcast_id


async def prepare_record(db: AsyncSession, around: Surroundings, course: Course) -> Release | None:
    """The next release of a locked broadcast; None when it waits for the gate or would say nothing new."""
    if course.filing is None or course.room is None or course.ended_at is None:
        # The filing is told by the same service and not far behind.
        await releases.postpone(db, course.broadcast_id, clock.now() + timedelta(minutes=1))
        return None
    draft = await releases.find_draft(db, course.broadcast_id)
    if draft is None:
        draft = await _put_together(db, around, course)
    if draft is None:
        return None
    if clock.now() < draft.answer_by:
        await releases.postpone(db, course.broadcast_id, draft.answer_by)
        return None
    secret = around.settings.token_secret.get_secret_value()
    return await let_out(db, course, draft, course.gate, token_secret=secret)


async def _put_together(db: AsyncSession, around: Surroundings, course: Course) -> Draft | None:
    """Put the next release together and ask the gate about it; None when it would say what the newest says."""
    now, ended_at = clock.now(), cast(datetime, course.ended_at)
    await record.begin_look(db, course.broadcast_id)
    told = await told_of(db, course.broadcast_id, course.filing or {}, course.room or {})
    secret = around.settings.token_secret.get_secret_value()
    published = await record.list_about(db, *PUBLISHED)
    k = in_force(SMALLEST_CELL, published, shanghai_day(now))
    found = await asyncio.to_thread(examined, told, lambda value: broadcast_token(told.broadcast_id, value, secret), k)
    bases = [as_kept(data) for data in await releases.list_bases(db, course.broadcast_id)]
    # Seconds of the processor for a large broadcast, like the examination itself.
    divisions = await asyncio.to_thread(divided, found.sold, bases, k)
    earlier = await releases.list_bodies(db, course.broadcast_id)
    body = without_floats(json.loads(json.dumps(contents(told, divisions, found, earlier, k))))
    before = earlier[-1] if earlier else None
    stage = stage_now(now, ended_at, summary_out=course.summary_at is not None, full_out=course.full_at is not None)
    answered_late = before is not None and before.get("publication") is None and course.gate is not None
    nothing_new = stage == "revision" and before is not None and not differences(before, body) and not answered_late
    number = before["number"] + 1 if before else 1
    await keep_cases(db, course, found.findings, number - nothing_new)
    if nothing_new:
        await releases.note_released(db, course, next_look(now, ended_at, full_out=course.full_at is not None))
        return None
    draft = Draft(
        broadcast_id=course.broadcast_id,
        number=number,
        stage=stage,
        answer_by=now + timedelta(seconds=around.settings.gate_seconds),
        contents=canonical(body),
        basis=kept(divisions),
        receipts=to_tell(statuses(course.broadcast_id, number, found.sold, divisions), room_for(divisions)),
    )
    names = await _names_of_officials(db, told)
    facts = asked_facts(body, told, _days(course, stage, now), buyers_behind(divisions), names)
    await ask_gate(db, course, draft, {**facts, "complaints": complaint_facts(told, published, now, k)})
    return draft


def _days(course: Course, stage: Stage, now: datetime) -> Days:
    ended_at = cast(datetime, course.ended_at)
    full_at = now if stage == "full" else course.full_at
    return Days(
        returns_end_on=shanghai_day(ended_at + RETURN_WINDOW),
        summary_on=shanghai_day(course.summary_at or now),
        full_on=shanghai_day(full_at) if full_at else None,
    )


async def _names_of_officials(db: AsyncSession, told: Told) -> list[str]:
    """The names of whoever presented or approved, to make sure that no record tells them."""
    accounts = await record.list_copies(db, "account", list(told.filing.get("accounts", {}).values()))
    return [account["name"] for account in accounts.values() if account.get("name")]


async def told_of(db: AsyncSession, broadcast_id: str, filing: Payload, room: Payload) -> Told:
    """Everything that is known of a broadcast."""
    pinned = [f"{each['listing_id']}:{each['listing_version']}" for each in filing["listings"]]
    listings = await record.list_copies(db, "listing", pinned)
    lots = [f"lot:{lot_id}" for each in filing["listings"] for lot_id in each["lot_ids"]]
    about = [f"filing:{filing['entity_id']}", f"broadcast:{broadcast_id}", *lots]
    around_it = [*about, *(f"listing:{each['listing_id']}" for each in filing["listings"])]
    event = await record.list_copies(db, "force_majeure", [filing["event_id"]])
    slow_sales = await record.list_copies(db, "slow_sales", filing.get("slow_sales_ids") or [])
    facts = {name: await record.list_facts(db, broadcast_id, kind) for name, kind in _KINDS.items()}
    return Told(
        broadcast_id=broadcast_id,
        filing=filing,
        room=room,
        **facts,
        listings=[listings[each] for each in pinned if each in listings],
        decisions=[each for each in await record.list_about(db, "decision", about) if each["public"]],
        event=event.get(filing["event_id"]),
        slow_sales=[slow_sales[each] for each in sorted(slow_sales)],
        overrides=await record.list_about(db, "override", around_it),
        reports=sorted(await record.list_about(db, "report", around_it), key=lambda each: str(each["decided_at"])),
        replies=[_reply_told(each) for each in await replies.list_of_broadcast(db, broadcast_id)],
        accounts=await record.list_buyers(db, _BUYERS),
        seen_until_ms=int(clock.now().timestamp() * 1000),
        quotes=await _quotes(db, filing, room),
        market_since_ms=await _market_since(db),
    )


async def _quotes(db: AsyncSession, filing: Payload, room: Payload) -> list[Payload]:
    """What producers of the county declared in the month before: prices of an earlier harvest are no comparison."""
    opened = room.get("opened_at")
    if not opened:
        return []
    at = datetime.fromisoformat(opened)
    return list(await record.list_quotes(db, filing["region_code"], at - QUOTES_STAND, at))


async def _market_since(db: AsyncSession) -> int | None:
    first = await record.first_ended(db)
    return None if first is None else int(first.timestamp() * 1000)


def _reply_told(row: Reply) -> Payload:
    """A reply as the record tells it, with how many items it was about."""
    told: Payload = json.loads(row.model_dump_json(exclude={"account_id", "person", "decided_by_person"}))
    return {**told, "reply_id": row.id}


_KINDS = {
    "notes": "room_note",
    "stays": "viewer_batch",
    "chat": "chat_batch",
    "rehearsals": "rehearsal_batch",
    "orders": "order",
    "complaints": "complaint",
}
