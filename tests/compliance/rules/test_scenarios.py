"""The scenarios of the demonstration, each asked at its own date: the outcome and the one rule that decides it."""

from datetime import datetime
from typing import Any

import pytest

from services.compliance.rules import Answer, Stage, decide, parse_facts, resolution_basis, rule_named
from tests.compliance.rules.documents import ABSENT, changed, document

MARCH = "2020-03-02T09:00:00+08:00"
# The Dangshan case as it is known at each door, and when it is asked there.
DOORS: dict[Stage, tuple[str, str]] = {
    "listing": ("dangshan", MARCH),
    "filing": ("dangshan", MARCH),
    "golive": ("dangshan_before_the_door", MARCH),
    "onair": ("dangshan", "2020-03-02T20:00:00+08:00"),
    "post": ("dangshan_afterwards", "2020-03-27T09:00:00+08:00"),
}


def ask(facts: dict[str, Any], stage: Stage, at: str) -> Answer:
    return decide(parse_facts(facts), stage, datetime.fromisoformat(at))


def failing(answer: Answer) -> list[str]:
    return [result["rule"] for result in answer.results if result["result"] == "fail"]


def held(answer: Answer) -> list[str]:
    return [result["rule"] for result in answer.results if result["result"] == "review"]


def grown_in(county: str, name: str) -> dict[str, Any]:
    """The changes that move goods, their papers and their mark to another county."""
    return {
        "subject.region_code": county,
        "subject.display_name": name,
        "lot.display_name": name,
        "lot.origin_region_code": county,
        "lot.plots[0].region_code": county,
        "lot.plots[0].township_code": f"{county}101",
        "lot.certificates[0].origin_region_code": county,
        "lot.declared_warehouses": [county],
        "marks[0].name": name,
        "marks[0].display_name": name,
        "marks[0].area_region_codes": [county],
    }


def in_demo_county(base: str = "dangshan", **changes: Any) -> dict[str, Any]:
    """The same case in the invented county, under the invented province's response."""
    people = ["registrar", "operator", "official"]
    moved: dict[str, Any] = {
        **grown_in("999901", "演示县酥梨"),
        "context.region_code": "999901",
        "sales.region_code": "999901",
        "event.regions[0].code": "990000",
        "event.declarations[0].authority.region_code": "990000",
        "event.declarations[1].authority.region_code": "990000",
        "official.region_code": "999901",
        "official.jurisdiction": ["999901"],
        "filing.region_code": "999901",
        "filing.approvals[0].organ_region_code": "999900",
        "people[role=verifier].organ_region_code": "999900",
        "people[role=certifier].organ_region_code": "999900",
        "people[role=approver].organ_region_code": "999900",
        **{f"people[role={role}].organ_region_code": "999901" for role in people},
    }
    return changed(document(base), {**moved, **{path.replace("__", "."): value for path, value in changes.items()}})


@pytest.mark.parametrize("stage", DOORS)
def test_s1_the_dangshan_pears_pass_every_door(stage: Stage) -> None:
    base, at = DOORS[stage]
    answer = ask(document(base), stage, at)
    assert answer.outcome == "pass"
    assert all(result["result"] in ("pass", "not_applicable") for result in answer.results)


@pytest.mark.parametrize(
    ("stage", "unknown"),
    [
        ("listing", ["filing", "official", "people", "sales", "room", "orders"]),
        ("filing", ["lot", "seller", "open_call", "room", "orders"]),
    ],
)
def test_s1_passes_on_what_is_known_at_each_door(stage: Stage, unknown: list[str]) -> None:
    facts = {name: value for name, value in document().items() if name not in unknown}
    answer = ask(facts, stage, MARCH)
    assert (answer.outcome, held(answer)) == ("pass", [])


def test_s1_before_the_approval_waits_for_it_and_for_nothing_else() -> None:
    answer = ask(changed(document(), {"filing.approvals": ABSENT, "people[role=approver]": ABSENT}), "filing", MARCH)
    assert (answer.outcome, held(answer)) == ("review", ["official.filing"])
    assert answer.result_of("official.filing")["reason_codes"] == ["awaiting_approval"]


def test_s15_the_official_in_the_replays_thumbnail_is_stopped_by_one_rule() -> None:
    picture = {"kind": "replay_thumbnail", "official_shown": True, "goods_shown": True, "published": True}
    answer = ask(changed(in_demo_county(), {"media[+]": picture}), "onair", "2020-04-20T20:30:00+08:00")
    assert (answer.outcome, failing(answer)) == ("fail", ["text.official_image"])


def test_s1_passes_in_the_invented_county_too() -> None:
    for stage, (base, at) in DOORS.items():
        answer = ask(in_demo_county(base), stage, at)
        assert (answer.outcome, failing(answer), held(answer)) == ("pass", [], [])


def test_s2_one_company_fails_on_its_number() -> None:
    company: dict[str, Any] = {
        "uscc": "91341321MA8DM0D494",
        "name": "演示果业一号",
        "kind": "enterprise",
        "offered_share_bp": 10_000,
    }
    named: dict[str, Any] = {"marks[0].authorised_suppliers": [company["uscc"]], "lot.supplier_uscc": company["uscc"]}
    facts = in_demo_county(**named, suppliers=[company], seller__uscc=company["uscc"], lot__reissued_by_aggregator=True)
    answer = ask(facts, "listing", MARCH)
    assert (failing(answer), held(answer)) == (["adm.suppliers"], [])
    assert answer.result_of("adm.suppliers")["hard"]


def test_s3_three_cooperatives_with_one_controller_are_one() -> None:
    facts = in_demo_county()
    facts["suppliers"] = facts["suppliers"][:3]
    for supplier in facts["suppliers"]:
        supplier["controller"] = "p-one"
    answer = ask(facts, "listing", MARCH)
    assert failing(answer) == ["adm.suppliers"]
    assert answer.result_of("adm.suppliers")["reason_code"] == "one_controller"
    assert answer.result_of("adm.suppliers")["hard"]


def test_s6_after_the_typhoon_the_chickens_are_scarce_not_unsold() -> None:
    hainan = {"name": "海南省防汛防风防旱总指挥部", "kind": "flood_command", "level": "province"}
    response = {
        "kind": "response",
        "system": "weather",
        "response_level": 1,
        "doc_no": "演示第4号",
        "file_hash": "e4",
        "issued_at": "2024-09-05T18:00:00+08:00",
        "authority": {**hainan, "region_code": "460000", "parent_government": "海南省人民政府"},
    }
    facts = changed(
        document(),
        {
            "subject.region_code": "469005",
            "subject.category_code": "meat.poultry",
            "event": {
                "id": "E4",
                "event_type": "natural",
                "occurred_at": "2024-09-06T16:20:00+08:00",
                "regions": [{"code": "460000"}, {"code": "440800"}],
                "impacts": [{"category_code": "meat", "mechanism": "damage", "downgrade_record": False}],
                "declarations": [response],
            },
            "sales.region_code": "469005",
            "sales.category_code": "meat.poultry",
            "sales.mechanism": "damage",
            "sales.downgrade_record": False,
            "sales.price_gap_bp": -2500,
            "sales.progress_gap_bp": -1000,
            "sales.unsold_grams": 1_000_000,
            "sales.season_grams": 100_000_000,
            "sales.disruption_documents": [],
            "sales.sources[0].as_of_on": "2024-09-10",
            "sales.sources[1].as_of_on": "2024-09-11",
            "official.region_code": "469005",
            "official.jurisdiction": ["469005"],
            "official.declaration.declared_on": "2024-09-01",
            "filing.region_code": "469005",
            "filing.submitted_at": "2024-09-06T20:00:00+08:00",
            "filing.starts_at": "2024-09-14T19:30:00+08:00",
            "filing.approvals[0].decided_at": "2024-09-10T09:00:00+08:00",
            "filing.approvals[0].organ_level": "province",
            "filing.approvals[0].organ_region_code": "460000",
            "people[role=approver].organ_level": "province",
            "people[role=approver].organ_region_code": "460000",
            "people[role=official].organ_region_code": "469005",
            "lot": ABSENT,
        },
    )
    answer = ask(facts, "filing", "2024-09-12T09:00:00+08:00")
    assert (answer.outcome, failing(answer)) == ("fail", ["fm.slow_sales"])
    assert answer.result_of("fm.slow_sales")["reason_codes"][0] == "not_unsold"
    assert "shortage" in answer.result_of("fm.slow_sales")["reason_codes"]


@pytest.mark.parametrize("stage", ["listing", "filing"])
def test_s7_over_supply_of_chili_is_no_force_majeure(stage: Stage) -> None:
    glut = {
        "id": "E7",
        "event_type": "market_glut",
        "regions": [{"code": "469024"}],
        "impacts": [{"category_code": "vegetable.chili", "mechanism": "transport"}],
        "declarations": [],
    }
    facts = changed(
        document(),
        {
            **grown_in("469024", "临高辣椒"),
            "subject.category_code": "vegetable.chili",
            "event": glut,
            "lot.category_code": "vegetable.chili",
            "lot.harvested_on": "2025-02-15",
            "lot.season_months": [1, 2, 3],
            "lot.shelf_life_days": 14,
            "lot.certificates[1].issued_on": "2025-02-10",
            "lot.cost_evidence_on": "2025-02-10",
            "seller.verified_at": "2025-01-10T09:00:00+08:00",
            "sales.region_code": "469024",
            "sales.category_code": "vegetable.chili",
            "sales.sources[0].as_of_on": "2025-02-17",
            "sales.sources[1].as_of_on": "2025-02-18",
            "official.region_code": "469024",
            "official.jurisdiction": ["469024"],
            "official.declaration.declared_on": "2025-02-10",
            "filing.region_code": "469024",
            "filing.approvals[0].organ_level": "province",
            "filing.approvals[0].organ_region_code": "460000",
            "people[role=approver].organ_level": "province",
            "people[role=approver].organ_region_code": "460000",
            "people[role=official].organ_region_code": "469024",
        },
    )
    answer = ask(facts, stage, "2025-02-20T09:00:00+08:00")
    assert (answer.outcome, failing(answer)) == ("fail", ["fm.event"])
    assert answer.result_of("fm.event")["hard"]


def test_s8_an_agriculture_bureau_may_not_present_tea() -> None:
    facts = in_demo_county(
        subject__category_code="processed.tea.green",
        sales__category_code="processed.tea.green",
        official__organ_kind="government_department",
        official__organ="演示县农业农村局",
        official__post="局长",
        event__impacts=[{"category_code": "processed.tea", "mechanism": "transport"}],
        lot=ABSENT,
    )
    answer = ask(facts, "filing", "2020-03-02T09:00:00+08:00")
    assert failing(answer) == ["official.organ"]
    assert answer.result_of("official.organ")["hard"]


def county_response() -> dict[str, Any]:
    own = {"name": "演示县人民政府", "kind": "government", "level": "county", "region_code": "999901"}
    declaration = {
        "kind": "response",
        "system": "public_health",
        "response_level": 4,
        "doc_no": "演示第12号",
        "file_hash": "e12",
        "issued_at": "2020-02-01T00:00:00+08:00",
        "signed_by": "p-official",
        "authority": own,
    }
    return in_demo_county(
        event__id="E12",
        event__regions=[{"code": "999901"}],
        event__declarations=[declaration],
        **{"people[role=verifier].organ_level": "county", "people[role=verifier].organ_region_code": "999901"},
    )


def test_s9_a_county_head_who_declared_waits_for_the_prefecture() -> None:
    answer = ask(county_response(), "filing", MARCH)
    assert (answer.outcome, failing(answer), held(answer)) == ("review", [], ["fm.separation"])


def test_s9_passes_once_the_prefecture_has_verified() -> None:
    facts = changed(
        county_response(),
        {"people[role=verifier].organ_level": "prefecture", "people[role=verifier].organ_region_code": "999900"},
    )
    assert ask(facts, "filing", MARCH).outcome == "pass"


def e10() -> dict[str, Any]:
    """The invented county under lockdown for swine fever, beside which roads are closed to everything else."""
    county = {"name": "演示县人民政府", "kind": "government", "level": "county", "region_code": "999901"}
    return {
        "id": "E10",
        "event_type": "animal_disease",
        "hazard": "asf",
        "occurred_at": "2020-04-01T00:00:00+08:00",
        "regions": [{"code": "999901"}],
        "impacts": [{"category_code": name, "mechanism": "lockdown"} for name in ("meat.pork", "fruit")],
        "quarantines": [
            {
                "zone": "infected",
                "region_code": "999901",
                "category_codes": ["livestock.pig", "meat.pork"],
                "sealed_at": "2020-04-01T12:00:00+08:00",
            }
        ],
        "declarations": [
            {
                "kind": "lockdown",
                "system": "animal_disease",
                "doc_no": "演示第10号",
                "file_hash": "e10",
                "issued_at": "2020-04-01T12:00:00+08:00",
                "authority": county,
            }
        ],
    }


def test_e10_the_lockdown_holds_back_pork_and_lets_pears_go() -> None:
    fresh: dict[str, Any] = {
        "lot.certificates[1].issued_on": "2020-03-25",
        "lot.cost_evidence_on": "2020-04-01",
        "event": e10(),
    }
    at = "2020-04-10T09:00:00+08:00"
    pears = ask(in_demo_county(**fresh), "listing", at)
    assert (pears.outcome, failing(pears), held(pears)) == ("pass", [], [])
    killed: dict[str, Any] = {
        "subject.category_code": "meat.pork",
        "lot.category_code": "meat.pork",
        "lot.harvested_on": "2020-04-08",
        "lot.season_months": [4],
        "lot.shelf_life_days": 7,
        "lot.certificates[+]": {
            "kind": "quarantine",
            "number": "Q",
            "lot_number": "20190920-1",
            "issued_on": "2020-04-08",
        },
    }
    pork = ask(in_demo_county(**fresh, **killed), "listing", at)
    assert (pork.outcome, failing(pork)) == ("fail", ["fm.biosecurity"])
    assert pork.result_of("fm.biosecurity")["hard"]


def test_s11_a_mango_picked_before_its_opening_day_is_stopped_by_one_rule() -> None:
    mango = {
        **grown_in("999901", "演示县芒果"),
        "subject.category_code": "fruit.mango",
        "lot.category_code": "fruit.mango",
        "lot.variety": "金煌芒",
        "lot.harvested_on": "2024-06-25",
        "lot.opening_day_expected": True,
        "lot.opens_on": "2024-07-01",
        "lot.season_months": [6, 7, 8],
        "lot.shelf_life_days": 15,
        "lot.certificates[0].issued_on": "2024-06-26",
        "lot.certificates[1].issued_on": "2024-06-26",
        "lot.cost_evidence_on": "2024-06-26",
        "seller.verified_at": "2024-05-10T10:00:00+08:00",
    }
    early = ask(in_demo_county(**mango), "listing", "2024-06-28T10:00:00+08:00")
    assert (early.outcome, failing(early), held(early)) == ("fail", ["adm.season"], [])
    assert early.result_of("adm.season")["reason_code"] == "before_opening_day"
    late = in_demo_county(**mango | {"lot.harvested_on": "2024-07-01"})
    assert ask(late, "listing", "2024-07-02T10:00:00+08:00").outcome == "pass"


def test_the_mangoes_of_baise_wait_for_the_day_that_was_published() -> None:
    baise = {
        "subject.region_code": "451002",
        "lot.origin_region_code": "451002",
        "lot.category_code": "fruit.mango",
        "lot.variety": "金煌芒",
        "lot.harvested_on": "2024-06-25",
        "lot.opening_day_expected": False,
    }
    answer = ask(changed(document(), baise), "listing", "2024-06-28T10:00:00+08:00")
    assert answer.result_of("adm.season")["reason_code"] == "before_opening_day"


def below_cost(**changes: Any) -> dict[str, Any]:
    """A lot of the invented county that sells below cost, by its producers' own will."""
    clearance = {"lot.price_fen": 1990, "lot.detail_price_fen": 1990, "lot.gap_payer": "producer", "lot.subsidy_fen": 0}
    papers = {"lot.cost_evidence_on": "2020-03-17", "lot.certificates[1].issued_on": "2020-03-17"}
    statement = {"lot.clearance_statement_sha256": "ab12"}
    return changed(in_demo_county(**changes), {**clearance, **papers, **statement})


def test_s10_fresh_pears_cleared_below_cost_with_a_statement_wait_for_a_person() -> None:
    answer = ask(below_cost(), "listing", "2020-03-20T10:00:00+08:00")
    assert (answer.outcome, failing(answer), held(answer)) == ("review", [], ["price.below_cost"])
    assert answer.result_of("price.below_cost")["reason_codes"] == ["below_cost_clearance"]
    assert "27.00 yuan" in answer.result_of("price.below_cost")["remedy"]["en"]


def test_s10_rice_below_cost_fails() -> None:
    licence = {"kind": "food_licence", "number": "SC00000000000000", "expires_on": "2024-12-31"}
    facts = below_cost(
        subject__category_code="processed.rice",
        lot__category_code="processed.rice",
        lot__processed=True,
        lot__seasonal=False,
        lot__overstock=False,
        event__impacts=[{"category_code": "processed.rice", "mechanism": "transport"}],
        **{"lot.certificates[+]": {**licence, "issued_on": "2020-01-10"}},
    )
    # Rice is milled, so a reviewer has looked at what is promoted; nothing but the price is left.
    basis = resolution_basis(rule_named("adm.subject"), parse_facts(facts))
    facts["resolutions"] = [{**basis, "reason_code": "processed_food", "outcome": "accepted"}]
    answer = ask(facts, "listing", "2020-03-20T10:00:00+08:00")
    assert (answer.outcome, failing(answer), held(answer)) == ("fail", ["price.below_cost"], [])


def test_s12_an_event_under_the_old_code_covers_the_new_one() -> None:
    facts = changed(
        document(),
        {
            **grown_in("370114", "章丘大葱"),
            "subject.category_code": "vegetable.scallion",
            "lot.category_code": "vegetable.scallion",
            "event.regions": [{"code": "370181", "valid_on": "2016-12-01"}],
            "event.impacts": [{"category_code": "vegetable", "mechanism": "transport"}],
            "event.declarations[0].authority.region_code": "370000",
            "event.declarations[1].authority.region_code": "370000",
        },
    )
    answer = ask(facts, "listing", MARCH)
    assert answer.result_of("fm.coverage")["result"] == "pass"
    assert (answer.outcome, failing(answer)) == ("pass", [])


def after_the_show_of_may(orders: dict[str, Any]) -> dict[str, Any]:
    """A broadcast of the invented county on the morning of 9 May 2020, as it is known that night."""
    evening: dict[str, Any] = {
        "filing.submitted_at": "2020-04-27T10:00:00+08:00",
        "filing.starts_at": "2020-05-09T10:00:00+08:00",
        "room.started_at": "2020-05-09T10:00:00+08:00",
        "room.ended_at": "2020-05-09T12:00:00+08:00",
        "room.counted_until_at": "2020-05-09T12:00:00+08:00",
        "room.recorder.retained_until_at": "2023-05-10T00:00:00+08:00",
        "orders.counted_until_at": "2020-05-09T22:00:00+08:00",
        "orders.bulk_deals": [],
        "complaints.counted_until_at": "2020-05-09T22:00:00+08:00",
        "disclosure": {"ended_at": "2020-05-09T12:00:00+08:00"},
    }
    return in_demo_county("dangshan_afterwards", **(evening | orders))


def test_s13_orders_of_fifty_yuan_from_the_offices_betray_the_quota_that_no_notice_shows() -> None:
    bunch = {"floor_fen": 5000, "order_share_bp": 3000, "public_sector_share_bp": 8200}
    innocent = ask(after_the_show_of_may({}), "post", "2020-05-09T23:00:00+08:00")
    answer = ask(after_the_show_of_may({"orders.price_bunches": [bunch]}), "post", "2020-05-09T23:00:00+08:00")
    assert (failing(innocent), held(innocent)) == ([], ["order.refund"])
    assert (answer.outcome, failing(answer)) == ("fail", ["order.captive"])
    assert answer.result_of("order.captive")["reason_codes"] == ["bunched_orders"]
    assert answer.result_of("notice.apportion")["result"] == "pass"


def test_s14_a_contract_older_than_the_filing_is_signed_on_air_again() -> None:
    signing = {
        "contract_id": "HT-DEMO-1",
        "contract_checked": True,
        "units": 800,
        "contract_signed_at": "2020-04-20T10:00:00+08:00",
        "paid_at": "2020-04-21T10:00:00+08:00",
        "delivered_at": "2020-04-24T10:00:00+08:00",
        "similar_deal_on": "2020-04-20",
    }
    answer = ask(after_the_show_of_may({"orders.bulk_deals": [signing]}), "post", "2020-05-09T23:00:00+08:00")
    assert (answer.outcome, failing(answer)) == ("fail", ["order.staged"])
    assert answer.result_of("order.staged")["hard"]
    assert answer.result_of("order.staged")["reason_codes"] == ["deal_before_filing", "deal_repeated"]


def test_s16_a_name_in_the_seller_panel_is_where_the_law_wants_it() -> None:
    panel = {"kind": "seller_panel", "text": "销售者：砀山某某果业有限公司，地址：砀山县演示路1号"}
    facts = changed(document(), {"texts[+]": panel})
    answer = ask(facts, "listing", MARCH)
    assert (answer.outcome, failing(answer)) == ("pass", [])
