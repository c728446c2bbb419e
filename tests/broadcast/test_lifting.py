"""A block that people lifted: the filing goes on from where it stood, if nothing else stands in its way by then."""

from services.contracts.catalog import ListingWithdrawn
from services.kit import clock
from tests.apps import instant
from tests.broadcast.county import COUNTY, NOW, County, decision

LATER = instant("2020-03-03T10:00")


async def test_a_lifted_preview_waits_for_the_level_above_again(county: County) -> None:
    filing = await county.previewed("fail")
    await county.app.hear(decision(filing, "pass", binding=False, version=2, at=LATER))
    lifted = await county.read(filing["id"])
    assert lifted["state"] == "submitted"
    assert (await county.approve(filing["id"]))["state"] == "approved"


async def test_a_lifted_binding_block_is_asked_once_more_and_reaches_the_calendar(county: County) -> None:
    filing = await county.approved()
    await county.app.hear(decision(filing, "fail"))
    blocked = await county.read(filing["id"])
    assert blocked["state"] == "blocked"
    await county.app.hear(decision(filing, "pass", at=LATER))
    asked = await county.read(filing["id"])
    assert asked["state"] == "approved"
    told = [event["state"] for event in await county.app.said() if event["entity_id"] == filing["id"]]
    assert told == ["submitted", "approved", "blocked", "approved"]
    await county.app.hear(decision(asked, "pass", at=LATER))
    assert (await county.read(filing["id"]))["state"] == "scheduled"


async def test_one_that_was_rewritten_meanwhile_is_filed_anew(county: County) -> None:
    filing = await county.previewed("fail")
    await county.revise(filing, script_zh="改正后的讲稿。")
    await county.app.hear(decision(filing, "pass", binding=False, version=2, at=LATER))
    assert (await county.read(filing["id"]))["state"] == "blocked"


async def test_one_whose_slots_are_taken_stays_blocked(county: County) -> None:
    filing = await county.previewed("fail")
    await county.submitted()
    await county.app.hear(decision(filing, "pass", binding=False, version=2, at=LATER))
    assert (await county.read(filing["id"]))["state"] == "blocked"


async def test_one_whose_hour_has_come_stays_blocked(county: County) -> None:
    filing = await county.previewed("fail")
    await county.app.hear(decision(filing, "pass", binding=False, version=2, at=instant("2020-03-30T10:00")))
    assert (await county.read(filing["id"]))["state"] == "blocked"


async def test_an_answer_on_its_way_when_the_lots_went_lifts_nothing(county: County) -> None:
    filing = await county.approved()
    with clock.set_to(NOW):
        gone = ListingWithdrawn(entity_id="listing-of-pears", version=5, region_code=COUNTY, reason="售罄")
    await county.app.hear(gone)
    assert (await county.read(filing["id"]))["state"] == "blocked"
    await county.app.hear(decision(filing, "pass", at=LATER))
    assert (await county.read(filing["id"]))["state"] == "blocked"
