"""The reporter's side: a report is received, followed by its code, and added to. Nothing of the reporter is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.registry import require_region
from services.compliance.actions.report_contents import Taken, ask_the_rule, barred_from, named_by
from services.compliance.actions.report_telling import followed
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain import reports as domain
from services.compliance.domain.access import region_line
from services.compliance.domain.reports import Named
from services.compliance.errors import (
    RegionUnknown,
    ReportClosed,
    ReportEmpty,
    ReportFilesTooMany,
    ReportSubjectUnknown,
    ReportUnknown,
)
from services.compliance.models import Report, ReportEntry, ReportFile, ReportWords
from services.compliance.schemas.reports import FollowedOut, MoreIn, ReceivedOut, ReportIn
from services.compliance.store import reports as store
from services.kit import clock
from services.kit.problem import FieldError

_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH = 10
# A key as long as this was made by a machine: nobody else will send it with the very same report.
LONG_KEY = 22


def new_code(around: Surroundings, key: str | None, digest: str) -> str:
    """The code of a report. One that is sent again with its own long key gets the same code again, though none is kept:
    whoever lost the first answer on a bad line must not lose their case.
    """
    if key is None or len(key) < LONG_KEY:
        return domain.code_from(secrets.token_bytes(32))
    made = hmac.new(around.report_key("made"), f"{key}\n{digest}".encode(), hashlib.sha256)
    return domain.code_from(made.digest())


async def receive_report(
    db: AsyncSession, around: Surroundings, body: ReportIn, files: Sequence[Taken], code: str
) -> ReceivedOut:
    """Keep a report, run it through the rule, and give out its code."""
    _require_something(body.words, body.notice_text, files)
    named = await _named(db, body)
    region = (named.region_code if named else None) or body.region_code
    if region is None:
        raise RegionUnknown(
            "Say in which region it happened.",
            "请说明事情发生的地区。",
            errors=[FieldError("region_code", "Choose a region.", "请选择地区。")],
        )
    require_region(region, "region_code", demo=around.settings.demo)
    now = clock.business_now()
    report = await _new_report(db, around, body, named, region, code, now)
    await store.save(db, report)
    await _add(db, around, report, "received", body.words, body.notice_text, files)
    await read_again(db, around, report)
    told = await followed(db, report)
    return ReceivedOut(**dict(told), code=domain.spoken(code))


async def _named(db: AsyncSession, body: ReportIn) -> Named | None:
    if body.about_kind is None and body.about_id is None:
        return None
    named = await named_by(db, body.about_kind, body.about_id)
    if named is None:
        raise subject_unknown()
    return named


def subject_unknown() -> ReportSubjectUnknown:
    """The problem of a report about something that is not known here."""
    return ReportSubjectUnknown(
        "Leave it out and describe it in your words, or take the address from its page.",
        "请不填此项并在文字中说明，或从相应页面进入举报。",
        errors=[FieldError("about_id", "Not known here.", "没有找到。")],
    )


async def _new_report(
    db: AsyncSession,
    around: Surroundings,
    body: ReportIn,
    named: Named | None,
    region: str,
    code: str,
    now: datetime,
) -> Report:
    received_at, terms = domain.on_the_hour(now), domain.terms_at(await current_parameters(db), now)
    return Report(
        id="R" + "".join(secrets.choice(_SIGNS) for _ in range(_NUMBER_LENGTH)),
        code_hash=domain.code_hash(code, around.report_key("code")),
        kind=body.kind,
        region_code=region,
        region_line=region_line([region], clock.business_today()),
        subject_kind=named.kind if named else None,
        subject_id=named.id if named else None,
        subject_key=key_of(named),
        organ=body.organ,
        barred=await barred_from(db, named, body.organ),
        received_at=received_at,
        acknowledge_by=terms.acknowledge_by(received_at),
        decide_by=terms.decide_by(received_at),
        state="received",
    )


def key_of(named: Named | None) -> str | None:
    """The key of what is reported, under which questions that rest on it are asked again."""
    if named is None:
        return None
    return f"filing:{named.filing_id}" if named.filing_id else f"listing:{named.id}"


async def follow_report(db: AsyncSession, around: Surroundings, typed: str) -> FollowedOut:
    """The case behind a code. Raises ReportUnknown."""
    return await followed(db, await _by_code(db, around, typed))


async def add_to_report(db: AsyncSession, around: Surroundings, body: MoreIn, files: Sequence[Taken]) -> FollowedOut:
    """Further words and files, or the answer to a question; all that the report holds is read again."""
    report = await _by_code(db, around, body.code, locked=True)
    if report.state not in domain.OPEN:
        raise ReportClosed(
            "It is decided, so nothing can be added. Send a new report; you may name this one in it.",
            "该举报已经办结，不能再补充。如有新情况请重新举报，并可注明本举报编号。",
        )
    _require_something(body.words, body.notice_text, files)
    await _require_room(db, report, len(files))
    answering = report.state == "asked"
    await _add(db, around, report, "answered" if answering else "added", body.words, body.notice_text, files)
    if answering:
        report.state = "acknowledged"
    await read_again(db, around, report)
    return await followed(db, report)


async def _by_code(db: AsyncSession, around: Surroundings, typed: str, *, locked: bool = False) -> Report:
    code = domain.normal_code(typed)
    hashed = domain.code_hash(code, around.report_key("code")) if code else ""
    report = await store.find_by_code(db, hashed, locked=locked) if code else None
    if report is None:
        raise ReportUnknown(
            f"The code has {domain.CODE_DIGITS} digits. Compare them with what you wrote down; "
            "we cannot look a lost code up.",
            f"查询码为 {domain.CODE_DIGITS} 位数字，请与您记下的核对；遗失后我们也无法找回。",
            errors=[FieldError("code", "No report has this code.", "没有与此查询码对应的举报。")],
        )
    return report


def _require_something(words: str | None, notice: str | None, files: Sequence[Taken]) -> None:
    if not (words or notice or files):
        raise ReportEmpty(
            "Write what happened, or send a file.",
            "请写明情况，或上传文件。",
            errors=[FieldError("words", "Write something, or choose a file.", "请填写内容或选择文件。")],
        )


async def _require_room(db: AsyncSession, report: Report, more: int) -> None:
    held = len(await store.list_files(db, report.id))
    if held + more > domain.MOST_FILES_IN_ALL or report.entries >= domain.MOST_ENTRIES:
        raise ReportFilesTooMany(
            f"A report holds at most {domain.MOST_FILES_IN_ALL} files and {domain.MOST_ENTRIES} steps. "
            "Send a new report for the rest.",
            f"一份举报最多 {domain.MOST_FILES_IN_ALL} 个文件、{domain.MOST_ENTRIES} 条记录，其余请另行举报。",
        )


async def _add(
    db: AsyncSession,
    around: Surroundings,
    report: Report,
    action: str,
    words: str | None,
    notice: str | None,
    files: Sequence[Taken],
) -> None:
    position = await note(db, report, "reporter", action)
    said = [("told", words), ("notice", notice)]
    rows: list[object] = [
        ReportWords(report_id=report.id, position=position, role=role, text=text) for role, text in said if text
    ]
    if files:
        await store.lock_files(db)
        first = len(await store.list_files(db, report.id)) + 1
        for number, file in enumerate(files, first):
            digest = await around.report_files.put(file.data)
            rows.append(
                ReportFile(
                    report_id=report.id,
                    position=number,
                    media_type=file.media_type,
                    bytes=len(file.data),
                    sha256=digest,
                )
            )
    await store.save(db, report, *rows)


async def note(
    db: AsyncSession, report: Report, by: str, action: str, *, account_id: str | None = None, organ: str | None = None
) -> int:
    """Write one step into the history; its place. Of the reporter's steps only the hour is kept."""
    now = clock.business_now()
    report.entries += 1
    entry = ReportEntry(
        report_id=report.id,
        position=report.entries,
        at=now if by == "organ" else domain.on_the_hour(now),
        by=by,
        action=action,
        account_id=account_id,
        organ=organ,
    )
    await store.save(db, report, entry)
    return report.entries


async def read_again(db: AsyncSession, around: Surroundings, report: Report) -> None:
    """Ask the rule about all that the report holds now, and write down that it was asked."""
    await ask_the_rule(db, around, report, clock.business_now())
    await note(db, report, "gate", "read")
