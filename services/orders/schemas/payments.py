"""Bodies of payments."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.kit.fields import In, Out
from services.orders.domain.money import PaymentState


class PaymentIn(In):
    """Where the buyer is taken back to after paying: a path of ours."""

    return_path: Annotated[str, Field(max_length=200, pattern=r"^/(zh|en)(/[0-9A-Za-z][0-9A-Za-z._-]*)*$")] = (
        "/zh/orders"
    )


class PaymentOut(Out):
    """The payment of a checkout. `late`: it came after the units had gone back, and is given back by itself."""

    checkout_id: str
    state: PaymentState
    total_fen: int
    pay_url: str | None = Field(description="Where the buyer pays; null once nobody can.")
    method: str | None
    paid_at: datetime | None
    back_until: datetime | None = Field(None, description="When it came too late: until when it is given back.")


class CallbackOut(Out):
    """What became of a callback: taken, repeated or ignored (a word of a kind that we do not use)."""

    outcome: str
