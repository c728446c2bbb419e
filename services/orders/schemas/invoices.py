"""Bodies of invoices: what a buyer asks for, and what the seller has issued."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.kit.fields import In, Out

Title = Annotated[str, Field(min_length=1, max_length=100, description="To whom it is made out.")]
# 国家税务总局公告2024年第11号: an invoice of today has twenty digits; those on paper have eight, and twelve of a code.
Number = Annotated[str, Field(pattern=r"^[0-9]{8,20}$", description="The number of the invoice, digits only.")]
TaxNumber = Annotated[
    str, Field(pattern=r"^[0-9A-Z]{15,20}$", description="纳税人识别号 of a company; a person has none to give.")
]


class InvoiceIn(In):
    """What the buyer asks for; asked again before it is issued, the newest word counts."""

    title: Title
    tax_number: TaxNumber | None = None


class InvoiceIssued(In):
    """The seller has issued it."""

    number: Number


class InvoiceOut(Out):
    """An invoice; `number` is null until it is issued, `title` once the buyer has had the account erased."""

    title: str | None
    tax_number: str | None
    amount_fen: int = Field(description="What was paid and not given back; what the invoice says.")
    asked_at: datetime
    number: str | None
    issued_at: datetime | None
