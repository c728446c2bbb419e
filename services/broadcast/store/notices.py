"""In-app notices."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.domain import words
from services.broadcast.models import Filing, Notice
from services.broadcast.schemas.filings import NoticeOut
from services.kit.page import Page, decode_cursor, encode_cursor


async def add_notice(db: AsyncSession, notice: Notice) -> None:
    """Leave a notice for an account."""
    db.add(notice)
    await db.flush()


async def list_notices(
    db: AsyncSession, account_id: str, unread: bool, cursor: str | None, limit: int
) -> Page[NoticeOut]:
    """Notices of an account, newest first."""
    statement = (
        select(Notice, Filing)
        .join(Filing, col(Notice.filing_id) == col(Filing.id))
        .where(Notice.account_id == account_id)
        .order_by(col(Notice.id).desc())
        .limit(limit + 1)
    )
    if unread:
        statement = statement.where(col(Notice.read_at).is_(None))
    if cursor is not None:
        statement = statement.where(col(Notice.id) < str(decode_cursor(cursor, str)[0]))
    rows = (await db.exec(statement)).all()
    items = [notice_out(notice, filing) for notice, filing in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


async def find_notice(db: AsyncSession, notice_id: str, account_id: str) -> tuple[Notice, Filing] | None:
    """A notice of this account, with the filing it speaks of."""
    statement = (
        select(Notice, Filing)
        .join(Filing, col(Notice.filing_id) == col(Filing.id))
        .where(Notice.id == notice_id, Notice.account_id == account_id)
    )
    return (await db.exec(statement)).first()


def notice_out(notice: Notice, filing: Filing) -> NoticeOut:
    """The notice in both languages."""
    en, zh = words.notice_words(notice.kind, filing.title_zh, filing.title_en, notice.reason_zh, notice.reason_en)
    read_at: datetime | None = notice.read_at
    return NoticeOut(
        id=notice.id,
        kind=notice.kind,  # type: ignore[arg-type]  # Only `announce` writes notices, with kinds of this list.
        filing_id=filing.id,
        title_zh=filing.title_zh,
        title_en=filing.title_en,
        text_zh=zh,
        text_en=en,
        created_at=notice.created_at,
        read_at=read_at,
    )
