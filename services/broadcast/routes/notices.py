"""In-app notices of the caller."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.broadcast import actions, store
from services.broadcast.schemas.filings import NoticeOut
from services.kit.actor import CurrentActor
from services.kit.db import Reading, Writing
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/notices", tags=["notices"])

Unread = Annotated[bool, Query(description="Only those not read yet.")]


@router.get("")
async def list_notices(
    db: Reading, actor: CurrentActor, unread: Unread = False, cursor: Cursor = None, limit: Limit = 20
) -> Page[NoticeOut]:
    """What happened to filings of the caller, newest first."""
    return await store.list_notices(db, actor.account_id, unread, cursor, limit)


@router.post("/{notice_id}/read")
async def read_notice(notice_id: str, db: Writing, actor: CurrentActor) -> NoticeOut:
    """Mark a notice as read."""
    return await actions.read_notice(db, actor, notice_id)
