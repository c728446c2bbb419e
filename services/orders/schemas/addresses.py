"""Bodies of the address book."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from services.contracts.values import RegionCode
from services.kit.fields import Flag, In, Name, Out, one_line

SHORTEST_PHONE = 5


def _callable(typed: object) -> object:
    """Whoever typed too little is told what is wanted, not how many characters."""
    if isinstance(typed, str) and 0 < len(typed.strip()) < SHORTEST_PHONE:
        raise ValueError(
            "Enter a number that the carrier can call, such as 13800000000.",
            "请填写承运人能打通的电话号码，例如 13800000000。",
        )
    return typed


Phone = Annotated[str, Field(min_length=1, max_length=30), AfterValidator(one_line), BeforeValidator(_callable)]


class AddressIn(In):
    """Where goods are to go. `detail`: township, street, house and door."""

    consignee: Annotated[Name, Field(max_length=50)]
    phone: Phone
    region_code: RegionCode
    detail: Annotated[Name, Field(min_length=2)]
    is_default: Flag = False


class AddressOut(Out):
    """An address as its owner sees it."""

    id: str
    consignee: str
    phone: str
    region_code: str
    detail: str
    is_default: bool
    created_at: datetime


class AddressList(Out):
    """The address book, the usual one first."""

    items: list[AddressOut]
