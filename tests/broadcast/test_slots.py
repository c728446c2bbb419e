"""An official, a host, a room: never two broadcasts at once, whoever asks and however many ask together."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.contracts.catalog import ListingWithdrawn
from services.kit import clock
from tests.apps import Tokens
from tests.broadcast.county import COUNTY, LISTING, NOW, START, County
from tests.conftest import ServiceOf

HOUR = timedelta(hours=1)


async def _room(county: County, name: str) -> str:
    body = {"region_code": COUNTY, "name_zh": name, "name_en": name}
    return str((await county.post("/rooms", body, county.tokens.headers("administrator", at=NOW), 201))["id"])


async def _submit(county: County, **fields: object) -> dict[str, object]:
    filing = await county.draft(**fields)
    answer = await county.ask(f"/filings/{filing['id']}/submit", None, county.operator())
    found: dict[str, object] = answer.json() | {"status_code": answer.status_code}
    return found


async def test_of_many_filings_for_one_slot_exactly_one_wins(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    county = await County(await committing_service_app("broadcast"), tokens).settle()
    shifts = [timedelta(minutes=7 * n) for n in range(8)]
    drafts = [await county.draft(start=START + shift) for shift in shifts]
    answers = await asyncio.gather(
        *(county.ask(f"/filings/{draft['id']}/submit", None, county.operator()) for draft in drafts)
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["type"].rsplit("/", 1)[-1] for problem in lost} == {"slot-taken"}
    rows = await county.app.database.fetch_rows("SELECT count(DISTINCT broadcast_id) FROM broadcast.slot WHERE active")
    assert rows[0][0] == 1


async def test_two_filings_of_one_official_in_two_rooms_race_to_one(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    county = await County(await committing_service_app("broadcast"), tokens).settle()
    hosts = [await county.add_host(f"another host {n}") for n in range(4)]
    rooms = [await _room(county, f"room {n}") for n in range(4)]
    segments = county.body()["segments"][:1]
    drafts = [
        await county.draft(room_id=room, host_ids=[host], segments=segments)
        for room, host in zip(rooms, hosts, strict=True)
    ]
    answers = await asyncio.gather(
        *(county.ask(f"/filings/{draft['id']}/submit", None, county.operator()) for draft in drafts)
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
    taken = next(answer.json()["taken"] for answer in answers if answer.status_code == 409)
    assert [each["resource"] for each in taken] == ["official"]


async def test_the_first_room_is_made_once(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    county = await County(await committing_service_app("broadcast"), tokens).settle()
    drafts = [await county.draft(start=START + 2 * n * HOUR) for n in range(5)]
    answers = await asyncio.gather(
        *(county.ask(f"/filings/{draft['id']}/submit", None, county.operator()) for draft in drafts)
    )
    assert {answer.status_code for answer in answers} == {200}
    rooms = (await county.app.client.get(f"/rooms?region={COUNTY}")).json()["items"]
    assert [(room["name_zh"], room["first"]) for room in rooms] == [("砀山县直播间", True)]


async def test_a_withdrawal_meets_every_filing_that_is_submitted_at_that_moment(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    county = await County(await committing_service_app("broadcast"), tokens).settle()
    drafts = [await county.draft(start=START + 2 * n * HOUR) for n in range(6)]
    with clock.set_to(NOW):
        gone = ListingWithdrawn(entity_id=LISTING, version=2, region_code=COUNTY, reason="售罄")
    submissions = [county.ask(f"/filings/{draft['id']}/submit", None, county.operator()) for draft in drafts]
    await asyncio.gather(*submissions[:3], county.app.hear(gone), *submissions[3:])
    states = {(await county.read(draft["id"]))["state"] for draft in drafts}
    assert states <= {"draft", "blocked"}


async def test_the_refusal_names_what_is_taken_and_when_and_nothing_else(county: County) -> None:
    first = await _submit(county, title_zh="先到的一场")
    second = await _submit(county, start=START + HOUR / 2)
    assert second["status_code"] == 409
    taken = second["taken"]
    assert isinstance(taken, list)
    assert {each["resource"] for each in taken} == {"room", "official", "host"}
    assert {(each["from"], each["to"]) for each in taken} == {("2020-03-12T07:00:00Z", "2020-03-12T08:00:00Z")}
    assert str(first["id"]) not in str(second)
    assert "先到的一场" not in str(second)


async def test_a_broadcast_may_begin_when_the_one_before_ends(county: County) -> None:
    assert (await _submit(county))["status_code"] == 200
    assert (await _submit(county, start=START + HOUR))["status_code"] == 200
    assert (await _submit(county, start=START - HOUR))["status_code"] == 200


async def test_an_official_cannot_be_in_two_rooms(county: County) -> None:
    await _submit(county)
    room, host = await _room(county, "梨园"), await county.add_host("another")
    segments = county.body()["segments"][:1]
    second = await _submit(county, room_id=room, host_ids=[host], segments=segments)
    assert (second["status_code"], [each["resource"] for each in second["taken"]]) == (409, ["official"])  # type: ignore[attr-defined]  # A list.


async def test_one_person_with_two_posts_is_one_person(county: County) -> None:
    await _submit(county)
    second_post = await county.add_official(f"official-{COUNTY}", post_zh="党组成员", post_en="party member")
    room, host = await _room(county, "梨园"), await county.add_host("another")
    segments = county.body()["segments"][:1]
    second = await _submit(county, official_id=second_post, room_id=room, host_ids=[host], segments=segments)
    assert second["status_code"] == 409


async def test_a_moved_filing_frees_the_hour_that_it_leaves(county: County) -> None:
    filing = await county.submitted()
    later = county.body(start=START + 3 * HOUR)
    moved = await county.revise(
        filing, starts_at=later["starts_at"], ends_at=later["ends_at"], segments=later["segments"]
    )
    assert moved.json()["state"] == "submitted"
    assert (await _submit(county))["status_code"] == 200


async def test_a_move_into_a_taken_hour_changes_nothing(county: County) -> None:
    filing = await county.submitted()
    await _submit(county, start=START + HOUR)
    later = county.body(start=START + HOUR)
    moved = await county.revise(
        filing, starts_at=later["starts_at"], ends_at=later["ends_at"], segments=later["segments"]
    )
    assert moved.status_code == 409
    assert (await county.read(filing["id"]))["starts_at"] == "2020-03-12T07:00:00Z"


@pytest.mark.parametrize(
    "during",
    ["empty", "[2020-03-12 07:00+00,)", "[2020-03-12 07:00+00,2020-03-12 08:00+00]", "[2020-03-12 07:00+00,infinity)"],
)
async def test_the_table_takes_only_finite_half_open_ranges(county: County, during: str) -> None:
    statement = sa.text(
        "INSERT INTO broadcast.slot (id, broadcast_id, resource_kind, resource_id, during, active)"
        " VALUES ('s', 'b', 'room', 'r', CAST(:during AS tstzrange), true)"
    )
    async with county.app.database.sessions() as db:
        with pytest.raises(sa.exc.IntegrityError, match="ck_slot_during"):
            await db.execute(statement.bindparams(sa.bindparam("during", type_=sa.Text)), {"during": during})
        await db.rollback()
