"""A record is put together by itself: when a broadcast has ended, when goods can no longer be given back, and when
something came late. Nobody asks for it, and nobody can hold it back.
"""

import asyncio
import hashlib
import json
from datetime import timedelta
from typing import cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.disclosure import DisclosureReleased
from services.disclosure.actions.cases import keep_cases
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.domain.document import Document, Occasion, contents, release
from services.disclosure.domain.duties import Stage, next_look, stage_now
from services.disclosure.domain.evidence import Payload, Told
from services.disclosure.domain.examined import examined
from services.disclosure.domain.leaves import new_leaf, without_floats
from services.disclosure.domain.sales import as_kept, divided, kept
from services.disclosure.ledger.canonical import canonical
from services.disclosure.models import Course, Release
from services.disclosure.store import leaves, record, releases
from services.kit import clock
from services.kit.db import Database
from services.kit.identity import broadcast_token
from services.kit.outbox import enqueue

# What the demonstration shows of years ago is nobody's duty today.
LONGEST_AGO = timedelta(days=30)
ANOTHER_ATTEMPT = timedelta(minutes=15)
RELEASED = "disclosure"
_BUYERS = 200_000


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
    """The next release of a locked broadcast; None when it would say what the newest one says already."""
    if course.filing is None or course.room is None or course.ended_at is None:
        # The filing is told by the same service and not far behind.
        await releases.postpone(db, course.broadcast_id, clock.now() + timedelta(minutes=1))
        return None
    told = await told_of(db, course.broadcast_id, course.filing, course.room)
    secret = around.settings.token_secret.get_secret_value()
    found = await asyncio.to_thread(examined, told, lambda value: broadcast_token(told.broadcast_id, value, secret))
    before = [as_kept(data) for data in await releases.list_bases(db, course.broadcast_id)]
    divisions = divided(found.sold, before)
    newest = await releases.find_newest(db, course.broadcast_id)
    body = contents(told, divisions, found)
    now = clock.now()
    stage = stage_now(
        now, course.ended_at, summary_out=course.summary_at is not None, full_out=course.full_at is not None
    )
    occasion = Occasion(
        number=newest.number + 1 if newest else 1,
        stage=stage,
        released_at=now,
        ended_at=course.ended_at,
        before=_body_of(newest),
        before_sha256=newest.sha256 if newest else None,
    )
    document = release(occasion, without_floats(json.loads(json.dumps(body))))
    next_at = next_look(now, course.ended_at, full_out=stage == "full" or course.full_at is not None)
    unchanged = newest is not None and stage == "revision" and not document["changes"]
    await keep_cases(db, course, found.findings, occasion.number - unchanged)
    if unchanged:
        await releases.note_released(db, course, next_at)
        return None
    made = await _publish(db, course, document, kept(divisions))
    out = {"summary_at": course.summary_at or now}
    await releases.note_released(db, course, next_at, **(out | ({"full_at": now} if stage == "full" else {})))
    return made


def _body_of(newest: Release | None) -> Document | None:
    if newest is None:
        return None
    document: Document = json.loads(newest.body)
    return document


async def _publish(db: AsyncSession, course: Course, document: Document, basis: bytes) -> Release:
    body = canonical(document)
    made = Release(
        broadcast_id=course.broadcast_id,
        number=document["number"],
        stage=document["stage"],
        released_at=clock.now(),
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        basis=basis,
    )
    if await releases.add_release(db, made):
        await leaves.add_leaves(db, [new_leaf(RELEASED, course.broadcast_id, made.released_at, document)])
        await enqueue(db, _announced(course, made))
    return made


def _announced(course: Course, made: Release) -> DisclosureReleased:
    return DisclosureReleased(
        entity_id=course.broadcast_id,
        version=made.number,
        region_code=course.region_code,
        stage=cast(Stage, made.stage),
        released_at=made.released_at,
        sha256=made.sha256,
    )


async def told_of(db: AsyncSession, broadcast_id: str, filing: Payload, room: Payload) -> Told:
    """Everything that is known of a broadcast."""
    pinned = [f"{each['listing_id']}:{each['listing_version']}" for each in filing["listings"]]
    listings = await record.list_copies(db, "listing", pinned)
    lots = [f"lot:{lot_id}" for each in filing["listings"] for lot_id in each["lot_ids"]]
    about = [f"filing:{filing['entity_id']}", f"broadcast:{broadcast_id}", *lots]
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
        accounts=await record.list_buyers(db, _BUYERS),
    )


_KINDS = {
    "notes": "room_note",
    "stays": "viewer_batch",
    "chat": "chat_batch",
    "rehearsals": "rehearsal_batch",
    "orders": "order",
    "complaints": "complaint",
}
