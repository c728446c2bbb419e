"""The life of a filing as a table: every move from every state leads somewhere or is refused with a sentence."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.broadcast.domain.life import ENDED, HOLDING_SLOTS, ON_AIR, TABLE, Move, Refusal, State, next_state

ALLOWED = {
    State.DRAFT: {"revise": "draft", "submit": "submitted"},
    State.RETURNED: {"revise": "returned", "submit": "submitted"},
    State.BLOCKED: {"revise": "blocked", "submit": "submitted", "lift": "submitted"},
    State.SUBMITTED: {
        "revise": "submitted",
        "refile": "submitted",
        "approve": "approved",
        "return": "returned",
        "preview_fail": "blocked",
        "lots_gone": "blocked",
    },
    State.LIVE: {"halt": "halted", "end": "ended"},
    State.HALTED: {"go_live": "live", "end": "ended"},
    State.ENDED: {},
    State.WITHDRAWN: {},
    State.CANCELLED: {},
} | {
    state: {
        "revise": state.value,
        "refile": "submitted",
        "binding_pass": "scheduled",
        "binding_review": "in_review",
        "binding_fail": "blocked",
        "lots_gone": "blocked",
    }
    | ({"go_live": "live", "end": "ended"} if state is State.SCHEDULED else {})
    for state in (State.APPROVED, State.IN_REVIEW, State.SCHEDULED)
}


@pytest.mark.parametrize(("state", "move"), list(itertools.product(State, Move)))
def test_every_move_from_every_state(state: State, move: Move) -> None:
    ending = {} if state in ENDED | ON_AIR else {"withdraw": "withdrawn", "cancel": "cancelled"}
    expected = (ALLOWED[state] | ending).get(move)
    reached = next_state(state, move)
    if expected is not None:
        assert reached == expected
    else:
        assert isinstance(reached, Refusal)
        assert reached.en.endswith(".")
        assert reached.zh.endswith("。")


@given(st.lists(st.sampled_from(Move), max_size=40))
def test_no_way_leads_to_the_calendar_without_the_level_above_and_the_binding_answer(moves: list[Move]) -> None:
    state, approved, passed = State.DRAFT, False, False
    for move in moves:
        reached = next_state(state, move)
        if isinstance(reached, Refusal):
            continue
        if move in (Move.SUBMIT, Move.REFILE, Move.LIFT):
            approved = passed = False
        approved = approved or move is Move.APPROVE
        passed = move is Move.BINDING_PASS or (passed and reached is State.SCHEDULED)
        state = reached
        if state is State.SCHEDULED:
            assert approved
            assert passed


@given(st.sampled_from(sorted(ENDED)), st.sampled_from(Move))
def test_an_end_is_an_end(state: State, move: Move) -> None:
    assert isinstance(next_state(state, move), Refusal)


def test_slots_are_held_exactly_while_somebody_may_still_say_yes_or_has() -> None:
    assert {State.SUBMITTED, State.APPROVED, State.IN_REVIEW, State.SCHEDULED} | ON_AIR == HOLDING_SLOTS


def test_every_state_can_be_reached_and_every_move_made() -> None:
    reachable, waiting = {State.DRAFT}, [State.DRAFT]
    while waiting:
        here = waiting.pop()
        onward = {reached for (state, _), reached in TABLE.items() if state is here} - reachable
        reachable |= onward
        waiting.extend(onward)
    assert reachable == set(State)
    assert {move for _, move in TABLE} == set(Move)
