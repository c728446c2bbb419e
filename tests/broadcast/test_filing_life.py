"""A filing goes from draft to calendar, through the gate and the level above, and by no other way."""

import pytest

from services.broadcast.domain.life import State
from services.contracts.catalog import ListingWithdrawn
from services.kit import clock
from tests.apps import instant
from tests.broadcast.county import COUNTY, NOW, PREFECTURE, County, decision, listing


async def test_a_filing_reaches_the_calendar(county: County) -> None:
    filing = await county.scheduled()
    assert filing["state"] == "scheduled"
    assert [filing["preview"]["outcome"], filing["binding"]["outcome"]] == ["review", "pass"]
    calendar = (await county.app.client.get("/broadcasts")).json()
    assert [row["id"] for row in calendar["items"]] == [filing["broadcast_id"]]


async def test_every_step_is_told_with_the_whole_state(county: County) -> None:
    filing = await county.scheduled()
    told = [event for event in await county.app.said() if event["entity_id"] == filing["id"]]
    assert [event["state"] for event in told] == ["submitted", "approved", "scheduled"]
    assert [event["version"] for event in told] == [2, 3, 4]
    assert {event["event_id"] for event in told} == {"event-e2"}
    assert len({event["message_id"] for event in told}) == 3


async def test_the_preview_is_asked_without_approvals_and_the_binding_answer_with_them(county: County) -> None:
    await county.approved()
    asked, approved = await county.app.said()
    assert "approvals" not in asked["facts"]["filing"]
    assert asked["people"] == {"applicant": f"person-of-operator-{COUNTY}", "presenter": asked["people"]["presenter"]}
    (approval,) = approved["facts"]["filing"]["approvals"]
    assert approval["organ_level"] == "prefecture"
    assert approval["authority_over_post"] is True
    assert approval["content_sha256"] == asked["facts"]["filing"]["content_sha256"] == approved["content_sha256"]
    assert approved["people"]["approver"] == f"person-of-approver-{PREFECTURE}"


async def test_a_preview_that_fails_blocks_and_frees_the_slots(county: County) -> None:
    filing = await county.previewed("fail")
    assert filing["state"] == "blocked"
    assert filing["reason_zh"] == "通知规定了最低消费。"
    assert (await county.submitted())["state"] == "submitted"


async def test_a_blocked_filing_may_be_revised_and_submitted_again(county: County) -> None:
    filing = await county.previewed("fail")
    revised = await county.revise(filing, script_zh="改正后的讲稿。")
    assert revised.json()["state"] == "blocked"
    again = await county.post(f"/filings/{filing['id']}/submit", None, county.operator(), 200)
    assert (again["state"], again["preview"]) == ("submitted", None)


@pytest.mark.parametrize(("outcome", "state"), [("pass", "scheduled"), ("review", "in_review"), ("fail", "blocked")])
async def test_only_the_binding_answer_decides(county: County, outcome: str, state: str) -> None:
    filing = await county.approved()
    await county.app.hear(decision(filing, outcome))  # type: ignore[arg-type]  # Given as text by the parameters.
    assert (await county.read(filing["id"]))["state"] == state


async def test_a_held_filing_says_who_must_act_and_goes_on_when_it_is_resolved(county: County) -> None:
    filing = await county.approved()
    await county.app.hear(decision(filing, "review"))
    held = await county.read(filing["id"])
    assert (held["state"], held["waiting_for_zh"]) == ("in_review", "等待与本次报备无关的复核员对存疑事项作出复核。")
    await county.app.hear(decision(held, "pass", at=instant("2020-03-02T11:00")))
    assert (await county.read(filing["id"]))["state"] == "scheduled"


async def test_an_answer_about_an_earlier_content_is_ignored(county: County) -> None:
    filing = await county.approved()
    revised = (await county.revise(filing, script_zh="另一份讲稿。")).json()
    await county.app.hear(decision(filing, "pass"))
    assert (await county.read(filing["id"]))["state"] == revised["state"] == "submitted"


async def test_an_older_answer_that_arrives_late_does_not_undo_a_newer_one(county: County) -> None:
    filing = await county.approved()
    await county.app.hear(decision(filing, "pass", at=instant("2020-03-02T12:00")))
    await county.app.hear(decision(filing, "fail", at=instant("2020-03-02T10:00")))
    assert (await county.read(filing["id"]))["state"] == "scheduled"


async def test_a_later_fail_takes_a_scheduled_broadcast_off_the_calendar(county: County) -> None:
    filing = await county.scheduled()
    await county.app.hear(decision(filing, "fail", at=instant("2020-03-05T09:00")))
    shown = (await county.app.client.get(f"/broadcasts/{filing['broadcast_id']}")).json()
    assert (shown["state"], shown["reason_zh"]) == ("blocked", "通知规定了最低消费。")


async def test_what_has_been_is_not_blocked_afterwards(county: County) -> None:
    filing = await county.scheduled()
    await county.app.hear(decision(filing, "fail", at=instant("2020-03-20T09:00")))
    assert (await county.read(filing["id"]))["state"] == "scheduled"


async def test_an_approval_waits_for_the_preview(county: County) -> None:
    filing = await county.submitted()
    answer = await county.ask(f"/filings/{filing['id']}/approve", {"authority_over_post": True}, county.approver())
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/preview-missing")


async def test_a_returned_filing_carries_its_reason_and_frees_the_slots(county: County) -> None:
    filing = await county.previewed()
    returned = await county.post(f"/filings/{filing['id']}/return", {"reason": "请补充讲稿"}, county.approver(), 200)
    assert (returned["state"], returned["reason_zh"]) == ("returned", "请补充讲稿")
    assert (await county.submitted())["state"] == "submitted"


async def test_withdrawing_and_cancelling_end_it(county: County) -> None:
    filing = await county.scheduled()
    withdrawn = await county.post(f"/filings/{filing['id']}/withdraw", {"reason": "货已售完"}, county.operator(), 200)
    assert withdrawn["state"] == "withdrawn"
    other = await county.scheduled()
    cancelled = await county.post(f"/filings/{other['id']}/cancel", {"reason": "疫情升级"}, county.approver(), 200)
    assert cancelled["state"] == "cancelled"
    assert cancelled["moves"] == []
    refused = await county.ask(f"/filings/{filing['id']}/submit", None, county.operator())
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("The filing is withdrawn; it cannot be submitted now.")


async def test_a_broadcast_whose_hour_has_come_is_not_withdrawn(county: County) -> None:
    filing = await county.scheduled()
    late = county.operator(at=instant("2020-03-12T15:00"))
    answer = await county.ask(f"/filings/{filing['id']}/withdraw", {"reason": "太晚了"}, late)
    assert answer.json()["type"].endswith("/problems/broadcast-begun")


async def test_an_unchanged_content_keeps_its_approval(county: County) -> None:
    filing = await county.scheduled()
    again = (await county.revise(filing)).json()
    assert again["state"] == "scheduled"
    assert again["content_sha256"] == filing["content_sha256"]
    assert again["approval"] is not None
    assert len(await county.app.said("broadcast.filing.submitted")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"script_zh": "换了讲稿。"},
        {"cost_fen": 600_000},
        {"listings": [{"listing_id": "listing-of-pears", "lot_ids": ["lot-1", "lot-2", "lot-3"]}]},
    ],
    ids=["script", "cost", "lots"],
)
async def test_a_changed_content_must_be_approved_again(county: County, change: dict[str, object]) -> None:
    filing = await county.scheduled()
    changed = (await county.revise(filing, **change)).json()
    assert (changed["state"], changed["approval"], changed["preview"]) == ("submitted", None, None)
    assert changed["content_sha256"] != filing["content_sha256"]
    submitted = await county.app.said("broadcast.filing.submitted")
    assert "approvals" not in submitted[-1]["facts"]["filing"]
    assert "approver" not in submitted[-1]["people"]


async def test_a_filing_tells_how_many_units_of_a_lot_it_sells_and_other_numbers_are_approved_anew(
    county: County,
) -> None:
    filing = await county.scheduled()
    assert (await county.app.said("broadcast.filing.scheduled"))[-1]["units"] == {}
    portion = {"listing_id": "listing-of-pears", "lot_ids": ["lot-1", "lot-2"], "units": {"lot-2": 120}}
    changed = (await county.revise(filing, listings=[portion])).json()
    assert changed["state"] == "submitted"
    assert changed["pinned_listings"][0]["units"] == {"lot-2": 120}
    assert (await county.app.said("broadcast.filing.submitted"))[-1]["units"] == {"lot-2": 120}
    await county.app.hear(listing(COUNTY, version=2, lots=("lot-1",)))
    left = await county.read(filing["id"])
    assert left["pinned_listings"][0]["units"] == left["content"]["listings"][0]["units"] == {}
    assert (await county.app.said("broadcast.filing.submitted"))[-1]["units"] == {}


async def test_another_room_needs_no_new_approval(county: County) -> None:
    filing = await county.scheduled()
    body = {"region_code": COUNTY, "name_zh": "梨园直播间", "name_en": "Orchard room"}
    room = await county.post("/rooms", body, county.tokens.headers("administrator", at=NOW), 201)
    moved = (await county.revise(filing, room_id=room["id"])).json()
    assert moved["state"] == "scheduled"


async def test_a_lot_withdrawn_by_the_catalogue_returns_the_filing_to_submitted(county: County) -> None:
    filing = await county.scheduled()
    await county.app.hear(listing(COUNTY, version=2, lots=("lot-1", "lot-2", "lot-3")))
    left = await county.read(filing["id"])
    assert left["state"] == "submitted"
    assert left["pinned_listings"][0]["lot_ids"] == ["lot-1", "lot-2", "lot-3"]
    assert left["pinned_listings"][0]["listing_version"] == 1
    told = (await county.app.said("broadcast.filing.submitted"))[-1]
    assert told["facts"]["filing"]["lot_ids"] == ["lot-1", "lot-2", "lot-3"]
    assert told["facts"]["filing"]["segments"][1]["pinned_lots"] == ["lot-1", "lot-2", "lot-3"]


async def test_a_withdrawn_listing_leaves_nothing_to_sell(county: County) -> None:
    filing = await county.scheduled()
    with clock.set_to(NOW):
        gone = ListingWithdrawn(entity_id="listing-of-pears", version=5, region_code=COUNTY, reason="售罄")
    await county.app.hear(gone)
    assert (await county.read(filing["id"]))["state"] == "blocked"
    answer = await county.ask(f"/filings/{filing['id']}/submit", None, county.operator())
    assert answer.json()["type"].endswith("/problems/listing-gone")


async def test_the_history_tells_every_step_and_who_took_it(county: County) -> None:
    filing = await county.scheduled()
    answer = await county.app.client.get(f"/filings/{filing['id']}/history", headers=county.operator())
    steps = answer.json()["items"]
    assert [step["to_state"] for step in steps] == ["draft", "submitted", "approved", "scheduled"]
    assert steps[-1]["by"] == "gate"
    assert steps[-1]["decision_id"] == filing["binding"]["decision_id"]


async def test_a_clone_is_a_draft_four_weeks_later(county: County) -> None:
    filing = await county.scheduled()
    clone = await county.post(f"/filings/{filing['id']}/clone", None, county.operator(), 201)
    assert (clone["state"], clone["starts_at"]) == ("draft", "2020-04-09T07:00:00Z")
    assert clone["content"]["segments"][0]["starts_at"] == "2020-04-09T07:00:00Z"
    assert clone["broadcast_id"] != filing["broadcast_id"]


async def test_a_retried_submission_has_one_effect(county: County) -> None:
    filing = await county.draft()
    headers = county.operator() | {"Idempotency-Key": "the-same"}
    path = f"/filings/{filing['id']}/submit"
    first, second = [await county.app.client.post(path, headers=headers) for _ in range(2)]
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len(await county.app.said("broadcast.filing.submitted")) == 1


async def test_a_filing_without_a_key_is_refused(county: County) -> None:
    answer = await county.app.client.post("/filings", json=county.body(), headers=county.operator())
    assert answer.status_code == 400


async def test_the_present_state_can_be_told_again(county: County) -> None:
    filing = await county.scheduled()
    headers = county.tokens.headers("administrator")
    body = {"entity": "filing", "since": "2020-01-01T00:00:00Z"}
    answer = await county.app.client.post("/admin/republish", json=body, headers=headers)
    assert answer.json() == {"count": 1}
    again = (await county.app.said())[-1]
    assert (again["state"], again["version"]) == (State.SCHEDULED, filing["version"])
