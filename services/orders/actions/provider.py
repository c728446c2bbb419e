"""The port to a payment provider, and the adapter for the sandbox that is shipped.

A provider keeps one payment per checkout with one leg per order, under our own references, so that every question
may be asked twice. Nothing here is called while a row is locked.
docs/payment-port.md says how WeChat Pay or Alipay fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from services.orders.actions.outside import Outside, ProviderRefused, instant_of, parsed, read_signed, understood
from services.orders.domain.money import Seen


@dataclass(frozen=True, slots=True)
class Leg:
    """What of a payment goes to whom: `payee` is the producer's unified social credit code."""

    order_id: str
    payee: str
    payee_name: str
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


@dataclass(frozen=True, slots=True)
class Heard:
    """A callback that is believed: a payment, a refund, or nothing that we use. A repeated one has the same id."""

    message_id: str
    kind: str
    told: Seen | Repaid | None


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
        """Give back a part of a leg. The same reference is the same refund, and asks how it stands.

        Raises ProviderRefused.
        """
        ...

    async def totals(self, references: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Of each payment that was made: what was paid and what was given back, in fen."""
        ...

    def hear(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """What a callback tells, by the provider's own signature. Raises CallbackRefused, CallbackUnreadable."""
        ...


class SandboxProvider:
    """The provider in deploy/sandbox/payments, which charges nobody."""

    name = "sandbox"

    def __init__(self, outside: Outside, secret: str) -> None:
        """`secret`: what it signs its callbacks with; several, separated by spaces, while one is being replaced."""
        self.outside = outside
        self.secret = secret

    async def open(self, asked: Asked) -> Seen:
        """Open the payment; the sandbox knows it again by its reference."""
        body = {
            "reference": asked.reference,
            "legs": [
                {
                    "reference": leg.order_id,
                    "payee": leg.payee,
                    "payee_name": leg.payee_name[:200],
                    "amount_fen": leg.amount_fen,
                }
                for leg in asked.legs
            ],
            "subject_zh": asked.subject_zh[:200],
            "subject_en": asked.subject_en[:200],
            "return_url": asked.return_url,
            "notify_url": asked.notify_url,
            "expires_ms": int(asked.expires_at.timestamp() * 1000),
        }
        return understood(_payment, await self.outside.ask("POST", "/v1/payments", body))

    async def find(self, reference: str) -> Seen | None:
        """Ask by our own reference."""
        found = await self.outside.ask("GET", "/v1/payments", reference=reference)
        return None if found is None else understood(_payment, found)

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
        return understood(_refund, answer)

    async def totals(self, references: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Ask its books."""
        return understood(_totals, await self.outside.ask("POST", "/v1/totals", list(references)))

    def hear(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """It calls back by Standard Webhooks: `payment.…` and `refund.…`, each time the whole of it."""
        message_id, kind, data = read_signed(self.secret, headers, body)
        if kind.startswith("payment."):
            return Heard(message_id, kind, parsed(_payment, data))
        return Heard(message_id, kind, parsed(_refund, data) if kind.startswith("refund.") else None)


def _payment(data: dict[str, Any]) -> Seen:
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
        paid_at=instant_of(data["paid_ms"]),
    )


def _refund(data: dict[str, Any]) -> Repaid:
    """The sandbox's own form of a refund."""
    return Repaid(
        reference=str(data["reference"]),
        state=data["state"],
        amount_fen=int(data["amount_fen"]),
        done_at=instant_of(data["done_ms"]),
    )


def _totals(rows: Any) -> dict[str, tuple[int, int]]:
    return {str(row["reference"]): (int(row["paid_fen"]), int(row["refunded_fen"])) for row in rows}
