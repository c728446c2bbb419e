"""The case workers' side: the queue by urgency, one case, and all that may be done with it, each step written down."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions import report_telling as telling
from services.compliance.actions.gate import ask_again_what_rests_on
from services.compliance.actions.registry import organ_of, require_scope
from services.compliance.actions.report_contents import barred_from, named_by
from services.compliance.actions.reports import key_of, note, read_again, subject_unknown
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain import reports as domain
from services.compliance.domain.access import outside
from services.compliance.errors import OwnCase, ReportClosed, ReportMoveRefused
from services.compliance.models import Report, ReportWords
from services.compliance.schemas.reports import (
    AboutOut,
    AskIn,
    CaseOut,
    ForwardIn,
    MergeIn,
    ReasonIn,
    TypedIn,
    UpholdIn,
    WaitingOut,
)
from services.compliance.store import reports as store
from services.contracts.compliance import ReportUpheld
from services.contracts.values import shanghai_day
from services.kit import clock
from services.kit.actor import Actor
from services.kit.outbox import enqueue
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import BodyInvalid, FieldError, NotFound

_HURRIED = 2
"""Ranks below it are of reports about what is on air or begins within a day."""


async def list_reports(db: AsyncSession, actor: Actor, cursor: str | None, limit: int) -> Page[WaitingOut]:
    """Open reports of the actor's regions, the most urgent first."""
    now = clock.business_now()
    after = None
    if cursor:
        rank, due_at, report_id = decode_cursor(cursor, int, str, str)
        after = (int(rank), _moment(str(due_at)), str(report_id))
    organ = await organ_of(db, actor)
    handler = store.Handler(
        actor.scopes,
        domain.keys_of(actor.person, actor.organ),
        domain.organs_regions(organ, clock.business_today()),
    )
    rows = await store.list_waiting(db, handler, now, now + domain.SOON, after, limit + 1)
    named = await telling.about_all(db, [row.report for row in rows[:limit]])
    items = [_waiting(row, now, named[row.report.id]) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    following = encode_cursor(last.rank, last.due_at.isoformat(), last.report.id) if last else None
    return Page(items=items, next=following)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return clock.now()


def _waiting(row: store.Waiting, now: datetime, about: AboutOut | None) -> WaitingOut:
    report = row.report
    return WaitingOut(
        id=report.id,
        kind=cast(Any, report.kind),
        region_code=report.region_code,
        state=cast(Any, report.state),
        received_on=shanghai_day(report.received_at),
        due_at=row.due_at,
        late=row.due_at < now,
        hurried=row.rank < _HURRIED,
        finding=cast(Any, report.finding),
        files=row.files,
        about=about,
    )


async def get_case(db: AsyncSession, around: Surroundings, actor: Actor, report_id: str) -> CaseOut:
    """One report for a case worker of its region who does not stand too near to it."""
    return await telling.case(db, around, await _case(db, actor, report_id, locked=False))


async def get_file(
    db: AsyncSession, around: Surroundings, actor: Actor, report_id: str, position: int
) -> tuple[str, bytes]:
    """Media type and bytes of a file, as it was kept."""
    await _case(db, actor, report_id, locked=False)
    file = await store.find_file(db, report_id, position)
    data = await around.report_files.get(file.sha256) if file else None
    if file is None or data is None:
        raise NotFound("The report has no such file, or its time is over.", "该举报没有这个文件，或文件已到期删除。")
    return file.media_type, data


async def acknowledge(db: AsyncSession, around: Surroundings, actor: Actor, report_id: str) -> CaseOut:
    """A person has seen it."""

    async def move(report: Report) -> None:
        if report.state != "received":
            raise ReportMoveRefused("Somebody has acknowledged it already.", "该举报已有人受理。")
        report.state = "acknowledged"

    return await _handle(db, around, actor, report_id, "acknowledged", move)


async def ask_reporter(db: AsyncSession, around: Surroundings, actor: Actor, report_id: str, body: AskIn) -> CaseOut:
    """A question that the reporter reads with the code; the time limits run on."""

    async def move(report: Report) -> None:
        report.state = "asked"
        words = ReportWords(report_id=report.id, position=report.entries + 1, role="question", text=body.question)
        await store.save(db, words)

    return await _handle(db, around, actor, report_id, "asked", move)


async def type_text(
    db: AsyncSession, around: Surroundings, actor: Actor, report_id: str, position: int, body: TypedIn
) -> CaseOut:
    """What a person read in a picture; the rule then reads it too."""

    async def move(report: Report) -> None:
        file = await store.find_file(db, report_id, position)
        if file is None or not file.media_type.startswith("image/"):
            raise ReportMoveRefused("Only what stands in a picture is typed.", "只有图片需要人工录入文字。")
        file.typed_text = body.text
        await store.save(db, file)
        await read_again(db, around, report)

    return await _handle(db, around, actor, report_id, "typed", move)


async def uphold(db: AsyncSession, around: Surroundings, actor: Actor, report_id: str, body: UpholdIn) -> CaseOut:
    """The report is right. Its notice counts among the texts of what it names, and the gate is asked again at once."""

    async def move(report: Report) -> None:
        if body.about_kind and body.about_id:
            await _link(db, actor, report, body.about_kind, body.about_id)
        if report.kind == "apportionment" and body.published_text is None:
            raise BodyInvalid(
                "Write what the notice says, for everybody to read, without what tells who sent it.",
                "请填写可以公开的通知内容，并删去可能暴露举报人的部分。",
                errors=[FieldError("published_text", "Required for a notice.", "举报通知时必填。")],
            )
        report.published_text = domain.covered(body.published_text) if body.published_text else None
        await _close(db, actor, report, "upheld", body)

    told = await _handle(db, around, actor, report_id, "upheld", move)
    await _announce(db, report_id)
    await _ask_again(db, report_id)
    return told


async def dismiss(db: AsyncSession, around: Surroundings, actor: Actor, report_id: str, body: ReasonIn) -> CaseOut:
    """The report is not upheld."""

    async def move(report: Report) -> None:
        await _close(db, actor, report, "not_upheld", body)

    return await _handle(db, around, actor, report_id, "not_upheld", move)


async def forward(db: AsyncSession, around: Surroundings, actor: Actor, report_id: str, body: ForwardIn) -> CaseOut:
    """Another organ must decide it. Never the one that is reported."""

    async def move(report: Report) -> None:
        if set(domain.keys_of("", body.organ)) & set(report.barred):
            raise OwnCase(
                "The report is about this organ; forward it to the level above.",
                "举报所指的正是该单位，请转交其上级单位。",
            )
        report.forwarded_to = body.organ
        await _close(db, actor, report, "forwarded", body)

    return await _handle(db, around, actor, report_id, "forwarded", move)


async def merge(db: AsyncSession, around: Surroundings, actor: Actor, report_id: str, body: MergeIn) -> CaseOut:
    """The report tells of the same as another, whose outcome becomes its own."""

    async def move(report: Report) -> None:
        into = await _case(db, actor, body.into, locked=True)
        if into.id == report.id or into.state == "merged":
            raise ReportMoveRefused(
                "Name the other report, and one that was not merged itself.", "请填写另一份未被合并的举报编号。"
            )
        for earlier in await store.list_merged(db, report.id):
            earlier.merged_into = into.id
            await store.save(db, earlier)
        report.merged_into, report.state = into.id, "merged"
        report.decided_at = clock.business_now()
        report.decided_by_organ = actor.organ

    return await _handle(db, around, actor, report_id, "merged", move)


async def correct(db: AsyncSession, around: Surroundings, actor: Actor, report_id: str, body: ReasonIn) -> CaseOut:
    """The notice was withdrawn and corrected: that is a changed fact, so the gate is asked again without it."""
    report = await _case(db, actor, report_id, locked=True)
    if report.state != "upheld" or report.published_text is None or report.corrected_at is not None:
        raise ReportMoveRefused(
            "Only an upheld notice that stands uncorrected can be corrected.",
            "只有已经查实、尚未更正的通知可以登记更正。",
        )
    report.corrected_at = clock.business_now()
    report.correction_zh, report.correction_en = body.reason_zh, body.reason_en
    await note(db, report, "organ", "corrected", account_id=actor.account_id, organ=actor.organ)
    await _announce(db, report_id)
    await _ask_again(db, report_id)
    return await telling.case(db, around, report)


async def _handle(
    db: AsyncSession, around: Surroundings, actor: Actor, report_id: str, action: str, move: Callable[[Report], Any]
) -> CaseOut:
    """One step of an open case by somebody who may take it; whatever the step, a person has then seen the report."""
    report = await _case(db, actor, report_id, locked=True)
    if report.state not in domain.OPEN:
        raise ReportClosed(
            "It is decided. Look at its outcome; an upheld notice can still be corrected.",
            "该举报已经办结，请查看结果；已查实的通知仍可登记更正。",
        )
    await move(report)
    if report.state == "received":
        report.state = "acknowledged"
    report.acknowledged_at = report.acknowledged_at or clock.business_now()
    await note(db, report, "organ", action, account_id=actor.account_id, organ=actor.organ)
    return await telling.case(db, around, report)


async def _case(db: AsyncSession, actor: Actor, report_id: str, *, locked: bool) -> Report:
    """The report. Raises NotFound and OwnCase; whether one exists is not told to those outside of its region."""
    report = await store.find_report(db, report_id, locked=locked)
    if report is None or outside(actor.scopes, [report.region_code], clock.business_today()):
        raise NotFound(
            f"There is no report {report_id} in your regions.", f"您的地区范围内没有编号为 {report_id} 的举报。"
        )
    await _require_distance(db, actor, report)
    return report


async def _require_distance(db: AsyncSession, actor: Actor, report: Report) -> None:
    """Raises OwnCase for whoever belongs to the reported organ or government, or has a part in the reported case."""
    named = await named_by(db, report.subject_kind, report.subject_id)
    barred = {*report.barred, *await barred_from(db, named, report.organ)}
    own_government = domain.organs_regions(await organ_of(db, actor), clock.business_today())
    if barred & set(domain.keys_of(actor.person, actor.organ)) or report.region_code in own_government:
        raise OwnCase(
            "The report concerns your own organ, government or case; somebody of another one, or of the level above, "
            "must handle it.",
            "该举报涉及您所在的单位、本级政府或您参与的事项，须由其他单位或上级人员处理。",
        )


async def _link(db: AsyncSession, actor: Actor, report: Report, kind: str, subject_id: str) -> None:
    named = await named_by(db, kind, subject_id)
    if named is None:
        raise subject_unknown()
    require_scope(actor, [named.region_code] if named.region_code else [])
    report.subject_kind, report.subject_id, report.subject_key = named.kind, named.id, key_of(named)
    report.barred = sorted({*report.barred, *await barred_from(db, named, report.organ)})
    await _require_distance(db, actor, report)


async def _close(db: AsyncSession, actor: Actor, report: Report, state: str, body: ReasonIn) -> None:
    organ = await organ_of(db, actor) or {}
    report.state, report.decided_at = state, clock.business_now()
    report.reason_zh, report.reason_en = body.reason_zh, body.reason_en
    report.decided_by_organ = organ.get("name")
    report.acknowledged_at = report.acknowledged_at or report.decided_at


async def _announce(db: AsyncSession, report_id: str) -> None:
    """Tell of an upheld report that names a subject: the record of a broadcast says so."""
    report = await store.find_report(db, report_id)
    if report is not None and (event := report_upheld(report)) is not None:
        await enqueue(db, event)


def report_upheld(report: Report) -> ReportUpheld | None:
    """The announcement of an upheld report; None of one that names no subject of ours."""
    if report.subject_kind is None or report.subject_id is None or report.decided_at is None:
        return None
    same = ("kind", "region_code", "decided_at", "decided_by_organ", "reason_zh", "reason_en", "published_text")
    corrected = ("corrected_at", "correction_zh", "correction_en")
    return ReportUpheld(
        entity_id=report.id,
        version=max(1, report.entries),
        about_kind=report.subject_kind,
        about_id=report.subject_id,
        **{name: getattr(report, name) for name in (*same, *corrected)},
    )


async def _ask_again(db: AsyncSession, report_id: str) -> None:
    report = await store.find_report(db, report_id)
    if report is not None and report.subject_key is not None:
        await ask_again_what_rests_on(db, [f"report:{report.id}", report.subject_key], kinds=["broadcast", "filing"])
