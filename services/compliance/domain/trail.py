"""The trail of what people did: which acts there are, and who may read them.

The public part of an entry is the act, the office for which it was done, its reason and its moment. Who did it stays
inside, and so do whole entries of acts that concern the conduct of people: those only inspectors and administrators
read.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType
from typing import Any, Literal

import rfc8785

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


HASHED = (
    "id",
    "action",
    "subject_kind",
    "subject_id",
    "region_code",
    "decision_id",
    "rule",
    "reason_code",
    "record_id",
    "by_role",
    "by_organ",
    "by_region_code",
    "reason_zh",
    "reason_en",
)


def fingerprint(entry: Mapping[str, Any]) -> str:
    """SHA-256 in hex of the canonical JSON (RFC 8785) of an act's public members, and of its moment in UTC.

    Of an act that stays inside, the id that nobody outside knows keeps its hash from being guessed.
    """
    told = {name: entry[name] for name in HASHED} | {"at": entry["at"].astimezone(UTC).isoformat()}
    return hashlib.sha256(rfc8785.dumps(told)).hexdigest()


AUDIENCES = MappingProxyType(
    {
        "public": "everyone: the act, the office, the reason, the moment",
        "internal": "inspectors and administrators: referrals, and in every entry the account that acted",
    }
)
