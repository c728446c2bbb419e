"""Viewers' stays: taken from the gateway with tokens in place of people, counted, ended and announced."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.domain import viewing
from services.broadcast.domain.facts import instant_text
from services.broadcast.schemas.viewing import AboutOut, StayIn
from services.broadcast.store import chat as chats
from services.contracts.room import ViewersCounted, ViewerSession
from services.kit import clock
from services.kit.identity import broadcast_token, identity_token
from services.kit.ids import new_id
from services.kit.outbox import enqueue

WATCHED_KEPT = timedelta(days=30)
ENDED_AT_ONCE = 2_000


async def take_stays(db: AsyncSession, broadcast_id: str, rows: list[StayIn], token_secret: str) -> AboutOut:
    """Keep what viewers said, and say about how many there are now."""
    tokenised = [_tokenised(broadcast_id, row, token_secret) for row in rows]
    if tokenised:
        await store.take_stays(db, broadcast_id, tokenised, clock.now().astimezone(clock.SHANGHAI).date())
    return AboutOut(about=await watching(db, broadcast_id))


async def watching(db: AsyncSession, broadcast_id: str) -> int | None:
    """About how many watch now; None for fewer than ten."""
    return viewing.about(await store.count_viewers(db, broadcast_id, _now_ms() - viewing.LOST_MS))


def _tokenised(broadcast_id: str, row: StayIn, secret: str) -> dict[str, Any]:
    """The row as it is stored: the address, the account and the device become tokens that hold for this room only."""

    def token(kind: str, value: str) -> str:
        return broadcast_token(broadcast_id, f"{kind}:{value}" if value else "", secret)

    stay_id = new_id()
    return {
        "id": stay_id,
        "session_token": broadcast_token(broadcast_id, stay_id, secret),
        "viewer": row.viewer,
        # The bare id: orders makes the same token of its buyer.
        "user_token": broadcast_token(broadcast_id, row.account_id or "", secret),
        "account_key": identity_token("watcher", row.account_id, secret) if row.account_id else None,
        "device_token": token("device", row.device),
        "device_model": token("model", viewing.model_of(row.user_agent)),
        "client": viewing.client_of(row.user_agent),
        "app_version": viewing.version_of(row.user_agent),
        "ip_token": token("ip", row.address),
        "ip_prefix": token("prefix", viewing.prefix_of(row.address)),
        "first_ms": row.first_ms,
        "last_ms": max(row.first_ms, row.last_ms),
        "beats": row.beats,
        "interactions": row.interactions,
        "foreground_ms": row.foreground_ms,
        "referrer": row.referrer,
        "gone": row.left,
    }


async def end_stays(db: AsyncSession) -> int:
    """End stays that went silent and tell of them, a few hundred at a time; how many."""
    ended = await store.end_stays(db, _now_ms() - viewing.LOST_MS, ENDED_AT_ONCE)
    await enqueue(db, *_events(ended))
    return sum(len(sessions) for sessions in ended.values())


async def republish_stays(db: AsyncSession, since: datetime) -> AsyncIterator[ViewersCounted]:
    """Stays that ended since, told once more; who hears them knows each session by its token."""
    for event in _events(await store.stays_since(db, since)):
        yield event


def _events(ended: dict[str, list[ViewerSession]]) -> Iterator[ViewersCounted]:
    for broadcast_id, sessions in ended.items():
        rest = iter(sessions)
        while some := tuple(islice(rest, store.SESSIONS_IN_EVENT)):
            yield ViewersCounted(entity_id=new_id(), version=1, broadcast_id=broadcast_id, sessions=some)


async def crowd_facts(db: AsyncSession, broadcast_id: str, at: datetime) -> dict[str, Any]:
    """The facts of a room that its viewers and its chat make: counted by us, from stays and not from what is shown."""
    found = await store.count_traffic(db, broadcast_id, int(at.timestamp() * 1000))
    arrivals = await store.count_arrivals(db, broadcast_id)
    return {
        "counted_until_at": instant_text(at),
        "traffic": {
            "counter": "own",
            "promotions": [],
            "viewers": found.viewers,
            "sessions": found.sessions,
            "sessions_under_5s_share_bp": viewing.share_bp(found.brief, found.sessions),
            "largest_network_share_bp": viewing.share_bp(found.largest_network, found.sessions),
            "arrival_steps_over_3_sigma": viewing.sudden_steps(arrivals),
            "most_sessions_per_device": found.most_per_device,
        },
        # There is no such counter: nothing in a room counts praise of a person.
        "praise_counter_shown": False,
        "deleted_product_complaints": await chats.count_complaints_removed_by_region(db, broadcast_id),
    }


async def forget_watched(db: AsyncSession) -> None:
    """Forget what accounts watched more than thirty days ago."""
    await store.forget_watched(db, (clock.now() - WATCHED_KEPT).astimezone(clock.SHANGHAI).date())


async def erase_watcher(db: AsyncSession, account_id: str, token_secret: str) -> None:
    """Forget what an account watched and that it spoke; its words stay, under a token of their broadcast."""
    await chats.forget_speaker(db, identity_token("chat-account", account_id, token_secret))
    await store.forget_watcher(db, identity_token("watcher", account_id, token_secret))


def _now_ms() -> int:
    return int(clock.now().timestamp() * 1000)
