"""The scenarios S1 to S16: the same cases, through the same door that everybody uses, each at its own date."""

from datetime import datetime

import pytest

from deploy.seed.data import rows
from deploy.seed.goods import orders_afterwards
from deploy.seed.market import Json
from tests.journeys.town import Town, failed, held, result_of

MARCH_2 = "2020-03-02T09:00:00+08:00"
APRIL_20 = "2020-04-20T09:00:00+08:00"
MAY_9 = "2020-05-09T09:00:00+08:00"
APRIL_27 = "2020-04-27T11:00:00+08:00"
MAY_12 = "2020-05-12T22:30:00+08:00"


async def test_s1_pears_of_four_cooperatives_are_listed_filed_approved_and_scheduled(town: Town) -> None:
    listing = await town.listing("S1", "dangshan-operator")
    filing = await town.filing("S1", "dangshan-operator")

    assert [lot["state"] for lot in listing["lots"]] == ["listed"] * 4
    assert filing["state"] == "scheduled"
    assert filing["approval"]["organ"] == "宿州市人民政府"
    march: Json = {"from": "2020-03-01T00:00:00+08:00", "to": "2020-04-01T00:00:00+08:00"}
    calendar = await town.market.get("/broadcasts", region="341321", **march)
    assert [(row["id"], row["state"]) for row in calendar["items"]] == [(filing["broadcast_id"], "scheduled")]


async def test_s1_passes_every_rule_on_the_day_of_the_broadcast(town: Town) -> None:
    filing = await town.filing("S1", "dangshan-operator")
    binding = await town.decision(filing["binding"]["decision_id"])
    lots = await town.lot_decisions("S1", "dangshan-operator")

    on_the_day = [await town.asked_at(decision, MARCH_2) for decision in (binding, *lots)]

    assert [(answer["outcome"], failed(answer), held(answer)) for answer in on_the_day] == [("pass", {}, {})] * 5


async def test_s2_one_company_alone_is_stopped_by_adm_suppliers(town: Town) -> None:
    decisions = await town.lot_decisions("S2", "demo-operator")

    assert [failed(decision) for decision in decisions] == [{"adm.suppliers": "one_supplier"}]
    assert result_of(decisions[0], "adm.suppliers")["hard"]
    assert decisions[0]["at"] == MARCH_2


async def test_s3_three_cooperatives_of_one_controller_count_as_one(town: Town) -> None:
    decisions = await town.lot_decisions("S3", "demo-operator")

    assert [failed(decision) for decision in decisions] == [{"adm.suppliers": "one_controller"}] * 3
    reason = result_of(decisions[0], "adm.suppliers")["reason"]["zh"]
    # Whoever was entered first is named first.
    assert reason.count("：同一实际控制人") == 2
    assert all(f"演示县连手{number}号果蔬专业合作社" in reason for number in "一二三")
    assert decisions[0]["at"].startswith("2020-03-02")


async def test_s4_the_notice_of_chenggu_blocks_the_whole_broadcast(town: Town) -> None:
    filing = await town.filing("S4", "chenggu-operator")
    decision = await town.decision(filing["preview"]["decision_id"])

    assert filing["state"] == "blocked"
    for answer in (decision, await town.asked_at(decision, MAY_9)):
        assert set(failed(answer)) == {"notice.apportion"}
        assert result_of(answer, "notice.apportion")["hard"]


async def test_s4_everybody_finds_it_blocked_with_the_sentence_that_blocked_it(town: Town) -> None:
    blocked = await town.market.get("/broadcasts", region="610722", state="blocked")
    shown = await town.market.get(f"/broadcasts/{blocked['items'][0]['id']}")

    answers = [decision for decision in shown["decisions"] if decision["about"] == "filing"]
    decision = await town.decision(answers[0]["decision_id"])

    assert "每人不少于50元" in shown["reason_zh"]
    quotes = [evidence["quote"] for evidence in result_of(decision, "notice.apportion")["evidence"]]
    assert any("每人不少于50元" in quote for quote in quotes)


async def test_s5_the_apology_attached_stops_nothing(town: Town) -> None:
    filing = await town.filing("S5", "chenggu-operator")
    decision = await town.decision(filing["binding"]["decision_id"])

    assert filing["state"] == "scheduled"
    assert any("坚决杜绝" in text.get("text", "") for text in decision["facts"]["texts"])
    on_the_day = await town.asked_at(decision, "2020-05-09T21:00:00+08:00")
    assert result_of(on_the_day, "notice.apportion")["result"] == "pass"
    assert on_the_day["outcome"] == "pass"


async def test_s6_chickens_that_a_typhoon_made_scarce_are_not_slow_to_sell(town: Town) -> None:
    filing = await town.filing("S6", "wenchang-operator")
    decision = await town.decision(filing["preview"]["decision_id"], "wenchang-operator")

    assert filing["state"] == "blocked"
    assert set(failed(decision)) == {"fm.slow_sales"}
    assert "shortage" in result_of(decision, "fm.slow_sales")["reason_codes"]
    assert decision["at"].startswith("2024-09-12")


async def test_s7_over_supply_is_stopped_at_the_listing_already(town: Town) -> None:
    decisions = await town.lot_decisions("S7", "lingao-operator")

    for decision in decisions:
        on_the_day = await town.asked_at(decision, "2025-02-20T09:00:00+08:00")
        assert failed(decision) == failed(on_the_day) == {"fm.event": "not_force_majeure"}


async def test_s7_over_supply_is_stopped_at_the_filing_too(town: Town) -> None:
    filing = await town.filing("S7", "lingao-operator")
    decision = await town.decision(filing["preview"]["decision_id"])

    assert filing["state"] == "blocked"
    assert failed(decision) == {"fm.event": "not_force_majeure"}
    assert decision["at"].startswith("2025-02-20")


async def test_s8_a_director_of_agriculture_may_not_present_tea(town: Town) -> None:
    filing = await town.filing("S8", "demo-operator")
    decision = await town.decision(filing["preview"]["decision_id"])

    assert filing["state"] == "blocked"
    assert failed(decision) == {"official.organ": "department_and_food"}
    assert decision["at"].startswith("2020-04-20")


async def test_s9_a_head_who_signed_the_response_waits_until_the_prefecture_verifies(town: Town) -> None:
    filing = await town.filing("S9", "demo-operator")
    binding = await town.decision(filing["binding"]["decision_id"])

    assert filing["state"] == "in_review"
    on_the_day = await town.asked_at(binding, APRIL_20)
    assert failed(on_the_day) == {}
    assert held(binding) == {"fm.separation": "presenter_declared"}
    assert held(on_the_day)["fm.separation"] == "presenter_declared"

    verified_at = datetime.fromisoformat("2020-04-22T10:00:00+08:00")
    path = f"/events/{town.ids['event:E12']}/verify"
    await town.market.write("POST", path, {}, "demo-city-verifier", at=verified_at)
    settled = await until_it_is(town, "scheduled", filing["id"])

    assert settled["binding"]["outcome"] == "pass"


async def until_it_is(town: Town, state: str, filing_id: str) -> Json:
    """The filing once it has moved on from its review."""
    return await town.desk.until(
        f"{filing_id} {state}",
        lambda: town.market.get(f"/filings/{filing_id}", "demo-operator"),
        lambda filing: filing["state"] == state,
    )


async def test_s10_fresh_pears_cleared_below_cost_with_a_statement_wait_for_a_person(town: Town) -> None:
    decisions = await town.lot_decisions("S10-pear", "demo-operator")

    for decision in decisions:
        assert decision["facts"]["lot"]["clearance_statement_sha256"]
        assert (failed(decision), held(decision)) == ({}, {"price.below_cost": "below_cost_clearance"})
        assert decision["at"].startswith("2020-03-20")
    assert "27.00 元" in result_of(decisions[0], "price.below_cost")["remedy"]["zh"]


async def test_s10_rice_below_cost_is_stopped(town: Town) -> None:
    decisions = await town.lot_decisions("S10-rice", "demo-operator")

    for decision in decisions:
        assert (failed(decision), held(decision)) == ({"price.below_cost": "below_cost"}, {})
        assert "public_money_undisclosed" in result_of(decision, "price.below_cost")["reason_codes"]
        assert decision["at"].startswith("2020-03-20")


async def test_s12_an_event_under_a_former_code_covers_the_district_of_today(town: Town) -> None:
    event = await town.market.get(f"/events/{town.ids['event:E13']}")
    decisions = await town.lot_decisions("S12", "zhangqiu-operator")

    assert event["region_codes"] == ["370181"]
    for decision in decisions:
        assert decision["facts"]["subject"]["region_code"] == "370114"
        assert result_of(decision, "fm.coverage")["result"] == "pass"
        assert (decision["outcome"], decision["at"]) == ("pass", MARCH_2)


async def test_s15_an_official_in_the_thumbnail_of_the_replay_is_a_selling_point(town: Town) -> None:
    asked = await on_air_facts(town)

    asked["media"] = [picture("replay_thumbnail", official=True)]
    answer = await town.check({"stage": "onair", "at": APRIL_20, "facts": asked})
    asked["media"] = [picture("replay_thumbnail", official=False)]
    innocent = await town.check({"stage": "onair", "at": APRIL_20, "facts": asked})

    assert failed(answer) == {"text.official_image": "shown_in_picture"}
    assert (failed(innocent), innocent["outcome"]) == ({}, "pass")


async def on_air_facts(town: Town) -> Json:
    """What is known of the Demonstration County's pears while they are on air."""
    lot = (await town.lot_decisions("S9", "demo-operator"))[0]
    filing = await town.filing("S9", "demo-operator")
    binding = await town.decision(filing["binding"]["decision_id"], "demo-operator")
    shown = [
        {"kind": "official", "starts_at": "2020-04-28T19:30:00+08:00", "ends_at": "2020-04-28T20:00:00+08:00"},
        {"kind": "pin", "starts_at": "2020-04-28T20:00:00+08:00", "ends_at": "2020-04-28T21:00:00+08:00"},
    ]
    recorders = ("recorder_healthy", "interaction_log_healthy", "pin_log_healthy", "snapshots_healthy")
    shares = ("sessions_under_5s_share_bp", "largest_network_share_bp", "arrival_steps_over_3_sigma")
    counted = {"viewers": 900, "sessions": 1_000, "most_sessions_per_device": 2, **dict.fromkeys(shares, 0)}
    room = {
        "media_kind": "stills",
        "timeline": shown,
        "counted_until_at": APRIL_20,
        "recorder": {"checked_at": APRIL_20, "longest_gap_seconds": 0, **dict.fromkeys(recorders, True)},
        "traffic": {"counter": "own", "promotions": [], **counted},
        "praise": [],
        "praise_counter_shown": False,
        "deleted_product_complaints": 0,
    }
    orders = {"counted_until_at": APRIL_20, "paid": 300, "bulk_deals": []}
    late = ("unacknowledged_after_24h", "undecided_after_7d", "refunds_late", "deleted")
    complaints = {"counted_until_at": APRIL_20, "retaliation": False, "limits_published": True}
    return {
        **lot["facts"],
        **binding["facts"],
        "lot": lot["facts"]["lot"],
        "room": room,
        "orders": orders | {"signed_too_fast": 0, "signed_before_first_scan": 0},
        "complaints": complaints | dict.fromkeys(late, 0),
    }


def picture(kind: str, *, official: bool) -> Json:
    """A picture, with what a person declared to be in it."""
    return {
        "id": "replay",
        "kind": kind,
        "official_shown": official,
        "emblem_shown": False,
        "flag_shown": False,
        "goods_shown": True,
        "child_shown": False,
        "published": True,
    }


async def test_s16_a_company_in_the_sellers_panel_is_no_company_in_the_text(town: Town) -> None:
    listing = await town.listing("S16", "dangshan-operator")
    decisions = await town.lot_decisions("S16", "dangshan-operator")

    assert any("果业有限公司" in lot["seller"]["name"] for lot in listing["lots"])
    for decision in decisions:
        assert result_of(decision, "adm.company_text")["result"] == "pass"
        assert (decision["outcome"], decision["at"]) == ("pass", MARCH_2)


async def test_s11_mangoes_picked_before_their_opening_day_are_stopped_by_adm_season(town: Town) -> None:
    decisions = await town.lot_decisions("S11", "demo-operator")

    for decision in decisions:
        assert (failed(decision), held(decision)) == ({"adm.season": "before_opening_day"}, {})
        assert decision["at"].startswith("2024-06-28")
        lot = decision["facts"]["lot"]
        assert (lot["harvested_on"], lot["opens_on"]) == ("2024-06-25", "2024-07-01")
        assert "7月1日" in result_of(decision, "adm.season")["remedy"]["zh"]


async def test_e10_a_lockdown_holds_back_pork_and_lets_pears_go(town: Town) -> None:
    event = await town.market.get(f"/events/{town.ids['event:E10']}")
    pork = await town.lot_decisions("E10-pork", "demo-operator")
    pears = await town.lot_decisions("E10-pear", "demo-operator")

    assert event["document"]["quarantines"][0]["category_codes"] == ["livestock.pig", "meat.pork"]
    for decision in pork:
        assert (failed(decision), held(decision)) == ({"fm.biosecurity": "sealed_zone"}, {})
        assert result_of(decision, "fm.biosecurity")["hard"]
    assert [decision["outcome"] for decision in pears] == ["pass"] * 3


async def test_only_the_lots_of_cases_about_refusal_are_refused_or_held(town: Town) -> None:
    """A listing of the demonstration has one deciding rule at the most; any other is a defect of its data."""
    deciding = {"S2": "adm.suppliers", "S3": "adm.suppliers", "S7": "fm.event", "lychee-2023": "fm.event"}
    deciding |= {"S10-rice": "price.below_cost", "S11": "adm.season", "E10-pork": "fm.biosecurity"}
    waiting = {"enshi-tea-2020": "adm.subject", "S10-pear": "price.below_cost"}
    for case in rows("listings"):
        for decision in await town.lot_decisions(case["key"], case["by"]):
            # Lots that other journeys send to market later are asked again then, when their papers have grown old.
            that_day = await town.asked_at(decision, case["at"])
            found = (set(failed(that_day)), set(held(that_day)))
            assert found == ({deciding.get(case["key"])} - {None}, {waiting.get(case["key"])} - {None}), case["key"]


@pytest.mark.parametrize(
    ("key", "ended_at", "found"),
    [
        ("S13", "2020-05-09T11:30:00+08:00", {"order.captive": "bunched_orders"}),
        ("S14", "2020-05-09T21:00:00+08:00", {"order.staged": "deal_before_filing"}),
    ],
)
async def test_s13_and_s14_are_found_by_what_their_orders_look_like_afterwards(
    town: Town, key: str, ended_at: str, found: dict[str, str]
) -> None:
    filing = await town.filing(key, "demo-operator")
    binding = await town.decision(filing["binding"]["decision_id"], "demo-operator")

    room = {"media_kind": "stills", "timeline": [], "ended_at": ended_at}
    asked = {**binding["facts"], "orders": orders_afterwards(key), "room": room}
    answer = await town.check({"stage": "post", "at": MAY_12, "facts": asked})

    assert filing["state"] == "scheduled"
    assert failed(answer) == found
    others = {"order.captive", "order.staged", "order.refund"} - set(found)
    assert {result_of(answer, rule)["result"] for rule in others} == {"pass"}


async def test_attention_that_was_bought_stops_a_broadcast_at_its_filing(town: Town) -> None:
    case = town.demo_case("2020-06-03T15:00:00+08:00", APRIL_27, "买量")
    bought = {"platform": "某平台", "amount_fen": 2_000_000, "payer_kind": "government"}
    filing = await town.submit_filing(case, "bought-attention", promotions=[bought])
    decision = await town.decision(filing["preview"]["decision_id"], "demo-operator")

    assert filing["state"] == "blocked"
    assert failed(decision) == {"live.traffic": "attention_bought"}


async def test_a_public_fee_for_a_person_of_reach_must_be_published(town: Town) -> None:
    case = town.demo_case("2020-06-04T10:00:00+08:00", APRIL_27, "公款付费")
    paid = {"person": "演示网络名人", "fee_fen": 800_000, "fee_payer_kind": "government", "fee_published": False}
    filing = await town.submit_filing(case, "hidden-fee", influencers=[paid])
    decision = await town.decision(filing["preview"]["decision_id"], "demo-operator")

    assert failed(decision) == {"live.traffic": "public_fee_hidden"}
    assert decision["facts"]["filing"]["influencers"][0]["person"] != paid["person"]
