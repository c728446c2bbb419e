"""The chat as a late joiner reads it."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.chat.speaking import message_out, open_room
from services.broadcast.errors import ChatClosed
from services.broadcast.schemas.chat import MessageOut
from services.broadcast.store import chat as chats
from services.kit.page import Page, decode_cursor, encode_cursor


async def list_messages(db: AsyncSession, broadcast_id: str, cursor: str | None, limit: int) -> Page[MessageOut]:
    """Messages that are shown, newest first; a chorus of praise as its one line. Raises NotFound."""
    try:
        await open_room(db, broadcast_id)
    except ChatClosed:
        return Page(items=[])
    before = str(decode_cursor(cursor, str)[0]) if cursor else None
    rows = await chats.list_messages(db, broadcast_id, before, limit + 1)
    items = [message_out(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].message_id) if len(rows) > limit else None)
