"""Bounded fields that several bodies share; raw identities are marked, because they are tokenised on receipt."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.people import OrganKind, OrganLevel
from services.contracts.values import RegionCode

EARLIEST_YEAR, LATEST_YEAR = 1948, 2200


def _in_utc(instant: datetime) -> datetime:
    """One spelling for one instant, so that the same content has the same hash."""
    if not EARLIEST_YEAR < instant.year < LATEST_YEAR:
        raise ValueError("Must be an instant between 1949 and 2199.", "须为 1949 年至 2199 年之间的时间。")
    return instant.astimezone(UTC)


Utc = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=2000)]
Prose = Annotated[str, StringConstraints(max_length=20_000)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Identity = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=200),
    Field(
        description="Raw identity value (an ID number). It becomes a token at once and is never kept. "
        "A token given out earlier (64 hexadecimal digits) is kept as it is."
    ),
]


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class OrganBody(Body):
    """The body a person works for."""

    name: Name
    kind: OrganKind
    level: OrganLevel
    region_code: RegionCode


class ReasonIn(Body):
    """Why: shown to everybody concerned and kept in the history."""

    reason: Reason
