"""Those who buy at the fairs of the journeys: signed up once over HTTP, and back at every fair after that."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deploy.seed.market import Json
from services.kit.ids import new_id
from tests.journeys.town import Town

PASSWORD = "a-password-of-the-journeys-1"


@dataclass(frozen=True)
class Buyer:
    """Somebody with an account, a home and a phone of their own."""

    name: str
    account_id: str
    address_id: str
    phone: str


async def buyers(town: Town, count: int) -> list[Buyer]:
    """So many ordinary people."""
    return await sign_up(town, [f"fair-guest-{number:02}" for number in range(count)])


async def sign_up(
    town: Town, names: Sequence[str], *, roles: Iterable[str] = (), organ: Json | None = None, house: str = ""
) -> list[Buyer]:
    """People of these names. `roles`: beside that of a buyer; `house`: where all of them have their parcels sent."""
    # An account and its first sign-in cost two password hashes each: whoever came before comes back.
    fresh = [name for name in names if name not in town.signed_up]
    office: Json = {"roles": ["buyer", *roles], "scopes": ["999901"] if roles else []}
    office |= {"organ": organ} if organ else {}
    for buyer in await asyncio.gather(*(_sign_up(town, name, office, house) for name in fresh)):
        town.signed_up[buyer.name] = buyer
    return [town.signed_up[name] for name in names]


async def _sign_up(town: Town, name: str, office: Json, house: str) -> Buyer:
    town.passwords[name] = PASSWORD
    account: Json = {"username": name, "name": f"演示买家 {name}", "identity": f"identity-{name}", "password": PASSWORD}
    made = await town.market.write("POST", "/accounts", account | office, "admin", key=f"account-{name}")
    number = len(town.passwords)
    home: Json = {"consignee": f"演示买家 {name}", "phone": f"139{number:08}", "region_code": "110101"}
    street = house or f"演示街道 {number} 号"
    address = await town.market.write("POST", "/addresses", home | {"detail": street}, name, key=new_id())
    return Buyer(name, made["id"], address["id"], f"phone-of-{name}")
