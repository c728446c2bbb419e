"""What is asked about the shares of several producers.

`tests/journeys/test_hidden_hand.py` tells of one that is found.
"""

from typing import Any

import pytest

from services.contracts.catalog import ListingSubmitted
from services.contracts.orders import OrderPaid
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import ended, filing, listing, notes, order, some_time_ago, supplier, viewers
from tests.disclosure.test_gate_asked import Two

HAND = "ab" * 32
# Who produces: three of the five are of one hand, and offer two fifths of the goods together.
PRODUCERS = {f"co-op {name}": {"controller": HAND} if name in ("a", "b", "c") else {} for name in "abcde"}
OFFERED = {"co-op a": 1_400, "co-op b": 1_300, "co-op c": 1_300, "co-op d": 3_000, "co-op e": 3_000}


@pytest.fixture
async def two(service_app: ServiceOf) -> Two:
    """Disclosure and the gate."""
    return Two(await service_app("disclosure", gate_seconds=120), await service_app("compliance"))


def lots() -> ListingSubmitted:
    """A listing of five producers, a lot of each."""
    whole = listing()
    suppliers = [supplier(uscc, offered_share_bp=OFFERED[uscc], **said) for uscc, said in PRODUCERS.items()]
    made = [whole.lots[0].model_copy(update={"lot_id": f"lot-{uscc[-1]}", "producer_uscc": uscc}) for uscc in PRODUCERS]
    return whole.model_copy(update={"lots": tuple(made), "facts": {"suppliers": suppliers}})


def bought(number: int, letter: str, at: Any) -> OrderPaid:
    """A box from this producer."""
    return order(number, at, lot_id=f"lot-{letter}", producer_uscc=f"co-op {letter}")


async def held(two: Two, sold: dict[str, int]) -> dict[str, Any]:
    """The record of a broadcast in which so many boxes of each producer were paid for."""
    at = some_time_ago(days=0.1)
    pinned = [{"listing_id": lots().entity_id, "listing_version": 1, "lot_ids": [f"lot-{each}" for each in "abcde"]}]
    await two.disclosure.hear(lots(), filing(listings=pinned), *notes(at), viewers(at, 120))
    letters = [letter for letter, boxes in sold.items() for _ in range(boxes)]
    await two.disclosure.hear(*(bought(number, letter, at) for number, letter in enumerate(letters)), ended(at))
    await two.prepare()
    await two.carry()
    return await two.newest()


async def test_the_same_producers_with_balanced_orders_pass(two: Two) -> None:
    document = await held(two, {"a": 18, "b": 18, "c": 18, "d": 23, "e": 23})
    assert document["publication"]["outcome"] == "pass"


async def test_shares_that_are_told_only_together_are_not_asked_about(two: Two) -> None:
    """A decision is public: it must not tell what the record keeps back."""
    document = await held(two, {"a": 30, "b": 25, "c": 20, "d": 3, "e": 4})
    decision = document["publication"]["decision_id"]
    asked = (await two.compliance.client.get(f"/decisions/{decision}")).json()
    assert [result["rule"] for result in asked["results"]] == ["disc.publish", "complaint.sla"]
    assert "orders" not in asked["facts"]
