"""Bad input is answered with a sentence that says what to do, beside the field that it concerns."""

from datetime import timedelta
from typing import Any

import pytest

from tests.broadcast.county import COUNTY, LISTING, NOW, START, County, listing, segment

HALF = timedelta(minutes=30)


async def _refused(county: County, status: int = 422, **fields: Any) -> dict[str, Any]:
    answer = await county.ask("/filings", county.body(**fields), county.operator() | {"Accept-Language": "zh"})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_filing_for_yesterday_is_refused_with_a_sentence(county: County) -> None:
    problem = await _refused(county, start=NOW - timedelta(days=1))
    assert problem["detail"] == "报备的直播须在将来举行；2020-03-01 09:00 已经过去，请另选时间。"
    assert problem["errors"][0]["field"] == "starts_at"


async def test_yesterday_is_counted_by_the_business_clock(county: County) -> None:
    filing = await county.draft()
    late = county.operator(at=START + timedelta(days=1))
    answer = await county.ask(f"/filings/{filing['id']}/submit", None, late)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "starts_at"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_at": START.isoformat()}, "ends_at"),
        ({"ends_at": (START + timedelta(hours=6, seconds=1)).isoformat()}, "ends_at"),
        ({"start": NOW + timedelta(days=367)}, "starts_at"),
        ({"segments": [segment("market", START, START + HALF)]}, "segments.0.kind"),
        ({"segments": [segment("region", START - HALF, START + HALF)]}, "segments.0"),
        (
            {
                "segments": [
                    segment("region", START, START + HALF / 2),
                    segment("market", START + HALF, START + 2 * HALF),
                ]
            },
            "segments.1.starts_at",
        ),
        ({"segments": [segment("region", START, START)]}, "segments.0.ends_at"),
        ({"starts_at": "2020-03-12T15:00:00"}, "starts_at"),
        ({"ends_at": "0001-01-01T00:00:00+14:00"}, "ends_at"),
        ({"ends_at": "9999-12-31T23:59:59-12:00"}, "ends_at"),
        ({"cost_fen": -1}, "cost_fen"),
        ({"cost_fen": 12.5}, "cost_fen"),
        ({"cost_fen": 10**13}, "cost_fen"),
        ({"staff_count": "six"}, "staff_count"),
        ({"title_zh": "长" * 201}, "title_zh"),
        ({"script_zh": "长" * 20_001}, "script_zh"),
        ({"region_code": "999"}, "region_code"),
        ({"region_code": "123456"}, "region_code"),
        ({"officer": "somebody"}, "officer"),
        ({"official_id": "nobody"}, "official_id"),
        ({"host_ids": ["nobody"], "segments": []}, "host_ids"),
        ({"listings": [{"listing_id": LISTING, "lot_ids": ["lot-1", "lot-1"]}]}, "listings"),
        (
            {"listings": [{"listing_id": LISTING, "lot_ids": ["lot-1"], "units": {"lot-2": 5}}]},
            "listings.0.units.lot-2",
        ),
        (
            {"listings": [{"listing_id": LISTING, "lot_ids": ["lot-1"], "units": {"lot-1": 0}}]},
            "listings.0.units.lot-1",
        ),
        ({"notices": [{"sha256": "0" * 64, "name": "通知", "media_type": "text/plain"}]}, "notices.0.sha256"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_cannot_be_is_refused_beside_its_field(county: County, fields: dict[str, Any], field: str) -> None:
    problem = await _refused(county, **fields)
    assert field in [error["field"] for error in problem["errors"]], problem


async def test_six_hours_are_allowed(county: County) -> None:
    filing = await county.draft(ends_at=(START + timedelta(hours=6)).isoformat())
    assert filing["state"] == "draft"


async def test_a_former_region_code_names_its_successor(county: County) -> None:
    problem = await _refused(county, region_code="370181")
    assert "接替的代码：370114" in problem["detail"]


async def test_another_region_is_refused_naming_both(county: County) -> None:
    problem = await _refused(county, 403, region_code="341322")
    assert problem["type"].endswith("/problems/out-of-region")
    assert problem["detail"] == "萧县（341322）不在您的权限范围内；您负责的地区：砀山县。"


async def test_an_incomplete_draft_is_kept_but_not_submitted(county: County) -> None:
    filing = await county.draft(official_id=None, listings=[], segments=[], host_ids=[])
    answer = await county.ask(f"/filings/{filing['id']}/submit", None, county.operator())
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["official_id", "listings", "segments"]


async def test_an_unknown_listing_may_be_tried_again(county: County) -> None:
    filing = await county.draft(listings=[{"listing_id": "not yet here", "lot_ids": ["lot-9"]}])
    answer = await county.ask(f"/filings/{filing['id']}/submit", None, county.operator())
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
    assert answer.json()["type"].endswith("/problems/listing-unknown")


async def test_a_lot_that_is_not_offered_is_named(county: County) -> None:
    filing = await county.draft(listings=[{"listing_id": LISTING, "lot_ids": ["lot-1", "lot-9"]}])
    answer = await county.ask(f"/filings/{filing['id']}/submit", None, county.operator())
    assert (answer.status_code, answer.json()["lot_ids"]) == (409, ["lot-9"])


async def test_a_listing_of_another_region_is_not_taken(county: County) -> None:
    await county.app.hear(listing("341322", entity_id="of-xiao", lots=("lot-x",)))
    filing = await county.draft(listings=[{"listing_id": "of-xiao", "lot_ids": ["lot-x"]}])
    answer = await county.ask(f"/filings/{filing['id']}/submit", None, county.operator())
    assert answer.json()["errors"][0]["field"] == "listings.0.listing_id"


async def test_listings_of_two_events_are_not_mixed(county: County) -> None:
    await county.app.hear(listing(COUNTY, entity_id="of-frost", lots=("lot-f",), event_id="another-event"))
    both = [{"listing_id": LISTING, "lot_ids": ["lot-1"]}, {"listing_id": "of-frost", "lot_ids": ["lot-f"]}]
    filing = await county.draft(listings=both)
    answer = await county.ask(f"/filings/{filing['id']}/submit", None, county.operator())
    assert answer.json()["errors"][0]["field"] == "listings"


async def test_a_presenter_does_not_sell(county: County) -> None:
    seller = await county.add_host(f"official-{COUNTY}")
    problem = await _refused(county, host_ids=[seller], segments=[])
    assert problem["errors"][0]["field"] == "host_ids"


async def test_two_operators_at_once_are_told(county: County) -> None:
    filing = await county.draft()
    first = await county.revise(filing, title_zh="第一位的标题")
    second = await county.revise(filing, title_zh="第二位的标题")
    assert [first.status_code, second.status_code] == [200, 412]


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIiwiYiJd", "W251bGwsIm4iXQ"])
@pytest.mark.parametrize("path", ["/broadcasts", "/filings", "/officials", "/rooms", "/notices"])
async def test_a_forged_cursor_is_refused_or_harmless(county: County, path: str, cursor: str) -> None:
    answer = await county.app.client.get(f"{path}?cursor={cursor}", headers=county.operator())
    assert answer.status_code in (200, 422)


async def test_a_cursor_beyond_all_time_is_harmless(county: County) -> None:
    from services.kit.page import encode_cursor

    answer = await county.app.client.get(f"/broadcasts?cursor={encode_cursor(10**30, 'x')}")
    assert answer.status_code in (200, 422)


async def test_a_stranger_sees_neither_filings_nor_hosts(county: County) -> None:
    filing = await county.submitted()
    client = county.app.client
    assert (await client.get(f"/filings/{filing['id']}")).status_code == 401
    buyer = county.tokens.headers("buyer")
    assert (await client.get(f"/filings/{filing['id']}", headers=buyer)).status_code == 403
    neighbour = county.operator(scopes=("341322",), account_id="neighbour")
    assert (await client.get(f"/filings/{filing['id']}", headers=neighbour)).status_code == 403
    assert (await client.get("/filings", headers=neighbour)).json()["items"] == []
    assert (await client.get("/hosts", headers=neighbour)).json()["items"] == []


async def test_those_concerned_see_it(county: County) -> None:
    filing = await county.submitted()
    client = county.app.client
    presenter = (await county.app.said())[0]["people"]["presenter"]
    for headers in (
        county.approver(),
        county.tokens.headers("reviewer", at=NOW),
        county.tokens.headers("official", at=NOW, person=presenter),
    ):
        assert (await client.get(f"/filings/{filing['id']}", headers=headers)).status_code == 200
        assert [row["id"] for row in (await client.get("/filings", headers=headers)).json()["items"]] == [filing["id"]]


async def test_a_draft_is_not_shown_to_the_level_above(county: County) -> None:
    filing = await county.draft()
    client = county.app.client
    assert (await client.get(f"/filings/{filing['id']}", headers=county.approver())).status_code == 403
    assert (await client.get("/filings", headers=county.approver())).json()["items"] == []


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize("path", ["/broadcasts", "/calendar.ics"])
async def test_the_ends_of_the_calendar_are_refused_and_no_failure(county: County, path: str, instant: str) -> None:
    for name in ("from", "to"):
        assert (await county.app.client.get(path, params={name: instant})).status_code == 422
    clock = county.operator() | {"Sunfair-Clock": instant}
    assert (await county.app.client.get("/filings", headers=clock)).status_code == 400


async def test_a_null_character_in_an_address_is_refused_and_no_failure(county: County) -> None:
    assert (await county.app.client.get("/broadcasts/%00")).status_code == 422
    assert (await county.app.client.get("/broadcasts?listing=%00")).status_code == 422
