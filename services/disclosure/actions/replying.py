"""A region answers a finding about it, a reviewer without a part in the broadcast decides; the record tells both."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.values import shanghai_day
from services.disclosure.actions.disclosing import gate_out, release_out
from services.disclosure.actions.evidence_files import require_of_nobody
from services.disclosure.actions.hearing import PUBLISHED
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.domain.cases import has_part
from services.disclosure.domain.duties import DECIDE_DAYS, REPLY_DAYS, in_force
from services.disclosure.domain.gate import CONTENTS, contents_held
from services.disclosure.domain.replies import deadline, entity_of, told_since
from services.disclosure.errors import (
    FileUnknown,
    NothingToAnswer,
    OwnCase,
    ReplyDecided,
    ReplyGiven,
    ReplyTooLate,
    WrongRegion,
)
from services.disclosure.models import Course, Reply
from services.disclosure.schemas.replies import AnswerableOut, RecordOut, ReplyDecisionIn, ReplyIn, ReplyOut
from services.disclosure.store import cases, record, releases
from services.disclosure.store import replies as store
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import FieldError, NotFound

Document = dict[str, Any]


async def reply(db: AsyncSession, around: Surroundings, actor: Actor, body: ReplyIn) -> ReplyOut:
    """Keep the region's answer to a finding of its newest release, and have the record tell of it at once."""
    course = await _course_of(db, actor, body.broadcast_id)
    told = await releases.list_bodies(db, course.broadcast_id)
    items = await _items(db, course, body.abuse)
    published = await record.list_about(db, *PUBLISHED)
    known = await store.list_of_broadcast(db, course.broadcast_id)
    _require_answerable(told, body.abuse, known, items, published)
    await _require_files(around, actor, body)
    await require_of_nobody(around.blobs, body.files)
    now, newest = clock.now(), told[-1]
    row = Reply(
        id=new_id(),
        version=1,
        state="open",
        broadcast_id=course.broadcast_id,
        abuse=body.abuse,
        entity=entity_of(newest, body.abuse),
        release=newest["number"],
        items=items,
        region_code=course.region_code,
        region_path=course.region_path,
        title_zh=newest["broadcast"]["title_zh"],
        title_en=newest["broadcast"]["title_en"] or "",
        text_zh=body.text_zh,
        text_en=body.text_en,
        files=[file.model_dump() for file in body.files],
        organ=actor.organ,
        account_id=actor.account_id,
        person=actor.person,
        replied_at=now,
        decide_by=deadline(now, in_force(DECIDE_DAYS, published, shanghai_day(now))),
    )
    await store.save(db, row)
    await record.look_again(db, [course.broadcast_id], now)
    return await _out(db, actor, row)


async def _course_of(db: AsyncSession, actor: Actor, broadcast_id: str) -> Course:
    """The broadcast, for somebody of its region. Raises NotFound and WrongRegion."""
    course = await record.find_course(db, broadcast_id)
    if course is None or course.ended_at is None:
        raise NotFound(
            f"There is no broadcast {broadcast_id} that is over.", f"没有编号为 {broadcast_id} 且已结束的直播。"
        )
    if not set(actor.scopes) & set(course.region_path):
        raise WrongRegion("The broadcast is of another region.", "该直播不在您的地区范围内。")
    return course


async def _items(db: AsyncSession, course: Course, abuse: str) -> int:
    """How many items the last examination found."""
    case = (await cases.list_of_broadcast(db, course.broadcast_id)).get(abuse)
    return sum(each["n"] for each in case.findings) if case is not None and case.standing else 0


def _require_answerable(
    told: Sequence[Document], abuse: str, known: Sequence[Reply], items: int, published: Sequence[Document]
) -> None:
    since = told_since(told, abuse)
    if since is None:
        raise NothingToAnswer(
            "The newest release tells of no such finding. Look at the record for those that it tells.",
            "最新一版记录没有这项核查发现，请查看记录中列出的各项发现。",
        )
    if any(each.abuse == abuse and (each.state == "open" or items <= each.items) for each in known):
        raise ReplyGiven(
            "A finding is answered once. It can be answered again when more of it is found.",
            "每项核查发现只能答复一次；如其后查出更多问题，可再次答复。",
        )
    days, until = _reply_by(since, published)
    if clock.now() > until:
        raise ReplyTooLate(
            f"A finding is answered within {days} working days after it was told, until {until:%Y-%m-%d %H:%M}.",
            f"核查发现公开后 {days} 个工作日内可以答复，期限至 {until:%Y-%m-%d %H:%M}。",
            until=until.isoformat(),
        )


def _reply_by(since: Mapping[str, Any], published: Sequence[Document]) -> tuple[int, datetime]:
    """Within how many working days a finding is answered, and until when: by the rule of the day that told it."""
    told_at = datetime.fromisoformat(since["released_at"])
    days = in_force(REPLY_DAYS, published, shanghai_day(told_at))
    return days, deadline(told_at, days)


async def _require_files(around: Surroundings, actor: Actor, body: ReplyIn) -> None:
    owned = [await around.blobs.is_owned(file.sha256, actor.owners) for file in body.files]
    missing = [index for index, known in enumerate(owned) if not known]
    if missing:
        raise FileUnknown(
            "A file is not among those that you uploaded. Upload it with POST /documents first.",
            "有文件不是由您上传的，请先通过 POST /documents 上传。",
            errors=[FieldError(f"files.{index}.sha256", "Not stored.", "尚未上传。") for index in missing],
        )


async def decide(db: AsyncSession, actor: Actor, reply_id: str, body: ReplyDecisionIn) -> ReplyOut:
    """Decide a reply as somebody without a part in the broadcast; the record tells it at once."""
    row = await _reply(db, actor, reply_id, locked=True)
    if row.state != "open":
        raise ReplyDecided(
            f"It was decided already: {row.state}. A reply is decided once.", "该答复已有复核决定，不能重复处理。"
        )
    if await _part_in_it(db, actor, row):
        raise OwnCase(
            "You or your organ have a part in this broadcast, in its approval or in this reply. "
            "Somebody of another organ has to decide.",
            "您或您所在单位参与了该直播、其审批或本答复，须由其他单位的复核人员处理。",
        )
    row.state, row.version = body.outcome, row.version + 1
    row.decided_by_account, row.decided_by_person = actor.account_id, actor.person
    row.decided_by_organ, row.decided_at = actor.organ, clock.now()
    row.reason_zh, row.reason_en = body.reason_zh, body.reason_en
    await store.save(db, row)
    await record.look_again(db, [row.broadcast_id], clock.now())
    return await _out(db, actor, row)


async def _reply(db: AsyncSession, actor: Actor, reply_id: str, *, locked: bool = False) -> Reply:
    row = await store.find_reply(db, reply_id, locked=locked)
    if row is None:
        raise NotFound(f"There is no reply {reply_id}.", f"没有编号为 {reply_id} 的答复。")
    if actor.scopes and not set(actor.scopes) & set(row.region_path):
        raise WrongRegion("The reply is about a broadcast outside of your regions.", "该答复不在您的地区范围内。")
    return row


async def _part_in_it(db: AsyncSession, actor: Actor, row: Reply) -> bool:
    """Whether somebody may not decide: of the filing, of an organ that acted, or of the region's own government."""
    course = await record.find_course(db, row.broadcast_id)
    filing: Document = (course.filing if course else None) or {}
    if actor.person == row.person or (actor.organ is not None and actor.organ == row.organ):
        return True
    known = await record.list_copies(db, "account", [actor.account_id, *filing.get("accounts", {}).values()])
    organs = {each: (account.get("organ") or {}) for each, account in known.items()}
    own = organs.pop(actor.account_id, {})
    if own.get("region_code") == row.region_code:
        return True
    acted = {organ.get("name") for organ in organs.values()} | await _overruled_by(db, filing, row)
    if actor.organ is not None and actor.organ in acted:
        return True
    return has_part(filing, None, person=actor.person, account_id=actor.account_id, organ=actor.organ)


async def _overruled_by(db: AsyncSession, filing: Document, row: Reply) -> set[str | None]:
    """The organs that overruled the gate about this broadcast."""
    about = [f"filing:{filing.get('entity_id')}", f"broadcast:{row.broadcast_id}"]
    known = await record.list_about(db, "override", about)
    return {each.get(name) for each in known for name in ("proposed_by_organ", "confirmed_by_organ")}


async def get_reply(db: AsyncSession, actor: Actor, reply_id: str) -> ReplyOut:
    """One reply. Raises NotFound and WrongRegion."""
    return await _out(db, actor, await _reply(db, actor, reply_id))


async def list_replies(
    db: AsyncSession, actor: Actor, *, decided: bool, cursor: str | None, limit: int
) -> Page[ReplyOut]:
    """Replies that the actor may read, the nearest deadline first."""
    after = None
    if cursor:
        at, reply_id = decode_cursor(cursor, str, str)
        after = (datetime.fromisoformat(str(at)), str(reply_id))
    rows = await store.list_replies(db, actor.scopes, is_open=not decided, after=after, most=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = encode_cursor(last.decide_by.isoformat(), last.id) if last else None
    return Page(items=[await _out(db, actor, row) for row in rows[:limit]], next=following)


async def list_records(db: AsyncSession, actor: Actor, cursor: str | None, limit: int) -> Page[RecordOut]:
    """Broadcasts of the actor's regions that are over, the one that ended last first."""
    before = None
    if cursor:
        at, broadcast_id = decode_cursor(cursor, str, str)
        before = (datetime.fromisoformat(str(at)), str(broadcast_id))
    rows = await store.list_records(db, actor.scopes, before, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = encode_cursor(cast(datetime, last.ended_at).isoformat(), last.broadcast_id) if last else None
    return Page(items=[await _record(db, actor, row) for row in rows[:limit]], next=following)


async def get_record(db: AsyncSession, actor: Actor, broadcast_id: str) -> RecordOut:
    """One record of the actor's regions. Raises NotFound and WrongRegion."""
    return await _record(db, actor, await _course_of(db, actor, broadcast_id))


async def _record(db: AsyncSession, actor: Actor, course: Course) -> RecordOut:
    told = await releases.list_bodies(db, course.broadcast_id)
    newest = await releases.find_newest(db, course.broadcast_id)
    known = await store.list_of_broadcast(db, course.broadcast_id)
    held = contents_held(told[-1]) if told else []
    filing = course.filing or {}
    return RecordOut(
        broadcast_id=course.broadcast_id,
        region_code=course.region_code,
        title_zh=filing.get("title_zh", ""),
        title_en=filing.get("title_en", ""),
        ended_at=cast(datetime, course.ended_at),
        summary_due_on=course.summary_due_on,
        full_due_on=course.full_due_on,
        next_look_at=course.due_at,
        newest=None if newest is None else release_out(newest.model_dump()),
        held=gate_out(course) if course.held_at is not None else None,
        gate=gate_out(course),
        held_parts=held,
        lacking_parts=sorted(set(CONTENTS) - set(held)),
        answerable=await _answerable(db, course, told, known),
        replies=[await _out(db, actor, row) for row in known],
    )


async def _answerable(
    db: AsyncSession, course: Course, told: Sequence[Document], known: Sequence[Reply]
) -> list[AnswerableOut]:
    found: dict[str, AnswerableOut] = {}
    published = await record.list_about(db, *PUBLISHED)
    for each in told[-1]["findings"] if told else ():
        since = told_since(told, each["abuse"])
        if since is None or each["abuse"] in found:
            continue
        try:
            _require_answerable(told, each["abuse"], known, await _items(db, course, each["abuse"]), published)
            may_reply = True
        except (ReplyGiven, ReplyTooLate):
            may_reply = False
        found[each["abuse"]] = AnswerableOut(
            **{name: each[name] for name in ("abuse", "grade", "text_zh", "text_en")},
            since_release=since["number"],
            reply_by=_reply_by(since, published)[1],
            may_reply=may_reply,
        )
    return list(found.values())


async def _out(db: AsyncSession, actor: Actor, row: Reply) -> ReplyOut:
    hidden = {"region_path", "account_id", "person", "items", "decided_by_account", "decided_by_person"}
    return ReplyOut(
        **row.model_dump(exclude=hidden),
        overdue=row.state == "open" and shanghai_day(clock.now()) > shanghai_day(row.decide_by),
        part_in_it=await _part_in_it(db, actor, row),
    )
