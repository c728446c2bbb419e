"""The address book: an address never changes, so an order keeps the one it was sent to; erasure takes its words."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.problem import BodyInvalid, FieldError, NotFound
from services.orders import store
from services.orders.actions.surroundings import Surroundings
from services.orders.domain.people import delivery_problem, household_line, phone_number
from services.orders.errors import BookFull
from services.orders.models import Address
from services.orders.schemas.addresses import AddressIn, AddressOut

MOST_ADDRESSES = 20


async def add_address(db: AsyncSession, actor: Actor, body: AddressIn, around: Surroundings) -> AddressOut:
    """Put an address into the book; the first one is the usual one."""
    known = await store.list_addresses(db, actor.account_id, lock=True)
    if len(known) >= MOST_ADDRESSES:
        raise BookFull(
            f"An address book holds {MOST_ADDRESSES} addresses. Remove one first.",
            f"地址簿最多保存 {MOST_ADDRESSES} 个地址，请先删除一个。",
        )
    address = _made(actor, body, around)
    if body.is_default or not known:
        await store.unset_default(db, actor.account_id)
        address.is_default = True
    await store.add_row(db, address)
    return AddressOut.model_validate(address)


async def replace_address(
    db: AsyncSession, actor: Actor, address_id: str, body: AddressIn, around: Surroundings
) -> AddressOut:
    """Correct an address: the old one leaves the book and one with a new id takes its place. Raises NotFound."""
    old = await _own(db, actor, address_id)
    address = _made(actor, body, around)
    address.is_default = old.is_default or body.is_default
    old.gone_at = clock.now()
    if address.is_default:
        await store.unset_default(db, actor.account_id)
    await store.add_row(db, address)
    return AddressOut.model_validate(address)


async def remove_address(db: AsyncSession, actor: Actor, address_id: str) -> None:
    """Take an address out of the book; orders that go there keep it. Raises NotFound."""
    address = await _own(db, actor, address_id)
    address.gone_at, address.is_default = clock.now(), False
    await db.flush()


async def _own(db: AsyncSession, actor: Actor, address_id: str) -> Address:
    found = [each for each in await store.list_addresses(db, actor.account_id, lock=True) if each.id == address_id]
    if not found:
        raise NotFound(
            f"There is no address {address_id} in your book.", f"您的地址簿中没有编号为 {address_id} 的地址。"
        )
    return found[0]


def _made(actor: Actor, body: AddressIn, around: Surroundings) -> Address:
    phone = phone_number(body.phone)
    faults = []
    if phone is None:
        faults.append(
            FieldError("phone", "Give a phone number in mainland China.", "请填写中国大陆的手机号码或固定电话号码。")
        )
    if problem := delivery_problem(body.region_code, clock.business_today(), demo=around.demo):
        faults.append(problem)
    household = household_line(body.region_code, body.detail)
    if household == body.region_code:
        faults.append(FieldError("detail", "Name street and house.", "请填写街道和门牌号。"))
    if faults:
        raise BodyInvalid(faults[0].en, faults[0].zh, errors=faults)
    return Address(
        id=new_id(),
        account_id=actor.account_id,
        consignee=body.consignee,
        phone=phone,
        region_code=body.region_code,
        detail=body.detail,
        household=around.token("address", household),
        recipient=around.token("consignee", f"{body.consignee} {phone}"),
        person=actor.person,
        created_at=clock.now(),
    )
