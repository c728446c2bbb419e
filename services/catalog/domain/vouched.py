"""What a register of enterprises vouches for, and what it changes of a producer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Standing = Literal["active", "abnormal", "dishonest", "struck_off"]
STANDINGS: tuple[Standing, ...] = ("active", "abnormal", "dishonest", "struck_off")


@dataclass(frozen=True, slots=True)
class Vouched:
    """An enterprise as its register told it. `expires_on` None: the licence runs for good."""

    register: str
    uscc: str
    name: str
    standing: Standing
    expires_on: date | None
    seen_at: datetime


def entered(public: Mapping[str, Any], word: Vouched) -> dict[str, Any]:
    """The producer's public fields with the register's word in place of what was typed.

    Who was struck off has no licence that runs, so it ends on the day before the register said so.
    """
    ends = word.expires_on.isoformat() if word.expires_on else None
    if word.standing == "struck_off":
        ends = date.fromordinal(word.seen_at.date().toordinal() - 1).isoformat()
    licence = {**(public.get("licence") or {}), "name": word.name, "long_term": ends is None}
    licence = {name: value for name, value in licence.items() if name != "expires_on"}
    return {
        **public,
        "licence": licence if ends is None else licence | {"expires_on": ends},
        "verified_at": word.seen_at.isoformat(),
        "verified_by": word.register,
        "abnormal_operation": word.standing == "abnormal",
        "serious_dishonesty": word.standing == "dishonest",
    }
