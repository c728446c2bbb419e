"""The port to a payment provider, and the adapter for the sandbox that is shipped.

A provider keeps one payment per checkout with one leg per order, under our own references, so that every question
may be asked twice. Nothing here is called while a row is locked.
docs/payment-port.md says how WeChat Pay or Alipay fit.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

import aiohttp

from services.orders.domain.money import Seen
from services.orders.errors import ProviderUnavailable

log = logging.getLogger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=2)


@dataclass(frozen=True, slots=True)
class Leg:
    """What of a payment goes to whom: `payee` is the producer's unified social credit code."""

    order_id: str
    payee: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment that is asked for. `reference` is the checkout's id."""

    reference: str
    legs: tuple[Leg, ...]
    subject_zh: str
    subject_en: str
    expires_at: datetime
    return_url: str
    notify_url: str


@dataclass(frozen=True, slots=True)
class Repaid:
    """A refund as the provider shows it."""

    reference: str
    state: Literal["pending", "succeeded", "failed"]
    amount_fen: int
    done_at: datetime | None = None


class ProviderRefused(Exception):
    """The provider will not do it; `why` is its word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class PaymentProvider(Protocol):
    """What any provider must be able to do. Every method may raise ProviderUnavailable."""

    name: str

    async def open(self, asked: Asked) -> Seen:
        """Open the payment, or find it when it is open already."""
        ...

    async def find(self, reference: str) -> Seen | None:
        """The payment of that reference; None when the provider has never heard of it."""
        ...

    async def close(self, number: str) -> bool:
        """Let nobody pay it any more; False when money is there or on its way."""
        ...

    async def refund(self, number: str, order_id: str, reference: str, amount_fen: int) -> Repaid:
        """Give back a part of a leg, once per reference. Raises ProviderRefused."""
        ...

    async def find_refund(self, reference: str) -> Repaid | None:
        """The refund of that reference; None when the provider has never heard of it."""
        ...

    async def totals(self, references: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Of each payment that was made: what was paid and what was given back, in fen."""
        ...

    def read_payment(self, data: dict[str, Any]) -> Seen:
        """The payment that a callback tells of. Raises KeyError, TypeError or ValueError for anything else."""
        ...

    def read_refund(self, data: dict[str, Any]) -> Repaid:
        """The refund that a callback tells of. Raises as `read_payment`."""
        ...


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


class SandboxProvider:
    """The provider in deploy/sandbox/payments, which charges nobody."""

    name = "sandbox"

    def __init__(self, outside: Outside) -> None:
        self.outside = outside

    async def open(self, asked: Asked) -> Seen:
        """Open the payment; the sandbox knows it again by its reference."""
        body = {
            "reference": asked.reference,
            "legs": [
                {"reference": leg.order_id, "payee": leg.payee, "amount_fen": leg.amount_fen} for leg in asked.legs
            ],
            "subject_zh": asked.subject_zh[:200],
            "subject_en": asked.subject_en[:200],
            "return_url": asked.return_url,
            "notify_url": asked.notify_url,
            "expires_ms": int(asked.expires_at.timestamp() * 1000),
        }
        return self.read_payment(await self.outside.ask("POST", "/v1/payments", body) or {})

    async def find(self, reference: str) -> Seen | None:
        """Ask by our own reference."""
        found = await self.outside.ask("GET", "/v1/payments", reference=reference)
        return None if found is None else self.read_payment(found)

    async def close(self, number: str) -> bool:
        """409 is its way to say that money is there or on its way."""
        try:
            await self.outside.ask("POST", f"/v1/payments/{number}/close")
        except ProviderRefused:
            return False
        return True

    async def refund(self, number: str, order_id: str, reference: str, amount_fen: int) -> Repaid:
        """Give back a part of a leg."""
        body = {"reference": reference, "payment_id": number, "leg": order_id, "amount_fen": amount_fen}
        answer = await self.outside.ask("POST", "/v1/refunds", body)
        if answer is None:
            raise ProviderRefused("no such payment")
        return self.read_refund(answer)

    async def find_refund(self, reference: str) -> Repaid | None:
        """Ask by our own reference."""
        found = await self.outside.ask("GET", "/v1/refunds", reference=reference)
        return None if found is None else self.read_refund(found)

    async def totals(self, references: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Ask its books."""
        found = await self.outside.ask("POST", "/v1/totals", list(references)) or []
        return {str(row["reference"]): (int(row["paid_fen"]), int(row["refunded_fen"])) for row in found}

    def read_payment(self, data: dict[str, Any]) -> Seen:
        """The sandbox's own form of a payment."""
        return Seen(
            reference=str(data["reference"]),
            number=str(data["payment_id"]),
            state=data["state"],
            version=int(data["version"]),
            total_fen=int(data["total_fen"]),
            legs={str(leg["reference"]): int(leg["amount_fen"]) for leg in data["legs"]},
            pay_url=str(data["pay_url"]),
            payer=data["payer"],
            method=data["method"],
            paid_at=_instant(data["paid_ms"]),
        )

    def read_refund(self, data: dict[str, Any]) -> Repaid:
        """The sandbox's own form of a refund."""
        return Repaid(
            reference=str(data["reference"]),
            state=data["state"],
            amount_fen=int(data["amount_fen"]),
            done_at=_instant(data["done_ms"]),
        )


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
