"""The values every service writes alike: money, mass, shares, codes and civil days."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

MAX_FEN = 10**12
MAX_GRAMS = 10**12

Fen = Annotated[int, Field(strict=True, ge=0, le=MAX_FEN, description="Money in fen, one hundredth of a yuan.")]
Grams = Annotated[int, Field(strict=True, ge=0, le=MAX_GRAMS, description="Mass in grams.")]
BasisPoints = Annotated[
    int, Field(strict=True, ge=-1_000_000, le=1_000_000, description="A share or rate; 10,000 is 100 %.")
]
RegionCode = Annotated[
    str, StringConstraints(pattern=r"^[1-9][0-9]{5}$"), Field(description="A six-digit region code (GB/T 2260).")
]
ActorId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
    Field(description="Who acts: a UUIDv7 in lower case."),
]
Token63 = Annotated[
    str,
    StringConstraints(pattern=r"^(0|[1-9][0-9]{0,18})$"),
    Field(description="A token of one broadcast: 63 bits of an HMAC, in decimal; 0 is nobody."),
]
LawDate = Annotated[date, Field(description="The civil day in Asia/Shanghai whose law is asked for.")]
# The shape is not enforced here on purpose: a malformed code must reach the gate, which answers it with a
# sentence, and not be refused as a body that does not parse.
Uscc = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=32),
    Field(description="A unified social credit code (GB 32100-2015)."),
]

UsccKind = Literal[
    "organ",
    "institution",
    "association",
    "ngo",
    "enterprise",
    "sole_trader",
    "cooperative",
    "rural_collective",
    "other",
]

# What may be claimed for an absolute term (广告绝对化用语执法指南 第五条、第六条), in its order.
Exemption = Literal[
    "attitude",
    "goal",
    "other_object",
    "self_comparison",
    "consumption_tip",
    "grade",
    "name",
    "award",
    "time_and_place",
]

# China has kept one offset without daylight saving since 1991, before any law date that is asked for, so the
# fixed offset is exact and needs no time-zone data on the machine.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES: Mapping[str, int] = MappingProxyType({sign: value for value, sign in enumerate(_USCC_ALPHABET)})
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC_KINDS: Mapping[str, UsccKind] = MappingProxyType(
    {
        "11": "organ",
        "12": "institution",
        "51": "association",
        "52": "ngo",
        "91": "enterprise",
        "92": "sole_trader",
        "93": "cooperative",
    }
)


def uscc_problem(code: str) -> Literal["format", "check_digit"] | None:
    """What is wrong with a unified social credit code, or None.

    The region digits inside are those of the registering authority and are not compared with anything.
    Source: GB 32100-2015.
    """
    if len(code) != 18 or any(sign not in _USCC_VALUES for sign in code):
        return "format"
    if any(sign not in "0123456789" for sign in code[2:8]):
        return "format"
    return None if code[17] == uscc_check_digit(code[:17]) else "check_digit"


def uscc_check_digit(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen.

    Raises KeyError for a character outside the alphabet and ValueError for another length.
    """
    if len(body) != 17:
        raise ValueError(f"A unified social credit code has 17 characters before its check digit, not {len(body)}.")
    total = sum(_USCC_VALUES[sign] * weight for sign, weight in zip(body, _USCC_WEIGHTS, strict=True))
    # The second modulus turns 31 into 0; the formula of the standard read literally leaves the alphabet there.
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def uscc_kind(code: str) -> UsccKind:
    """What sort of body the code was given to, from its first two characters; "other" when they say nothing."""
    if code[:1] == "N" and code[1:2] in tuple("123456789"):
        return "rural_collective"
    return _USCC_KINDS.get(code[:2], "other")


def shanghai_day(instant: datetime) -> date:
    """The civil day in Asia/Shanghai on which an instant falls.

    Raises ValueError for a naive instant: nobody can say on which day it falls.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError("An instant needs an offset before it can be given a civil day.")
    return instant.astimezone(SHANGHAI).date()
