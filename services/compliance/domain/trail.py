"""The trail of what people did: which acts there are, and who may read them.

The public part of an entry is the act, the office for which it was done, its reason and its moment. Who did it stays
inside, and so do whole entries of acts that concern the conduct of people: those only inspectors and administrators
read.
"""

from types import MappingProxyType
from typing import Literal

Audience = Literal["public", "internal"]
Action = Literal[
    "event.registered",
    "event.revised",
    "event.declared",
    "event.lifted",
    "event.verified",
    "evidence.submitted",
    "evidence.certified",
    "review.accepted",
    "review.refused",
    "override.proposed",
    "override.confirmed",
    "override.declined",
    "override.lapsed",
    "appeal.opened",
    "appeal.upheld",
    "appeal.granted",
    "appeal.withdrawn",
    "referral.opened",
    "referral.forwarded",
    "referral.closed",
]

INTERNAL = frozenset({"referral.opened", "referral.forwarded", "referral.closed"})
# An appeal's reasons may name people and matters that are nobody else's; that there is an appeal is public.
REASON_STAYS_INSIDE = frozenset({"appeal.opened", "appeal.withdrawn"})


def audience(action: Action) -> Audience:
    """Who reads that it was done at all."""
    return "internal" if action in INTERNAL else "public"


AUDIENCES = MappingProxyType(
    {
        "public": "everyone: the act, the office, the reason, the moment",
        "internal": "inspectors and administrators: referrals, and in every entry the account that acted",
    }
)
