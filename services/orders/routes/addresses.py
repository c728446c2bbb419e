"""The buyer's address book."""

from fastapi import APIRouter

from services.kit.db import Reading, Writing
from services.orders import store
from services.orders.actions import addresses
from services.orders.routes.asked import Around, Person
from services.orders.schemas.addresses import AddressIn, AddressList, AddressOut

router = APIRouter(prefix="/addresses", tags=["addresses"])


@router.get("")
async def list_addresses(db: Reading, actor: Person) -> AddressList:
    """My addresses, the usual one first."""
    return AddressList(
        items=[AddressOut.model_validate(each) for each in await store.list_addresses(db, actor.account_id)]
    )


@router.post("", status_code=201)
async def add_address(body: AddressIn, db: Writing, actor: Person, around: Around) -> AddressOut:
    """Put an address into my book."""
    return await addresses.add_address(db, actor, body, around)


@router.put("/{address_id}")
async def replace_address(address_id: str, body: AddressIn, db: Writing, actor: Person, around: Around) -> AddressOut:
    """Correct an address; the answer has a new id, and orders on their way keep the old one."""
    return await addresses.replace_address(db, actor, address_id, body, around)


@router.delete("/{address_id}", status_code=204)
async def remove_address(address_id: str, db: Writing, actor: Person) -> None:
    """Take an address out of my book."""
    await addresses.remove_address(db, actor, address_id)
