"""What a word of the payment provider means for a checkout: completed once, given back when late, flagged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.orders.domain.life import CheckoutState

PaymentState = Literal["asked", "open", "failed", "paid", "late", "closed"]
SeenState = Literal["open", "processing", "failed", "paid", "closed"]
Verdict = Literal["old", "wrong", "complete", "late", "failed", "closed", "waiting"]

PAYMENT_STATES: tuple[PaymentState, ...] = ("asked", "open", "failed", "paid", "late", "closed")
UNSETTLED: tuple[PaymentState, ...] = ("asked", "open", "failed")
"""States in which the provider may still take money, or has taken it and we have not heard."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A payment as the provider shows it. `legs` maps order id to fen; `version` rises with each change there.

    `payer` names the paying account at the provider, and is turned into a token before anything is kept.
    """

    reference: str
    number: str
    state: SeenState
    version: int
    total_fen: int
    legs: Mapping[str, int]
    pay_url: str
    payer: str | None = None
    method: str | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The same payment as we keep it."""

    state: PaymentState
    version: int
    legs: Mapping[str, int]
    checkout: CheckoutState


def judge(known: Known, seen: Seen) -> Verdict:
    """What follows from what was seen.

    `old`: nothing new. `wrong`: another sum than was ordered; nobody's order is completed by it. `late`: the money came
    after the units had gone back, and is given back. Confirm and callback may race: whoever comes second finds `old`.
    """
    # A payment that we gave up may still have been paid: only money that was taken in already is old.
    if known.state in ("paid", "late") or seen.version <= known.version:
        return "old"
    if dict(seen.legs) != dict(known.legs) or seen.total_fen != sum(known.legs.values()):
        return "wrong"
    if seen.state == "paid":
        return "complete" if known.checkout == "reserved" else "late"
    if seen.state in ("failed", "closed"):
        return seen.state
    return "waiting"
