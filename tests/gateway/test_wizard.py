"""The filing wizard: each step changes what it asks, and nothing that somebody said elsewhere is lost."""

from typing import Any

from gateway.views import findings, wizard
from gateway.views.filing_forms import money_sections
from gateway.views.forms import fields_of, read, shown_of

NOTICE = {"sha256": "a" * 64, "name": "Notice", "media_type": "text/plain", "unreadable": False, "text_bytes": 9}
CONTENT: dict[str, Any] = {
    "region_code": "999901",
    "title_zh": "演示",
    "title_en": None,
    "starts_at": "2026-12-06T02:00:00Z",
    "ends_at": "2026-12-06T03:30:00Z",
    "host_ids": ["h1"],
    "listings": [{"listing_id": "l1", "lot_ids": ["a", "b"]}],
    "segments": [],
    "notices": [NOTICE],
    "payments": [{"item": "travel", "payer_kind": "government", "payer": "f" * 64, "payer_uscc": None}],
    "sponsors": ["93999901MA00000000"],
}


def test_a_stored_filing_becomes_a_body_without_what_the_service_added() -> None:
    body = wizard.body_of(CONTENT)
    assert body["notices"] == [{"sha256": "a" * 64, "name": "Notice", "media_type": "text/plain"}]
    assert "title_en" not in body
    assert body["payments"] == [{"item": "travel", "payer_kind": "government", "payer": "f" * 64}]


def test_the_proposal_lets_the_official_speak_first_while_nothing_is_for_sale() -> None:
    speaking, selling = wizard.proposed(CONTENT["starts_at"], CONTENT["ends_at"], ["h1"])
    assert (speaking["kind"], selling["kind"]) == ("region", "market")
    assert speaking["ends_at"] == selling["starts_at"] == "2026-12-06T10:30:00+08:00"
    assert not speaking["price_shown"]
    assert not speaking["buy_call"]
    assert not selling["official_on_screen"]
    assert selling["host_id"] == "h1"


def test_parts_move_with_the_start_and_are_proposed_anew_when_they_no_longer_fit() -> None:
    before = {**CONTENT, "segments": wizard.proposed(CONTENT["starts_at"], CONTENT["ends_at"], [])}
    later = {"starts_at": "2026-12-07T10:00:00+08:00", "ends_at": "2026-12-07T11:30:00+08:00"}
    assert wizard.when(before, later)["segments"][0]["starts_at"] == "2026-12-07T10:00:00+08:00"
    shorter = {**later, "ends_at": "2026-12-07T10:45:00+08:00"}
    assert wizard.when(before, shorter)["segments"] == []


def test_a_market_part_gets_the_first_host_when_its_own_is_gone() -> None:
    before = {"segments": [{"kind": "market", "host_id": "gone"}, {"kind": "region"}]}
    changed = wizard.who(before, {"host_ids": ["h2"]})
    assert changed["segments"] == [{"kind": "market", "host_id": "h2"}, {"kind": "region"}]
    assert wizard.who(before, {})["segments"][0] == {"kind": "market"}


def test_chosen_lots_are_filed_by_listing_and_pinned_in_the_market_only() -> None:
    before = {"segments": [{"kind": "region"}, {"kind": "market"}]}
    body = wizard.what(before, {"lots": ["l1/a", "l2/c", "l1/b"]})
    assert body["listings"] == [
        {"listing_id": "l1", "lot_ids": ["a", "b"]},
        {"listing_id": "l2", "lot_ids": ["c"]},
    ]
    assert [part["pinned_lots"] for part in body["segments"]] == [[], ["a", "b", "c"]]
    assert wizard.shown_body(body)["lots"] == ["l1/a", "l1/b", "l2/c"]


def test_a_portion_of_a_lot_is_filed_with_its_units_and_chooses_the_lot() -> None:
    said = {"lots": ["l1/a"], "portions": [{"lot": "l1/b", "units": 120}]}
    body = wizard.what({}, said)
    assert body["listings"] == [{"listing_id": "l1", "lot_ids": ["a", "b"], "units": {"b": 120}}]
    assert wizard.shown_body(body)["portions"] == said["portions"]


def test_a_notice_keeps_the_name_under_which_it_was_uploaded() -> None:
    uploads = {"notices.1.sha256": {"sha256": "b" * 64, "name": "plan.pdf", "media_type": "application/pdf"}}
    said = {"notices": [{"sha256": "a" * 64, "typed_text": "words"}, {"sha256": "b" * 64}]}
    kept = wizard.plan({**CONTENT, "listings": []}, said, uploads)["notices"]
    assert kept[0] == {"name": "Notice", "media_type": "text/plain", "sha256": "a" * 64, "typed_text": "words"}
    assert kept[1]["name"] == "plan.pdf"


def test_a_payer_known_only_by_token_stays_with_the_payment_wherever_it_stands() -> None:
    entries = fields_of(money_sections(str))
    shown = shown_of(entries, wizard.shown_body(wizard.body_of(CONTENT)))
    form = {name.replace("payments.0", "payments.1"): value for name, value in shown.items() if value}
    said = read(entries, form | {"payments.0.item": "venue", "payments.0.payer_kind": "self"}, str).body
    assert [payment.get("payer") for payment in said["payments"]] == [None, "f" * 64]
    assert wizard.money(wizard.body_of(CONTENT), said)["payments"] == said["payments"]


def test_a_finding_stands_beside_the_field_that_says_the_fact() -> None:
    facts = {"texts": [{"kind": "title", "language": "zh"}, {"kind": "script"}, {"kind": "notice"}]}
    assert findings.field_of("lot.certificates[0].number", facts) == "certificates.0.number"
    assert findings.field_of("seller.panel.address", facts) == "producer_id"
    assert findings.field_of("texts[0]", facts) == "title_zh"
    assert findings.field_of("texts[1]", facts) == "script_zh"
    assert findings.field_of("texts[2].text", facts) == "notices"
    assert findings.field_of("filing.cost_fen", facts) == "cost_fen"
    assert findings.field_of("texts[9]", facts) == "script_zh"
    assert findings.field_of("texts[0]", {"texts": [{"kind": "caption"}]}) == "texts"


def test_a_try_leaves_out_only_what_comes_with_submission() -> None:
    def result(outcome: str, code: str, *places: str) -> dict[str, Any]:
        return {"result": outcome, "reason_codes": [code], "evidence": [{"fact": place} for place in places]}

    people = result("review", "missing_fact:people", "people")
    script = result("review", "missing_fact:texts.script", "texts.script")
    assert findings.for_now({"results": [people], "outcome": "review"})["outcome"] == "pass"
    kept = findings.for_now({"results": [people, script], "outcome": "review"})
    assert kept["results"] == [script]
    assert kept["outcome"] == "review"
    approval = result("review", "awaiting_approval", "filing.approvals")
    assert findings.for_now({"results": [approval], "outcome": "review"})["outcome"] == "pass"
    failed = result("fail", "missing_fact:people", "people")
    assert findings.for_now({"results": [failed], "outcome": "fail"})["outcome"] == "fail"
