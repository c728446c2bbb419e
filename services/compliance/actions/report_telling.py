"""How a report is told: to whoever has its code, to case workers, and, when it was upheld, to everybody."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.report_contents import contents_of, decision_of, named_by_all
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain import reports as domain
from services.compliance.domain.reports import Named
from services.compliance.models import Report, ReportEntry, ReportFile, ReportWords
from services.compliance.schemas.checks import DecisionOut, Words
from services.compliance.schemas.reports import (
    AboutOut,
    CaseOut,
    ChoiceOut,
    EntryOut,
    FileOut,
    FindingOut,
    FollowedOut,
    OutcomeOut,
    QuoteOut,
    StepOut,
    TextOut,
    TwinOut,
    UpheldOut,
)
from services.compliance.store import reports as store
from services.contracts.broadcast import FilingEvent
from services.contracts.values import shanghai_day
from services.kit import clock
from services.kit.texts import TXT

MOST_PROPOSED = 20_000
MOST_CHOICES = 20
_TEXT = re.compile(r"texts\[(\d+)\]\Z")


async def followed(db: AsyncSession, report: Report) -> FollowedOut:
    """A case for its reporter; a merged one ends as the one it was merged into."""
    lead = await _lead(db, report)
    words = _by_position(await store.list_words(db, report.id))
    entries = await store.list_entries(db, report.id)
    state = lead.state if report.merged_into is None or lead.state != "asked" else "acknowledged"
    return FollowedOut(
        id=report.id,
        kind=cast(Any, report.kind),
        region_code=report.region_code,
        state=cast(Any, state),
        received_on=shanghai_day(report.received_at),
        acknowledge_until_on=shanghai_day(report.acknowledge_by),
        decide_until_on=shanghai_day(report.decide_by),
        about=await about(db, report),
        finding=_finding(await decision_of(db, report)),
        outcome=_outcome(lead),
        question=_question(report, entries, words),
        files=[_file(file) for file in await store.list_files(db, report.id)],
        steps=[_step(entry, words) for entry in entries if entry.action != "typed"],
        may_add=report.state in domain.OPEN,
        forgotten=report.forgotten_at is not None,
    )


async def _lead(db: AsyncSession, report: Report) -> Report:
    lead = await store.find_report(db, report.merged_into) if report.merged_into else None
    return lead or report


async def about(db: AsyncSession, report: Report) -> AboutOut | None:
    """What a report names, with its title and times."""
    return (await about_all(db, [report]))[report.id]


async def about_all(db: AsyncSession, reports: Sequence[Report]) -> dict[str, AboutOut | None]:
    """As `about`, by report id: a list asks once and not a row at a time."""
    named = await named_by_all(db, [(report.subject_kind, report.subject_id) for report in reports])
    return {report.id: _about(report, named.get((report.subject_kind, report.subject_id))) for report in reports}


def _about(report: Report, named: Named | None) -> AboutOut | None:
    if report.subject_kind is None or report.subject_id is None:
        return None
    return AboutOut(
        kind=cast(Any, report.subject_kind),
        id=report.subject_id,
        title_zh=named.title_zh if named else None,
        title_en=named.title_en if named else None,
        starts_at=named.starts_at if named else None,
        ends_at=named.ends_at if named else None,
    )


def _by_position(words: Sequence[ReportWords]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for each in words:
        found.setdefault(each.position, []).append(each.text)
    return found


def _finding(decision: Mapping[str, Any] | None) -> FindingOut | None:
    if decision is None:
        return None
    result = decision["results"][0]
    quotes = dict.fromkeys(item["quote"] for item in result["evidence"] if item["quote"])
    return FindingOut(
        result=result["result"], reason=Words(**result["reason"]), quotes=[QuoteOut(quote=quote) for quote in quotes]
    )


def _outcome(lead: Report) -> OutcomeOut | None:
    if lead.decided_at is None:
        return None
    return OutcomeOut(
        state=cast(Any, lead.state),
        on=shanghai_day(lead.decided_at),
        organ=lead.decided_by_organ,
        reason_zh=lead.reason_zh,
        reason_en=lead.reason_en,
        forwarded_to=lead.forwarded_to,
    )


def _question(report: Report, entries: Sequence[ReportEntry], words: Mapping[int, list[str]]) -> str | None:
    if report.state != "asked":
        return None
    asked = [entry.position for entry in entries if entry.action == "asked"]
    return " ".join(words.get(asked[-1], ())) if asked else None


def _step(entry: ReportEntry, words: Mapping[int, list[str]]) -> StepOut:
    return StepOut(
        on=shanghai_day(entry.at),
        by=cast(Any, entry.by),
        action=entry.action,
        organ=entry.organ,
        words=words.get(entry.position, []),
    )


def _file(file: ReportFile) -> FileOut:
    readable = file.media_type == TXT or bool(file.typed_text)
    return FileOut(position=file.position, media_type=file.media_type, bytes=file.bytes, readable=readable)


async def case(db: AsyncSession, around: Surroundings, report: Report) -> CaseOut:
    """A report for a case worker, with everything on one page."""
    decision = await decision_of(db, report)
    words = _by_position(await store.list_words(db, report.id))
    contents = await contents_of(db, around, report.id)
    return CaseOut.model_validate(
        {name: getattr(report, name) for name in CaseOut.model_fields if hasattr(report, name)}
        | {
            "version": report.entries,
            "received_on": shanghai_day(report.received_at),
            "about": await about(db, report),
            "texts": _texts(contents, decision),
            "files": [_file(file) for file in await store.list_files(db, report.id)],
            "decision": DecisionOut(**decision) if decision else None,
            "duplicates": [_twin(each) for each in await store.list_duplicates(db, report.id)],
            "choices": await _choices(db, report),
            "proposed_text": _proposed(contents),
            "entries": [
                EntryOut(
                    at=entry.at,
                    by=cast(Any, entry.by),
                    action=entry.action,
                    organ=entry.organ,
                    words=words.get(entry.position, []),
                )
                for entry in await store.list_entries(db, report.id)
            ],
            "forgotten": report.forgotten_at is not None,
        }
    )


def _texts(contents: Sequence[domain.Content], decision: Mapping[str, Any] | None) -> list[TextOut]:
    spans: dict[int, list[tuple[int, int]]] = {}
    for result in decision["results"] if decision else ():
        for item in result["evidence"]:
            place = _TEXT.match(item["fact"])
            if place and item["start"] is not None and item["end"] is not None:
                spans.setdefault(int(place[1]), []).append((item["start"], item["end"]))
    shown = [domain.covered(content.text) if content.text else "" for content in contents]
    return [
        TextOut(kind=content.kind, file=content.file, pieces=domain.marked(text, spans.get(index, ())))
        for index, (content, text) in enumerate(zip(contents, shown, strict=True))
    ]


def _proposed(contents: Sequence[domain.Content]) -> str:
    notices = [domain.covered(content.text) for content in contents if content.kind == "notice" and content.text]
    return "\n\n".join(notices)[:MOST_PROPOSED]


def _twin(report: Report) -> TwinOut:
    return TwinOut(id=report.id, state=cast(Any, report.state), received_on=shanghai_day(report.received_at))


async def _choices(db: AsyncSession, report: Report) -> list[ChoiceOut]:
    """Broadcasts under way in the region, for a report that names none."""
    if report.subject_key is not None or report.state not in domain.OPEN:
        return []
    now = clock.business_now()
    found = await store.list_under_way(db, report.region_code, domain.UNDER_WAY, now, MOST_CHOICES)
    choices = []
    for copy in found:
        filing = FilingEvent.model_validate_json(copy.asked_payload or "")
        choices.append(
            ChoiceOut(
                broadcast_id=filing.broadcast_id,
                title_zh=filing.title_zh,
                title_en=filing.title_en,
                starts_at=filing.starts_at,
                state=copy.state,
            )
        )
    return choices


async def upheld_all(db: AsyncSession, reports: Sequence[Report]) -> list[UpheldOut]:
    """Upheld reports for everybody."""
    named = await about_all(db, reports)
    return [_upheld(report, named[report.id]) for report in reports]


def _upheld(report: Report, named: AboutOut | None) -> UpheldOut:
    assert report.decided_at is not None  # noqa: S101  The table holds no upheld report without it.
    return UpheldOut(
        id=report.id,
        kind=cast(Any, report.kind),
        region_code=report.region_code,
        about=named,
        received_on=shanghai_day(report.received_at),
        decided_on=shanghai_day(report.decided_at),
        organ=report.decided_by_organ,
        reason_zh=report.reason_zh or "",
        reason_en=report.reason_en,
        published_text=report.published_text,
        corrected_on=_day(report.corrected_at),
        correction_zh=report.correction_zh,
        correction_en=report.correction_en,
    )


def _day(instant: datetime | None) -> Any:
    return shanghai_day(instant) if instant is not None else None
