"""Stays in a room: one row each, no names and no addresses, counted once, ended when nobody speaks for them."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.broadcast import actions
from services.broadcast.domain import viewing
from services.contracts.accounts import AccountErased
from services.kit import clock
from services.kit.identity import broadcast_token, gateway_proof
from services.kit.ids import new_id
from services.kit.settings import DEMO_SECRET
from tests.apps import TOKEN_SECRET, ServiceUnderTest, Tokens
from tests.broadcast.studio import Studio
from tests.conftest import ServiceOf

ROOM = "01976f3a-0000-7000-8000-00000000b0a1"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; V2301A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
    "Safari/537.36 MicroMessenger/8.0.49"
)
PROOF = {"sunfair-gateway": gateway_proof(DEMO_SECRET)}


@pytest.fixture
async def broadcast(service_app: ServiceOf) -> ServiceUnderTest:
    return await service_app("broadcast")


def now_ms() -> int:
    return int(clock.now().timestamp() * 1000)


def stay(viewer: str = "viewer-1", **fields: Any) -> dict[str, Any]:
    """A row as the gateway hands it over; by default a stay of five seconds that goes on."""
    at = now_ms()
    row = {
        "viewer": viewer,
        "device": f"device-of-{viewer}",
        "address": "203.0.113.7",
        "user_agent": PHONE,
        "account_id": None,
        "first_ms": at - 5_000,
        "last_ms": at,
        "beats": 0,
        "interactions": 0,
        "foreground_ms": 0,
        "referrer": None,
        "left": False,
    }
    return row | fields


async def hand_over(app: ServiceUnderTest, *rows: dict[str, Any], room: str = ROOM) -> Any:
    """About how many watch, by broadcast's answer."""
    response = await app.client.post(f"/broadcasts/{room}/viewer-sessions", json={"rows": list(rows)}, headers=PROOF)
    assert response.status_code == 200, response.text
    return response.json()["about"]


async def ended(app: ServiceUnderTest) -> list[dict[str, Any]]:
    """Everything that was told of stays, after those that are due were ended."""
    async with app.database.sessions.begin() as db:
        await actions.end_stays(db)
    return [session for event in await app.said("broadcast.viewers.counted") for session in event["sessions"]]


async def test_only_the_gateway_hands_over_stays(broadcast: ServiceUnderTest) -> None:
    for headers in ({}, {"sunfair-gateway": "guessed"}, {"sunfair-gateway": gateway_proof("another secret")}):
        path = f"/broadcasts/{ROOM}/viewer-sessions"
        response = await broadcast.client.post(path, json={"rows": [stay()]}, headers=headers)
        assert response.status_code == 403


async def test_what_a_viewer_says_in_several_batches_is_one_stay(broadcast: ServiceUnderTest) -> None:
    start = now_ms() - 200_000
    await hand_over(broadcast, stay(first_ms=start, last_ms=start, referrer="share"))
    for beat in range(1, 4):
        at = start + beat * 15_000
        await hand_over(broadcast, stay(first_ms=at, last_ms=at, beats=1, interactions=2, foreground_ms=14_000))
    (session,) = await ended(broadcast)
    assert (session["join_ms"], session["leave_ms"]) == (start, start + 45_000)
    assert (session["heartbeats"], session["interactions"], session["foreground_ms"]) == (3, 6, 42_000)
    assert (session["referrer"], session["client"], session["app_version"]) == ("share", "android", "wechat/8")
    assert (session["rx_kb"], session["asn"], session["ip_class"]) == (-1, 0, "unknown")


async def test_nobody_looks_longer_than_they_stay(broadcast: ServiceUnderTest) -> None:
    start = now_ms() - 100_000
    await hand_over(broadcast, stay(first_ms=start, last_ms=start + 10_000, foreground_ms=900_000))
    assert (await ended(broadcast))[0]["foreground_ms"] == 10_000


async def test_a_lost_gateways_stays_end_at_their_last_beat(broadcast: ServiceUnderTest) -> None:
    silent = now_ms() - viewing.LOST_MS - 1_000
    await hand_over(broadcast, stay("lost", first_ms=silent - 60_000, last_ms=silent), stay("here"))
    sessions = await ended(broadcast)
    assert [session["leave_ms"] for session in sessions] == [silent]
    assert await ended(broadcast) == sessions


async def test_a_page_loaded_anew_goes_on_with_the_same_stay(broadcast: ServiceUnderTest) -> None:
    start = now_ms() - 80_000
    await hand_over(broadcast, stay(first_ms=start, last_ms=start + 1_000, left=True))
    await hand_over(broadcast, stay(first_ms=start + 3_000, last_ms=start + 9_000))
    (session,) = await ended(broadcast)
    assert (session["join_ms"], session["leave_ms"]) == (start, start + 9_000)


async def test_who_comes_back_later_begins_another_stay(broadcast: ServiceUnderTest) -> None:
    start = now_ms() - 200_000
    await hand_over(broadcast, stay(first_ms=start, last_ms=start + 1_000, left=True))
    await ended(broadcast)
    await hand_over(broadcast, stay(first_ms=start + 100_000, last_ms=start + 101_000))
    sessions = await ended(broadcast)
    assert len({session["session"] for session in sessions}) == 2
    assert len({session["device"] for session in sessions}) == 1


async def test_people_are_counted_once_and_the_count_is_coarse(broadcast: ServiceUnderTest) -> None:
    assert await hand_over(broadcast, *[stay(f"v{n}") for n in range(9)]) is None
    two_tabs = [stay(f"tab{n}", device="one-phone") for n in range(5)]
    assert await hand_over(broadcast, *two_tabs) == 10
    two_devices = [stay(f"desk{n}", account_id="somebody") for n in range(2)]
    assert await hand_over(broadcast, *two_devices) == 11
    assert await hand_over(broadcast, *[stay(f"w{n}") for n in range(192)]) == 200
    assert await hand_over(broadcast, stay("v0", left=True)) == 200


async def test_stays_of_one_room_do_not_count_in_another(broadcast: ServiceUnderTest) -> None:
    await hand_over(broadcast, *[stay(f"v{n}") for n in range(20)])
    assert await hand_over(broadcast, room="01976f3a-0000-7000-8000-00000000b0a2") is None


async def test_no_address_no_browser_and_no_account_is_kept_or_told(broadcast: ServiceUnderTest) -> None:
    at = now_ms() - 100_000
    named = {"account_id": "account-of-mrs-wang", "device": "device-77", "address": "203.0.113.99"}
    await hand_over(broadcast, stay(first_ms=at, last_ms=at, **named))
    told = json.dumps(await ended(broadcast))
    async with broadcast.database.sessions() as db:
        rows = [*(await db.execute(sa.text("SELECT v::text FROM broadcast.viewer_session v"))).scalars()]
        rows += [*(await db.execute(sa.text("SELECT w::text FROM broadcast.watched w"))).scalars()]
    for secret in ("account-of-mrs-wang", "device-77", "203.0.113", "V2301A", "AppleWebKit"):
        assert secret not in told
        assert secret not in "".join(rows)


async def test_a_device_has_another_token_in_every_broadcast_and_a_user_the_one_that_orders_uses(
    broadcast: ServiceUnderTest,
) -> None:
    at = now_ms() - 100_000
    for room in (ROOM, "01976f3a-0000-7000-8000-00000000b0a2"):
        await hand_over(broadcast, stay(first_ms=at, last_ms=at, account_id="account-1"), room=room)
    one, two = await ended(broadcast)
    for name in ("device", "ip", "ip_prefix", "device_model", "user", "session"):
        assert one[name] != two[name]
    assert {one["user"], two["user"]} >= {broadcast_token(ROOM, "account-1", TOKEN_SECRET)}


async def test_neighbours_share_the_token_of_their_network(broadcast: ServiceUnderTest) -> None:
    at = now_ms() - 100_000
    rows = [stay(f"v{n}", first_ms=at, last_ms=at, address=f"203.0.113.{n}") for n in (1, 2)]
    await hand_over(broadcast, *rows)
    one, two = await ended(broadcast)
    assert one["ip_prefix"] == two["ip_prefix"]
    assert one["ip"] != two["ip"]


async def test_other_broadcasts_of_thirty_days_are_counted_for_an_account(broadcast: ServiceUnderTest) -> None:
    at = now_ms() - 100_000
    for number in range(3):
        room = f"01976f3a-0000-7000-8000-00000000b0b{number}"
        await hand_over(broadcast, stay(first_ms=at, last_ms=at, account_id="account-1"), room=room)
    await hand_over(broadcast, stay("guest", first_ms=at, last_ms=at))
    assert sorted(session["watch_30d"] for session in await ended(broadcast)) == [-1, 0, 1, 2]


async def test_an_erased_account_has_watched_nothing(broadcast: ServiceUnderTest) -> None:
    at = now_ms() - 100_000
    await hand_over(broadcast, stay(first_ms=at, last_ms=at, account_id="account-1"))
    erased = AccountErased(entity_id="account-1", version=1, account_id="account-1", erased_at=clock.now())
    await broadcast.hear(erased)
    async with broadcast.database.sessions() as db:
        assert (await db.execute(sa.text("SELECT count(*) FROM broadcast.watched"))).scalar() == 0


async def test_many_stays_are_told_two_hundred_at_a_time_and_can_be_told_again(broadcast: ServiceUnderTest) -> None:
    at = now_ms() - 100_000
    await hand_over(broadcast, *[stay(f"v{n}", first_ms=at, last_ms=at) for n in range(450)])
    await ended(broadcast)
    events = await broadcast.said("broadcast.viewers.counted")
    assert sorted(len(event["sessions"]) for event in events) == [50, 200, 200]
    async with broadcast.database.sessions() as db:
        again = [event async for event in actions.republish_stays(db, clock.now().replace(year=2020))]
    told = {session["session"] for event in events for session in event["sessions"]}
    assert {session.session for event in again for session in event.sessions} == told


@pytest.mark.parametrize(
    "fields",
    [{"beats": -1}, {"last_ms": "soon"}, {"viewer": ""}, {"referrer": "advert"}, {"foreground_ms": 10**12}],
)
async def test_a_row_that_makes_no_sense_is_refused(broadcast: ServiceUnderTest, fields: dict[str, Any]) -> None:
    body = {"rows": [stay(**fields)]}
    response = await broadcast.client.post(f"/broadcasts/{ROOM}/viewer-sessions", json=body, headers=PROOF)
    assert response.status_code == 422


async def test_at_most_a_thousand_rows_come_at_once(broadcast: ServiceUnderTest) -> None:
    body = {"rows": [stay(new_id()) for _ in range(1_001)]}
    response = await broadcast.client.post(f"/broadcasts/{ROOM}/viewer-sessions", json=body, headers=PROOF)
    assert response.status_code == 422


@given(st.integers(0, 10**9))
def test_the_shown_count_is_never_more_than_the_truth_and_never_far_from_it(viewers: int) -> None:
    shown = viewing.about(viewers)
    if viewers < 10:
        assert shown is None
    else:
        assert shown is not None
        assert viewers * 0.9 < shown <= viewers
        assert len(str(shown).rstrip("0")) <= 2


@pytest.mark.parametrize(
    ("agent", "client", "model", "version"),
    [
        (PHONE, "android", "V2301A", "wechat/8"),
        (PHONE + " MiniProgramEnv/android", "miniapp", "V2301A", "wechat/8"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Safari/604.1", "ios", "iPhone", "safari/17"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "web", "X11", "firefox/128"),
        ("Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) Chrome/94.0", "tv", "SMART-TV", "chrome/94"),
        ("", "web", "", "unknown"),
    ],
)
def test_a_browser_says_what_it_is(agent: str, client: str, model: str, version: str) -> None:
    assert viewing.client_of(agent) == client
    assert viewing.model_of(agent) == model
    assert viewing.version_of(agent) == version


@pytest.mark.parametrize(
    ("address", "prefix"),
    [("203.0.113.7", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("unknown", ""), ("", "")],
)
def test_a_network_is_twenty_four_or_forty_eight_bits(address: str, prefix: str) -> None:
    assert viewing.prefix_of(address) == prefix


async def test_the_gate_is_told_how_viewers_arrived_and_stayed(broadcast: ServiceUnderTest) -> None:
    at = now_ms() - 100_000
    rows = [stay(f"v{n}", first_ms=at, last_ms=at + 30_000, address=f"203.0.{n}.7") for n in range(8)]
    rows += [stay(f"brief{n}", first_ms=at, last_ms=at + 1_000, device="farm", address="198.51.100.1") for n in (1, 2)]
    await hand_over(broadcast, *rows)
    await ended(broadcast)
    await hand_over(broadcast, stay("just-now", first_ms=now_ms() - 100, last_ms=now_ms()))
    async with broadcast.database.sessions() as db:
        facts = await actions.crowd_facts(db, ROOM, clock.now())
    assert facts["traffic"] == {
        "counter": "own",
        "promotions": [],
        "viewers": 9,
        "sessions": 10,
        "sessions_under_5s_share_bp": 2_000,
        "largest_network_share_bp": 2_000,
        "arrival_steps_over_3_sigma": 0,
        "most_sessions_per_device": 2,
    }
    assert (facts["praise_counter_shown"], facts["deleted_product_complaints"]) == (False, 0)


async def test_a_room_without_viewers_has_facts_too(broadcast: ServiceUnderTest) -> None:
    async with broadcast.database.sessions() as db:
        traffic = (await actions.crowd_facts(db, ROOM, clock.now()))["traffic"]
    assert (traffic["viewers"], traffic["sessions"], traffic["largest_network_share_bp"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("arrivals", "steps"),
    [([5] * 30, 0), ([5] * 30 + [400], 1), ([3, 400], 0), ([0] * 30 + [12], 0), ([], 0), ([40, 60] * 20, 0)],
)
def test_a_wave_of_arrivals_stands_out_from_what_is_usual(arrivals: list[int], steps: int) -> None:
    assert viewing.sudden_steps(arrivals) == steps


async def test_a_late_joiner_reads_about_how_many_watch(service_app: ServiceOf, tokens: Tokens) -> None:
    studio = await (await Studio(await service_app("broadcast"), tokens).due()).on_air()
    assert (await studio.see())["viewers_coarse"] is None
    await hand_over(studio.app, *[stay(f"v{n}") for n in range(34)], room=studio.id)
    assert (await studio.see())["viewers_coarse"] == 34
