"""What the sections of a release are made of: closed objects, and texts and numbers of a known form."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

# Spelled as patterns and not as formats: a validator of JSON Schema may pass over a format.
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Region = Annotated[str, Field(pattern=r"^[1-9][0-9]{5}$")]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[int, Field(ge=0, le=10_000)]
# Measured values: whole ones as numbers, all others as text, because programs differ in how they write fractions.
Measured = int | str


class Part(BaseModel):
    """An object that holds what is named here and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def said(zh: str, en: str, **rest: Any) -> Any:
    """A field and what it means in both languages."""
    return Field(title=zh, description=en, **rest)


class Figures(Part):
    """What a number of paid orders adds up to. Money in fen, mass in grams."""

    orders: Count = said("订单数", "Paid orders")
    units: Count = said("件数", "Units")
    grams: Count = said("重量（克）", "Weight in grams")
    paid_fen: Count = said("实付金额（分）", "What buyers paid, without freight, in fen")
    net_fen: Count = said("退款后金额（分）", "What is left after refunds, in fen")
    subsidy_fen: Count = said("财政补贴（分）", "Public subsidy beside it, in fen")
