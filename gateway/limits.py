"""Rate limits: token buckets per address, per visitor and per API key, counted in this replica."""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

WINDOW_SECONDS = 60.0
MOST_BUCKETS = 100_000


@dataclass(frozen=True)
class Allowance:
    """What is left after a request: shown in `RateLimit` headers (draft-ietf-httpapi-ratelimit-headers)."""

    policy: str
    limit: int
    left: int
    reset_seconds: int
    allowed: bool

    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit-Policy` and `RateLimit`, and `Retry-After` when refused."""
        headers = [
            (b"ratelimit-policy", f'"{self.policy}";q={self.limit};w={int(WINDOW_SECONDS)}'.encode()),
            (b"ratelimit", f'"{self.policy}";r={self.left};t={self.reset_seconds}'.encode()),
        ]
        return headers if self.allowed else [*headers, (b"retry-after", str(self.reset_seconds).encode())]


class Limiter:
    """Buckets that fill evenly over a minute. The least recently used is forgotten when there are too many."""

    def __init__(self) -> None:
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        # Lives as long as this process and is written nowhere.
        self.salt = secrets.token_bytes(32)

    def blind(self, who: str) -> str:
        """A name for somebody who must not be remembered: good for counting here, and for nothing anywhere else."""
        return hmac.new(self.salt, who.encode(), hashlib.sha256).hexdigest()

    def take(self, policy: str, who: str, limit: int) -> Allowance:
        """Take one request from the bucket of `who` under `policy` with `limit` requests a minute."""
        now = time.monotonic()
        key = f"{policy}:{who}"
        tokens, seen = self.buckets.pop(key, (float(limit), now))
        tokens = min(float(limit), tokens + (now - seen) * limit / WINDOW_SECONDS)
        allowed = tokens >= 1
        tokens -= 1 if allowed else 0
        self.buckets[key] = (tokens, now)
        if len(self.buckets) > MOST_BUCKETS:
            self.buckets.popitem(last=False)
        wait = 0.0 if tokens >= 1 else (1 - tokens) * WINDOW_SECONDS / limit
        return Allowance(policy, limit, int(tokens), max(1, round(wait)) if wait else 0, allowed)


def one_customer(address: str) -> str:
    """What limits by address count: an IPv4 address, or the /64 that one line is given of IPv6.

    A single subscriber holds 2^64 addresses of IPv6; counted one by one, they would never come to a limit. What is no
    address stays what it is.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed) >> 64 << 64, 64)))
