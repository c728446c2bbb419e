"""Uploaded documents: what is known of them, and who may read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.access import shares_a_region
from services.catalog.models import Listing, ListingDocument, ListingVersion, StoredDocument
from services.catalog.schemas.specialties import DocumentOut
from services.kit import clock
from services.kit.actor import Actor
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound


async def keep_upload(db: AsyncSession, document: StoredDocument) -> StoredDocument:
    """The document as this account uploaded it first; the same bytes may come twice at the same moment."""
    await db.execute(insert(StoredDocument).values(**document.model_dump()).on_conflict_do_nothing())
    kept = await db.get(StoredDocument, (document.sha256, document.uploaded_by))
    return kept or document


async def get_document(db: AsyncSession, sha256: str, actor: Actor | None) -> StoredDocument:
    """A document that the actor may read. Raises NotFound otherwise too: a hash must not betray that a file exists."""
    uploads = await _uploads(db, [sha256])
    own = next((document for document in uploads if _concerns(document, actor)), None)
    if own is not None:
        return own
    if uploads and await _is_public(db, sha256):
        return uploads[0]
    raise NotFound(
        "There is no such document, or it is not public and you are not signed in for it.",
        "没有这份文件，或者它不公开而您无权查看。",
    )


async def list_documents(
    db: AsyncSession, actor: Actor, kinds: Sequence[str], cursor: str | None, limit: int
) -> Page[DocumentOut]:
    """What was uploaded for the actor's regions, or by the actor, newest first; the same bytes are listed once."""
    mine: Any = col(StoredDocument.uploaded_by) == actor.account_id
    if actor.scopes:
        mine = sa.or_(mine, col(StoredDocument.scopes).overlap(list(actor.scopes)))  # type: ignore[attr-defined]  # text[].
    wanted = sa.select(StoredDocument).where(mine)
    if kinds:
        wanted = wanted.where(col(StoredDocument.kind).in_(kinds))
    first = wanted.ext(distinct_on(col(StoredDocument.sha256))).order_by(
        col(StoredDocument.sha256), col(StoredDocument.created_at)
    )
    each = aliased(StoredDocument, first.subquery())
    place = sa.tuple_(col(each.created_at), col(each.sha256))
    rows = sa.select(each)
    if cursor is not None:
        created_at, sha256 = decode_cursor(cursor, str, str)
        rows = rows.where(place < sa.tuple_(sa.literal(_moment(str(created_at))), sa.literal(str(sha256))))
    newest = rows.order_by(col(each.created_at).desc(), col(each.sha256).desc()).limit(limit + 1)
    found = (await db.execute(newest)).scalars().all()
    last = found[limit - 1] if len(found) > limit else None
    return Page(
        items=[DocumentOut.model_validate(row) for row in found[:limit]],
        next=encode_cursor(last.created_at.isoformat(), last.sha256) if last else None,
    )


def _moment(text: str) -> datetime:
    """The instant in a cursor; whoever made one up begins at the present."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return clock.now()
    return found if found.tzinfo else clock.now()


async def _uploads(db: AsyncSession, hashes: list[str]) -> list[StoredDocument]:
    found = await db.exec(
        select(StoredDocument).where(col(StoredDocument.sha256).in_(hashes)).order_by(col(StoredDocument.created_at))
    )
    return list(found.all())


def _concerns(document: StoredDocument, actor: Actor | None) -> bool:
    if actor is not None and document.uploaded_by == actor.account_id:
        return True
    return shares_a_region(actor, document.scopes, clock.business_today())


async def _is_public(db: AsyncSession, sha256: str) -> bool:
    """Whether a decided version of a listing shows it."""
    shown = (
        sa.exists()
        .where(col(ListingDocument.sha256) == sha256)
        .where(col(ListingDocument.listing_id) == col(ListingVersion.listing_id))
        .where(col(ListingDocument.version) == col(ListingVersion.version))
        .where(col(ListingVersion.decided_at).is_not(None))
        .where(col(Listing.id) == col(ListingVersion.listing_id))
    )
    return bool(await db.scalar(sa.select(shown)))


async def missing_documents(db: AsyncSession, actor: Actor, hashes: list[str]) -> list[str]:
    """Those hashes under which the actor may read nothing.

    What a listing names becomes public with it: whoever may not read a document must not be able to name it.
    """
    readable = {document.sha256 for document in await _uploads(db, hashes) if _concerns(document, actor)}
    return [sha256 for sha256 in hashes if sha256 not in readable and not await _is_public(db, sha256)]
