"""The room against a plain model of it: whatever a studio, a gate and an inspector do, in whatever order."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.broadcast.domain.room import (
    RoomState,
    Running,
    Step,
    in_time,
    may_offer,
    may_start,
    may_steer,
    next_state,
    stream_clock,
    stream_ms,
)
from tests.apps import Tokens
from tests.broadcast.county import LOTS
from tests.broadcast.studio import Studio
from tests.broadcast.test_care import MOMENTS, NOW
from tests.conftest import ServiceOf

REASON = {"reason_zh": "现场核查。", "reason_en": "A check on site."}
ACTS = (
    "open",
    "pass",
    "fail",
    "region",
    "market",
    "pin",
    "open_lot",
    "halt",
    "lift",
    "end",
    "rehearse",
    "stop_rehearsing",
    "token",
)


class Model:
    """The room as one would explain it to somebody: a few words, and when each thing may be done."""

    def __init__(self) -> None:
        self.state = "closed"
        self.segment: str | None = None
        self.pinned = False
        self.rehearsing = False
        self.stopped = False
        self.was_open = False
        self.token = True

    def may(self, act: str) -> bool:
        """Whether the act is accepted now; answers of the gate always are."""
        showing = self.state == "open" or self.rehearsing
        return {
            "open": self.token and self.state in ("closed", "halted") and not self.stopped,
            "pass": True,
            "fail": True,
            "region": self.token and showing and self.segment != "region",
            "market": self.token and showing and self.segment == "region",
            "pin": self.token and showing and self.segment == "market",
            "open_lot": self.token and showing and self.segment == "market",
            "halt": self.state in ("opening", "open"),
            "lift": self.stopped,
            "end": self.token and self.state != "ended",
            "rehearse": self.token and self.state == "closed",
            "stop_rehearsing": self.token,
            "token": self.state != "ended",
        }[act]

    def do(self, act: str) -> None:
        """What the act does."""
        getattr(self, f"_{act}", lambda: None)()

    def _open(self) -> None:
        self.state, self.rehearsing, self.segment, self.pinned = "opening", False, None, False

    def _pass(self) -> None:
        if self.state == "opening":
            self.state, self.segment, self.was_open = "open", "region", True

    def _fail(self) -> None:
        if self.state == "opening":
            self.state = "halted" if self.was_open else "closed"
        elif self.state == "open":
            self._shut("halted")

    def _region(self) -> None:
        self.segment, self.pinned = "region", False

    def _market(self) -> None:
        self.segment = "market"

    def _pin(self) -> None:
        self.pinned = True

    def _halt(self) -> None:
        self._shut("halted")
        self.stopped = True

    def _lift(self) -> None:
        self.stopped = False

    def _end(self) -> None:
        self._shut("ended")
        self.stopped = False

    def _rehearse(self) -> None:
        self.rehearsing = True

    def _stop_rehearsing(self) -> None:
        if self.rehearsing:
            self.rehearsing, self.segment, self.pinned = False, None, False

    def _token(self) -> None:
        self.token = True

    def _shut(self, state: str) -> None:
        self.state, self.segment, self.pinned, self.rehearsing, self.token = state, None, False, False, False


async def _act(studio: Studio, act: str) -> bool:
    """Do it; whether it was accepted."""
    if act in ("pass", "fail"):
        if await studio.app.said("broadcast.room.asked"):
            await studio.answer(act)  # type: ignore[arg-type]  # One of the two.
        return True
    inspector = studio.tokens.headers("inspector", organ="市场监管局")
    calls: dict[str, tuple[str, Any, dict[str, str] | None]] = {
        "open": ("open", None, None),
        "region": ("segments", {"kind": "region"}, None),
        "market": ("segments", {"kind": "market"}, None),
        "pin": ("pins", {"lot_id": LOTS[0]}, None),
        "open_lot": ("openings", {"lot_id": LOTS[0], "open": True}, None),
        "halt": ("halt", REASON, inspector),
        "lift": ("lift", REASON, inspector),
        "end": ("end", None, None),
        "rehearse": ("rehearsal", {"on": True}, None),
        "stop_rehearsing": ("rehearsal", {"on": False}, None),
    }
    if act == "token":
        answer = await studio.act("studio-token", {"role": "host"})
        if answer.status_code == 201:
            studio.key = answer.json()["token"]
    else:
        answer = await studio.act(*calls[act])
    assert answer.status_code in (200, 201, 202, 403, 409), answer.text
    return answer.status_code < 300


@pytest.mark.parametrize("seed", range(3))
async def test_a_room_behaves_as_the_plain_model_says(service_app: ServiceOf, tokens: Tokens, seed: int) -> None:
    studio = await Studio(await service_app("broadcast"), tokens).due()
    await studio.take_studio()
    await studio.do("shelf", {"items": [{"lot_id": LOTS[0]}]})
    model = Model()
    for act in _walk(seed):
        expected = model.may(act)
        asked = bool(await studio.app.said("broadcast.room.asked"))
        assert await _act(studio, act) == expected, (act, vars(model))
        if expected and (act not in ("pass", "fail") or asked):
            model.do(act)
        told = await studio.app.said("broadcast.room.changed")
        if not told:
            continue
        room = told[-1]
        assert (room["state"], room["rehearsing"]) == (model.state, model.rehearsing), act
        assert (room["segment"] or {"kind": None})["kind"] == model.segment, act
        assert (room["pinned_lot_id"] is not None) == model.pinned, act
        if model.segment != "market":
            assert (room["shelf"], room["pinned_lot_id"]) == ([], None)


def _walk(seed: int) -> list[str]:
    """Acts in an order that no studio would take; the same for the same seed. Ending is left for the end."""
    import random

    chance = random.Random(seed)  # noqa: S311  A walk of a test, not a secret.
    likely = [act for act in ACTS if act != "end"]
    return [chance.choice(likely) for _ in range(60)] + ["end", "open", "token", "pass"]


@given(st.sampled_from(RoomState), st.booleans(), st.sampled_from([None, "region", "market"]))
def test_nothing_is_ever_offered_outside_a_market_segment(state: RoomState, rehearsing: bool, segment: Any) -> None:
    room = Running(state, rehearsing, segment)
    shows = state is RoomState.OPEN or rehearsing
    assert (may_steer(room) is None) == shows
    assert (may_offer(room) is None) == (shows and segment == "market")
    assert (may_start(room, "market") is None) == (shows and segment == "region")


@given(st.lists(st.sampled_from(Step), max_size=30))
def test_no_way_leads_to_an_open_room_without_a_question_that_passed(steps: list[Step]) -> None:
    state, asked = RoomState.CLOSED, False
    for step in steps:
        reached = next_state(state, step)
        if not isinstance(reached, RoomState):
            continue
        if reached is RoomState.OPEN and state is not RoomState.OPEN:
            assert asked
            assert step is Step.PASSED
        asked = step is Step.ASK
        state = reached


@given(st.lists(MOMENTS, min_size=1, max_size=20))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_the_stream_clock_never_runs_backwards_however_the_clock_jumps(moments: list[Any]) -> None:
    at = NOW
    for moment in moments:
        later = stream_clock(moment, at)
        assert later >= at
        assert later.microsecond % 1000 == 0
        assert stream_ms(NOW, later) >= stream_ms(NOW, at) >= 0
        at = later


@given(MOMENTS)
def test_a_room_opens_between_its_filed_start_and_end_and_never_else(moment: Any) -> None:
    start, end = NOW, NOW.replace(hour=NOW.hour + 1)
    assert (in_time(moment, start, end) is None) == (start <= moment < end)
