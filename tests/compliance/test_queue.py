"""The queue of reviewers by urgency, and the case before those who may act on it."""

from datetime import timedelta
from typing import Any

from services.contracts.broadcast import FiledListing
from tests.apps import instant, statements
from tests.compliance.cases import APPROVED, FILED, LISTING_ID, LOT_ID, Case
from tests.compliance.rules.documents import document
from tests.compliance.second import inspector, named_company, proposed, reviewer
from tests.compliance.test_appeals import opened
from tests.compliance.test_reviews import held, word


async def queue(case: Case, query: str = "", *, at: Any = APPROVED, **claims: Any) -> list[dict[str, Any]]:
    answer = await case.service.client.get(f"/reviews{query}", headers=reviewer(case, at=at, **claims))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def held_filing(case: Case) -> dict[str, Any]:
    """A filing that is held because nobody stated its cost."""
    await case.prepare()
    await case.list_lots()
    facts = case.approved_facts()
    del facts["filing"]["cost_fen"]
    await case.approve(facts=facts)
    return (await case.decisions("filing"))[-1]


async def test_it_tells_how_long_a_case_waits_until_when_and_who_may_not_act(case: Case) -> None:
    lot = await held(case)
    (item,) = await queue(case)
    assert (item["decision_id"], instant(item["decided_at"])) == (lot["entity_id"], FILED)
    assert instant(item["deadline_at"]) == instant("2020-02-26T18:00:00")
    assert (item["urgency"], item["you_may"], item["why_not"]) == ("soon", True, None)
    assert item["applicant_organs"] == ["砀山县商务局"]
    (near,) = await queue(case, organ="砀山县商务局")
    assert near["you_may"] is False
    assert near["why_not"]["zh"].startswith("您与申请人同属一个单位")


async def test_a_case_of_another_day_is_a_demonstration_and_never_overdue(case: Case) -> None:
    await held(case)
    (item,) = await queue(case, at=None)
    assert (item["urgency"], item["demonstration"]) == ("demonstration", True)


async def test_a_case_of_the_present_whose_time_is_over_is_overdue(case: Case) -> None:
    await held(case)
    await case.as_of_the_present("lot", LOT_ID)
    (item,) = await queue(case, at=APPROVED + timedelta(days=20))
    assert (item["urgency"], item["demonstration"]) == ("overdue", False)
    (item,) = await queue(case)
    assert item["urgency"] == "soon"


async def test_a_filing_is_soon_a_day_before_it_begins_and_live_while_it_lasts(case: Case) -> None:
    await held_filing(case)
    starts = instant("2020-03-02T19:30:00")
    for at, urgency in (
        (starts - timedelta(hours=25), "later"),
        (starts - timedelta(hours=24) + timedelta(minutes=1), "soon"),
        (starts + timedelta(minutes=5), "live"),
        (instant("2020-03-02T21:30:00"), "demonstration"),
    ):
        assert [item["urgency"] for item in await queue(case, at=at)] == [urgency], at


async def test_a_lot_is_as_urgent_as_the_broadcast_that_takes_it_to_market(case: Case) -> None:
    await held(case)
    await case.approve()
    begins = instant("2020-03-02T19:30:00")
    at = begins - timedelta(hours=2)
    items = {item["subject"]["kind"]: item for item in await queue(case, at=at)}
    assert items["filing"]["urgency"] == "soon"
    assert instant(items["lot"]["deadline_at"]) == instant("2020-02-26T18:00:00")
    assert instant(items["lot"]["waits_since"]) == FILED
    live = {item["subject"]["kind"]: item["urgency"] for item in await queue(case, at=begins + timedelta(minutes=1))}
    assert live == {"lot": "live", "filing": "live"}


async def test_what_is_live_or_within_a_day_comes_before_an_older_deadline(case: Case) -> None:
    await held(case)
    facts = case.approved_facts()
    del facts["filing"]["cost_fen"]
    other = FiledListing(listing_id=LISTING_ID, listing_version=1, lot_ids=())
    await case.approve(facts=facts, listings=(other,))
    at = instant("2020-03-01T20:00:00")
    kinds = [(item["subject"]["kind"], item["urgency"]) for item in await queue(case, at=at)]
    assert kinds == [("filing", "soon"), ("lot", "demonstration")]


async def test_it_is_narrowed_by_region_rule_and_kind(case: Case) -> None:
    await held(case)
    for query, found in (
        ("?region=341321", 1),
        ("?region=340000", 1),
        ("?region=610722", 0),
        ("?rule=price.label", 1),
        ("?rule=fm.window", 0),
        ("?kind=lot", 1),
        ("?kind=filing", 0),
        ("?state=blocked", 0),
    ):
        assert len(await queue(case, query)) == found, query
    for query in ("?region=x", "?kind=broadcast", "?state=closed", '?rule=a"b'):
        answer = await case.service.client.get(f"/reviews{query}", headers=reviewer(case))
        assert answer.status_code == 422, query


async def test_its_pages_do_not_shift_while_they_are_read(case: Case) -> None:
    await held(case)
    await case.approve()
    headers = reviewer(case)
    first = (await case.service.client.get("/reviews?limit=1", headers=headers)).json()
    later = reviewer(case, at=APPROVED + timedelta(hours=3))
    rest = (await case.service.client.get(f"/reviews?limit=5&cursor={first['next']}", headers=later)).json()
    seen = [item["decision_id"] for item in (*first["items"], *rest["items"])]
    assert len(seen) == len(set(seen)) == 2
    broken = await case.service.client.get("/reviews?cursor=WyJ4IiwxLCJ5IiwieiJd", headers=headers)
    assert broken.status_code == 200


async def test_a_longer_queue_asks_the_database_no_oftener(case: Case) -> None:
    await held(case)
    facts = document()
    del facts["lot"]["price_unit"]
    asked = []
    for listings in (2, 6):
        for number in range(1, listings):
            listing = case.listing(facts=facts, entity_id=f"LS-{listings}-{number}")
            lots = tuple(lot.model_copy(update={"lot_id": f"LT-{listings}-{number}"}) for lot in listing.lots)
            await case.service.hear(listing.model_copy(update={"lots": lots}))
        with statements() as seen:
            assert len(await queue(case)) >= listings
        asked.append(len(seen))
    assert asked[0] == asked[1]


async def show(case: Case, decision_id: str, headers: dict[str, str]) -> dict[str, Any]:
    answer = await case.service.client.get(f"/cases/{decision_id}", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def moves(shown: dict[str, Any], rule: str) -> dict[str, tuple[bool, str]]:
    """Move → whether it is allowed, and why not."""
    point = next(point for point in shown["points"] if point["rule"] == rule)
    return {each["move"]: (each["allowed"], (each["why"] or {"en": ""})["en"]) for each in point["moves"]}


async def test_the_case_names_everybody_by_role_and_organ_and_nobody_by_person(case: Case) -> None:
    filing = await held_filing(case)
    shown = await show(case, filing["entity_id"], reviewer(case))
    assert {party["role"]: party["organ"] for party in shown["parties"]} == {
        "registrar": "砀山县应急管理局",
        "verifier": "安徽省应急管理厅",
        "certifier": "宿州市统计局",
        "applicant": "砀山县商务局",
        "approver": "宿州市人民政府",
        "presenter": "砀山县人民政府",
    }
    assert "p-operator" not in str(shown["parties"])
    assert moves(shown, "official.filing") == {"resolve": (True, "")}


async def test_a_lots_case_names_those_behind_its_listing_and_event(case: Case) -> None:
    lot = await held(case)
    shown = await show(case, lot["entity_id"], reviewer(case, person="p-operator"))
    assert [(party["role"], party["you"]) for party in shown["parties"]] == [
        ("registrar", False),
        ("verifier", False),
        ("applicant", True),
    ]
    assert moves(shown, "price.label")["resolve"] == (
        False,
        "You have a part in this case; a reviewer from outside must decide.",
    )


async def test_whoever_listed_a_lot_does_not_answer_its_review(case: Case) -> None:
    lot = await held(case)
    own = reviewer(case, person="p-operator")
    refused = await case.post(f"/decisions/{lot['entity_id']}/review", word(), own, 403)
    assert refused["type"].endswith("/own-case")


async def test_each_move_says_why_it_may_not_be_made(case: Case) -> None:
    lot = await named_company(case)
    decision_id = lot["entity_id"]
    assert moves(await show(case, decision_id, reviewer(case)), "adm.company_text") == {"propose": (True, "")}
    watching = moves(await show(case, decision_id, inspector(case)), "adm.company_text")
    assert watching == {"propose": (False, "Only reviewers act here.")}
    far = moves(await show(case, decision_id, reviewer(case, "first", "610000")), "adm.company_text")
    assert far["propose"] == (False, "The case lies outside of your regions.")
    first = await proposed(case, decision_id)
    await opened(case, decision_id)
    own = moves(await show(case, decision_id, reviewer(case)), "adm.company_text")
    assert own["propose"][1] == "An override of this waits for a second person already."
    assert own["confirm"][1] == "You have acted on this already; somebody else must."
    assert own["decide_appeal"][0] is False
    second = await show(case, decision_id, reviewer(case, "second"))
    assert moves(second, "adm.company_text")["confirm"] == (True, "")
    assert moves(second, "adm.company_text")["decide_appeal"] == (True, "")
    assert [each["id"] for each in second["overrides"]] == [first["id"]]
    assert len(second["appeals"]) == 1


async def test_a_case_that_has_moved_on_points_to_its_newest_decision(case: Case) -> None:
    lot = await held(case)
    new = await case.post(f"/decisions/{lot['entity_id']}/review", word(), reviewer(case))
    shown = await show(case, lot["entity_id"], reviewer(case))
    assert shown["newest_decision_id"] == new["decision_id"]
    assert moves(shown, "price.label")["resolve"][0] is False
    assert [(each["outcome"], each["reason_zh"]) for each in shown["resolutions"]] == [
        ("accepted", "实物标签已写明按箱计价。")
    ]


async def test_a_hard_fail_and_a_gap_in_our_records_know_no_move(case: Case) -> None:
    await case.know_people()
    await case.register(verified=False)
    facts = document()
    facts["seller"]["serious_dishonesty"] = True
    await case.list_lots(facts=facts)
    (lot,) = await case.decisions("lot")
    shown = await show(case, lot["entity_id"], reviewer(case))
    assert {point["rule"]: (point["answered_by"], point["moves"]) for point in shown["points"]} == {
        "quality.seller": ("facts", []),
        "gate.records": ("records", []),
    }


async def test_a_case_is_shown_to_those_who_may_act_on_one(case: Case) -> None:
    lot = await held(case)
    operator = case.headers("operator", at=None)
    assert (await case.service.client.get(f"/cases/{lot['entity_id']}", headers=operator)).status_code == 403
    assert (await case.service.client.get("/cases/none", headers=reviewer(case))).status_code == 404
    assert (lot["about"]["parent_id"], lot["about"]["id"]) == (LISTING_ID, LOT_ID)
