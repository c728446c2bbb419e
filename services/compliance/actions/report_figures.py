"""What everybody may know of reports: upheld ones with their reasons, and figures; and what is forgotten in time."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions import report_telling as telling
from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.report_contents import named_by
from services.compliance.actions.reports import key_of
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain import reports as domain
from services.compliance.schemas.reports import FigureOut, FiguresOut, MonthOut, TermsOut, UpheldOut
from services.compliance.store import reports as store
from services.contracts.values import SHANGHAI, shanghai_day
from services.kit import clock
from services.kit.db import Database
from services.kit.files import MOST_BYTES
from services.kit.page import Page, decode_cursor, encode_cursor

AT_ONCE = 200


async def terms(db: AsyncSession, around: Surroundings) -> TermsOut:
    """The time limits, how long things are kept, and how much may be sent."""
    limits = domain.terms_at(await current_parameters(db), clock.business_now())
    return TermsOut(
        acknowledge_hours=limits.acknowledge_hours,
        decide_days=limits.decide_days,
        kept_days=around.settings.report_kept_days,
        most_files=domain.MOST_FILES,
        most_bytes_per_file=MOST_BYTES,
    )


async def list_upheld(
    db: AsyncSession, kind: str | None, subject_id: str | None, cursor: str | None, limit: int
) -> Page[UpheldOut]:
    """Upheld reports with their published reasons, newest first; about one subject, if it is named."""
    before = None
    if cursor:
        decided_at, report_id = decode_cursor(cursor, str, str)
        before = (datetime.fromisoformat(str(decided_at)), str(report_id))
    keys = None
    if kind is not None or subject_id is not None:
        key = key_of(await named_by(db, kind, subject_id))
        keys = [key] if key else []
    rows = await store.list_upheld(db, keys, before, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = encode_cursor(last.decided_at.isoformat(), last.id) if last and last.decided_at else None
    return Page(items=await telling.upheld_all(db, rows[:limit]), next=following)


async def figures(db: AsyncSession) -> FiguresOut:
    """Figures of the months whose last deadline has passed; none of them changes any more."""
    now = clock.business_now()
    decide_days = domain.terms_at(await current_parameters(db), now).decide_days
    first = await store.find_first_day(db)
    months = domain.months_between(shanghai_day(first or now), shanghai_day(now))
    out = [month for month in months if domain.figures_from(month, decide_days) <= now]
    waiting = next(month for month in months if month not in out)  # The present month always waits.
    counted = []
    if out:
        since = datetime(out[0].year, out[0].month, 1, tzinfo=SHANGHAI)
        until = domain.figures_from(out[-1], 0)
        counted = await store.count_reports(db, since, until)
    return FiguresOut(
        fewest=domain.FEWEST,
        next_month=f"{waiting:%Y-%m}",
        next_on=shanghai_day(domain.figures_from(waiting, decide_days)),
        months=[
            MonthOut(
                month=f"{month:%Y-%m}",
                published_on=shanghai_day(domain.figures_from(month, decide_days)),
                kinds=[_figure(kind, counted, f"{month:%Y-%m}") for kind in domain.KINDS],
            )
            for month in reversed(out)
        ],
    )


def _figure(kind: str, counted: list[store.Counted], month: str) -> FigureOut:
    row = next((each for each in counted if (each.month, each.kind) == (month, kind)), None)
    row = row or store.Counted(month, kind, 0, 0, 0, 0)
    received, acknowledged, decided, upheld = domain.told_beside(
        (row.received, row.acknowledged_in_time, row.decided_in_time, row.upheld)
    )
    return FigureOut(
        kind=cast(Any, kind),
        received=received,
        acknowledged_in_time=acknowledged,
        decided_in_time=decided,
        upheld=upheld,
    )


async def forget_reports(database: Database, around: Surroundings) -> int:
    """Delete words and files of reports whose time is over, and files that no report names; how many reports."""
    now = clock.now()
    async with database.sessions.begin() as db:
        due = await store.list_forgettable(db, now - timedelta(days=around.settings.report_kept_days), AT_ONCE)
        await store.delete_contents(db, [report.id for report in due])
        for report in due:
            report.organ, report.decision_id, report.barred, report.forgotten_at = None, None, [], now
        await store.save(db, *due)
    await _clear_files(database, around)
    return len(due)


async def _clear_files(database: Database, around: Surroundings) -> None:
    """Also what a process that was killed half-way brought and never named."""
    async with database.sessions.begin() as db:
        await store.lock_files(db, to_delete=True)
        held = [digest async for digest in around.report_files.digests()]
        kept = await store.list_kept(db, held)
        for digest in held:
            if digest not in kept:
                await around.report_files.delete(digest)
