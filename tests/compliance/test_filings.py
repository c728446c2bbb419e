"""A filing before the gate: preview, binding answer, what it waits for, and what changes it afterwards."""

from services.contracts.broadcast import FiledListing, FilingApproved, FilingReturned, FilingSubmitted
from services.contracts.catalog import ListingWithdrawn
from tests.compliance.cases import APPROVED, PEOPLE, Case, account_changed
from tests.compliance.rules.documents import document


async def test_the_dangshan_listing_and_filing_pass(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    (lot,) = await case.decisions("lot")
    assert (lot["outcome"], lot["binding"], lot["not_passed"]) == ("pass", True, [])
    await case.submit()
    (preview,) = await case.decisions("filing")
    assert (preview["outcome"], preview["binding"]) == ("review", False)
    assert [result["reason_code"] for result in preview["not_passed"]] == ["awaiting_approval"]
    await case.approve()
    binding = (await case.decisions("filing"))[1]
    assert [(r["rule"], r["reason_code"]) for r in binding["not_passed"]] == []
    assert (binding["outcome"], binding["binding"]) == ("pass", True)
    assert binding["about"] == {"kind": "filing", "id": "F-DANGSHAN", "version": 2, "parent_id": None}


async def test_every_decision_about_the_case_is_public_and_can_be_replayed(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.submit()
    await case.approve()
    binding = (await case.decisions("filing"))[1]
    decision = await case.decision(binding["entity_id"])
    assert decision["facts"]["filing"]["approvals"][0]["organ"] == "宿州市人民政府"
    assert {person["role"] for person in decision["facts"]["people"]} >= {"registrar", "verifier", "certifier"}
    replay = (await case.service.client.get(f"/decisions/{binding['entity_id']}/replay")).json()
    assert replay["same"] is True
    listed = (await case.service.client.get("/decisions?subject_kind=filing&subject_id=F-DANGSHAN")).json()
    assert [item["decision_id"] for item in listed["items"]] == [binding["entity_id"]]
    assert listed["items"][0]["current"] is True


async def test_a_preview_is_for_those_concerned_only(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.submit()
    (preview,) = await case.decisions("filing")
    path = f"/decisions/{preview['entity_id']}"
    assert preview["public"] is False
    assert (await case.service.client.get(path)).status_code == 404
    elsewhere = case.headers("operator", "610722", at=None)
    assert (await case.service.client.get(path, headers=elsewhere)).status_code == 404
    for headers in (case.headers("operator", "341321", at=None), case.headers("approver", "341300", at=None)):
        assert (await case.decision(preview["entity_id"], headers))["binding"] is False


async def test_a_preview_that_fails_a_hard_rule_is_public(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    facts = case.filing(FilingSubmitted, 1).facts
    notice = "请各单位干部职工每人购买酥梨，每人不少于50元。"
    await case.submit(facts=facts | {"texts": [*facts["texts"], {"kind": "notice", "text": notice}]})
    (preview,) = await case.decisions("filing")
    assert (preview["outcome"], preview["binding"], preview["public"]) == ("fail", False, True)
    assert "notice.apportion" in [result["rule"] for result in preview["not_passed"]]
    assert (await case.decision(preview["entity_id"]))["outcome"] == "fail"


async def test_no_decision_ever_holds_whom_an_official_declared(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    declared = {"declared_on": "2020-02-20", "recused": False, "former_posts": [], "grants": []}
    relative = {"relation": "spouse", "person": "p-x", "name": "n-x", "region_code": "341322"}
    for number, (person, outcome) in enumerate((("p-x", "pass"), ("p-b", "fail")), start=2):
        facts = case.filing(FilingApproved, number).facts
        relations = [{**relative, "person": person}]
        official = {**facts["official"], "declaration": {**declared, "relations": relations}}
        await case.approve(version=number, facts=facts | {"official": official})
        (binding,) = (await case.decisions("filing"))[number - 2 :]
        decision = await case.decision(binding["entity_id"])
        assert decision["outcome"] == outcome
        shown = decision["facts"]["official"]["declaration"]
        assert "relations" not in shown
        assert shown.get("relations_compared") == {"pass": "none", "fail": None}[outcome]
        assert shown["recused"] is (outcome == "fail")
        assert "n-x" not in str(decision)
        assert "spouse" not in str(decision)


async def test_a_filing_whose_applicant_certified_the_evidence_fails(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    people = case.filing(FilingApproved, 2).people | {"applicant": "p-certifier"}
    await case.approve(people=people)
    (binding,) = await case.decisions("filing")
    assert [(r["rule"], r["reason_code"]) for r in binding["not_passed"]] == [("fm.separation", "two_roles")]


async def test_a_filing_waits_for_a_listing_and_is_decided_when_it_arrives(case: Case) -> None:
    await case.prepare()
    await case.approve()
    assert await case.decisions("filing") == []
    await case.list_lots()
    assert await case.ask_what_is_due() == 1
    (binding,) = await case.decisions("filing")
    assert (binding["outcome"], binding["at"]) == ("pass", "2020-02-21T02:00:00Z")


async def test_a_listing_that_does_not_come_holds_the_filing_until_it_does(case: Case) -> None:
    case.service.app.state.surroundings.settings = case.impatient()
    await case.prepare()
    await case.approve()
    (held,) = await case.decisions("filing")
    assert held["outcome"] == "review"
    assert ("gate.records", "fact_not_arrived") in [(r["rule"], r["reason_code"]) for r in held["not_passed"]]
    await case.list_lots()
    await case.ask_what_is_due()
    assert [decision["outcome"] for decision in await case.decisions("filing")] == ["review", "pass"]


async def test_a_lot_that_did_not_pass_blocks_the_filing(case: Case) -> None:
    await case.prepare()
    facts = document()
    facts["seller"]["serious_dishonesty"] = True
    await case.list_lots(facts=facts)
    await case.approve()
    (binding,) = await case.decisions("filing")
    assert (binding["outcome"], binding["not_passed"][0]["rule"]) == ("fail", "gate.records")
    assert "20190920-1" in binding["not_passed"][0]["reason_en"]


async def test_an_unverified_event_holds_lot_and_filing_until_it_is_verified(case: Case) -> None:
    await case.know_people()
    await case.register(verified=False)
    await case.certify()
    await case.list_lots()
    await case.approve()
    assert [decision["outcome"] for decision in await case.decisions("filing")] == ["review"]
    await case.verify(APPROVED)
    await case.ask_what_is_due()
    assert (await case.decisions("lot"))[-1]["outcome"] == "pass"
    assert (await case.decisions("filing"))[-1]["outcome"] == "pass"


async def test_a_withdrawn_listing_blocks_a_filing_that_named_it(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.approve()
    withdrawn = ListingWithdrawn(
        entity_id="LS-DANGSHAN-2019",
        version=2,
        region_code="341321",
        reason="sold out",
        occurred_at=APPROVED,
        clock_set=True,
    )
    await case.service.hear(withdrawn)
    await case.ask_what_is_due()
    assert [decision["outcome"] for decision in await case.decisions("filing")] == ["pass", "fail"]


async def test_a_filing_that_was_returned_is_not_asked_again(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.submit()
    await case.service.hear(case.filing(FilingReturned, 2, state="returned"))
    before = len(await case.decisions("filing"))
    await case.lift(1, "2020-02-26T00:00:00+08:00")
    await case.ask_what_is_due()
    assert len(await case.decisions("filing")) == before


async def test_an_older_state_of_a_filing_changes_nothing(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.approve(version=4)
    await case.submit(version=3)
    assert [decision["about"]["version"] for decision in await case.decisions("filing")] == [4]


async def test_a_filing_of_two_listings_is_as_good_as_the_worse_one(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    other = document()
    other["subject"] |= {"listing_id": "LS-2", "region_code": "610722"}
    await case.service.hear(case.listing(facts=other, entity_id="LS-2", lots=(), title_zh="城固蜜桔"))
    listings = (
        FiledListing(listing_id="LS-DANGSHAN-2019", listing_version=1, lot_ids=("LOT-A-1",)),
        FiledListing(listing_id="LS-2", listing_version=1, lot_ids=()),
    )
    await case.approve(listings=listings)
    (binding,) = await case.decisions("filing")
    assert "fm.coverage" in [r["rule"] for r in binding["not_passed"] if r["result"] == "fail"]
    decision = await case.decision(binding["entity_id"])
    assert decision["facts"]["subject"]["listing_id"] == "LS-2"
    listed = (await case.service.client.get("/decisions?subject_kind=filing&subject_id=F-DANGSHAN")).json()
    assert {item["outcome"] for item in listed["items"]} == {"pass", "fail"}


async def test_a_long_text_travels_by_its_hash(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    text = "请各单位干部职工每人购买酥梨，每人不少于50元。" * 3
    digest = await case.service.app.state.surroundings.blobs.put(text.encode())
    facts = case.filing(FilingApproved, 2).facts
    await case.approve(facts=facts | {"texts": [*facts["texts"], {"kind": "notice", "sha256": digest}]})
    (binding,) = await case.decisions("filing")
    assert "notice.apportion" in [r["rule"] for r in binding["not_passed"] if r["result"] == "fail"]


async def test_a_text_that_cannot_be_fetched_holds_the_filing(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    facts = case.filing(FilingApproved, 2).facts
    missing = {"kind": "notice", "name": "通知.pdf", "sha256": "e" * 64}
    await case.approve(facts=facts | {"texts": [*facts["texts"], missing]})
    (binding,) = await case.decisions("filing")
    held = [r for r in binding["not_passed"] if r["rule"] == "gate.records"]
    assert (binding["outcome"], held[0]["reason_code"]) == ("review", "fact_not_arrived")
    assert "通知.pdf" in held[0]["reason_zh"]


async def test_facts_in_a_wrong_shape_hold_the_filing_and_stop_nothing(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    facts = case.filing(FilingApproved, 2).facts
    await case.approve(facts=facts | {"media": [{"kind": "hologram"}]})
    (binding,) = await case.decisions("filing")
    assert "facts_unreadable" in [r["reason_code"] for r in binding["not_passed"]]
    assert binding["outcome"] == "review"


async def test_somebody_who_moved_into_the_applicants_office_is_noticed(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.approve()
    person, _ = PEOPLE["approver"]
    moved = account_changed("approver", person, PEOPLE["operator"][1], version=2)
    await case.service.hear(moved.model_copy(update={"occurred_at": APPROVED, "clock_set": True}))
    await case.ask_what_is_due()
    assert [decision["outcome"] for decision in await case.decisions("filing")] == ["pass", "fail"]
