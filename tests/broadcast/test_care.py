"""What a room needs, and when: it is renewed in time, and closed when nobody may vouch for it any longer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.broadcast.actions.room.tending import tend_rooms
from services.broadcast.domain.care import Care, Facts, care_for
from services.broadcast.domain.life import State
from services.broadcast.domain.room import RoomState
from tests.apps import Tokens
from tests.broadcast.county import Answer
from tests.broadcast.studio import Studio
from tests.conftest import ServiceOf

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def facts(**given: Any) -> Facts:
    """An open room in order."""
    whole: dict[str, Any] = {
        "now": NOW,
        "state": RoomState.OPEN,
        "filing": State.LIVE,
        "rehearsing": False,
        "hard_stop_at": NOW + 60 * MINUTE,
        "valid_until": NOW + 8 * MINUTE,
        "asked_at": NOW - 2 * MINUTE,
        "unanswered_since": None,
        "on_air_asked_at": NOW,
        "last_entry_at": NOW,
        "offer_over": False,
        "renewal": 5 * MINUTE,
        "grace": 2 * MINUTE,
        "ask_again": timedelta(seconds=20),
        "watch": MINUTE,
        "beat": timedelta(seconds=20),
    }
    return Facts(**(whole | given))


@pytest.mark.parametrize(
    ("given_facts", "expected"),
    [
        ({}, Care.NONE),
        ({"last_entry_at": NOW - MINUTE}, Care.BEAT),
        ({"asked_at": NOW - 5 * MINUTE}, Care.ASK),
        ({"on_air_asked_at": NOW - MINUTE}, Care.ASK_ON_AIR),
        ({"on_air_asked_at": None}, Care.ASK_ON_AIR),
        ({"unanswered_since": NOW - MINUTE, "asked_at": NOW - MINUTE}, Care.ASK),
        ({"unanswered_since": NOW - 2 * MINUTE}, Care.HALT_UNREACHABLE),
        ({"offer_over": True, "asked_at": NOW - 5 * MINUTE}, Care.CLOSE_OFFERS),
        ({"offer_over": True, "valid_until": NOW}, Care.HALT_EXPIRED),
        ({"offer_over": True, "state": RoomState.HALTED}, Care.NONE),
        ({"valid_until": NOW}, Care.HALT_EXPIRED),
        ({"valid_until": None}, Care.HALT_EXPIRED),
        ({"hard_stop_at": NOW}, Care.END_HARD),
        ({"filing": State.WITHDRAWN}, Care.END_WITH_FILING),
        ({"state": RoomState.OPENING, "filing": State.SCHEDULED}, Care.ASK),
        ({"state": RoomState.OPENING, "filing": State.SCHEDULED, "asked_at": NOW}, Care.NONE),
        ({"state": RoomState.OPENING, "unanswered_since": NOW - 2 * MINUTE}, Care.REFUSE_UNREACHABLE),
        ({"state": RoomState.OPENING, "filing": State.BLOCKED}, Care.REFUSE_WITH_FILING),
        ({"state": RoomState.CLOSED, "filing": State.SUBMITTED, "rehearsing": True}, Care.STOP_REHEARSAL),
        ({"state": RoomState.CLOSED, "filing": State.SCHEDULED, "hard_stop_at": NOW}, Care.END_HARD),
        ({"state": RoomState.CLOSED, "filing": State.BLOCKED, "hard_stop_at": NOW}, Care.NONE),
        ({"state": RoomState.HALTED, "last_entry_at": NOW - MINUTE, "valid_until": None}, Care.BEAT),
        ({"state": RoomState.ENDED, "hard_stop_at": NOW}, Care.NONE),
    ],
)
def test_each_moment_has_its_care(given_facts: dict[str, Any], expected: Care) -> None:
    assert care_for(facts(**given_facts)) is expected


MOMENTS = st.integers(-1200, 1200).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(st.sampled_from(RoomState), st.sampled_from(State), MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS)
def test_no_open_room_outlives_its_answer_or_its_hour(
    state: RoomState, filing: State, stop: datetime, until: datetime | None, silent: datetime | None
) -> None:
    care = care_for(facts(state=state, filing=filing, hard_stop_at=stop, valid_until=until, unanswered_since=silent))
    if state is RoomState.OPEN and filing is State.LIVE:
        closes = care in (Care.END_HARD, Care.HALT_EXPIRED, Care.HALT_UNREACHABLE)
        overdue = stop <= NOW or until is None or until <= NOW or (silent is not None and silent <= NOW - 2 * MINUTE)
        assert closes == overdue


@pytest.fixture
async def studio(service_app: ServiceOf, tokens: Tokens) -> Studio:
    """A broadcast whose hour has begun."""
    return await Studio(await service_app("broadcast"), tokens).due()


async def tend(studio: Studio) -> None:
    """One round."""
    await tend_rooms(studio.app.database, studio.app.app.state.settings)


async def later(studio: Studio, column: str, moved: str) -> None:
    """Time passes: a moment that the room keeps lies further back."""
    async with studio.app.database.sessions.begin() as db:
        statement = f"UPDATE broadcast.live_room SET {column} = {column} - interval '{moved}'"  # noqa: S608  A test's.
        await db.execute(sa.text(statement))


async def states(studio: Studio) -> tuple[str, str]:
    """The room's state and its filing's."""
    filing: Answer = await studio.read(studio.filing["id"])
    return (await studio.see())["state"], filing["state"]


async def test_a_running_room_asks_again_in_time_and_its_answer_is_renewed(studio: Studio) -> None:
    await studio.selling()
    before = await studio.asked()
    await later(studio, "asked_at", "5 minutes")
    await tend(studio)
    asked = await studio.asked()
    assert asked["version"] > before["version"]
    await studio.answer("pass")
    assert (await studio.told())["decision_id"] == (await studio.see())["decision_id"]
    assert await states(studio) == ("open", "live")


async def test_an_answer_that_ran_out_halts_the_room_and_says_so(studio: Studio) -> None:
    await studio.selling()
    await later(studio, "decision_valid_until", "1 hour")
    await tend(studio)
    told = await studio.told()
    assert (told["state"], told["why_halted"]["cause"], told["shelf"]) == ("halted", "gate", [])
    assert await states(studio) == ("halted", "halted")


async def test_a_silent_gate_closes_a_room_after_the_stated_grace(studio: Studio) -> None:
    await studio.selling()
    await later(studio, "asked_at", "5 minutes")
    await tend(studio)
    await tend(studio)
    assert (await studio.see())["state"] == "open"
    await later(studio, "unanswered_since", "119 seconds")
    await tend(studio)
    assert (await studio.see())["state"] == "open"
    await later(studio, "unanswered_since", "2 seconds")
    await tend(studio)
    assert (await studio.see())["why_halted"]["cause"] == "gate_unreachable"


async def test_a_room_whose_question_is_never_answered_goes_back_to_closed(studio: Studio) -> None:
    await studio.take_studio()
    await studio.do("open")
    await later(studio, "unanswered_since", "3 minutes")
    await tend(studio)
    assert await states(studio) == ("closed", "scheduled")


async def test_at_the_hard_stop_a_room_is_ended_whatever_is_said_in_it(studio: Studio) -> None:
    await studio.selling()
    async with studio.app.database.sessions.begin() as db:
        moved = "starts_at = starts_at - interval '2 hours', ends_at = ends_at - interval '2 hours'"
        await db.execute(sa.text(f"UPDATE broadcast.filing SET {moved}"))  # noqa: S608  A test's.
    await tend(studio)
    room = await studio.see()
    assert (room["state"], room["why_halted"]["cause"]) == ("ended", "hard_stop")
    assert await states(studio) == ("ended", "ended")


async def test_a_broadcast_that_nobody_opened_is_over_too(studio: Studio) -> None:
    async with studio.app.database.sessions.begin() as db:
        moved = "starts_at = starts_at - interval '2 hours', ends_at = ends_at - interval '2 hours'"
        await db.execute(sa.text(f"UPDATE broadcast.filing SET {moved}"))  # noqa: S608  A test's.
    await tend(studio)
    assert await states(studio) == ("ended", "ended")
    assert (await studio.told())["state"] == "ended"


async def test_a_blocked_filing_closes_the_room_that_was_about_to_open(studio: Studio) -> None:
    await studio.take_studio()
    await studio.do("open")
    async with studio.app.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE broadcast.filing SET state = 'blocked'"))
    await tend(studio)
    assert (await studio.told())["state"] == "closed"


async def test_two_rounds_at_once_do_everything_once(studio: Studio) -> None:
    await studio.selling()
    await later(studio, "decision_valid_until", "1 hour")
    await tend(studio)
    await tend(studio)
    noted = [note["kind"] for note in await studio.app.said("broadcast.room.noted")]
    assert noted.count("halted") == 1


async def test_a_halted_room_opens_again_only_with_a_new_token_and_a_new_pass(studio: Studio) -> None:
    await studio.selling()
    await studio.answer("fail")
    assert (await studio.act("open")).status_code == 403
    await studio.take_studio()
    await studio.do("open")
    await studio.answer("pass")
    room = await studio.see()
    assert (room["state"], room["segment"]["kind"], room["why_halted"]) == ("open", "region", None)
    assert await states(studio) == ("open", "live")


async def test_what_an_inspector_stopped_only_an_inspector_lifts(studio: Studio) -> None:
    await studio.selling()
    body = {"reason_zh": "现场宣传与核验内容不符。", "reason_en": "What is said differs from what was passed."}
    inspector = studio.tokens.headers("inspector", organ="市场监管局", account_id="inspector-1")
    assert (await studio.act("halt", body, inspector)).status_code == 200
    await studio.take_studio()
    assert (await studio.act("open")).status_code == 409
    lifted = {"reason_zh": "已整改。", "reason_en": "It was mended."}
    assert (await studio.act("lift", lifted)).status_code == 403
    assert (await studio.act("lift", lifted, inspector)).status_code == 200
    await studio.do("open")
    await studio.answer("pass")
    assert (await studio.see())["state"] == "open"


async def test_a_filing_on_air_cannot_be_revised_or_withdrawn(studio: Studio) -> None:
    await studio.on_air()
    filing = await studio.read(studio.filing["id"])
    answer = await studio.revise(filing, title_zh="另一标题")
    assert answer.status_code == 409
    withdrawn = await studio.ask(f"/filings/{filing['id']}/withdraw", {"reason": "不办了"}, studio.operator())
    assert withdrawn.status_code == 409


async def test_the_calendar_shows_what_is_on_air(studio: Studio) -> None:
    await studio.on_air()
    listed = (await studio.app.client.get("/broadcasts", params={"state": "live"})).json()["items"]
    assert [row["id"] for row in listed] == [studio.id]
