"""The demonstration data as a whole: complete, marked, loaded once, and rolling with the present."""

from datetime import timedelta

from deploy.seed.__main__ import load
from deploy.seed.book import Book
from deploy.seed.data import rows
from deploy.seed.market import Json
from deploy.seed.onair import go_on_air
from services.contracts.values import SHANGHAI
from services.kit import clock
from tests.journeys.town import Town


async def test_all_specialties_stand_with_names_descriptions_and_seasons(town: Town) -> None:
    found = {item["id"] async for item in town.market.every("/specialties")}

    for specialty in rows("specialties"):
        specialty_id = town.ids[f"specialty:{specialty['key']}"]
        assert specialty_id in found
        shown = await town.market.get(f"/specialties/{specialty_id}")
        assert all(shown[name] for name in ("name_zh", "name_en", "description_zh", "description_en", "season_months"))
    assert len([row for row in rows("specialties") if row["region"] != "999901"]) == 24


async def test_all_events_stand_on_their_own_scales(town: Town) -> None:
    ids = {row["key"]: town.ids[f"event:{row['key']}"] for row in rows("events")}
    shown = {key: await town.market.get(f"/events/{event_id}") for key, event_id in ids.items()}

    assert {f"E{number}" for number in range(1, 13)} <= set(shown)
    assert [key for key, event in shown.items() if not event["verified"]] == ["E8"]
    warning = shown["E9"]["document"]["declarations"][0]
    assert (warning["warning_level"], warning.get("response_level"), warning.get("event_grade")) == (2, None, None)
    assert len(shown["E5"]["document"]["declarations"]) == 3


async def test_six_broadcasts_of_the_next_fortnight_are_scheduled(town: Town) -> None:
    today = clock.now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    window: Json = {"from": today.isoformat(), "to": (today + timedelta(days=16)).isoformat()}

    coming = await town.market.get("/broadcasts", region="999901", **window)

    scheduled = [row for row in coming["items"] if row["state"] == "scheduled"]
    assert len(scheduled) == 6
    assert all(row["demonstration"] for row in coming["items"])
    assert len({row["title_zh"] for row in scheduled}) == 6


async def test_one_broadcast_is_on_air_with_goods_that_can_be_bought(town: Town) -> None:
    on_air = await town.market.get("/broadcasts", region="999901", state="live")
    broadcast_id = on_air["items"][0]["id"]

    room = await town.market.get(f"/broadcasts/{broadcast_id}/room")
    sale = await town.market.get(f"/sales/{broadcast_id}")

    assert (room["state"], room["segment"]["kind"]) == ("open", "market")
    assert room["pinned_lot_id"] in {lot["lot_id"] for lot in room["shelf"]}
    assert sum(lot["open"] for lot in sale["lots"]) == 3
    assert all(lot["available_units"] > 0 for lot in sale["lots"])


async def test_a_second_run_changes_nothing(town: Town) -> None:
    before = (town.stack.state / "seed.json").read_bytes(), (town.stack.state / "demo.json").read_bytes()
    events = await newest(town)

    astray = await load(town.stack.url, town.stack.state)

    assert astray == []
    assert before == ((town.stack.state / "seed.json").read_bytes(), (town.stack.state / "demo.json").read_bytes())
    assert await newest(town) == events


async def test_an_hour_later_the_broadcast_on_air_is_still_the_one(town: Town) -> None:
    before = await town.market.get("/broadcasts", region="999901", state="live")

    assert not await go_on_air(town.desk, clock.now() + timedelta(hours=1))

    assert await town.market.get("/broadcasts", region="999901", state="live") == before


async def newest(town: Town) -> list[str]:
    """The newest of each list; a repeated load would add to it."""
    paths = ("/events", "/slow-sales", "/producers", "/marks", "/specialties")
    return [(await town.market.get(path, limit=1))["items"][0]["id"] for path in paths]


async def test_a_run_without_its_book_finds_everything_again(town: Town) -> None:
    kept = town.stack.state / "seed.json"
    noted = kept.read_bytes()
    kept.unlink()
    try:
        assert await load(town.stack.url, town.stack.state) == []
        again = Book(kept)
        again.open_for(str((await town.market.get("/me", "admin"))["id"]))
        kinds = ("account:", "producer:", "mark:", "specialty:", "event:", "listing:", "filing:")
        for name, value in town.ids.items():
            if name.startswith(kinds) and name in again:
                assert again[name] == value, name
    finally:
        kept.write_bytes(noted)


async def test_demo_accounts_are_written_for_their_owner_alone(town: Town) -> None:
    path = town.stack.state / "demo.json"

    demo = town.stack.demo()

    assert path.stat().st_mode & 0o077 == 0
    assert len(demo["accounts"]) == len(rows("people"))
    assert demo["api_key"].startswith("sf_live_")
    roles = {role for account in demo["accounts"] for role in account["roles"]}
    assert len(roles) == 13
