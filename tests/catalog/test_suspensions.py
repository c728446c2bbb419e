"""A suspended producer: by whom, since when and why is public; the gate is told, and told again when it is lifted."""

from typing import Any

import pytest

from services.contracts.compliance import SuspensionOverturned
from tests.catalog.market import Market, decision, listing_body, lot_body, producer_body

Json = dict[str, Any]
OFFICE = "安徽省市场监督管理局（演示）"
WHY = {"reason_zh": "抽检两次不合格，整改未完成。", "reason_en": "Two samples failed and were not answered."}
LIFTED = {"reason_zh": "整改已验收。", "reason_en": "The cure was inspected."}


def inspector(market: Market, **more: Any) -> Json:
    return market.headers("inspector", **({"account_id": "inspector", "organ": OFFICE, "scopes": ("340000",)} | more))


async def suspend(market: Market, producer: Json, status: int = 200, headers: Json | None = None) -> Json:
    return await market.post(f"/producers/{producer['id']}/suspension", WHY, status, headers or inspector(market))


async def lift(market: Market, producer: Json, status: int = 200, headers: Json | None = None) -> Json:
    path = f"/producers/{producer['id']}/suspension/lift"
    return await market.post(path, LIFTED, status, headers or inspector(market))


async def test_everybody_sees_who_suspended_a_producer_and_why_and_the_gate_is_told(market: Market) -> None:
    producer = await market.producer()
    await suspend(market, producer)
    shown = await market.get(f"/producers/{producer['id']}", public=True)
    assert {name: shown["suspension"][name] for name in ("office", *WHY)} == {"office": OFFICE, **WHY}
    assert "person" not in shown["suspension"]
    (listed,) = (await market.get("/producers", public=True, suspended="true"))["items"]
    assert listed["id"] == producer["id"]
    told = (await market.service.said("catalog.producer.changed"))[-1]
    assert (told["admission"], told["suspension"]["office"], told["suspension"]["since_on"]) == (
        "admitted",
        OFFICE,
        "2020-03-02",
    )
    newest = (await market.get(f"/edits/producer/{producer['id']}", public=True))["items"][0]
    assert (newest["action"], newest["by_office"], newest["why"]) == ("suspended", OFFICE, WHY["reason_zh"])
    assert {"field": "reason_en", "before": None, "after": WHY["reason_en"], "secret": False} in newest["changes"]


async def test_a_lifted_suspension_stays_in_the_history_and_nowhere_else(market: Market) -> None:
    producer = await market.producer()
    await suspend(market, producer)
    assert (await lift(market, producer))["suspension"] is None
    assert (await market.service.said("catalog.producer.changed"))[-1]["suspension"] is None
    assert (await market.get("/producers", public=True, suspended="true"))["items"] == []
    history = (await market.get(f"/edits/producer/{producer['id']}", public=True))["items"]
    assert [each["action"] for each in history] == ["suspension_lifted", "suspended", "entered"]


async def test_the_decision_of_the_gate_takes_the_lots_of_a_suspended_producer_off_the_market(market: Market) -> None:
    draft = await market.listed(2)
    first = draft["draft"]["lots"][0]
    producer = await market.get(f"/producers/{first['producer_id']}")
    await suspend(market, producer)
    said = decision(draft["id"], first["id"], draft["submitted_version"], "fail")
    await market.service.hear(said)
    found = await market.get(f"/listings/{draft['id']}", public=True)
    assert {lot["id"]: lot["state"] for lot in found["lots"]}[first["id"]] == "blocked"
    attention = await market.get("/attention")
    assert [(each["producer_id"], each["office"]) for each in attention["suspended"]] == [(producer["id"], OFFICE)]
    (down,) = attention["taken_down"]
    assert (down["lot_id"], down["decision_id"]) == (first["id"], said.entity_id)


async def test_a_new_name_does_not_shake_off_a_suspension(market: Market) -> None:
    producer = await market.producer()
    await suspend(market, producer)
    renamed = await market.put(f"/producers/{producer['id']}", producer_body() | {"name": "别的合作社"})
    assert renamed["suspension"]["office"] == OFFICE


async def test_a_lot_names_its_producer_to_the_gate(market: Market) -> None:
    producer, specialty = await market.producer(), await market.specialty()
    draft = await market.post("/listings", listing_body(specialty["id"], [lot_body(producer["id"])]))
    await market.post(f"/listings/{draft['id']}/submit", {})
    (told,) = await market.service.said("catalog.listing.submitted")
    assert list(told["producers"].values()) == [producer["id"]]


async def test_what_stands_is_not_suspended_twice_nor_lifted_when_nothing_stands(market: Market) -> None:
    producer = await market.producer()
    assert (await lift(market, producer, 409))["type"].endswith("/producer-not-suspended")
    await suspend(market, producer)
    assert (await suspend(market, producer, 409))["type"].endswith("/producer-suspended")


async def test_only_who_sells_can_be_suspended(market: Market) -> None:
    applied = await market.post("/producers", producer_body(), headers=market.headers(organ="砀山县商务局"))
    assert (await suspend(market, applied, 409))["type"].endswith("/producer-not-admitted")


async def test_suspending_is_for_a_named_overseeing_office_of_the_region(market: Market) -> None:
    producer = await market.producer()
    await suspend(market, producer, 403, market.headers("operator", organ="砀山县商务局"))
    await suspend(market, producer, 403, inspector(market, scopes=("610722",)))
    nameless = await suspend(market, producer, 409, inspector(market, organ=None))
    assert nameless["type"].endswith("/office-not-named")
    path = "/producers/no-such-producer/suspension"
    await market.post(path, WHY, 404, inspector(market))


async def test_who_entered_a_producer_does_not_judge_them(market: Market) -> None:
    own = market.headers("operator", "reviewer", account_id="two", organ="砀山县商务局")
    producer = await market.post("/producers", producer_body(), headers=own)
    for name, role, account in (("recommend", "operator", "county"), ("admit", "reviewer", "platform")):
        signed = market.headers(role, account_id=account, organ=account)
        body = {"step": name, "reason": "材料齐全。"}
        await market.post(f"/producers/{producer['id']}/admission", body, 200, signed)
    assert (await suspend(market, producer, 409, own))["type"].endswith("/same-person")


@pytest.mark.parametrize("missing", ["reason_zh", "reason_en"])
async def test_a_suspension_says_why_in_both_languages(market: Market, missing: str) -> None:
    producer = await market.producer()
    body = {name: value for name, value in WHY.items() if name != missing}
    await market.post(f"/producers/{producer['id']}/suspension", body, 422, inspector(market))


async def test_a_version_that_is_no_longer_the_newest_is_not_suspended(market: Market) -> None:
    producer = await market.producer()
    await market.put(f"/producers/{producer['id']}", producer_body() | {"members": 121})
    stale = inspector(market) | {"If-Match": f'"{producer["version"]}"'}
    await suspend(market, producer, 412, stale)


def overturned(told: Json, **changes: Any) -> SuspensionOverturned:
    """What the gate says when an appeal against the suspension that catalog told of was granted."""
    values = {"entity_id": "A-1", "version": 2, "producer_id": told["entity_id"], "suspension": told["suspension"]}
    said = {"decision_id": "D-1", "decided_by_organ": "全国复核中心", "reason_zh": "样品并非该主体所产。"}
    return SuspensionOverturned.model_validate(values | said | changes)


async def test_an_appeal_that_is_granted_ends_the_suspension_and_the_history_names_the_office(market: Market) -> None:
    producer = await market.producer()
    await suspend(market, producer)
    told = (await market.service.said("catalog.producer.changed"))[-1]
    await market.service.hear(overturned(told))
    now = await market.get(f"/producers/{producer['id']}", public=True)
    assert now["suspension"] is None
    said = (await market.service.said("catalog.producer.changed"))[-1]
    assert (said["suspension"], said["version"]) == (None, told["version"] + 1)
    newest = (await market.get(f"/edits/producer/{producer['id']}", public=True))["items"][0]
    assert (newest["action"], newest["by_office"], newest["why"], newest["decision_id"]) == (
        "suspension_lifted",
        "全国复核中心",
        "样品并非该主体所产。",
        "D-1",
    )


async def test_a_later_suspension_than_the_one_that_was_judged_stands(market: Market) -> None:
    producer = await market.producer()
    await suspend(market, producer)
    told = (await market.service.said("catalog.producer.changed"))[-1]
    await market.service.hear(overturned(told, suspension=told["suspension"] | {"since_on": "2020-02-01"}))
    assert (await market.get(f"/producers/{producer['id']}", public=True))["suspension"]["office"] == OFFICE
    await market.service.hear(overturned(told, producer_id="no-such-producer"))
