"""The bodies that people work for, and how many work there: without it nobody can say what part of them bought."""

from fastapi import APIRouter

from services.accounts.actions.accounts import set_headcount
from services.accounts.routes.asking import Administrator
from services.accounts.schemas import HeadcountIn, OrganRowOut
from services.accounts.store import accounts as store
from services.kit.db import Reading, Writing
from services.kit.page import Cursor, Limit, Page, decode_cursor, encode_cursor

router = APIRouter(prefix="/organs", tags=["accounts"])


@router.get("")
async def list_organs(db: Reading, actor: Administrator, cursor: Cursor = None, limit: Limit = 50) -> Page[OrganRowOut]:
    """The bodies that accounts name, by name."""
    after = None
    if cursor:
        name, region = decode_cursor(cursor, str, str)
        after = (str(name), str(region))
    rows = await store.list_organs(db, after, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = encode_cursor(last.name, last.region_code or "") if last else None
    return Page(items=rows[:limit], next=following)


@router.put("/headcount")
async def save_headcount(body: HeadcountIn, db: Writing, actor: Administrator) -> OrganRowOut:
    """Say how many people work at a body; every account of it is told again."""
    return await set_headcount(db, actor, body)
