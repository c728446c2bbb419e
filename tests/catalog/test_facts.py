"""What a listing tells the gate, and that the form covers all that the gate may ask of a lot."""

import dataclasses
from typing import Any

import pytest

from services.catalog.domain import facts
from services.catalog.domain.facts import Listing, Producer, Specialty
from services.catalog.domain.identities import identity_in
from services.catalog.schemas.lots import CertificateIn, LabelIn, LotIn, PlotIn, PriceChangeIn, SamplingIn
from services.catalog.schemas.producers import MarkIn
from services.compliance.rules import facts as gate

# What catalog knows by itself and no operator enters.
DERIVED = {"id", "supplier_uscc", "producer_kind", "category_code", "content_sha256", "named_producer_shown"}

SPECIALTY = Specialty(
    id="s1",
    region_code="451002",
    category_code="fruit.mango",
    name_zh="百色芒果",
    name_en="Baise mango",
    description_zh="",
    description_en="",
    season_months=(6, 7, 8),
    opening_days=({"variety": "金煌", "year": 2024, "opens_on": "2024-07-01"},),
)


def producer(number: int, **more: Any) -> Producer:
    values: dict[str, Any] = {
        "id": f"p{number}",
        "region_code": "451002",
        "name": f"演示{number}号合作社",
        "kind": "cooperative",
        "uscc": f"9345100{number}",
        "seller_type": "registered",
        "public": {"address": "演示路", "contact": "0776-0000000"},
        "tokens": {"phone": "t1"},
    }
    return Producer(**(values | more))


def lot(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"l{number}",
        "producer_id": f"p{number}",
        "lot_number": f"n{number}",
        "price_fen": 100,
        "price_unit": "斤",
        "net_grams": 500,
        "offered_units": 10,
    } | more


def listing(*lots: dict[str, Any], **producers: Any) -> Listing:
    body = {"season": "2024", "event_id": "E", "title_zh": "百色芒果", "texts": [], "media": []}
    known = {each["producer_id"]: producer(int(each["producer_id"][1:]), **producers) for each in lots}
    return Listing("x", body, lots, SPECIALTY, [], known)


def names(definition: type) -> set[str]:
    return {field.name for field in dataclasses.fields(definition)}


@pytest.mark.parametrize(
    ("form", "definition", "derived"),
    [
        (LotIn, gate.Lot, DERIVED),
        (CertificateIn, gate.Certificate, set()),
        (LabelIn, gate.Label, set()),
        (PlotIn, gate.Plot, set()),
        (PriceChangeIn, gate.PriceChange, set()),
        (SamplingIn, gate.Sampling, set()),
        (MarkIn, gate.Mark, {"mark_id"}),
    ],
)
def test_the_form_covers_every_fact_by_its_name(form: Any, definition: type, derived: set[str]) -> None:
    assert names(definition) - derived <= set(form.model_fields)


def test_a_lot_of_a_variety_with_an_opening_day_carries_it() -> None:
    told = facts.own_facts(
        listing(lot(1, variety="金煌", harvested_on="2024-06-25")), lot(1, variety="金煌", harvested_on="2024-06-25")
    )
    assert (told["lot"]["opening_day_expected"], told["lot"]["opens_on"]) == (True, "2024-07-01")


def test_a_variety_without_a_record_for_the_year_is_expected_to_have_one() -> None:
    mangoes = lot(1, variety="金煌", harvested_on="2025-06-25")
    told = facts.own_facts(listing(mangoes), mangoes)["lot"]
    assert told["opening_day_expected"] is True
    assert "opens_on" not in told


def test_the_opening_day_of_the_region_stands_against_what_a_form_says() -> None:
    hasty = lot(1, variety="金煌芒", harvested_on="2024-06-25", opens_on="2024-06-20", opening_day_expected=False)
    told = facts.own_facts(listing(hasty), hasty)["lot"]
    assert (told["opening_day_expected"], told["opens_on"]) == (True, "2024-07-01")


def test_without_a_variety_nobody_knows_whether_a_day_is_on_record() -> None:
    told = facts.own_facts(listing(lot(1)), lot(1))["lot"]
    assert "opening_day_expected" not in told


def test_a_specialty_without_opening_days_expects_none() -> None:
    plain = dataclasses.replace(listing(lot(1)), specialty=dataclasses.replace(SPECIALTY, opening_days=()))
    assert facts.own_facts(plain, lot(1))["lot"]["opening_day_expected"] is False


def test_the_gate_is_told_the_season_so_that_hail_and_frost_can_be_decided() -> None:
    assert facts.shared_facts(listing(lot(1)))["subject"]["season"] == "2024"


def test_what_was_not_entered_is_a_missing_fact() -> None:
    told = facts.own_facts(listing(lot(1)), lot(1))
    assert "certificates" not in told["lot"]
    assert "farm_gate_fen" not in told["lot"]
    assert "licence_expires_on" not in told["seller"]


def test_a_panel_without_an_address_says_so() -> None:
    told = facts.own_facts(listing(lot(1), public={"contact": "x"}), lot(1))
    panel = told["seller"]["panel"]
    assert (panel["shown"], panel["address"], panel["contact"], panel["hops"]) == (True, False, True, 0)


def test_a_household_without_a_code_has_none_in_its_facts() -> None:
    told = facts.own_facts(listing(lot(1), uscc=None, kind="household", seller_type="farmer_exempt"), lot(1))
    assert "supplier_uscc" not in told["lot"]
    assert told["seller"]["seller_type"] == "farmer_exempt"


def test_two_lots_of_one_producer_are_one_supplier_with_both_shares() -> None:
    form = listing(lot(1), lot(2), lot(1, id="l3", lot_number="n3", offered_units=20))
    suppliers = facts.shared_facts(form)["suppliers"]
    assert [(each["uscc"], each["offered_share_bp"]) for each in suppliers] == [("93451001", 7500), ("93451002", 2500)]


def test_a_failed_sampling_told_at_one_lot_stands_at_every_lot_of_that_producer() -> None:
    failed = {"sampled_on": "2024-05-01", "conforming": False, "closed": False}
    form = listing(lot(1, samplings=[failed]), lot(1, id="l3", samplings=[]), lot(1, id="l4"), lot(2, samplings=[]))
    told = [facts.own_facts(form, each)["lot"]["samplings"] for each in form.lots]
    assert told == [[failed], [failed], [failed], []]
    assert "samplings" not in facts.own_facts(listing(lot(1), lot(2)), lot(1))["lot"]


def test_the_season_of_the_listing_is_the_season_of_what_is_promoted() -> None:
    assert facts.shared_facts(listing(lot(1)))["subject"]["season"] == "2024"


def test_nobody_entered_by_name_or_number_is_no_list_of_people() -> None:
    assert "people" not in facts.shared_facts(listing(lot(1)))["suppliers"][0]


@pytest.mark.parametrize(
    ("entry", "name", "identity"),
    [
        ("演示甲", "演示甲", "演示甲"),
        ("34132119800101123x", "", "34132119800101123x"),
        ("演示甲 34132119800101123X", "演示甲", "34132119800101123X"),
        ("演示甲（３４１３２１１９８００１０１１２３Ｘ）", "演示甲", "34132119800101123X"),
        ("演示甲：341321198001011234\n", "演示甲", "341321198001011234"),
        ("演示甲 3413211980010112", "演示甲 3413211980010112", "演示甲 3413211980010112"),
    ],
)
def test_a_name_and_a_number_are_told_apart(entry: str, name: str, identity: str) -> None:
    assert identity_in(entry) == (name, identity)


def test_the_content_hash_moves_with_the_facts_and_with_nothing_else() -> None:
    def hashed(each: dict[str, Any]) -> str:
        return str(facts.own_facts(listing(each), each)["lot"]["content_sha256"])

    assert hashed(lot(1)) == hashed(lot(1))
    assert hashed(lot(1)) != hashed(lot(1, price_fen=101))
    assert hashed(lot(1)) != hashed(lot(1, description_zh="新说明"))
    assert hashed(lot(1)) == hashed(lot(1, delivery_note="江浙沪包邮"))


def test_a_proof_that_names_a_person_does_not_become_public_with_the_listing() -> None:
    offered = lot(1, certificates=[{"kind": "conformity", "document_sha256": "c" * 64}])
    form = listing(offered, public={"village_proof_sha256": "f" * 64, "licence": {"image_sha256": "e" * 64}})
    assert facts.documents_of(form) == ["c" * 64, "e" * 64]


def test_the_whole_facts_are_facts_to_the_gate() -> None:
    form = listing(lot(1), lot(2))
    shared = facts.shared_facts(form)
    for each in form.lots:
        assert gate.parse_facts(facts.whole_facts(shared, facts.own_facts(form, each))).seller is not None


def test_a_title_declared_with_its_evidence_is_read_once() -> None:
    declared = {"kind": "title", "text": "百色芒果", "exemption": "time_and_place", "evidence_id": "EV-1"}
    offered = listing(lot(1))
    texts = facts.shared_facts(dataclasses.replace(offered, body={**offered.body, "texts": [declared]}))["texts"]
    assert [text for text in texts if text.get("name") != "specialty"] == [declared]
