"""The steps of filings as everybody may check them: their fingerprints, and how much of a reason is public."""

import hashlib
from collections.abc import Mapping
from datetime import UTC
from typing import Any

import rfc8785

HASHED = ("id", "filing_id", "version", "move", "from_state", "to_state", "by", "decision_id")
# What a gate or a clock says is public by its nature, and so is why a published broadcast did not take place.
_TOLD = frozenset({"withdraw", "cancel", "halt", "lift"})


def reasons_sha256(step: Mapping[str, Any]) -> str:
    """What stands for the reasons under the fingerprint: they can be shown later to be those that were given."""
    told = {name: step[name] for name in ("id", "reason_zh", "reason_en")}
    return hashlib.sha256(rfc8785.dumps(told)).hexdigest()


def fingerprint(step: Mapping[str, Any]) -> str:
    """SHA-256 in hex of the canonical JSON (RFC 8785) of a step's public members, and of its moment in UTC."""
    told = {name: step[name] for name in HASHED}
    moment = {"at": step["at"].astimezone(UTC).isoformat(), "reasons_sha256": reasons_sha256(step)}
    return hashlib.sha256(rfc8785.dumps(told | moment)).hexdigest()


def tells_why(step: Mapping[str, Any]) -> bool:
    """Whether a step's reason is for everybody: what an approver wrote to an applicant is not."""
    return step["decision_id"] is not None or step["move"] in _TOLD
