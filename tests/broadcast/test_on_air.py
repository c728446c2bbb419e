"""A room as it runs, before the gate: what was on screen is read from the record, and a hard fail halts it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.broadcast.actions.room.tending import tend_rooms
from services.broadcast.domain.timeline import appearances
from services.compliance.rules.facts import FactsError, parse_facts
from tests.apps import Tokens
from tests.broadcast.county import LOTS
from tests.broadcast.studio import Studio, room_decision
from tests.conftest import ServiceOf

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
KINDS = ("leader_on", "leader_off", "pinned", "unpinned", "price", "lot_closed", "off_shelf", "halted", "beat")


def entry(kind: str, second: int, **body: Any) -> dict[str, Any]:
    """An entry of the record."""
    return {"kind": kind, "at": NOW + timedelta(seconds=second), "body": body}


def test_what_was_on_screen_is_read_from_the_record() -> None:
    spans = appearances(
        [
            entry("leader_on", 0),
            entry("leader_off", 60),
            entry("price", 70, lot_id="a"),
            entry("pinned", 80, lot_id="a"),
            entry("pinned", 90, lot_id="b"),
            entry("lot_closed", 100, lot_id="a"),
            entry("unpinned", 100, lot_id="b"),
            entry("leader_on", 100),
        ]
    )
    shown = [(span["kind"], span.get("lot_id"), span["starts_at"][17:19], "ends_at" in span) for span in spans]
    assert shown == [
        ("official", None, "00", True),
        ("price", "a", "10", True),
        ("pin", "a", "20", True),
        ("pin", "b", "30", True),
        ("official", None, "40", False),
    ]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(["a", "b"])), max_size=30))
def test_whatever_was_written_every_span_begins_before_it_ends(written: list[tuple[str, str]]) -> None:
    spans = appearances(entry(kind, n, lot_id=lot) for n, (kind, lot) in enumerate(written))
    assert all(span["starts_at"] <= span.get("ends_at", "9") for span in spans)
    assert sum("ends_at" not in span for span in spans) <= 4


@pytest.fixture
async def studio(service_app: ServiceOf, tokens: Tokens) -> Studio:
    """A broadcast in a market segment, with something to buy."""
    studio = await (await Studio(await service_app("broadcast"), tokens).due()).selling()
    await studio.do("openings", {"lot_id": LOTS[0], "open": True})
    return studio


async def asked_on_air(studio: Studio) -> dict[str, Any]:
    """The next question about the running room."""
    await tend_rooms(studio.app.database, studio.app.app.state.settings)
    asked = await studio.asked()
    assert asked["stage"] == "onair"
    return asked


async def test_the_gate_is_asked_of_what_was_shown_said_and_who_came(studio: Studio) -> None:
    await studio.do("captions", {"zh": "全国最好的梨", "en": "the best pear"})
    asked = await asked_on_air(studio)
    room = asked["facts"]["room"]
    assert [span["kind"] for span in room["timeline"]] == ["official", "price"]
    assert (room["traffic"]["counter"], room["deleted_product_complaints"]) == ("own", 0)
    assert {text["text"] for text in asked["facts"]["texts"]} == {"全国最好的梨", "the best pear"}
    try:
        parse_facts({"room": room, "texts": asked["facts"]["texts"]})
    except FactsError as error:
        pytest.fail(str([problem.path for problem in error.problems]))


async def test_a_hard_fail_on_air_halts_the_room_with_its_rule(studio: Studio) -> None:
    asked = await asked_on_air(studio)
    await studio.app.hear(room_decision(studio.id, asked["version"], "fail", stage="onair"))
    told = await studio.told()
    assert (told["state"], told["why_halted"]["rule"], told["shelf"]) == ("halted", "fm.event", [])


async def test_what_a_person_may_let_through_stays_on_air_and_stands_on_the_desk(studio: Studio) -> None:
    asked = await asked_on_air(studio)
    await studio.app.hear(room_decision(studio.id, asked["version"], "review", stage="onair"))
    assert (await studio.told())["state"] == "open"
    path = f"/broadcasts/{studio.id}/room/desk"
    desk = (await studio.app.client.get(path, headers=studio.host_headers())).json()
    assert (desk["on_air"]["outcome"], desk["on_air"]["rules"]) == ("review", ["fm.event"])


async def test_a_question_on_air_is_no_question_whether_the_room_may_run(studio: Studio) -> None:
    until = (await studio.told())["decision_valid_until"]
    asked = await asked_on_air(studio)
    await studio.app.hear(room_decision(studio.id, asked["version"], "pass", stage="onair"))
    assert (await studio.see())["decision_valid_until"] == until
