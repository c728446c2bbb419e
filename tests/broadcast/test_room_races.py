"""Rooms under races, wrong hands and kills: one opens once, and what was half done is undone."""

import asyncio
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from services.broadcast.actions.room.tending import tend_rooms
from services.broadcast.domain.record import first_break
from tests.apps import Tokens
from tests.broadcast.county import LOTS
from tests.broadcast.studio import Studio, room_decision
from tests.broadcast.test_recorder import record
from tests.conftest import ServiceOf

REASON = {"reason_zh": "现场核查。", "reason_en": "A check on site."}
STUDIO_CALLS: list[tuple[str, Any]] = [
    ("open", None),
    ("end", None),
    ("halt", REASON),
    ("rehearsal", {"on": True}),
    ("segments", {"kind": "market"}),
    ("shelf", {"items": [{"lot_id": LOTS[0]}]}),
    ("openings", {"lot_id": LOTS[0], "open": True}),
    ("pins", {"lot_id": LOTS[0]}),
    ("explaining", {"lot_id": LOTS[0]}),
    ("captions", {"zh": "欢迎", "en": "Welcome"}),
    ("notices", {"zh": "通知", "en": "Notice"}),
    ("cues", {"kind": "push", "text": "开播提醒"}),
]


@pytest.fixture
async def studio(service_app: ServiceOf, tokens: Tokens) -> Studio:
    """A broadcast that is on air."""
    return await (await Studio(await service_app("broadcast"), tokens).due()).on_air()


@pytest.mark.parametrize(("act", "body"), STUDIO_CALLS)
async def test_the_wrong_hands_steer_nothing(studio: Studio, act: str, body: Any) -> None:
    tokens, before = studio.tokens, await studio.told()
    strangers = [
        tokens.headers("host", account_id="another-host"),
        tokens.headers("moderator", scopes=("610722",), account_id="moderator-elsewhere"),
        tokens.headers("operator", scopes=("610722",), account_id="operator-elsewhere"),
        tokens.headers("buyer", account_id="a-buyer"),
        tokens.headers("official", account_id="the-official", scopes=("341321",)),
        tokens.headers("approver", account_id="approver", scopes=("341300",)),
    ]
    for headers in strangers:
        # The token of the host in another hand is worth nothing.
        assert (await studio.act(act, body, headers)).status_code == 403
        role = {"role": "host"}
        assert (await studio.act("studio-token", role, headers)).status_code == 403
    path = f"/broadcasts/{studio.id}/room/{act}"
    anonymous = await studio.app.client.request("PUT" if act == "shelf" else "POST", path, json=body)
    assert anonymous.status_code == 401
    assert await studio.told() == before


async def test_a_host_does_not_moderate_and_an_operator_does_not_sell(studio: Studio) -> None:
    as_moderator = studio.host_headers(scopes=("341321",))
    assert (await studio.act("studio-token", {"role": "moderator"}, as_moderator)).status_code == 403
    operator = studio.tokens.headers("operator", scopes=("341321",), account_id="operator-341321")
    key = (await studio.act("studio-token", {"role": "operator"}, operator)).json()["token"]
    await studio.do("segments", {"kind": "market"})
    for act, body in (("pins", {"lot_id": LOTS[0]}), ("segments", {"kind": "region"})):
        assert (await studio.act(act, body, operator, key=key)).status_code == 403


async def test_an_inspector_of_other_regions_stops_nothing(studio: Studio) -> None:
    elsewhere = studio.tokens.headers("inspector", scopes=("610000",), account_id="inspector-elsewhere")
    for act in ("halt", "lift"):
        assert (await studio.act(act, REASON, elsewhere)).status_code == 403
    assert (await studio.told())["state"] == "open"


async def test_a_token_of_another_room_steers_nothing(service_app: ServiceOf, tokens: Tokens) -> None:
    studio = await (await Studio(await service_app("broadcast"), tokens).due()).on_air()
    async with studio.app.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE broadcast.studio_token SET account_id = 'somebody-else'"))
    assert (await studio.act("captions", {"zh": "欢迎", "en": "Welcome"})).status_code == 403


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("segments", {"kind": "both"}),
        ("shelf", {"items": [{"lot_id": LOTS[0], "limit_units": 0}]}),
        ("shelf", {"items": [{"lot_id": LOTS[0], "limit_units": -1}]}),
        ("shelf", {"items": [{"lot_id": LOTS[0], "units_per_buyer": 10**9}]}),
        ("shelf", {"items": [{"lot_id": LOTS[0], "limit_units": 2, "units_per_buyer": 3}]}),
        ("shelf", {"items": [{"lot_id": LOTS[0], "price_fen": 1}]}),
        ("captions", {"zh": "好" * 201, "en": ""}),
        ("notices", {"zh": "", "en": ""}),
        ("cues", {"kind": "lottery", "text": "x"}),
        ("halt", {"reason_zh": "", "reason_en": ""}),
    ],
)
async def test_bodies_that_say_nothing_sensible_are_refused(studio: Studio, act: str, body: Any) -> None:
    assert (await studio.act(act, body)).status_code == 422


async def test_a_lot_of_another_filing_and_one_announced_beyond_its_stock_stay_off(studio: Studio) -> None:
    await studio.do("segments", {"kind": "market"})
    for item in ({"lot_id": "lot-of-another"}, {"lot_id": LOTS[0], "limit_units": 501}):
        answer = await studio.act("shelf", {"items": [item]})
        assert (answer.status_code, answer.json()["lot_id"]) == (409, item["lot_id"])


async def test_a_lot_whose_seller_cannot_be_shown_stays_off(service_app: ServiceOf, tokens: Tokens) -> None:
    studio = await Studio(await service_app("broadcast"), tokens).due()
    async with studio.app.database.sessions.begin() as db:
        hidden = "UPDATE broadcast.goods SET seller = jsonb_set(seller, '{panel,address}', 'false')"
        await db.execute(sa.text(hidden))
    await studio.take_studio()
    answer = await studio.act("shelf", {"items": [{"lot_id": LOTS[0]}]})
    assert (answer.status_code, "address" in answer.json()["detail"]) == (409, True)


async def test_a_host_under_age_keeps_the_room_closed(service_app: ServiceOf, tokens: Tokens) -> None:
    studio = await Studio(await service_app("broadcast"), tokens).due()
    await studio.take_studio()
    async with studio.app.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE broadcast.host SET facts = facts || '{\"age_years\": 15}'"))
    answer = await studio.act("open")
    assert (answer.status_code, "16" in answer.json()["detail"]) == (409, True)


async def test_of_two_openings_at_once_one_asks_the_gate(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    studio = await Studio(await committing_service_app("broadcast"), tokens).due()
    await studio.take_studio()
    answers = await asyncio.gather(*(studio.act("open") for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {202: 1, 409: 3}
    assert len(await studio.app.said("broadcast.room.asked")) == 1


async def test_of_many_segment_changes_at_once_none_overlap(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    studio = await (await Studio(await committing_service_app("broadcast"), tokens).due()).on_air()
    kinds = ["market", "region"] * 6
    answers = await asyncio.gather(*(studio.act("segments", {"kind": kind}) for kind in kinds))
    assert {answer.status_code for answer in answers} <= {201, 409}
    async with studio.app.database.sessions() as db:
        running = "SELECT count(*) FROM broadcast.live_segment WHERE ended_at IS NULL"
        assert await db.scalar(sa.text(running)) == 1
        overlapping = (
            "SELECT count(*) FROM broadcast.live_segment a JOIN broadcast.live_segment b ON a.id < b.id AND "
            "tstzrange(a.started_at, a.ended_at) && tstzrange(b.started_at, b.ended_at)"
        )
        assert await db.scalar(sa.text(overlapping)) == 0
    assert first_break(studio.id, await record(studio, limit=50)) is None


async def test_replicas_that_look_after_one_room_halt_it_once(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    studio = await (await Studio(await committing_service_app("broadcast"), tokens).due()).on_air()
    async with studio.app.database.sessions.begin() as db:
        ran_out = "UPDATE broadcast.live_room SET decision_valid_until = now() - interval '1 second'"
        await db.execute(sa.text(ran_out))
    settings = studio.app.app.state.settings
    await asyncio.gather(*(tend_rooms(studio.app.database, settings) for _ in range(4)))
    noted = [note["kind"] for note in await studio.app.said("broadcast.room.noted")]
    assert noted.count("halted") == 1


async def test_an_act_that_dies_before_its_commit_leaves_nothing(studio: Studio) -> None:
    before, entries = await studio.told(), await record(studio)

    class Killed(Exception):
        """The process is gone."""

    asked = await studio.asked()

    async def die() -> None:
        event = room_decision(studio.id, asked["version"], "fail")
        async with studio.app.database.sessions.begin() as db:
            await studio.app.app.state.handlers[type(event)](db, event)
            raise Killed

    with pytest.raises(Killed):
        await die()
    assert await studio.told() == before
    assert await record(studio) == entries
    await studio.answer("fail")
    assert (await studio.told())["state"] == "halted"


async def test_a_clock_that_was_set_back_does_not_turn_the_record_around(studio: Studio) -> None:
    async with studio.app.database.sessions.begin() as db:
        # As if the last entry had been written by a clock that was an hour ahead.
        ahead = "UPDATE broadcast.live_room SET last_at = last_at + interval '1 hour'"
        await db.execute(sa.text(ahead))
    await studio.do("segments", {"kind": "market"})
    moments = [entry["at"] for entry in await record(studio)]
    assert moments == sorted(moments)
    assert (await studio.see())["segment"]["kind"] == "market"


async def test_a_set_clock_steers_no_room(studio: Studio) -> None:
    headers = studio.host_headers() | {"Sunfair-Clock": "2020-03-02T20:00:00+08:00"}
    headers |= {"Authorization": f"Bearer {studio.tokens.token('host', account_id='the-host', may_set_clock=True)}"}
    answer = await studio.act("segments", {"kind": "market"}, headers)
    assert answer.status_code == 409
