"""When goods may be given back, what of it must be shown, and the life of a refund.

Fresh and perishable goods are exempt from the seven days without reasons (消费者权益保护法 第二十五条); instead what is
spoiled, damaged or wrong is made good on a photo within two days, which is our own promise.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from services.contracts.categories import category

Reason = Literal["spoiled", "damaged", "not_as_described", "wrong_item", "changed_mind", "duplicate", "other"]
RefundState = Literal["requested", "withdrawn", "refused", "approved", "refunded"]
Initiator = Literal["buyer", "seller", "platform"]
Denial = Literal["not_paid", "too_late", "no_reason_exempt", "photo_missing"]

REASONS: tuple[Reason, ...] = (
    "spoiled",
    "damaged",
    "not_as_described",
    "wrong_item",
    "changed_mind",
    "duplicate",
    "other",
)
REFUND_STATES: tuple[RefundState, ...] = ("requested", "withdrawn", "refused", "approved", "refunded")
FAULTS: frozenset[Reason] = frozenset({"spoiled", "damaged", "not_as_described", "wrong_item"})
"""Reasons that lie with the goods; the others are called soft and are counted apart."""

CLAIM_HOURS, NO_REASON_DAYS, CLAIM_DAYS = 48, 7, 7

_AFTER: Mapping[RefundState, tuple[RefundState, ...]] = MappingProxyType(
    {
        "requested": ("withdrawn", "refused", "approved"),
        "withdrawn": (),
        "refused": (),
        "approved": ("refunded",),
        "refunded": (),
    }
)


def may_follow(state: RefundState, wanted: RefundState) -> bool:
    """Whether a refund may go from one state to the other."""
    return wanted in _AFTER[state]


@dataclass(frozen=True, slots=True)
class ReturnRules:
    """The rules of one order, as its goods page showed them when it was placed.

    `no_reason_days` count from the signature; 0: none. `claim_hours`: how long after it a fault is made good.
    """

    fresh: bool
    no_reason_days: int
    claim_hours: int
    photo_needed: bool

    def document(self) -> dict[str, Any]:
        """As it stands in the goods page."""
        return asdict(self)


def return_rules(category_code: str, policy: str | None) -> ReturnRules:
    """The rules for goods of a category under the seller's `return_policy`; unknown goods are treated as fresh.

    A seller may promise more than the law asks, never less.
    """
    kind = category(category_code)
    fresh = kind is None or kind.fresh
    exempt = fresh and policy != "seven_days"
    return ReturnRules(
        fresh=fresh,
        no_reason_days=0 if exempt else NO_REASON_DAYS,
        claim_hours=CLAIM_HOURS if fresh else CLAIM_DAYS * 24,
        photo_needed=fresh,
    )


def rules_of_page(page: Mapping[str, Any]) -> ReturnRules:
    """The rules in a goods page that was kept with an order; a page without any is read as one of fresh goods."""
    kept = page.get("returns") or {}
    return ReturnRules(**kept) if kept else return_rules("", None)


def why_not(
    rules: ReturnRules, state: str, signed_at: datetime | None, now: datetime, reason: Reason, photos: int
) -> Denial | None:
    """Why a buyer may not ask for a refund now; None when they may.

    Before the goods are on their way anybody may think again. A person of the region still decides what may be asked.
    """
    if state not in ("paid", "shipped", "signed"):
        return "not_paid"
    if reason in FAULTS:
        if rules.photo_needed and photos == 0 and state != "paid":
            return "photo_missing"
        late = signed_at is not None and now > signed_at + timedelta(hours=rules.claim_hours)
        return "too_late" if late else None
    if state == "paid":
        return None
    if rules.no_reason_days == 0:
        return "no_reason_exempt"
    late = signed_at is not None and now > signed_at + timedelta(days=rules.no_reason_days)
    return "too_late" if late else None


def decided_by_itself(state: str, reason: Reason) -> bool:
    """Whether nobody needs to look: goods that have not been sent are simply paid back."""
    return state == "paid" and reason not in FAULTS
