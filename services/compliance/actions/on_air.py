"""The gate looks at a room while it is on air: what it shows and says, its record, its traffic and its chat.

The answer is stored, public and announced. It stands for nothing beyond its moment: whether the room stays open is the
answer to another question, and broadcast halts a room only where a hard rule fails. Praise of somebody is
collapsed, not deleted.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.filing_case import gathered, named_listings, verdicts_of
from services.compliance.actions.gate import Case, tell_answer
from services.compliance.actions.parameters import held_parameters
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain.assembly import Document
from services.compliance.domain.verdict import Subject, worst_first
from services.compliance.models import HeardComment
from services.compliance.rules.law import Law
from services.compliance.rules.on_air import gravity
from services.compliance.rules.text.chorus import NEW_ACCOUNT_DAYS, WINDOW, Comment, praise_windows
from services.compliance.store import comments, copies
from services.contracts.broadcast import FilingEvent
from services.contracts.room import ChatRecorded, RoomAsked
from services.kit import clock
from services.kit.db import Database

# Windows that end in the minutes since the last look reach back another window.
LOOKED_BACK = timedelta(minutes=10)
KEPT = timedelta(minutes=30)
# What can be judged of a room by what it says and shows; orders and complaints are judged where they are kept.
ONAIR_RULES = (
    "official.segment",
    "adm.company_text",
    "text.absolute",
    "text.official_image",
    "notice.apportion",
    "live.record",
    "live.traffic",
    "live.praise",
)


async def hear_chat(db: AsyncSession, said: ChatRecorded) -> None:
    """Keep what was said in a room, for a while."""
    await comments.hear_comments(db, said)


async def look_at_room(db: AsyncSession, around: Surroundings, asked: RoomAsked) -> None:
    """Answer about a room that is on air, by its facts and by what was said in it lately."""
    copy = await copies.find_filing(db, asked.filing_id)
    if copy is None or copy.asked_payload is None:
        return
    await held_parameters(db)
    filing = FilingEvent.model_validate_json(copy.asked_payload)
    case = await gathered(db, copy, filing, await named_listings(db, filing))
    praise = await praise_facts(db, asked.entity_id, asked.occurred_at)
    room = (asked.facts.get("room") or {}) | {"praise": praise}
    texts = [*case.filing.facts.get("texts", ()), *asked.facts.get("texts", ())]
    added: Document = {"room": room, "filing": dict(filing.facts.get("filing") or {}), "texts": texts}
    verdicts = await verdicts_of(db, around, case, [], stage="onair", rules=ONAIR_RULES, added=added)
    await tell_answer(db, _case(asked), verdicts[worst_first(verdicts)[0]])


async def praise_facts(db: AsyncSession, broadcast_id: str, at: datetime) -> list[dict[str, Any]]:
    """The facts `room.praise`: of the last minutes the gravest windows of the chat in which an official is praised."""
    said = await comments.comments_since(db, broadcast_id, at - LOOKED_BACK - WINDOW)
    law = Law(await held_parameters(db), clock.business_now(), "onair")
    windows = praise_windows([_comment(each) for each in said], lambda window: gravity(window, law))
    return [_told(asdict(window)) for window in windows if window.ends_at and window.ends_at > at - LOOKED_BACK]


def _comment(said: HeardComment) -> Comment:
    # Of an account whose age nobody knows nothing is held against it.
    age = NEW_ACCOUNT_DAYS if said.account_age_days is None else said.account_age_days
    return Comment(said.said_at, said.text, said.account, age, said.network)


def _told(fact: dict[str, Any]) -> dict[str, Any]:
    """A fact as JSON has it."""
    return {
        name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
        for name, value in fact.items()
        if value is not None
    }


def _case(asked: RoomAsked) -> Case:
    return Case(
        subject=Subject("broadcast", asked.entity_id, asked.version),
        region_code=asked.region_code,
        title_zh=asked.title_zh,
        title_en=asked.title_en,
        binding=True,
        deadline_at=asked.ends_at,
        rules=ONAIR_RULES,
    )


async def forget_chat(database: Database) -> None:
    """Delete what was said longer than half an hour ago; the record of it is broadcast's."""
    async with database.sessions.begin() as db:
        await comments.forget_comments(db, clock.now() - KEPT)
