"""What a report holds: files taken in without what tells of their maker, texts as the rule reads them, and its finding.

Of text, Word and PDF files the words are kept and nothing else: such a file names who wrote, changed and saved it. Of
pictures what can be seen is kept. Whatever cannot be kept so is refused with a sentence.
"""

import asyncio
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain.public_form import public_form
from services.compliance.domain.reports import MOST_FILES, RULE, Content, Named, barred_keys, on_the_hour, stage_of
from services.compliance.domain.verdict import Question, Subject, Verdict, decision_document, is_long, judge
from services.compliance.errors import ReportFileRefused, ReportFilesTooMany
from services.compliance.models import FilingCopy, ListingCopy, Report
from services.compliance.store import copies
from services.compliance.store import decisions as decision_store
from services.compliance.store import reports as store
from services.compliance.store.decisions import NewDecision
from services.contracts.broadcast import FilingEvent
from services.contracts.catalog import ListingSubmitted
from services.kit.files import MOST_BYTES, media_type_of
from services.kit.pictures import JPEG, PNG, PictureDamaged, without_metadata
from services.kit.problem import BodyTooLarge
from services.kit.texts import TXT, Extracted, Reason, extract_text

# A hostile PDF keeps a child process busy for a while; strangers may keep only so many.
_READING = asyncio.Semaphore(2)

_WHY_NOT: dict[Reason, tuple[str, str]] = {
    "no_text": ("no words could be read in it", "其中读不出文字"),
    "undecodable": ("its words could not be read", "其中的文字无法识别"),
    "too_much_text": ("it holds more than 1 MB of words", "其中的文字超过 1 MB"),
    "damaged": ("it is damaged or locked", "文件已损坏或被加密"),
    "type_without_text": ("no words could be read in it", "其中读不出文字"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it will be kept: UTF-8 words, or a picture without anything beside it."""

    media_type: str
    data: bytes


async def take_files(files: Sequence[bytes]) -> list[Taken]:
    """The files as they will be kept. Raises ReportFilesTooMany, ReportFileRefused and BodyTooLarge."""
    if len(files) > MOST_FILES:
        raise ReportFilesTooMany(
            f"Send at most {MOST_FILES} files at once; you can add others afterwards with your code.",
            f"一次最多上传 {MOST_FILES} 个文件，其余可凭查询码继续补充。",
        )
    taken = []
    async with _READING:
        for number, data in enumerate(files, 1):
            taken.append(await asyncio.to_thread(_take, number, data))
    return taken


def _take(number: int, data: bytes) -> Taken:
    if len(data) > MOST_BYTES:
        raise BodyTooLarge("A file may have 10 MB. Send a smaller one.", "文件不得超过 10 MB，请压缩后重新上传。")
    if not data:
        raise _refused(number, "it is empty", "文件是空的")
    media_type = media_type_of(data)
    if media_type in (PNG, JPEG):
        return _take_picture(number, data, media_type)
    if media_type is None or media_type.startswith("image/"):
        raise _refused(number, "it is of a kind that we cannot clean of its maker's traces", "此类文件无法清除来源信息")
    read: Extracted = extract_text(data, media_type)
    if read.text is None:
        raise _refused(number, *_WHY_NOT[read.reason or "no_text"])
    return Taken(TXT, _printable(read.text).encode())


def _take_picture(number: int, data: bytes, media_type: str) -> Taken:
    try:
        return Taken(media_type, without_metadata(data, media_type))
    except PictureDamaged:
        raise _refused(number, "the picture is damaged", "图片已损坏") from None


def _printable(text: str) -> str:
    kept = (sign for sign in text if sign.isprintable() or sign in "\n\t\u3000\u00a0")
    return "".join(kept).encode("utf-8", "replace").decode()


def _refused(number: int, en: str, zh: str) -> ReportFileRefused:
    return ReportFileRefused(
        f"File {number} was not taken: {en}. Send the pages as JPEG or PNG pictures (a screenshot will do), "
        "or type what they say.",
        f"第 {number} 个文件未被接收：{zh}。请把各页拍照或截图（JPEG、PNG）后上传，或直接录入文字。",
        file=number,
    )


async def contents_of(db: AsyncSession, around: Surroundings, report_id: str) -> list[Content]:
    """All texts of a report: what was told, notices that were typed, then its files in their order."""
    words = await store.list_words(db, report_id)
    found = [Content("message", each.text) for each in words if each.role == "told"]
    found += [Content("notice", each.text) for each in words if each.role == "notice"]
    for file in await store.list_files(db, report_id):
        text = file.typed_text
        if file.media_type == TXT:
            data = await around.report_files.get(file.sha256)
            text = data.decode() if data is not None else None
        found.append(Content("notice", text, file.position))
    return found


async def ask_the_rule(db: AsyncSession, around: Surroundings, report: Report, now: datetime) -> None:
    """Run all that the report holds through the rule; the answer is stored before anybody hears of it."""
    contents = await contents_of(db, around, report.id)
    facts = public_form({"texts": [content.fact() for content in contents]}, around.token)
    named = await named_by(db, report.subject_kind, report.subject_id)
    moment = on_the_hour(now)
    question = Question(stage_of(named, now), moment, facts, (RULE,), parameters=await current_parameters(db))
    verdict = await asyncio.to_thread(judge, question) if is_long(facts) else judge(question)
    decision = _decision(report, verdict, moment)
    await decision_store.add_decision(db, decision)
    report.decision_id, report.finding = decision.id, verdict.outcome


def _decision(report: Report, verdict: Verdict, moment: datetime) -> NewDecision:
    # Our other ids tell the millisecond at which they were made; here that would tell when somebody sat at a screen.
    decision_id = secrets.token_hex(16)
    subject = Subject("document", report.id)
    return NewDecision(
        id=decision_id,
        origin="report",
        stage=verdict.stage,
        subject_kind=subject.kind,
        subject_id=subject.id,
        region_code=report.region_code,
        binding=False,
        announced=False,
        is_public=False,
        outcome=verdict.outcome,
        at=verdict.at,
        decided_at=moment,
        valid_until=verdict.valid_until,
        ruleset=verdict.ruleset,
        facts_sha256=verdict.facts_sha256,
        answer_sha256=verdict.answer_sha256,
        rules=[RULE],
        document=decision_document(decision_id, subject, verdict, moment, trial=False, binding=False),
    )


async def decision_of(db: AsyncSession, report: Report) -> dict[str, Any] | None:
    """The newest answer about what the report holds."""
    stored = await decision_store.find_decision(db, report.decision_id) if report.decision_id else None
    return json.loads(stored.document) if stored else None


async def named_by(db: AsyncSession, kind: str | None, subject_id: str | None) -> Named | None:
    """What the report is about, as our copies know it; None when it names nothing that is known here."""
    if kind is None or subject_id is None:
        return None
    return (await named_by_all(db, [(kind, subject_id)])).get((kind, subject_id))


async def named_by_all(
    db: AsyncSession, subjects: Iterable[tuple[str | None, str | None]]
) -> dict[tuple[str | None, str | None], Named]:
    """As `named_by`, for many reports at once; what is not known here is not in it."""
    ids: dict[str, set[str]] = {"listing": set(), "broadcast": set(), "filing": set()}
    for kind, subject_id in subjects:
        if kind in ids and subject_id is not None:
            ids[kind].add(subject_id)
    found: dict[tuple[str | None, str | None], Named] = {}
    for row in await store.list_newest_listings(db, ids["listing"]):
        found["listing", row.listing_id] = _named_listing(row)
    for copy in await store.list_filing_copies(db, ids["filing"], ids["broadcast"]):
        for kind, subject_id in (("filing", copy.filing_id), ("broadcast", copy.broadcast_id)):
            if subject_id in ids[kind] and copy.asked_payload is not None:
                found[kind, subject_id] = _named_filing(kind, subject_id, copy, copy.asked_payload)
    return found


def _named_listing(row: ListingCopy) -> Named:
    listing = ListingSubmitted.model_validate_json(row.payload)
    return Named("listing", row.listing_id, None, listing.region_code, listing.title_zh, listing.title_en)


def _named_filing(kind: str, subject_id: str, copy: FilingCopy, payload: str) -> Named:
    filing = FilingEvent.model_validate_json(payload)
    return Named(
        kind,
        subject_id,
        copy.filing_id,
        filing.region_code,
        filing.title_zh,
        filing.title_en,
        copy.starts_at,
        copy.ends_at,
    )


async def barred_from(db: AsyncSession, named: Named | None, organ: str | None) -> list[str]:
    """Keys of those who stand too near to what is reported."""
    return barred_keys(await _people_behind(db, named), organ)


async def _people_behind(db: AsyncSession, named: Named | None) -> dict[str, Any] | None:
    if named is None:
        return None
    if named.filing_id is not None:
        standing = await decision_store.find_standing(db, "filing", named.filing_id)
        stored = await decision_store.find_decision(db, standing.decision_id) if standing else None
        return dict(json.loads(stored.document)["facts"]) if stored else None
    rows = await store.list_newest_listings(db, [named.id])
    if not rows:
        return None
    listing = ListingSubmitted.model_validate_json(rows[0].payload)
    account = (await copies.list_accounts(db, [listing.submitted_by])).get(listing.submitted_by)
    organ = ((account.organ if account else None) or {}).get("name")
    return {"people": [{"role": "operator", "person": listing.submitter_person, "organ": organ}]}
