"""The gate is asked about every release before it is out, and the release carries the answer."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from services.contracts.compliance import DecisionMade
from services.contracts.disclosure import ReleaseAsked
from services.disclosure.actions.preparing import prepare_next
from services.kit.ids import new_id
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import (
    BROADCAST,
    EVIDENCE,
    account,
    changed,
    ended,
    filing,
    listing,
    notes,
    order,
    refund,
    sample,
    slow_sales,
    some_time_ago,
    viewers,
)

PATH = f"/disclosures/{BROADCAST}"
DUE = "UPDATE disclosure.course SET due_at = now() - interval '1 second' WHERE due_at IS NOT NULL"
AGAIN = "UPDATE disclosure.course SET due_at = now() WHERE due_at = again_at"
UNANSWERED = "UPDATE disclosure.draft SET answer_by = now() - interval '1 second'"


class Two:
    """Disclosure and the gate, with the bus between them."""

    def __init__(self, disclosure: ServiceUnderTest, compliance: ServiceUnderTest) -> None:
        self.disclosure = disclosure
        self.compliance = compliance
        self.carried = 0

    async def broadcast(self, *, days: float = 1, buyers: int = 60, **said: Any) -> None:
        """A broadcast that ended so many days ago."""
        at = some_time_ago(days=days)
        await self.disclosure.hear(listing(), filing(**said), *notes(at), viewers(at, 120))
        await self.disclosure.hear(*(order(number, at) for number in range(buyers)), ended(at))

    async def prepare(self) -> None:
        """One look at what is due."""
        await prepare_next(self.disclosure.database, self.disclosure.app.state.surroundings)

    async def ask(self) -> list[ReleaseAsked]:
        """What disclosure asked of the gate since it was last carried there."""
        said = await self.disclosure.said("disclosure.release.asked")
        asked = [ReleaseAsked.model_validate(each) for each in said[self.carried :]]
        self.carried = len(said)
        return asked

    async def carry(self) -> DecisionMade:
        """Bring the question to the gate and the answer back."""
        await self.compliance.hear(*await self.ask())
        answer = DecisionMade.model_validate((await self.compliance.said("compliance.decision.made"))[-1])
        await self.disclosure.hear(answer)
        return answer

    async def newest(self) -> dict[str, Any]:
        """The newest release."""
        answer = await self.disclosure.client.get(PATH)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def numbers(self) -> list[int]:
        """The releases that are out."""
        answer = await self.disclosure.client.get(f"{PATH}/releases")
        return [each["number"] for each in answer.json().get("items", ())]

    async def due_now(self, statement: str = DUE) -> None:
        """As if the time of waiting were over."""
        async with self.disclosure.database.sessions.begin() as db:
            await (await db.connection()).exec_driver_sql(statement)


@pytest.fixture
async def two(service_app: ServiceOf) -> Two:
    """Both services, as they start."""
    return Two(await service_app("disclosure", gate_seconds=120), await service_app("compliance"))


def reasons(decision: dict[str, Any]) -> set[str]:
    """Why it is no pass."""
    return {each["reason_code"] for each in decision["not_passed"]}


async def test_a_release_waits_for_the_gate_and_carries_its_answer(two: Two) -> None:
    await two.broadcast(days=0.1)
    await two.prepare()
    assert await two.numbers() == []
    answer = await two.carry()
    document = await two.newest()
    assert (answer.stage, answer.about.kind, answer.about.id, answer.about.version) == (
        "post",
        "document",
        BROADCAST,
        1,
    )
    assert answer.public
    assert answer.binding
    carried = document["publication"]
    assert (carried["decision_id"], carried["release"], carried["outcome"]) == (answer.entity_id, 1, "pass")
    assert carried["answer_sha256"] == answer.answer_sha256
    stored = (await two.compliance.client.get(f"/decisions/{answer.entity_id}")).json()
    assert {result["rule"] for result in stored["results"]} == {"disc.publish", "adm.suppliers", "complaint.sla"}
    assert stored["facts"]["disclosure"]["buyer_personal_data"] is False
    assert stored["facts"]["disclosure"]["smallest_cell"] >= 10


async def test_the_same_question_again_is_no_second_release(two: Two) -> None:
    await two.broadcast()
    await two.prepare()
    answer = await two.carry()
    await two.disclosure.hear(answer.model_copy(update={"message_id": new_id()}))
    await two.due_now()
    await two.prepare()
    assert await two.numbers() == [1]


async def test_a_gate_that_is_silent_withholds_nothing_and_its_late_answer_follows(two: Two) -> None:
    await two.broadcast()
    await two.prepare()
    await two.prepare()
    assert await two.numbers() == []
    await two.due_now(UNANSWERED)
    await two.due_now()
    await two.prepare()
    first = await two.newest()
    assert (first["number"], first["publication"]) == (1, None)
    await two.carry()
    await two.due_now()
    await two.prepare()
    await two.carry()
    second = await two.newest()
    assert (second["number"], second["publication"]["release"]) == (2, 2)
    assert [each["section"] for each in second["changes"]] == ["publication"]
    await two.due_now()
    await two.prepare()
    assert await two.numbers() == [1, 2]


async def test_a_record_that_comes_late_is_published_with_the_fail_and_stands_on_the_list(two: Two) -> None:
    await two.broadcast(days=12)
    await two.prepare()
    await two.carry()
    document = await two.newest()
    assert document["publication"]["outcome"] == "fail"
    assert "summary_published_late" in reasons(document["publication"])
    listed = (await two.disclosure.client.get("/disclosures/overdue")).json()
    assert listed["items"] == []
    (failed,) = listed["failed"]
    assert (failed["broadcast_id"], failed["gate"]["outcome"]) == (BROADCAST, "fail")
    assert failed["gate"]["reasons_zh"]
    assert failed["gate"]["decision_id"] == document["publication"]["decision_id"]


async def test_a_full_record_that_lacks_something_says_what(two: Two) -> None:
    await two.broadcast(days=16)
    await two.prepare()
    await two.carry()
    document = await two.newest()
    (failed,) = document["publication"]["not_passed"]
    assert document["stage"] == "full"
    # This broadcast's listing names no certified evidence of slow sales and no event that arrived here.
    assert "the unsold goods before and after" in failed["reason_en"]
    assert "corrections" not in failed["reason_en"], "every release carries their list"
    assert "不可抗力事件" in failed["reason_zh"]
    assert failed["remedy_zh"]


async def test_a_release_that_would_name_somebody_is_held_in_public_and_goes_out_once_it_does_not(two: Two) -> None:
    await two.disclosure.hear(account("approver-341300", "张三丰"))
    await two.broadcast(days=0.1, title_zh="张三丰请您吃梨")
    await two.prepare()
    answer = await two.carry()
    assert "disc.publish:official_identifiers" in answer.reason_codes
    assert await two.numbers() == []
    (held,) = (await two.disclosure.client.get("/disclosures/overdue")).json()["items"]
    assert (held["late"], held["gate"]["decision_id"]) == ([], answer.entity_id)
    assert held["held_at"]
    told = await two.disclosure.client.get(PATH, headers={"Accept-Language": "en"})
    assert told.status_code == 404
    assert "The gate holds the release back" in told.json()["detail"]
    await two.disclosure.hear(filing(version=99, title_zh="请您吃梨"))
    await two.due_now()
    await two.prepare()
    await two.carry()
    assert await two.numbers() == [1]
    assert (await two.disclosure.client.get("/disclosures/overdue")).json()["items"] == []


async def test_a_telephone_number_in_the_goods_is_personal_data(two: Two) -> None:
    await two.broadcast(title_en="Call 13800138000 for pears")
    await two.prepare()
    (asked,) = await two.ask()
    assert asked.facts["disclosure"]["buyer_personal_data"] is True


async def test_what_the_gate_says_of_a_release_makes_no_further_release(two: Two) -> None:
    await two.broadcast()
    await two.prepare()
    await two.carry()
    assert not [each for each in (await two.newest())["gate_results"] if each["stage"] == "post"]


async def test_a_later_release_is_asked_about_too(two: Two) -> None:
    await two.broadcast()
    await two.prepare()
    await two.carry()
    at = some_time_ago(days=1)
    await two.disclosure.hear(*(changed(number, at, refunds=[refund(number, at)]) for number in range(0, 60, 3)))
    await two.due_now()
    await two.prepare()
    assert await two.numbers() == [1]
    await two.carry()
    document = await two.newest()
    assert (document["number"], document["publication"]["release"]) == (2, 2)
    assert [(each["release"], each["sections"]) for each in document["corrections"]] == [(2, ["sales"])]


async def test_an_answer_about_a_document_of_somebody_else_changes_nothing(two: Two) -> None:
    about = {"kind": "document", "id": "a-leaflet", "version": 1}
    await two.disclosure.hear(sample(DecisionMade, stage="post", about=about))
    assert (await two.disclosure.client.get("/disclosures/a-leaflet")).status_code == 404


async def test_what_is_kept_back_is_named_with_its_ground(two: Two) -> None:
    await two.broadcast(buyers=3)
    await two.prepare()
    (asked,) = await two.ask()
    facts = asked.facts["disclosure"]
    assert facts["smallest_cell"] == 0
    assert "sales" in [each["item"] for each in facts["redactions"]]
    assert all("第二十五条" in each["ground"] for each in facts["redactions"])
    assert asked.answer_by - asked.occurred_at <= timedelta(seconds=121)
    assert len(json.dumps(asked.facts)) < 4_096


async def test_what_comes_while_a_release_waits_for_the_gate_makes_the_next_one(two: Two) -> None:
    await two.broadcast()
    await two.prepare()
    at = some_time_ago(days=1)
    await two.disclosure.hear(*(changed(number, at, refunds=[refund(number, at)]) for number in range(0, 60, 3)))
    await two.carry()
    first = await two.newest()
    assert (first["number"], first["sales"]["refunded_fen"]) == (1, 0)
    await two.due_now(AGAIN)
    await two.prepare()
    await two.carry()
    second = await two.newest()
    assert (second["number"], second["sales"]["refunded_fen"]) == (2, 20 * 2_990)


async def test_evidence_that_is_certified_late_makes_a_release(two: Two) -> None:
    await two.broadcast(slow_sales_ids=[EVIDENCE])
    await two.prepare()
    await two.carry()
    await two.disclosure.hear(slow_sales())
    await two.due_now(AGAIN)
    await two.prepare()
    await two.carry()
    assert [each["section"] for each in (await two.newest())["changes"]] == ["slow_sales"]


async def test_of_two_replicas_that_put_a_record_together_one_publishes(
    committing_service_app: ServiceOf,
) -> None:
    service = await committing_service_app("disclosure")
    at = some_time_ago(days=1)
    await service.hear(listing(), filing(), *notes(at), *(order(number, at) for number in range(40)), ended(at))
    around = service.app.state.surroundings
    for _ in range(3):
        await asyncio.gather(*(prepare_next(service.database, around) for _ in range(3)))
    releases = (await service.client.get(f"{PATH}/releases")).json()["items"]
    assert [each["number"] for each in releases] == [1]
    assert len(await service.said("disclosure.release.published")) == 1
    assert len(await service.said("disclosure.release.asked")) == 1


async def test_an_answer_and_the_end_of_waiting_at_once_make_one_release(committing_service_app: ServiceOf) -> None:
    two = Two(await committing_service_app("disclosure", gate_seconds=120), await committing_service_app("compliance"))
    await two.broadcast()
    await two.prepare()
    await two.compliance.hear(*await two.ask())
    answer = DecisionMade.model_validate((await two.compliance.said("compliance.decision.made"))[-1])
    await two.due_now(UNANSWERED)
    await two.due_now()
    await asyncio.gather(two.prepare(), two.disclosure.hear(answer), two.prepare())
    assert await two.numbers() == [1]
    assert len(await two.disclosure.said("disclosure.release.published")) == 1


async def test_over_the_bus_the_answer_comes_by_itself(committing_service_app: ServiceOf) -> None:
    disclosure = await committing_service_app("disclosure", gate_seconds=600, record_seconds=0.2, background=True)
    two = Two(disclosure, await committing_service_app("compliance", background=True))
    await two.broadcast()
    async with asyncio.timeout(60):
        while not await two.numbers():  # noqa: ASYNC110  Nothing of ours tells a test that the bus has brought it.
            await asyncio.sleep(0.1)
    document = await two.newest()
    assert document["publication"]["release"] == 1
    assert document["publication"]["decision_id"]
