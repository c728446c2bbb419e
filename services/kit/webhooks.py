"""Webhooks out and in: signed, repeated and addressed as Standard Webhooks asks; out never into our own network.

Source: the Standard Webhooks specification 1.0.0 (signature scheme v1, HMAC-SHA256; suggested retry schedule).
"""

import base64
import hashlib
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

SECRET_PREFIX = "whsec_"  # noqa: S105  The prefix of a secret, not one.
SECRET_BYTES = 32
# The waits between attempts: the first repetition after five seconds, the last attempt after about three days.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
TIMEOUT_SECONDS = 15
LARGEST_ANSWER_BYTES = 64 * 1024
LONGEST_ERROR = 200
# IPv6 networks whose last four bytes are an IPv4 address: RFC 4291 §2.5.5.1, RFC 2765 §2.1, RFC 6052, RFC 8215.
_CARRIERS = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")))
# What comes in: how far its clock may be from ours (the specification suggests five minutes), and how much is read.
TOLERANCE_SECONDS = 300
LONGEST_ID = 200
MOST_SIGNATURES = 5


class AddressRefused(ValueError):
    """The address must not be called; the message says why, in English, and `zh` in Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        self.zh = zh
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended: an HTTP status, or an error when there was no answer."""

    status: int | None = None
    error: str | None = None

    @property
    def delivered(self) -> bool:
        """Any 2xx is the receiver's word that it has the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """410: the receiver wants no more messages at all."""
        return self.status == 410


def new_secret() -> str:
    """A fresh signing secret, `whsec_` and 32 random bytes in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The v1 signature over `id.timestamp.body`; timestamp in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed_headers(keys: Sequence[str], message_id: str, sent_at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a delivery; several secrets while one is being replaced."""
    timestamp = int(sent_at.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "Sunfair-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, message_id, timestamp, body) for key in keys),
    }


class SignatureRefused(ValueError):
    """A message that came in is not from whom it says, or is too old; the words say which."""


def require_signed(keys: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The message's id, when one of our secrets signed it within the last five minutes. Raises SignatureRefused."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not 1 <= len(message_id) <= LONGEST_ID or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        raise SignatureRefused("It lacks webhook-id or webhook-timestamp.")
    timestamp = int(stamp)
    given = headers.get("webhook-signature", "").encode(errors="replace").split()
    wanted = [signature(key, message_id, timestamp, body).encode() for key in keys]
    # Every pair is compared, so that the time taken does not tell which of them nearly matched.
    matches = [hmac.compare_digest(one, other) for one in given[:MOST_SIGNATURES] for other in wanted]
    if not any(matches):
        raise SignatureRefused("Its signature is not ours.")
    if abs(int(now.timestamp()) - timestamp) > TOLERANCE_SECONDS:
        raise SignatureRefused("It is too old, or from the future.")
    return message_id


def next_attempt_at(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts (at least 1); None when it was the last."""
    return now + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def require_callable(url: str, *, private: bool) -> None:
    """Raises AddressRefused for an address that is no https URL of a public host. `private` also allows our own."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused("This is no address.", "这不是有效的地址。") from None
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise AddressRefused("The address must begin with https://.", "地址必须以 https:// 开头。")
    if not host or parts.username is not None or parts.fragment or port == 0:
        raise AddressRefused(
            "The address must name a host, and hold no password and no #.", "地址须写明主机，且不得含有密码和 #。"
        )
    if not private and not _may_be_public(_called_host(url)):
        raise AddressRefused("The address leads into a private network.", "该地址指向内部网络。")


def _called_host(url: str) -> str:
    """The host as it will be called: `①②⑦.0.0.1` in a URL is 127.0.0.1. Empty where there is none."""
    try:
        return URL(url).host or ""
    except ValueError:
        return ""


def _may_be_public(host: str) -> bool:
    try:
        return _is_public(host)
    except ValueError:
        return "." in host.rstrip(".") and not host.lower().rstrip(".").endswith((".localhost", ".local", ".internal"))


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and (inner := _carried(parsed)) is not None:
        parsed = inner
    return parsed.is_global and not parsed.is_multicast


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a mapped, compatible, 6to4 or translated (NAT64) one leads to; None for any other."""
    if carried := address.ipv4_mapped or address.sixtofour:
        return carried
    if any(address in network for network in _CARRIERS):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, at the moment of connecting: a name may change its mind in between."""

    def __init__(self) -> None:
        self._inner = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Public addresses of the name. Raises OSError when there are none."""
        found = [each for each in await self._inner.resolve(host, port, family) if _is_public(each["host"])]
        if not found:
            raise OSError(f"{host} leads into a private network")
        return found

    async def close(self) -> None:
        """Close the resolver behind."""
        await self._inner.close()


def outside_session(*, private: bool, timeout_seconds: float) -> aiohttp.ClientSession:
    """Connections to addresses that somebody outside chose: few to each, no cookies, a bound in time.

    `private` also lets names lead into our own network.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=None if private else PublicResolver(), limit=64, limit_per_host=4),
        timeout=aiohttp.ClientTimeout(total=timeout_seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


class Sender:
    """Sends messages. Redirects are not followed: whoever moves tells us the new address."""

    def __init__(self, *, private: bool, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.private = private
        self.timeout_seconds = timeout_seconds
        self._session = outside_session(private=private, timeout_seconds=timeout_seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Attempt:
        """One attempt; whatever goes wrong at the other end is its outcome, never an exception."""
        try:
            require_callable(url, private=self.private)
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                await answer.content.read(LARGEST_ANSWER_BYTES)
                return Attempt(status=answer.status)
        except TimeoutError:
            return Attempt(error=f"no answer within {self.timeout_seconds:g} seconds")
        except (AddressRefused, aiohttp.ClientError, OSError, ValueError) as error:
            return Attempt(error=(str(error) or type(error).__name__)[:LONGEST_ERROR])
