"""Bodies of the address book."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from services.contracts.values import RegionCode
from services.kit.fields import Flag, In, Name, Out, one_line

# Of one sign or more: what a number must look like is told by the domain, in words and not in lengths.
Phone = Annotated[str, Field(min_length=1, max_length=30), AfterValidator(one_line)]


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
