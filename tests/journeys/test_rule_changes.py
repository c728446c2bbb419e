"""A rule that changes in public: proposed, weighed, published by another organ, in force from its day, withdrawn."""

import asyncio
from datetime import timedelta
from itertools import count

from deploy.seed.market import Json
from services.contracts.values import shanghai_day
from services.kit import clock
from tests.journeys.town import Town, result_of

KEYS = (f"rule-change-{number}" for number in count(1))
NAME = "quality.docs.test_days"


async def moved(town: Town, change: Json, move: str, who: str, body: Json | None = None, status: int = 200) -> Json:
    """Move a change on, as somebody."""
    path = f"/parameter-changes/{change['id']}/{move}"
    answer = await town.post(path, body, who, idempotency_key=next(KEYS))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def weighed(town: Town, change: Json) -> Json:
    """What the value would change, once everything live was asked; at most thirty seconds."""
    for _ in range(150):
        impact = await town.market.get(f"/parameter-changes/{change['id']}/impact")
        if impact["state"] != "running":
            return impact
        await asyncio.sleep(0.2)
    raise AssertionError(impact)


async def test_a_value_is_changed_in_public_and_taken_back_before_its_day(town: Town) -> None:
    first_day = shanghai_day(clock.now()) + timedelta(days=20)
    body = {
        "name": NAME,
        "value": 2,
        "from_on": first_day.isoformat(),
        "basis": "platform",
        "reason_zh": "演示：检测报告两日内有效。",
        "reason_en": "Demonstration: a test is fresh for two days.",
    }
    made = await town.post("/parameter-changes", body, "reviewer", idempotency_key=next(KEYS))
    assert made.status_code == 201, made.text
    change = made.json()
    impact = await weighed(town, change)
    assert (impact["state"], impact["asked"] >= 6) == ("done", True)
    own = await moved(town, change, "publish", "reviewer", status=403)
    assert own["type"].endswith("/own-case")

    before = (await town.market.get("/rules"))["ruleset"]
    await moved(town, change, "publish", "administrator")
    rule = await town.market.get("/rules/quality.docs")
    values = next(each["values"] for each in rule["parameters"] if each["name"] == NAME)
    assert (values[-1]["value"], values[-1]["in_force"], values[-1]["change_id"]) == (2, False, change["id"])
    assert rule["ruleset"] != before
    history = await town.market.get("/rules/quality.docs/changes")
    assert (history["items"][0]["kind"], history["items"][0]["effective_on"]) == ("value", first_day.isoformat())

    tested = {"kind": "test_report", "lot_number": "L-1", "qualified_laboratory": True, "conforming": True}
    tested["issued_on"] = (first_day - timedelta(days=5)).isoformat()
    lot = {"lot_number": "L-1", "category_code": "fruit.pear.su", "producer_kind": "cooperative"}
    facts = {"lot": {**lot, "certificates": [tested]}}
    asked = {"stage": "listing", "rules": ["quality.docs"], "facts": facts, "trial": True}
    for day, value in ((first_day - timedelta(days=1), 30), (first_day, 2)):
        answer = await town.check({**asked, "at": f"{day}T12:00:00+08:00"})
        assert result_of(answer, "quality.docs")["parameters"][NAME] == value

    page = await town.market.http.get(f"{town.stack.url}/zh/rules/changes/{change['id']}")
    assert "演示：检测报告两日内有效。" in page.text
    reasons = {"reason_zh": "演示结束。", "reason_en": "The demonstration is over."}
    await moved(town, change, "withdraw", "reviewer", reasons)
    assert (await town.market.get("/rules"))["ruleset"] == before
