"""The trail: every act of a person about a subject is written down once, for good, and can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.domain.trail import REASON_STAYS_INSIDE, Action, audience, fingerprint
from services.compliance.models import TrailEntry
from services.compliance.schemas.people import TrailOut
from services.compliance.store import people as store
from services.contracts.compliance import TrailLogged
from services.contracts.regions import subtree
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.sealing import MOST_TOLD, tell_hashes

# By the code of the whole country go acts of a nation-wide office about no region.
WHOLE_COUNTRY = "100000"
INSIDERS = ("inspector", "administrator")


@dataclass(frozen=True, slots=True)
class About:
    """What an act is about: the subject, and where it fits the decision and the rule."""

    kind: str
    id: str
    region_code: str | None = None
    decision_id: str | None = None
    rule: str | None = None
    reason_code: str | None = None
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Who did it, and for which organ."""

    role: str
    organ: Mapping[str, Any] | None = None
    account_id: str | None = None
    person: str | None = None


GATE = By("gate")


def by(actor: Actor, role: str, organ: Mapping[str, Any] | None) -> By:
    """An actor in one of their roles."""
    return By(role, organ, actor.account_id, actor.person)


async def note(
    db: AsyncSession,
    action: Action,
    about: About,
    who: By,
    reason_zh: str | None = None,
    reason_en: str | None = None,
) -> None:
    """Write the act down, in the transaction of its effect."""
    told = action not in REASON_STAYS_INSIDE
    organ = who.organ or {}
    entry = TrailEntry(
        id=new_id(),
        at=clock.business_now(),
        recorded_at=clock.now(),
        action=action,
        subject_kind=about.kind,
        subject_id=about.id,
        region_code=about.region_code,
        decision_id=about.decision_id,
        rule=about.rule,
        reason_code=about.reason_code,
        record_id=about.record_id,
        by_role=who.role,
        by_organ=organ.get("name"),
        by_region_code=organ.get("region_code"),
        reason_zh=reason_zh if told else None,
        reason_en=reason_en if told else None,
        is_public=audience(action) == "public",
        account_id=who.account_id,
        person=who.person,
    )
    await store.add_to_trail(db, entry)


async def read_trail(
    db: AsyncSession,
    actor: Actor | None,
    subjects: Sequence[str],
    cursor: str | None,
    limit: int,
    region: str | None = None,
) -> Page[TrailOut]:
    """What was done about the subjects, or in a region, newest first; the internal part for inspectors alone.

    Administrators are inspectors here.
    """
    below = subtree(region, clock.business_today()) if region else ()
    before = str(decode_cursor(cursor, str)[0]) if cursor else None
    inside = actor is not None and actor.has(*INSIDERS)
    rows = await store.list_trail(db, subjects, internal=inside, before=before, limit=limit + 1, regions=below)
    items = [_out(row, inside=inside) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


def _out(row: TrailEntry, *, inside: bool) -> TrailOut:
    fields = row.model_dump(exclude={"account_id", "person", "is_public", "recorded_at"})
    return TrailOut(
        **fields,
        audience="public" if row.is_public else "internal",
        account_id=row.account_id if inside else None,
        sha256=fingerprint(row.model_dump()),
    )


async def tell_trail(db: AsyncSession) -> int:
    """Tell the public log the hashes of acts that it has not heard of, by region; how many.

    Hashes alone, of internal acts too: that they were not changed afterwards can be shown to whoever may read them.
    """
    entries = await store.take_untold(db, MOST_TOLD)
    hashes = [
        (entry.region_code or entry.by_region_code or WHOLE_COUNTRY, fingerprint(entry.model_dump()))
        for entry in entries
    ]
    return await tell_hashes(db, TrailLogged, hashes)
