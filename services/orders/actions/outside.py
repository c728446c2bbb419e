"""Speaking with a company outside: JSON over HTTP, and what it calls back by Standard Webhooks."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import aiohttp

from services.kit import clock
from services.kit.webhooks import SignatureRefused, require_signed
from services.orders.errors import CallbackRefused, CallbackUnreadable, ProviderUnavailable

log = logging.getLogger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=2)
LONGEST_BODY = 256 * 1024

Shown = TypeVar("Shown")
# What reading a document of another form ends in.
_MISREAD = (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError)


class ProviderRefused(Exception):
    """The provider will not do it; `why` is its word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Outside:
    """HTTP to a company outside: one pool, one key, JSON, and the two ways in which it can go wrong."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The JSON of the answer; None for 404. Raises ProviderRefused for another 4xx, ProviderUnavailable."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            async with self._session.request(
                method, f"{self.url}{path}", json=body, params=query, headers=headers, allow_redirects=False
            ) as answer:
                raw = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unavailable(str(error) or type(error).__name__) from error
        if answer.status == 404:
            return None
        if answer.status >= 500 or answer.status == 429:
            raise _unavailable(f"status {answer.status}")
        if answer.status >= 400:
            raise ProviderRefused(raw.decode(errors="replace")[:200])
        try:
            return json.loads(raw)
        except ValueError as error:
            raise _unavailable("an answer that is no JSON") from error

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()


def _unavailable(why: str) -> ProviderUnavailable:
    log.warning("A company outside does not answer: %s", why)
    return ProviderUnavailable(
        "It does not answer. Nothing was taken; try again in a moment.",
        "对方系统暂时没有响应，未扣款，请稍后重试。",
        headers={"Retry-After": "3"},
    )


def understood(read: Callable[[dict[str, Any]], Shown], data: Any) -> Shown:
    """What `read` makes of an answer. Raises ProviderUnavailable where it is of another form than agreed."""
    try:
        return read(data)
    except _MISREAD as error:
        raise _unavailable("an answer of another form") from error


def read_signed(secret: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str, dict[str, Any]]:
    """Id, type and data of a callback that one of the secrets (separated by spaces) signed within five minutes.

    Raises CallbackRefused, CallbackUnreadable.
    """
    try:
        message_id = require_signed(secret.split(), headers, body, clock.now())
    except SignatureRefused as refused:
        raise CallbackRefused(
            f"{refused} Sign id, timestamp and body as Standard Webhooks asks.",
            "签名无效或时间戳已过期，请按 Standard Webhooks 规范签名。",
        ) from refused
    try:
        message = json.loads(body) if len(body) <= LONGEST_BODY else None
    except (ValueError, RecursionError):
        message = None
    kind, data = (message.get("type"), message.get("data")) if isinstance(message, dict) else (None, None)
    if not isinstance(kind, str) or not isinstance(data, dict):
        raise _unreadable()
    return message_id, kind[:100], data


def parsed(read: Callable[[dict[str, Any]], Shown], data: dict[str, Any]) -> Shown:
    """What `read` makes of the data. Raises CallbackUnreadable where it cannot."""
    try:
        return read(data)
    except _MISREAD as error:
        raise _unreadable() from error


def _unreadable() -> CallbackUnreadable:
    return CallbackUnreadable(
        "Send JSON with `type` and `data` as agreed.", "请发送约定格式的 JSON（含 type 与 data）。"
    )


def instant_of(milliseconds: int | None) -> datetime | None:
    """An instant in milliseconds since 1970 UTC."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
