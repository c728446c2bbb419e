"""A release goes out with the gate's answer about it. Only what would harm somebody waits, and that in public.

The gate is asked by event. When it does not answer in time the release goes out without, and the answer follows in the
next one: a gate that is down must not withhold a record.
"""

import asyncio
import hashlib
import json
import logging
from datetime import datetime, timedelta
from typing import cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.compliance import DecisionMade
from services.contracts.disclosure import DisclosureReleased, ReleaseAsked
from services.disclosure.actions.feeding import keep_region
from services.disclosure.actions.opening import month_of
from services.disclosure.actions.receipts import keep_receipts, receipts_of
from services.disclosure.domain.document import Document, Occasion, release
from services.disclosure.domain.duties import Stage, next_look
from services.disclosure.domain.evidence import Payload
from services.disclosure.domain.gate import harms, publication
from services.disclosure.domain.leaves import VIEWERS, new_leaf, viewers_leaf
from services.disclosure.domain.products import products_of
from services.disclosure.ledger.canonical import canonical, sha256_hex
from services.disclosure.models import Course, Draft, Release
from services.disclosure.store import leaves, open_data, record, releases
from services.kit import clock
from services.kit.outbox import enqueue

log = logging.getLogger(__name__)

RELEASED = "disclosure"
HELD_AGAIN = timedelta(days=1)


async def ask_gate(db: AsyncSession, course: Course, draft: Draft, facts: Payload) -> None:
    """Keep a release and ask the gate about it."""
    about = json.loads(draft.contents)["broadcast"]
    await releases.add_draft(db, draft)
    await enqueue(
        db,
        ReleaseAsked(
            entity_id=course.broadcast_id,
            version=draft.number,
            region_code=course.region_code,
            title_zh=about["title_zh"],
            title_en=about["title_en"],
            stage=cast(Stage, draft.stage),
            contents_sha256=sha256_hex(draft.contents),
            answer_by=draft.answer_by,
            facts=dict(facts),
        ),
    )
    await releases.postpone(db, course.broadcast_id, draft.answer_by)


async def take_answer(db: AsyncSession, event: DecisionMade, *, token_secret: str) -> None:
    """The gate's answer about a release: it goes out, or waits in public because it would harm somebody."""
    course = await record.lock_course(db, event.about.id, wait=True)
    if course is None:
        return
    answer = event.model_dump(mode="json")
    said = publication(answer, event.about.version)
    draft = await releases.find_draft(db, course.broadcast_id)
    if draft is None or draft.number != event.about.version:
        await _keep_late(db, course, said)
    elif harms(answer):
        log.error("The gate holds back release %s of %s.", draft.number, course.broadcast_id)
        await releases.drop_draft(db, course.broadcast_id)
        await record.keep_gate(db, course.broadcast_id, said, clock.now())
        await releases.postpone(db, course.broadcast_id, clock.now() + HELD_AGAIN)
    else:
        await record.keep_gate(db, course.broadcast_id, said, None)
        await let_out(db, course, draft, said, token_secret=token_secret)


async def _keep_late(db: AsyncSession, course: Course, said: Document) -> None:
    """An answer whose release is out already: the next one carries it."""
    if (course.gate or {}).get("release", 0) < said["release"]:
        await record.keep_gate(db, course.broadcast_id, said, course.held_at)
        await record.look_again(db, [course.broadcast_id], clock.now())


async def let_out(
    db: AsyncSession, course: Course, draft: Draft, said: Document | None, *, token_secret: str
) -> Release:
    """Publish a release that was kept, with the gate's answer where there is one."""
    now, ended_at = clock.now(), cast(datetime, course.ended_at)
    newest = await releases.find_newest(db, course.broadcast_id)
    made = await asyncio.to_thread(receipts_of, draft.receipts)
    occasion = Occasion(
        number=draft.number,
        stage=cast(Stage, draft.stage),
        released_at=now,
        ended_at=ended_at,
        before=body_of(newest),
        before_sha256=newest.sha256 if newest else None,
        publication=said,
        receipts=made.published() if made else None,
    )
    out_now = await _publish(db, course, release(occasion, json.loads(draft.contents)), draft.basis)
    if made is not None:
        await keep_receipts(db, token_secret, course.broadcast_id, draft.number, made)
    await releases.drop_draft(db, course.broadcast_id)
    next_at = next_look(now, ended_at, full_out=draft.stage == "full" or course.full_at is not None)
    out = {"summary_at": course.summary_at or now}
    await releases.note_released(db, course, next_at, **(out | ({"full_at": now} if draft.stage == "full" else {})))
    return out_now


def body_of(newest: Release | None) -> Document | None:
    """What a release says; None of none."""
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
        await open_data.note_stale(db, month_of(course.ended_at or made.released_at), made.released_at)
        await releases.note_found_by(db, course.broadcast_id, made.stage, products_of(document))
        for kind in (RELEASED, VIEWERS):
            await keep_region(db, kind, course.broadcast_id, course.region_code, made.released_at)
        watched = viewers_leaf(document, course.region_code, made.released_at)
        await leaves.add_leaves(db, [new_leaf(RELEASED, course.broadcast_id, made.released_at, document), watched])
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
