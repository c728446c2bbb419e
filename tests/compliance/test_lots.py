"""Lots before the gate: decided one by one, copied when nothing changed, asked again when something did."""

from datetime import timedelta

from services.compliance.store.due import add_due
from services.contracts.catalog import ListingWithdrawn, ProducerChanged, SubmittedLot, Suspension
from services.kit import clock
from tests.apps import instant
from tests.compliance.cases import FILED, Case
from tests.compliance.rules.documents import document


async def test_a_lot_whose_event_is_no_force_majeure_is_blocked(case: Case) -> None:
    await case.know_people()
    await case.register(event_type="price_fall")
    await case.list_lots()
    (lot,) = await case.decisions("lot")
    assert lot["outcome"] == "fail"
    assert "fm.event" in [result["rule"] for result in lot["not_passed"]]
    assert lot["about"] == {"kind": "lot", "id": "LOT-A-1", "version": 1, "parent_id": "LS-DANGSHAN-2019"}


async def test_a_lot_without_a_registered_event_waits_for_it(case: Case) -> None:
    case.event_id = "no-such-event"
    await case.list_lots()
    (lot,) = await case.decisions("lot")
    assert lot["outcome"] == "review"
    assert ("gate.records", "fact_not_arrived") in [(r["rule"], r["reason_code"]) for r in lot["not_passed"]]


async def test_the_same_facts_in_a_new_version_keep_their_answer(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.list_lots(version=2)
    first, second = await case.decisions("lot")
    assert second["copied_from"] == first["entity_id"]
    assert second["about"]["version"] == 2
    assert (second["answer_sha256"], second["at"]) == (first["answer_sha256"], first["at"])
    assert (await case.decision(second["entity_id"]))["copied_from"] == first["entity_id"]


async def test_changed_facts_in_a_new_version_are_decided_anew(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    changed = document()
    del changed["lot"]["price_unit"]
    await case.list_lots(version=2, facts=changed)
    first, second = await case.decisions("lot")
    assert second["copied_from"] is None
    assert (first["outcome"], second["outcome"]) == ("pass", "review")


async def test_an_older_version_that_comes_late_is_kept_but_not_decided(case: Case) -> None:
    await case.prepare()
    await case.list_lots(version=3)
    await case.list_lots(version=2)
    assert [lot["about"]["version"] for lot in await case.decisions("lot")] == [3]


async def test_each_lot_has_its_own_answer(case: Case) -> None:
    await case.prepare()
    good = case.listing().lots[0]
    bad_facts = document()
    bad_facts["seller"]["serious_dishonesty"] = True
    bad = SubmittedLot(
        lot_id="LOT-B-1",
        lot_number="B-1",
        producer_uscc="93341321MA8DM0B2XE",
        content_sha256="1" * 64,
        unchanged_since=None,
        facts={**good.facts, "seller": bad_facts["seller"]},
    )
    await case.list_lots(lots=(good, bad))
    assert {lot["about"]["id"]: lot["outcome"] for lot in await case.decisions("lot")} == {
        "LOT-A-1": "pass",
        "LOT-B-1": "fail",
    }


async def test_a_lifted_declaration_is_heard_by_the_lots_that_rest_on_it(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.lift(1, "2020-02-26T00:00:00+08:00")
    await case.ask_what_is_due()
    first, second = await case.decisions("lot")
    assert (first["outcome"], second["outcome"]) == ("pass", "pass")
    assert first["valid_until"] != second["valid_until"]
    assert second["at"] == "2020-02-26T08:30:00Z"


async def test_a_change_that_changes_no_answer_is_not_announced_again(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.verify_again()
    await case.ask_what_is_due()
    await case.ask_what_is_due()
    assert len(await case.decisions("lot")) == 1


async def test_a_lot_whose_answer_runs_out_is_asked_again_by_itself(case: Case) -> None:
    await case.prepare()
    await case.list_lots(occurred_at=clock.now(), clock_set=False)
    (first,) = await case.decisions("lot")
    assert first["outcome"] == "fail"
    await case.expire("lot", "LOT-A-1")
    assert await case.ask_what_is_due() == 1
    assert len(await case.decisions("lot")) == 1


async def test_a_demonstration_of_years_ago_stays_as_it_was_decided(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.expire("lot", "LOT-A-1")
    assert await case.ask_what_is_due() == 0


async def test_a_withdrawn_listing_is_not_asked_again(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    withdrawn = ListingWithdrawn(
        entity_id="LS-DANGSHAN-2019", version=2, region_code="341321", reason="sold", occurred_at=FILED, clock_set=True
    )
    await case.service.hear(withdrawn)
    await case.lift(1, "2020-02-26T00:00:00+08:00", at=instant("2020-04-20T00:00:00"))
    await case.ask_what_is_due()
    assert len(await case.decisions("lot")) == 1


async def test_the_same_event_twice_has_one_answer(case: Case) -> None:
    await case.prepare()
    listing = case.listing()
    await case.service.hear(listing, listing, listing.model_copy(update={"message_id": "another-delivery"}))
    assert len(await case.decisions("lot")) == 1


async def test_a_listing_of_a_hundred_lots_has_a_hundred_answers(case: Case) -> None:
    await case.prepare()
    lot = case.listing().lots[0]
    many = []
    for number in range(100):
        facts = {**lot.facts, "lot": {**lot.facts["lot"], "id": f"LOT-{number}"}}
        many.append(lot.model_copy(update={"lot_id": f"LOT-{number}", "lot_number": str(number), "facts": facts}))
    await case.list_lots(lots=tuple(many))
    assert len({lot["about"]["id"] for lot in await case.decisions("lot")}) == 100


async def test_a_paper_that_runs_out_takes_its_lot_down_by_itself(case: Case) -> None:
    await case.prepare()
    facts = document()
    facts["lot"]["certificates"][0]["expires_on"] = "2020-03-01"
    facts["lot"]["certificates"][1]["expires_on"] = "2020-12-31"
    await case.list_lots(facts=facts)
    (listed,) = await case.decisions("lot")
    ends = instant("2020-03-02T00:00:00")
    assert listed["outcome"] == "pass"
    assert instant(listed["valid_until"]) <= ends
    async with case.service.database.sessions.begin() as db:
        await add_due(db, [("lot", "LOT-A-1")], clock.now(), ends - timedelta(seconds=1))
    await case.ask_what_is_due()
    async with case.service.database.sessions.begin() as db:
        await add_due(db, [("lot", "LOT-A-1")], clock.now(), ends)
    await case.ask_what_is_due()
    taken_down = (await case.decisions("lot"))[-1]
    assert taken_down["outcome"] == "fail"
    assert ("quality.docs", "certificate_expired") in [
        (each["rule"], each["reason_code"]) for each in taken_down["not_passed"]
    ]
    assert taken_down["about"] == listed["about"]
    before = [each for each in await case.decisions("lot") if each["outcome"] == "fail"]
    assert before == [taken_down]


SUSPENDED = Suspension(
    office="安徽省市场监督管理局",
    by_person="p-inspector",
    since_on=FILED.date(),
    reason_zh="抽检两次不合格。",
    reason_en="Two samples failed.",
)


def producer(version: int, suspension: Suspension | None, **changes: object) -> ProducerChanged:
    values: dict[str, object] = {
        "entity_id": "P-A",
        "version": version,
        "region_code": "341321",
        "uscc": document()["seller"]["uscc"],
        "name": "砀山演示一号合作社",
        "admission": "admitted",
        "suspension": suspension,
        "occurred_at": FILED,
        "clock_set": True,
    }
    return ProducerChanged.model_validate(values | changes)


async def test_a_suspended_producers_lot_is_taken_down_by_a_decision_that_names_the_office(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.service.hear(producer(1, None))
    assert await case.ask_what_is_due() == 0
    await case.service.hear(producer(2, SUSPENDED))
    await case.ask_what_is_due()
    listed, down = await case.decisions("lot")
    assert (listed["outcome"], down["outcome"]) == ("pass", "fail")
    (why,) = down["not_passed"]
    assert (why["rule"], why["reason_code"], why["hard"]) == ("quality.seller", "seller_suspended", True)
    assert "安徽省市场监督管理局" in why["reason_zh"]
    await case.service.hear(producer(1, None))
    await case.service.hear(producer(3, None))
    await case.ask_what_is_due()
    assert [each["outcome"] for each in await case.decisions("lot")] == ["pass", "fail", "pass"]


async def test_what_a_suspended_producer_submits_does_not_pass(case: Case) -> None:
    await case.prepare()
    await case.service.hear(producer(1, SUSPENDED))
    await case.list_lots()
    (lot,) = await case.decisions("lot")
    assert [each["reason_code"] for each in lot["not_passed"]] == ["seller_suspended"]


async def test_a_household_without_a_code_is_known_by_its_producer(case: Case) -> None:
    await case.prepare()
    lot = case.listing().lots[0].model_copy(update={"producer_uscc": ""})
    await case.list_lots(lots=(lot,), producers={lot.lot_id: "P-A"})
    await case.service.hear(producer(1, SUSPENDED, uscc=None))
    await case.ask_what_is_due()
    assert [each["outcome"] for each in await case.decisions("lot")] == ["pass", "fail"]
