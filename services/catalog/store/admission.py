"""Changes of listings that wait for a reviewer."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.access import REGULATORS
from services.catalog.models import ChangeReview
from services.catalog.schemas.admission import ChangeReviewOut
from services.catalog.store.places import region_name
from services.kit import clock
from services.kit.actor import Actor
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound


async def find_waiting(db: AsyncSession, listing_id: str) -> ChangeReview | None:
    """The change of a listing that waits, if one does."""
    wanted = select(ChangeReview).where(ChangeReview.listing_id == listing_id, ChangeReview.state == "waiting")
    return (await db.exec(wanted)).first()


async def find_unsettled_versions(db: AsyncSession, listing_id: str) -> set[int]:
    """Versions of a listing of which the gate was never told: they wait, or came to nothing."""
    wanted = select(ChangeReview.listing_version).where(
        ChangeReview.listing_id == listing_id, ChangeReview.state != "approved"
    )
    return set((await db.exec(wanted)).all())


async def get_review(db: AsyncSession, review_id: str, *, lock: bool = False) -> ChangeReview:
    """One change that waits or waited. Raises NotFound."""
    found = await db.get(ChangeReview, review_id, with_for_update=lock or None)
    if found is None:
        raise NotFound(f"There is no change {review_id} to review.", f"没有编号为 {review_id} 的变更复核。")
    return found


async def list_reviews(
    db: AsyncSession, actor: Actor, state: str | None, cursor: str | None, limit: int
) -> Page[ChangeReviewOut]:
    """Changes in the actor's regions, newest first."""
    wanted = select(ChangeReview).order_by(sa.desc(col(ChangeReview.id))).limit(limit + 1)
    if not (actor.has(*REGULATORS) and not actor.scopes):
        wanted = wanted.where(_within(actor.scopes))
    if state is not None:
        wanted = wanted.where(ChangeReview.state == state)
    if cursor is not None:
        wanted = wanted.where(col(ChangeReview.id) < decode_cursor(cursor, str)[0])
    rows = (await db.exec(wanted)).all()
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[review_out(row) for row in rows[:limit]], next=more)


def _within(scopes: Sequence[str]) -> Any:
    return col(ChangeReview.region_path).bool_op("&&")(list(scopes))


def review_out(row: ChangeReview) -> ChangeReviewOut:
    """A change as it is answered; persons stay inside."""
    shown = {name: getattr(row, name) for name in ChangeReviewOut.model_fields if name != "region"}
    return ChangeReviewOut.model_validate({**shown, "region": region_name(row.region_code, clock.business_today())})
