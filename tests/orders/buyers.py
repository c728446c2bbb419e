"""Buyers: who they are, where they live, and what they ask for."""

from typing import Any

import sqlalchemy as sa
from httpx import Response

from services.kit import clock
from services.kit.ids import new_id
from services.orders.domain.placing import Asked, Line
from services.orders.models import Address
from tests.orders.market import LOT, PRICE_FEN, Answer, Market


class Buyer:
    """One account with one address, at the till of a market."""

    def __init__(self, market: Market, account_id: str, address_id: str) -> None:
        self.market = market
        self.account_id = account_id
        self.address_id = address_id

    @property
    def headers(self) -> dict[str, str]:
        """How the buyer comes."""
        return self.market.tokens.headers("buyer", account_id=self.account_id)

    def body(self, units: int = 1, lot_id: str = LOT, **fields: Any) -> Answer:
        """A basket of one line, unless `lines` says otherwise."""
        price = self.market.prices.get(lot_id, 2990)
        lines = [{"lot_id": lot_id, "units": units, "price_fen": price}]
        given = {"broadcast_id": self.market.broadcast_id, "lines": lines, "address_id": self.address_id}
        return given | fields

    def asked(self, units: int = 1, lot_id: str = LOT, price_fen: int = PRICE_FEN, key: str = "") -> Asked:
        """The same, as it stands at the till."""
        line = Line(lot_id, units, price_fen, new_id())
        given = (new_id(), self.market.broadcast_id, self.account_id, key or new_id(), "0" * 64, self.address_id)
        return Asked(*given, placed="{}", lines=(line,))

    async def order(self, units: int = 1, lot_id: str = LOT, key: str = "", **fields: Any) -> Response:
        """Ask for it."""
        headers = self.headers | {"Idempotency-Key": key or new_id()}
        return await self.market.app.client.post("/checkouts", json=self.body(units, lot_id, **fields), headers=headers)

    async def buys(self, units: int = 1, lot_id: str = LOT, **fields: Any) -> Answer:
        """Ask for it and get it."""
        response = await self.order(units, lot_id, **fields)
        assert response.status_code == 201, response.text
        answer: Answer = response.json()
        return answer

    async def is_refused(self, kind: str, status: int = 409, **asked: Any) -> Answer:
        """Ask for it and be told why not."""
        response = await self.order(**asked)
        assert response.status_code == status, response.text
        answer: Answer = response.json()
        assert answer["type"].endswith(f"/problems/{kind}"), answer
        return answer


async def buyers(market: Market, number: int, household: str = "", person: str | None = None) -> list[Buyer]:
    """So many buyers, each in a household of their own unless they share one; or accounts of one person."""
    made = [Buyer(market, new_id(), new_id()) for _ in range(number)]
    rows = [
        {
            "id": buyer.address_id,
            "account_id": buyer.account_id,
            "region_code": "310101",
            "household": household or f"household-of-{buyer.account_id}",
            "recipient": f"recipient-{buyer.account_id}",
            "person": person,
            "created_at": clock.now(),
        }
        for buyer in made
    ]
    async with market.app.database.sessions.begin() as db:
        await db.execute(sa.insert(Address), rows)
    return made


async def buyer(market: Market, household: str = "") -> Buyer:
    """One buyer."""
    return (await buyers(market, 1, household))[0]
