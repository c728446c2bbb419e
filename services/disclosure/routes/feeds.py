"""Feeds (Atom): everybody's, without a token, kept by any cache, answered with 304 to who has them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.disclosure.actions import feeding
from services.disclosure.domain.atom import Feed, rendered
from services.disclosure.routes.disclosures import Region
from services.disclosure.routes.ledger import AnyKind
from services.kit.db import database_of
from services.kit.http import etag_of, public_bytes
from services.kit.page import Cursor

router = APIRouter(prefix="/feeds", tags=["feeds"])

A_WHILE = 60
ATOM = "application/atom+xml; charset=utf-8"
Language = Annotated[feeding.Language, Query(alias="lang", description="Language of the titles.")]


class AtomResponse(Response):
    """A feed."""

    media_type = ATOM.partition(";")[0]


@router.get("/disclosures.atom", response_class=AtomResponse)
async def get_disclosure_feed(
    request: Request, region: Region = "", language: Language = "zh", cursor: Cursor = None
) -> Response:
    """Every release of a record, the newest first: of one region and all below it, or of the whole country."""
    base = request.app.state.surroundings.settings.public_url.rstrip("/")
    feed = await feeding.feed_of_releases(database_of(request), base, region, language, cursor)
    return _answer(request, feed)


@router.get("/ledger.atom", response_class=AtomResponse)
async def get_ledger_feed(
    request: Request, region: Region = "", kind: AnyKind = "", language: Language = "zh", cursor: Cursor = None
) -> Response:
    """Every entry of the public log, the newest first: about one region and all below it, or all of them."""
    base = request.app.state.surroundings.settings.public_url.rstrip("/")
    feed = await feeding.feed_of_log(database_of(request), base, region, kind, language, cursor)
    return _answer(request, feed)


def _answer(request: Request, feed: Feed) -> Response:
    body = rendered(feed)
    changed_at = datetime.fromisoformat(feed.updated)
    return public_bytes(request, body, ATOM, etag=etag_of(body), modified_at=changed_at, max_age=A_WHILE)
