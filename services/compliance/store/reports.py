"""SQL of citizens' reports: the cases, their words, files and history, and what becomes due, public or forgotten."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import (
    Decision,
    FilingCopy,
    ListingCopy,
    Report,
    ReportEntry,
    ReportFile,
    ReportWords,
    Standing,
)

_reports: Any = Report
_entries: Any = ReportEntry
_words: Any = ReportWords
_files: Any = ReportFile
_filings: Any = FilingCopy
_listings: Any = ListingCopy

_FILES_LOCK = "SELECT {}(hashtextextended('compliance.report_files', 0))"


async def lock_files(db: AsyncSession, *, to_delete: bool = False) -> None:
    """Until the end of the transaction, files are either brought (by many) or cleared away (by one), never both."""
    function = "pg_advisory_xact_lock" if to_delete else "pg_advisory_xact_lock_shared"
    await db.execute(sa.text(_FILES_LOCK.format(function)))


async def save(db: AsyncSession, *rows: object) -> None:
    """Write new or changed rows."""
    db.add_all(rows)
    await db.flush()


async def find_report(db: AsyncSession, report_id: str, *, locked: bool = False) -> Report | None:
    """A report; locked for whoever changes it."""
    return await _one(db, _reports.id == report_id, locked=locked)


async def find_by_code(db: AsyncSession, hashed: str, *, locked: bool = False) -> Report | None:
    """The report whose code has this hash."""
    return await _one(db, _reports.code_hash == hashed, locked=locked)


async def _one(db: AsyncSession, condition: Any, *, locked: bool) -> Report | None:
    wanted = sa.select(_reports).where(condition).execution_options(populate_existing=True)
    found: Report | None = (await db.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    return found


async def list_entries(db: AsyncSession, report_id: str) -> Sequence[ReportEntry]:
    """What happened to a report, oldest first."""
    wanted = sa.select(_entries).where(_entries.report_id == report_id).order_by(_entries.position)
    return (await db.execute(wanted)).scalars().all()


async def list_words(db: AsyncSession, report_id: str) -> Sequence[ReportWords]:
    """The words of a report, oldest first."""
    wanted = sa.select(_words).where(_words.report_id == report_id).order_by(_words.position, _words.role)
    return (await db.execute(wanted)).scalars().all()


async def list_files(db: AsyncSession, report_id: str) -> Sequence[ReportFile]:
    """The files of a report, in the order they came."""
    wanted = sa.select(_files).where(_files.report_id == report_id).order_by(_files.position)
    return (await db.execute(wanted.execution_options(populate_existing=True))).scalars().all()


async def find_file(db: AsyncSession, report_id: str, position: int) -> ReportFile | None:
    """One file of a report."""
    return await db.get(ReportFile, (report_id, position), populate_existing=True)


async def list_duplicates(db: AsyncSession, report_id: str) -> Sequence[Report]:
    """Other reports that hold a file of this one, oldest first; those already merged are left out."""
    mine = sa.select(_files.sha256).where(_files.report_id == report_id)
    same = sa.select(_files.report_id).where(_files.sha256.in_(mine), _files.report_id != report_id)
    wanted = sa.select(_reports).where(_reports.id.in_(same), _reports.state != "merged")
    return (await db.execute(wanted.order_by(_reports.received_at, _reports.id))).scalars().all()


async def list_merged(db: AsyncSession, report_id: str) -> Sequence[Report]:
    """The reports that were merged into this one; locked, since its outcome is theirs."""
    wanted = sa.select(_reports).where(_reports.merged_into == report_id).order_by(_reports.id)
    rows = await db.execute(wanted.with_for_update().execution_options(populate_existing=True))
    return rows.scalars().all()


@dataclass(frozen=True, slots=True)
class Handler:
    """Who asks for the queue: their regions, the keys under which they may be barred, and their organ's regions."""

    scopes: Sequence[str]
    keys: Sequence[str]
    organ_regions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report in the queue. `rank` 0 to 3: hurried and found, hurried, found, neither; `due_at` its next deadline."""

    report: Report
    rank: int
    due_at: datetime
    files: int


async def list_waiting(
    db: AsyncSession,
    handler: Handler,
    now: datetime,
    soon: datetime,
    after: tuple[int, datetime, str] | None,
    limit: int,
) -> list[Waiting]:
    """Open reports of the handler's regions, the most urgent first; none of their own organ or government."""
    rank = 2 * sa.case((_hurried(now, soon), 0), else_=1) + sa.case((_reports.finding == "fail", 0), else_=1)
    due_at = sa.case((_reports.acknowledged_at.is_(None), _reports.acknowledge_by), else_=_reports.decide_by)
    files = sa.select(sa.func.count()).select_from(_files).where(_files.report_id == _reports.id).scalar_subquery()
    wanted = sa.select(_reports, rank.label("rank"), due_at.label("due_at"), files.label("files")).where(
        _reports.decided_at.is_(None),
        _reports.region_line.overlap(list(handler.scopes)),
        ~_reports.barred.overlap(list(handler.keys)),
        _reports.region_code.not_in(list(handler.organ_regions)),
    )
    if after is not None:
        wanted = wanted.where(sa.tuple_(rank, due_at, _reports.id) > sa.tuple_(*map(sa.literal, after)))
    rows = await db.execute(wanted.order_by(rank, due_at, _reports.id).limit(limit))
    return [Waiting(row[0], row.rank, row.due_at, row.files) for row in rows]


def _hurried(now: datetime, soon: datetime) -> Any:
    """Whether a broadcast that rests on what the report names is on air or begins soon."""
    standing: Any = Standing
    return (
        sa.select(sa.literal(1))
        .select_from(sa.join(standing, _filings, _filings.filing_id == standing.subject_id))
        .where(
            standing.subject_kind == "filing",
            standing.active,
            standing.keys.contains(sa.func.array_append(sa.text("ARRAY[]::text[]"), _reports.subject_key)),
            _filings.starts_at <= soon,
            _filings.ends_at > now,
        )
        .exists()
    )


async def list_upheld_about(db: AsyncSession, keys: Sequence[str]) -> Sequence[Report]:
    """Upheld reports about any of these records whose notice is public and was not corrected, oldest first."""
    wanted = sa.select(_reports).where(
        _reports.subject_key.in_(list(keys)),
        _reports.state == "upheld",
        _reports.published_text.is_not(None),
        _reports.corrected_at.is_(None),
    )
    return (await db.execute(wanted.order_by(_reports.decided_at, _reports.id))).scalars().all()


async def list_upheld(
    db: AsyncSession, keys: Sequence[str] | None, before: tuple[datetime, str] | None, limit: int
) -> Sequence[Report]:
    """Upheld reports for everybody, newest first; about these records only, if any are named."""
    wanted = sa.select(_reports).where(_reports.state == "upheld")
    if keys is not None:
        wanted = wanted.where(_reports.subject_key.in_(list(keys)))
    if before is not None:
        wanted = wanted.where(sa.tuple_(_reports.decided_at, _reports.id) < sa.tuple_(*map(sa.literal, before)))
    rows = await db.execute(wanted.order_by(_reports.decided_at.desc(), _reports.id.desc()).limit(limit))
    return rows.scalars().all()


async def list_filing_copies(
    db: AsyncSession, filing_ids: Collection[str], broadcast_ids: Collection[str]
) -> Sequence[FilingCopy]:
    """Filings as last told, not locked: those of these ids, and those of these broadcasts."""
    if not filing_ids and not broadcast_ids:
        return ()
    wanted = sa.select(_filings).where(
        sa.or_(_filings.filing_id.in_(filing_ids), _filings.broadcast_id.in_(broadcast_ids))
    )
    return (await db.execute(wanted.execution_options(populate_existing=True))).scalars().all()


async def list_under_way(
    db: AsyncSession, region_code: str, states: Sequence[str], now: datetime, limit: int
) -> Sequence[FilingCopy]:
    """Filings of a region and below that are under way and not over, soonest first."""
    standing: Any = Standing
    wanted = (
        sa.select(_filings)
        .join(standing, sa.and_(standing.subject_kind == "filing", standing.subject_id == _filings.filing_id))
        .where(_filings.state.in_(list(states)), _filings.ends_at > now, standing.region_line.contains([region_code]))
    )
    return (await db.execute(wanted.order_by(_filings.starts_at, _filings.filing_id).limit(limit))).scalars().all()


async def list_newest_listings(db: AsyncSession, listing_ids: Collection[str]) -> Sequence[ListingCopy]:
    """The newest version of each of these listings."""
    if not listing_ids:
        return ()
    newest = (
        sa.select(_listings)
        .ext(postgresql.distinct_on(_listings.listing_id))
        .where(_listings.listing_id.in_(listing_ids))
        .order_by(_listings.listing_id, _listings.version.desc())
    )
    return (await db.execute(newest)).scalars().all()


_FIGURES = """
SELECT to_char(r.received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, r.kind,
  count(*) AS received,
  count(*) FILTER (WHERE r.acknowledged_at <= r.acknowledge_by) AS acknowledged_in_time,
  count(*) FILTER (WHERE l.decided_at <= r.decide_by) AS decided_in_time,
  count(*) FILTER (WHERE l.state = 'upheld' AND l.decided_at <= r.decide_by) AS upheld
FROM compliance.report r JOIN compliance.report l ON l.id = coalesce(r.merged_into, r.id)
WHERE r.received_at >= :since AND r.received_at < :until
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many reports of a month and kind were received and what became of them within their time limits."""

    month: str
    kind: str
    received: int
    acknowledged_in_time: int
    decided_in_time: int
    upheld: int


async def count_reports(db: AsyncSession, since: datetime, until: datetime) -> list[Counted]:
    """Figures by month and kind; a merged report shares the outcome of the one it was merged into."""
    rows = await db.execute(sa.text(_FIGURES), {"since": since, "until": until})
    return [Counted(**row._mapping) for row in rows]


async def find_first_day(db: AsyncSession) -> datetime | None:
    """When the first report was received."""
    first: datetime | None = await db.scalar(sa.select(sa.func.min(_reports.received_at)))
    return first


async def list_forgettable(db: AsyncSession, decided_before: datetime, limit: int) -> Sequence[Report]:
    """Reports that were decided so long ago that their words and files must go; locked."""
    wanted = (
        sa.select(_reports)
        .where(
            # A demonstration may decide with the clock of another year; what arrived today is not forgotten for that.
            sa.func.greatest(_reports.decided_at, _reports.received_at) < decided_before,
            _reports.decided_at.is_not(None),
            _reports.forgotten_at.is_(None),
        )
        .order_by(_reports.decided_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await db.execute(wanted)).scalars().all()


async def delete_contents(db: AsyncSession, report_ids: Sequence[str]) -> None:
    """Delete words, files and decisions of reports; the cases and their history stay."""
    decisions: Any = Decision
    ids = list(report_ids)
    await db.execute(sa.delete(_words).where(_words.report_id.in_(ids)))
    await db.execute(sa.delete(_files).where(_files.report_id.in_(ids)))
    await db.execute(sa.delete(decisions).where(decisions.origin == "report", decisions.subject_id.in_(ids)))


async def list_kept(db: AsyncSession, digests: Sequence[str]) -> set[str]:
    """Those of the digests that a report still names."""
    rows = await db.execute(sa.select(_files.sha256).where(_files.sha256.in_(list(digests))).distinct())
    return set(rows.scalars())


async def list_upheld_since(db: AsyncSession, since: datetime) -> Sequence[Report]:
    """Reports that were upheld or corrected since, oldest first."""
    table: Any = Report
    moved = sa.func.greatest(table.decided_at, table.corrected_at)
    wanted = sa.select(table).where(table.state == "upheld", moved >= since).order_by(table.decided_at)
    return (await db.execute(wanted)).scalars().all()
