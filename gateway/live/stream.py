"""The event stream's door: who may watch, the first words, and the wait until either side goes."""

import asyncio
import json
import logging
import random
import re
import resource
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Scope, Send

from gateway.api import PREFIX, read_body
from gateway.errors import RoomNotOpen, ViewerTokenRefused
from gateway.limits import Allowance, Limiter
from gateway.live.presence import Presence, said_in
from gateway.live.room import RECENT_LINES, WATCHING, Pace, Room, parsed
from gateway.live.viewers import Signer, Viewer
from gateway.live.wire import Watcher, body_message
from gateway.sessions import Sessions
from gateway.settings import GatewaySettings
from gateway.upstream import Upstream
from services.kit.identity import gateway_proof
from services.kit.problem import MethodNotAllowed, NotFound, TooManyRequests, Unavailable

log = logging.getLogger(__name__)

# Files that the process needs for everything but streams.
SPARE_FILES = 400
LIVE_PATH = re.compile(rf"{PREFIX}/broadcasts/([0-9A-Za-z_-]{{1,64}})/(stream|presence)", re.ASCII)
LARGEST_PRESENCE_BYTES = 2 * 1024
RETRY_MS = (1_000, 5_000)
HEARD = ("broadcast.room.", "broadcast.chat.", "orders.level.")


@dataclass
class Live:
    """Every room that somebody watches at this replica."""

    settings: GatewaySettings
    upstream: Upstream
    sessions: Sessions
    limiter: Limiter
    headers: list[tuple[bytes, bytes]]
    pace: Pace
    rooms: dict[str, Room] = field(default_factory=dict)
    asking: dict[str, asyncio.Task[Room]] = field(default_factory=dict)
    # How many are open of a viewer, by the token, and from an address.
    streams: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signer = Signer(self.settings.gateway_secret.get_secret_value(), secure=self.settings.secure_cookies)
        self.proof = gateway_proof(self.settings.gateway_secret.get_secret_value())
        self.presence = Presence(self._hand_over, self._counted)
        self.open = 0
        self.most = streams_that_fit(self.settings.most_streams)

    async def serve(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], address: str
    ) -> None:
        """A request to the stream or of a viewer's presence. Raises Problems before the first word."""
        found = LIVE_PATH.fullmatch(scope["path"])
        if found is None:
            raise NotFound(f"There is nothing at {scope['path']}.", f"找不到 {scope['path']}。")
        if found[2] == "stream":
            await self.watch(found[1], scope, receive, send, headers, address)
        else:
            await self.note_presence(found[1], scope, receive, send, headers, address)

    async def note_presence(
        self, broadcast_id: str, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], address: str
    ) -> None:
        """A viewer's page says that it joins, is still there or leaves."""
        if scope["method"] != "POST":
            raise MethodNotAllowed("Presence is sent with POST.", "观看状态须以 POST 提交。", headers={"Allow": "POST"})
        viewer = self.signer.viewer(broadcast_id, headers)
        if viewer.newcomer:
            raise ViewerTokenRefused(
                "Open the event stream of the room first; it gives out the token.",
                "请先连接直播间的事件流，由其签发观看凭证。",
            )
        self._require(self.limiter.take("presence", viewer.token, self.settings.viewer_limit))
        body = await read_body(receive, headers, largest_json=LARGEST_PRESENCE_BYTES)
        if body is None:
            return
        said = said_in(body)
        # Who is asking costs a question to accounts; a stay needs it once.
        account = (await self.sessions.visitor(headers)).account_id if said.kind == "join" else None
        agent = headers.get(b"user-agent", b"").decode("latin-1")
        self.presence.take(broadcast_id, viewer, said, address=address, user_agent=agent, account_id=account)
        await send({"type": "http.response.start", "status": 204, "headers": [*viewer.headers, *self.headers]})
        await send({"type": "http.response.body", "body": b""})

    async def _hand_over(self, broadcast_id: str, body: bytes) -> dict[str, Any]:
        """Give stays to broadcast. Raises Unavailable when they must be kept."""
        headers = {"content-type": "application/json", "sunfair-gateway": self.proof}
        target = f"/broadcasts/{broadcast_id}/viewer-sessions"
        async with self.upstream.call("POST", target, headers, body) as response:
            answer = await response.read()
            if response.status >= 500 or response.status == 429:
                raise Unavailable("Broadcast takes no stays now.", "暂时无法记录观看数据。")
            if response.status != 200:
                log.error("Stays in room %s were refused: %s", broadcast_id, response.status)
                return {}
            return parsed(answer)

    def _counted(self, broadcast_id: str, about: int | None) -> None:
        if (room := self.rooms.get(broadcast_id)) is not None:
            room.count(about)

    async def watch(
        self, broadcast_id: str, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], address: str
    ) -> None:
        """One viewer, from the first word to the last. Raises Problems before the first."""
        if scope["method"] != "GET":
            raise MethodNotAllowed("The stream is for reading.", "事件流仅供读取。", headers={"Allow": "GET"})
        viewer = self._admitted(broadcast_id, headers, address)
        room = await self._room(broadcast_id)
        watcher = Watcher(send)
        self._enter((viewer.token, address), room)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self._start_headers(viewer)})
            retry = f"retry: {random.randint(*RETRY_MS)}\n".encode()  # noqa: S311  It spreads reconnections, no more.
            last = headers.get(b"last-event-id", b"").decode("latin-1") or None
            await send(body_message(retry + room.greeting(last)))
            room.watchers.add(watcher)
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._leave((viewer.token, address), room, watcher)

    def _admitted(self, broadcast_id: str, headers: dict[bytes, bytes], address: str) -> Viewer:
        """Who watches, within the limits. Raises ViewerTokenRefused, TooManyRequests, Unavailable."""
        viewer = self.signer.viewer(broadcast_id, headers)
        if viewer.newcomer:
            self._require(self.limiter.take("newcomer", address, self.settings.newcomer_limit))
        else:
            self._require(self.limiter.take("viewer", viewer.token, self.settings.viewer_limit))
        if self.streams.get(viewer.token, 0) >= self.settings.streams_of_viewer:
            raise TooManyRequests(
                f"This viewer already has {self.settings.streams_of_viewer} streams of the room. Close one.",
                f"该观看者在此直播间已打开 {self.settings.streams_of_viewer} 个事件流，请先关闭其中一个。",
                headers={"Retry-After": "5"},
            )
        if self.streams.get(address, 0) >= self.settings.streams_of_address:
            raise TooManyRequests(
                f"From this network {self.settings.streams_of_address} streams are open, as many as may be. Wait.",
                f"您所在的网络已打开 {self.settings.streams_of_address} 个事件流，达到上限，请稍后重试。",
                headers={"Retry-After": "10"},
            )
        if self.open >= self.most:
            raise Unavailable(
                f"This server holds {self.most} streams, as many as its open-files limit (`ulimit -n`) and its "
                "settings allow. Try again in a moment.",
                f"本服务器已有 {self.most} 个事件流，达到打开文件数（`ulimit -n`）与设置允许的上限，请稍后重试。",
                headers={"Retry-After": str(random.randint(2, 10))},  # noqa: S311  The same.
            )
        return viewer

    @staticmethod
    def _require(allowance: Allowance) -> None:
        if not allowance.allowed:
            raise TooManyRequests(
                f"At most {allowance.limit} connections a minute. Try again in {allowance.reset_seconds} s.",
                f"每分钟最多 {allowance.limit} 次连接，请在 {allowance.reset_seconds} 秒后重试。",
                headers={name.decode(): value.decode() for name, value in allowance.headers()},
            )

    async def _room(self, broadcast_id: str) -> Room:
        """The room at this replica, entered by its first viewer. Raises NotFound, RoomNotOpen, Unavailable."""
        room = self.rooms.get(broadcast_id) or await self._asked(broadcast_id)
        if not room.is_open:
            raise RoomNotOpen(
                "It has not opened yet, or the broadcast is over. The broadcast's page says when it runs.",
                "直播间尚未开放或直播已结束，请在直播页面查看时间。",
                state=room.state.get("state"),
            )
        if not room.is_running:
            self.rooms[broadcast_id] = room
            room.run()
        return room

    async def _asked(self, broadcast_id: str) -> Room:
        """The room as broadcast has just told it: one question a second, however many thousands knock at once."""
        asking = self.asking.get(broadcast_id)
        if asking is None:
            asking = self.asking[broadcast_id] = asyncio.create_task(self._ask(broadcast_id))
            loop = asyncio.get_running_loop()
            asking.add_done_callback(lambda _: loop.call_later(1.0, self.asking.pop, broadcast_id, None))
        return await asyncio.shield(asking)

    async def _ask(self, broadcast_id: str) -> Room:
        room = Room(broadcast_id, self._read, self._read_chat, self.pace)
        await room.ask()
        return room

    async def _read(self, broadcast_id: str) -> dict[str, Any]:
        """The room as broadcast tells it to everybody. Raises NotFound and Unavailable."""
        headers = {"x-forwarded-prefix": "/api/v1"}
        async with self.upstream.call("GET", f"/broadcasts/{broadcast_id}/room", headers, b"") as response:
            body = await response.read()
            if response.status == 404:
                raise NotFound(f"There is no room {broadcast_id}.", f"没有直播间 {broadcast_id}。")
            if response.status != 200:
                raise Unavailable(
                    "The room cannot be read now. Try again in a moment.", "暂时无法读取直播间，请稍后重试。"
                )
            return parsed(body)

    async def _read_chat(self, broadcast_id: str) -> list[dict[str, Any]] | None:
        """What was said lately, oldest first; None when it cannot be read now: a room without its past is open too."""
        target = f"/broadcasts/{broadcast_id}/messages?limit={RECENT_LINES}"
        with suppress(Unavailable):
            async with self.upstream.call("GET", target, {}, b"") as response:
                said = parsed(await response.read()).get("items") if response.status == 200 else None
                return list(reversed(said)) if isinstance(said, list) else None
        return None

    async def hear_again(self) -> None:
        """The ear was lost for a while: ask what every room missed. Nothing is told twice, and nobody else asks."""
        for room in list(self.rooms.values()):
            room.changed()
            await room.recall()

    def _enter(self, who: tuple[str, str], room: Room) -> None:
        room.entered += 1
        self.open += 1
        WATCHING.set(self.open)
        for name in who:
            self.streams[name] = self.streams.get(name, 0) + 1

    def _leave(self, who: tuple[str, str], room: Room, watcher: Watcher) -> None:
        watcher.gone = True
        room.watchers.discard(watcher)
        self.open -= 1
        WATCHING.set(self.open)
        for name in who:
            if left := self.streams.pop(name, 1) - 1:
                self.streams[name] = left
        room.entered -= 1
        if not room.entered and self.rooms.get(room.broadcast_id) is room:
            # Without viewers a room costs nothing here; the next one asks for it again.
            del self.rooms[room.broadcast_id]
            room.stop()

    def _start_headers(self, viewer: Viewer) -> list[tuple[bytes, bytes]]:
        return [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            # No compression and no buffering on the way: an event is worth sending the moment it happens.
            (b"cache-control", b"no-store, no-transform"),
            (b"x-accel-buffering", b"no"),
            *viewer.headers,
            *self.headers,
        ]

    def hear(self, subject: str, data: bytes) -> None:
        """What a service said, for the room that it concerns, if anybody watches it here."""
        if not self.rooms or not subject.startswith(HEARD):
            return
        try:
            told = json.loads(data)
        except ValueError:
            log.warning("%s could not be read.", subject)
            return
        room = self.rooms.get(told.get("broadcast_id") or told.get("entity_id", ""))
        if room is not None:
            tell(room, subject, told)

    async def close(self) -> None:
        """End every stream without a good-bye: browsers come back, to another replica, each at its own moment."""
        for room in list(self.rooms.values()):
            room.stop()
            room.part(None)
        self.rooms.clear()
        await self.presence.flush()


def tell(room: Room, subject: str, told: dict[str, Any]) -> None:
    """One event of a service, as news of the room."""
    if subject == "broadcast.room.changed":
        room.changed(told)
    elif subject == "broadcast.room.noted" and told.get("kind") == "notice":
        room.say("notice", {"id": told.get("entity_id"), "zh": told.get("text_zh"), "en": told.get("text_en")})
    elif subject == "broadcast.chat.said":
        room.said(list(told.get("lines", ())))
        room.fold(list(told.get("folded", ())))
        if removed := told.get("removed"):
            room.remove(removed)
    elif subject == "orders.level.changed":
        room.level(told["lot_id"], {"available": told["available_units"], "sold_out": told["sold_out"]})


def streams_that_fit(wanted: int) -> int:
    """How many streams the open-files limit leaves room for, after raising it as far as we may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    fits = wanted if soft == resource.RLIM_INFINITY else min(wanted, soft - SPARE_FILES)
    if fits < wanted:
        log.warning(
            "The open-files limit is %s: at most %s event streams instead of %s. Raise it with `ulimit -n %s`.",
            soft,
            fits,
            wanted,
            needed,
        )
    return max(fits, 1)
