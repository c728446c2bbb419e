"""Money against plain models: whatever is told in whatever order, nobody pays twice and nobody is paid back twice."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.life import CheckoutState
from services.orders.domain.money import Known, PaymentState, Seen, SeenState, judge
from services.orders.domain.returns import REFUND_STATES, may_follow
from services.orders.store import expire_due
from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.orders.buyers import Buyer, buyer, buyers
from tests.orders.market import LOT, PRICE_FEN
from tests.orders.outside import Outside, outside_of

LEGS = {"order-1": 700, "order-2": 300}

# What a provider may show of one payment, from its first version on: attempts, then money, a close, or nothing yet.
histories = st.lists(st.sampled_from(("open", "failed", "processing")), max_size=4).flatmap(
    lambda start: st.sampled_from(((), ("paid",), ("closed",))).map(lambda end: (*start, *end))
)


def seen(state: SeenState, version: int, legs: dict[str, int] | None = None) -> Seen:
    """One word of the provider."""
    legs = LEGS if legs is None else legs
    return Seen("checkout-1", "pay_1", state, version, sum(legs.values()), legs, "http://pay.example/1")


class Kept:
    """A checkout and its payment as the rules would keep them, and what was done for them."""

    def __init__(self) -> None:
        self.payment: PaymentState = "asked"
        self.version = 0
        self.checkout: CheckoutState = "reserved"
        self.done: list[str] = []

    def hear(self, word: Seen) -> None:
        """Take one word in, as the service does."""
        verdict = judge(Known(self.payment, self.version, LEGS, self.checkout), word)
        if verdict == "old":
            return
        self.version = word.version
        if verdict in ("complete", "late"):
            self.payment = "paid" if verdict == "complete" else "late"
            self.checkout = "paid" if verdict == "complete" else self.checkout
            self.done.append(verdict)
        elif verdict in ("failed", "closed"):
            self.payment = verdict
        elif verdict == "waiting":
            self.payment = "open"


@given(history=histories, data=st.data())
def test_money_is_either_an_order_or_goes_back_and_that_once(history: Sequence[SeenState], data: st.DataObject) -> None:
    words = [seen(state, version) for version, state in enumerate(history, 1)]
    # Every word at least once, some of them again, in any order; at some moment the checkout may be over.
    heard = data.draw(st.permutations(words + data.draw(st.lists(st.sampled_from(words), max_size=5)) if words else []))
    over_after = data.draw(st.integers(0, len(heard) + 1))
    ending: CheckoutState = data.draw(st.sampled_from(("expired", "cancelled")))
    kept = Kept()
    for place, word in enumerate(heard):
        if place == over_after and kept.checkout == "reserved":
            kept.checkout = ending
        kept.hear(word)
    assert len(kept.done) == (1 if "paid" in history else 0)
    assert (kept.checkout == "paid") == (kept.done == ["complete"])


@given(
    legs=st.dictionaries(st.sampled_from(("order-1", "order-2", "order-3")), st.integers(0, 2_000)),
    version=st.integers(1, 9),
)
def test_only_the_very_sums_that_were_ordered_complete_anything(legs: dict[str, int], version: int) -> None:
    verdict = judge(Known("open", 0, LEGS, "reserved"), seen("paid", version, legs))
    assert verdict == ("complete" if legs == LEGS else "wrong")


def test_a_refund_that_is_over_goes_nowhere() -> None:
    over = [state for state in REFUND_STATES if not any(may_follow(state, other) for other in REFUND_STATES)]
    assert over == ["withdrawn", "refused", "refunded"]


class Ledger:
    """What a buyer's refunds come to, kept with nothing but additions."""

    def __init__(self, paid_fen: int) -> None:
        self.paid_fen = paid_fen
        self.open: dict[str, int] = {}
        self.approved: dict[str, int] = {}

    @property
    def left_fen(self) -> int:
        """What may still be asked for."""
        return self.paid_fen - sum(self.open.values()) - sum(self.approved.values())


@pytest.mark.parametrize("seed", range(4))
async def test_refunds_follow_a_plain_ledger_through_outages_failures_and_lost_words(
    outside: Outside, someone: Buyer, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  It decides what a test does, not a secret.
    order = await outside.signed(someone, 3)
    ledger = Ledger(3 * PRICE_FEN)
    photo = await outside.photo(someone)
    for _ in range(25):
        await one_act(outside, someone, order["order_id"], photo, ledger, dice)
        shown = await outside.detail(order["order_id"], someone.headers)
        assert shown["left_fen"] == ledger.left_fen
    outside.behave(outages=0, refund_failures=0, lose_every=0)
    for _ in range(3):
        await outside.make_due()
        await outside.follow()
    totals = outside.apps["payments"].state.bank.totals([order["checkout_id"]])
    assert totals[0]["refunded_fen"] == sum(ledger.approved.values()) <= ledger.paid_fen
    assert (await outside.market.get(f"/reconciliation/{outside.market.broadcast_id}"))["balanced"]


async def one_act(
    outside: Outside, someone: Buyer, order_id: str, photo: str, ledger: Ledger, dice: random.Random
) -> None:
    """Something that a buyer, a seller or the world may do; the ledger follows when it was allowed."""
    act = dice.choice(("ask", "ask", "give", "decide", "decide", "withdraw", "follow", "trouble"))
    chosen = dice.choice(sorted(ledger.open)) if ledger.open else None
    if act in ("ask", "give"):
        amount = dice.randint(1, 2_500)
        body = {"reason": "spoiled", "amount_fen": amount, "photos": [photo] if act == "ask" else []}
        headers = someone.headers if act == "ask" else outside.seller()
        fits = amount <= ledger.left_fen
        answer = await outside.post(f"/orders/{order_id}/refunds", body, headers, 201 if fits else 409)
        if fits:
            (ledger.open if act == "ask" else ledger.approved)[answer["id"]] = amount
    elif act == "decide" and chosen:
        approve = dice.random() < 0.6
        body = {"approve": approve, "words": "已核实"}
        await outside.post(f"/refunds/{chosen}/decision", body, outside.seller(), 200)
        amount = ledger.open.pop(chosen)
        if approve:
            ledger.approved[chosen] = amount
    elif act == "withdraw" and chosen:
        await outside.post(f"/refunds/{chosen}/withdrawal", None, someone.headers, 200)
        ledger.open.pop(chosen)
    elif act == "trouble":
        outside.behave(outages=dice.randint(0, 2), refund_failures=dice.randint(0, 2), lose_every=dice.randint(0, 2))
    else:
        await outside.make_due()
        await outside.follow()


@pytest.fixture
async def busy(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Outside]:
    """As `outside`, with a pool and real commits."""
    async with outside_of(committing_service_app, tokens, tmp_path) as made:
        yield made


async def test_confirmations_callbacks_cancellations_and_expiry_race_and_everything_adds_up(busy: Outside) -> None:
    """Twelve checkouts, each paid while it is confirmed, called back about twice, and cancelled, all at once."""
    crowd = await buyers(busy.market, 12)
    checkouts = [await one.buys() for one in crowd]
    for one, checkout in zip(crowd, checkouts, strict=True):
        await busy.press((await busy.pay_url(one, checkout))["pay_url"])
    called = await busy.called()

    async def told(number: int) -> int:
        path, headers, body = called[number]
        return (await busy.client.post(path, content=body, headers=headers)).status_code

    async def acts(number: int, verb: str) -> int:
        path = f"/checkouts/{checkouts[number]['checkout_id']}/{verb}"
        return (await busy.client.post(path, headers=crowd[number].headers)).status_code

    acting = [act for n in range(12) for act in (told(n), acts(n, "confirm"), acts(n, "cancel"), told(n))]
    random.Random(7).shuffle(acting)  # noqa: S311  It orders what a test does.
    statuses = await asyncio.gather(*acting, expire_due(busy.market.app.database, 60))
    assert set(statuses[:-1]) <= {200, 204, 409}, statuses
    for _ in range(3):
        await busy.make_due()
        await busy.follow()
    answer = await busy.market.get(f"/reconciliation/{busy.market.broadcast_id}")
    assert answer["differences"] == []
    inspector = busy.market.tokens.headers("inspector")
    compared = await busy.market.get(f"/reconciliation/{busy.market.broadcast_id}/provider", inspector)
    assert (compared["payments"], compared["differences"]) == (12, [])
    paid = await busy.market.app.said("orders.order.paid")
    sold = next(lot["sold"] for lot in answer["lots"] if lot["lot_id"] == LOT)
    assert len(paid) == len({event["entity_id"] for event in paid}) == sold


async def test_two_decisions_and_a_complaint_at_once_give_back_no_more_than_was_paid(busy: Outside) -> None:
    someone = await buyer(busy.market)
    order = (await busy.buys(someone))["orders"][0]
    path = f"/orders/{order['order_id']}/refunds"
    body = {"reason": "other", "amount_fen": PRICE_FEN - 10}
    answers = await asyncio.gather(
        *(
            busy.client.post(path, json=body, headers=someone.headers | {"Idempotency-Key": f"key-{number}"})
            for number in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
