"""The till against a plain model of its rules: whatever is asked in whatever order, both answer alike and add up."""

from asyncio import gather
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from services.kit.ids import new_id
from services.orders import actions, store
from services.orders.batcher import Batcher
from services.orders.domain.life import ORDER_STATES, OrderState, may_become
from services.orders.domain.placing import Asked, Line, Outcome
from services.orders.models import Checkout, Stock
from tests.orders.buyers import Buyer, buyers
from tests.orders.market import LOT, OTHER_LOT, PRICE_FEN, Market
from tests.orders.plain import PlainTill

BUYERS, GRACE = 6, 0
lots, who = st.sampled_from([LOT, OTHER_LOT]), st.integers(0, BUYERS - 1)
units = st.integers(1, 9)
limits = st.one_of(st.none(), st.integers(1, 15))
nth = st.integers(0, 30)
steps = st.one_of(
    st.tuples(st.just("queue"), st.lists(st.tuples(who, units), min_size=1, max_size=8), lots),
    st.tuples(st.just("basket"), who, st.fixed_dictionaries({LOT: units, OTHER_LOT: units})),
    st.tuples(st.just("shelf"), limits, limits),
    st.tuples(st.just("segment"), st.booleans()),
    st.tuples(st.just("cancel"), nth),
    st.tuples(st.just("expire"), nth),
    st.tuples(st.just("pay"), nth),
)


class Pair:
    """The till and its model, led through the same steps."""

    def __init__(self, market: Market, crowd: list[Buyer], plain: PlainTill) -> None:
        self.market = market
        self.crowd = crowd
        self.plain = plain

    async def queue(self, wanted: list[tuple[int, int]], lot_id: str) -> None:
        """Buyers stand in line for one lot."""
        batcher: Batcher = self.market.app.app.state.till.batcher
        asked = [self.asked(buyer, {lot_id: number}) for buyer, number in wanted]
        outcomes = await gather(*(batcher.place(each) for each in asked))
        for each, outcome, (buyer, number) in zip(asked, outcomes, wanted, strict=True):
            assert [told(outcome)] == self.plain.place(each.checkout_id, buyer, {lot_id: number})

    async def basket(self, buyer: int, wanted: dict[str, int]) -> None:
        """A buyer wants several lots, all or none."""
        asked = self.asked(buyer, wanted)
        outcomes = await store.place_basket(self.market.app.database, asked, 600)
        assert [told(outcome) for outcome in outcomes] == self.plain.place(asked.checkout_id, buyer, wanted)

    def asked(self, buyer: int, wanted: dict[str, int]) -> Asked:
        """A checkout as it stands at the till."""
        one = self.crowd[buyer]
        lines = tuple(Line(self.lot(lot_id), wanted[lot_id], PRICE_FEN, new_id()) for lot_id in sorted(wanted))
        key = (new_id(), self.market.broadcast_id, one.account_id, new_id(), "0" * 64, one.address_id)
        return Asked(*key, placed="{}", lines=lines)

    def lot(self, lot_id: str) -> str:
        """A lot as this broadcast's listing names it: units are counted across all broadcasts."""
        return f"{lot_id}-{self.market.listing_id}"

    async def shelf(self, per_buyer: int | None, announced: int | None) -> None:
        """The limits change."""
        self.plain.per_buyer, self.plain.announced = per_buyer, announced
        await self.show()

    async def segment(self, market: bool) -> None:
        """A market segment begins, or a region segment."""
        self.plain.selling = market
        await self.show()

    async def show(self) -> None:
        """The room as it stands, shelf and all."""
        limits = {"units_per_buyer": self.plain.per_buyer, "limit_units": self.plain.announced}
        items = [self.market.item(self.lot(lot_id), **limits) for lot_id in (LOT, OTHER_LOT)]
        await self.market.app.hear(self.market.room(*items, segment="market" if self.plain.selling else "region"))

    async def cancel(self, place: int) -> None:
        """Somebody gives a reservation up."""
        if checkout_id := self.nth(place):
            async with self.market.app.database.sessions.begin() as db:
                await store.cancel_checkout(db, checkout_id)
            self.plain.let_go(checkout_id, "cancelled")

    async def expire(self, place: int) -> None:
        """A reservation runs out."""
        if checkout_id := self.nth(place):
            async with self.market.app.database.sessions.begin() as db:
                due = sa.update(Checkout).values(reserved_until=sa.text("clock_timestamp()"))
                await db.execute(due.where(col(Checkout.id) == checkout_id))
            await store.expire_due(self.market.app.database, GRACE)
            self.plain.let_go(checkout_id, "expired")

    async def pay(self, place: int) -> None:
        """A reservation is paid for; here only its units matter."""
        checkout_id = self.nth(place)
        if checkout_id is None or self.plain.checkouts[checkout_id].state != "reserved":
            return
        async with self.market.app.database.sessions.begin() as db:
            paid = {"state": "paid", "version": sa.text("version + 1")}
            await db.execute(sa.update(Checkout).values(paid).where(col(Checkout.id) == checkout_id))
            await db.execute(
                sa.text("UPDATE orders.\"order\" SET state = 'paid' WHERE checkout_id = :id"), {"id": checkout_id}
            )
            bought = self.plain.checkouts[checkout_id].units
            sold = {self.lot(lot_id): number for lot_id, number in bought.items()}
            await store.sell_reserved(db, self.market.broadcast_id, sold)
        self.plain.checkouts[checkout_id].state = "paid"

    def nth(self, place: int) -> str | None:
        """One of the checkouts so far."""
        known = list(self.plain.checkouts)
        return known[place % len(known)] if known else None

    async def compare(self) -> None:
        """Both hold the same units, every state is the same, and the broadcast adds up."""
        database = self.market.app.database
        async with database.sessions() as db:
            stock = (await db.exec(select(Stock).where(Stock.broadcast_id == self.market.broadcast_id))).all()
            found = await db.exec(
                select(Checkout.id, Checkout.state).where(Checkout.broadcast_id == self.market.broadcast_id)
            )
            states = dict(list(found.all()))
            report = await actions.reconcile(db, self.market.broadcast_id)
        taken = {row.lot_id: row.reserved + row.sold for row in stock}
        assert taken == {self.lot(lot_id): self.plain.taken(lot_id) for lot_id in (LOT, OTHER_LOT)}
        assert states == {checkout_id: each.state for checkout_id, each in self.plain.checkouts.items()}
        # The model pays without a provider, so what the checks of money say is not asked here.
        differences = [
            each for each in report.differences if each.check.startswith(("stock", "reserved", "every", "a_"))
        ]
        assert differences == []


def told(outcome: Outcome) -> tuple[str, int | None]:
    """What the model says too."""
    return outcome.outcome, outcome.number


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(households=st.lists(st.integers(0, 3), min_size=BUYERS, max_size=BUYERS), plan=st.lists(steps, max_size=14))
async def test_till_and_model_answer_alike(rush: Market, households: list[int], plan: list[tuple[Any, ...]]) -> None:
    pair = await opened(Market(rush.app, rush.tokens), households)
    for name, *arguments in plan:
        await getattr(pair, name)(*arguments)
    await pair.compare()


async def opened(market: Market, households: list[int]) -> Pair:
    """A new broadcast with lots of its own, open, and its crowd."""
    market.units = {f"{lot_id}-{market.listing_id}": 20 for lot_id in market.units}
    market.prices = dict.fromkeys(market.units, PRICE_FEN)
    await market.settle()
    crowd = [(await buyers(market, 1, f"{market.broadcast_id}-{household}"))[0] for household in households]
    pair = Pair(market, crowd, PlainTill(households))
    await pair.show()
    return pair


def test_an_order_ends_in_a_state_that_nothing_follows_and_never_comes_back() -> None:
    reached: dict[OrderState, set[OrderState]] = {}
    for state in reversed(ORDER_STATES):
        reached[state] = {after for after in ORDER_STATES if may_become(state, after)}
    for _ in ORDER_STATES:
        for after in reached.values():
            after |= {beyond for state in tuple(after) for beyond in reached[state]}
    assert all(state not in after for state, after in reached.items())
    assert {state for state, after in reached.items() if not after} == {"refunded", "expired", "cancelled"}
