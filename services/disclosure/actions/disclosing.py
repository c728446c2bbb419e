"""What the public asks of records: which there are, one of them, its releases, and which are late."""

import json
from collections.abc import Mapping
from typing import Any, cast

from services.contracts.values import shanghai_day
from services.disclosure.actions.feeding import require_region
from services.disclosure.models import Course
from services.disclosure.schemas.disclosures import (
    DisclosureOut,
    DisclosuresOut,
    GateOut,
    OverdueListOut,
    OverdueOut,
    ReleaseOut,
    ReleasesOut,
)
from services.disclosure.store import record, releases
from services.disclosure.store.releases import Wanted
from services.kit import clock
from services.kit.db import Database
from services.kit.page import decode_cursor, encode_cursor, instant_in
from services.kit.problem import BodyInvalid, FieldError, NotFound

MOST_OVERDUE = 500
MOST_FAILED = 100


async def list_disclosures(database: Database, wanted: Wanted, cursor: str | None, limit: int) -> DisclosuresOut:
    """Records that are public, the broadcast that ended last first.

    Raises NotFound for an unknown region and BodyInvalid for a span of time that ends before it begins.
    """
    require_region(wanted.region_code)
    if wanted.since is not None and wanted.until is not None and wanted.until <= wanted.since:
        raise BodyInvalid(
            "`until` must be later than `since`. Exchange the two.",
            "`until` 必须晚于 `since`，请对调。",
            errors=[FieldError("until", "Not later than `since`.", "不晚于 `since`。")],
        )
    before = None
    if cursor:
        at, broadcast_id = decode_cursor(cursor, str, str)
        before = (instant_in(at), str(broadcast_id))
    rows = await releases.list_disclosed(database, wanted, before, limit + 1)
    newest = await releases.newest_of(database, [row["broadcast_id"] for row in rows[:limit]])
    items = [_disclosure(row, newest[row["broadcast_id"]]) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    more = encode_cursor(last["ended_at"].isoformat(), last["broadcast_id"]) if last else None
    return DisclosuresOut(items=items, next=more)


def _disclosure(row: Mapping[str, Any], newest: Mapping[str, Any]) -> DisclosureOut:
    about = json.loads(newest["body"])["broadcast"]
    return DisclosureOut(
        broadcast_id=row["broadcast_id"],
        region_code=row["region_code"],
        title_zh=about["title_zh"],
        title_en=about["title_en"],
        ended_at=row["ended_at"],
        newest=release_out(newest),
        summary_due_on=row["summary_due_on"],
        full_due_on=row["full_due_on"],
    )


def release_out(row: Mapping[str, Any]) -> ReleaseOut:
    """A release in a list."""
    return ReleaseOut(**{name: row[name] for name in ("number", "stage", "released_at", "sha256")})


async def get_release(database: Database, broadcast_id: str, number: int | None) -> Mapping[str, Any]:
    """One release, or the newest, with its bytes. Raises NotFound, which says when it is due."""
    found: Mapping[str, Any] | None = await releases.find_body(database, broadcast_id, number)
    if found is not None:
        return found
    async with database.readings() as db:
        course = await record.find_course(db, broadcast_id)
    if course is not None and course.held_at is not None and number is None:
        why = cast(GateOut, gate_out(course))
        raise NotFound(
            f"The gate holds the release back, since it would harm somebody: {' '.join(why.reasons_en)} "
            f"See decision {why.decision_id}; it is on the list of late records until it is out.",
            f"该记录可能损害他人权益，合规核验未予放行：{''.join(why.reasons_zh)}"
            f"详见决定 {why.decision_id}；公开之前一直列在逾期名单中。",
        )
    if course is not None and course.summary_due_on is not None and number is None:
        raise NotFound(
            f"Nothing is released yet. The summary is due by {course.summary_due_on.isoformat()}.",
            f"尚未公开。摘要应于{course.summary_due_on.isoformat()}前公开。",
        )
    raise NotFound("There is no such release of this broadcast.", "该直播没有这一版公开记录。")


async def list_releases(database: Database, broadcast_id: str) -> ReleasesOut:
    """Every release of a record, oldest first. Raises NotFound."""
    rows = await releases.list_releases(database, broadcast_id)
    if not rows:
        await get_release(database, broadcast_id, None)
    async with database.readings() as db:
        course = await record.find_course(db, broadcast_id)
    held = gate_out(course) if course is not None and course.held_at is not None else None
    return ReleasesOut(items=[release_out(row) for row in rows], held=held)


async def list_overdue(database: Database) -> OverdueListOut:
    """Every record that is late or held back, and every one that fails by the rule."""
    today = shanghai_day(clock.now())
    async with database.readings() as db:
        found = await record.list_overdue(db, today, MOST_OVERDUE)
        failed = await record.list_failed(db, MOST_FAILED)
        return OverdueListOut(
            items=[_overdue(course, today.isoformat()) for course in found],
            failed=[_overdue(course, today.isoformat()) for course in failed],
        )


def gate_out(course: Course) -> GateOut | None:
    """What the gate said last about a record."""
    said = course.gate
    if said is None:
        return None
    return GateOut(
        **{name: said[name] for name in ("decision_id", "release", "outcome")},
        reasons_zh=[each["reason_zh"] for each in said["not_passed"]],
        reasons_en=[each["reason_en"] for each in said["not_passed"]],
    )


def _overdue(course: Course, today: str) -> OverdueOut:
    if course.ended_at is None or course.summary_due_on is None or course.full_due_on is None:
        raise ValueError(f"The record of {course.broadcast_id} is late without an end.")
    filing = course.filing or {}
    late = ["summary"] if course.summary_at is None and course.summary_due_on.isoformat() < today else []
    late += ["full"] if course.full_at is None and course.full_due_on.isoformat() < today else []
    return OverdueOut(
        broadcast_id=course.broadcast_id,
        region_code=course.region_code,
        title_zh=filing.get("title_zh", ""),
        title_en=filing.get("title_en", ""),
        ended_at=course.ended_at,
        late=late,
        summary_due_on=course.summary_due_on,
        full_due_on=course.full_due_on,
        held_at=course.held_at,
        gate=gate_out(course),
    )
