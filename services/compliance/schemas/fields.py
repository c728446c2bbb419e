"""The kinds of values that only the bodies of compliance are made of: bounded, strict, refused with a sentence."""

from typing import Annotated

from pydantic import AfterValidator, Field

from services.kit.fields import one_line, plain

Prose = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(plain)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_.\-]+$")]
OuterId = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]
Identity = Annotated[
    str,
    Field(
        min_length=1, max_length=200, description="An identity number, or the token it became; only the token stays."
    ),
    AfterValidator(one_line),
]
Level = Annotated[int, Field(strict=True, ge=1, le=4, description="1 is the gravest.")]
Rate = Annotated[int, Field(strict=True, ge=-1_000_000, le=1_000_000, description="basis points, may be negative")]
Days = Annotated[int, Field(strict=True, ge=0, le=100_000)]
