"""The pure parts: plans, places, facts, words and the feed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.broadcast.domain import facts, places, plan, words
from services.broadcast.domain.life import State

NOW = datetime(2020, 3, 2, 1, tzinfo=UTC)
TODAY = date(2020, 3, 2)
SECONDS = st.integers(0, 3 * 365 * 24 * 3600)
INSTANTS = SECONDS.map(lambda n: datetime(2019, 1, 1, tzinfo=UTC) + timedelta(seconds=n))


@given(INSTANTS, INSTANTS)
def test_a_plan_without_problems_is_in_the_future_and_short_enough(start: datetime, end: datetime) -> None:
    if not plan.plan_problems(plan.Plan(start, end, ()), NOW):
        assert NOW < start < end
        assert end - start <= plan.LONGEST
        assert start <= NOW + plan.FARTHEST


@given(INSTANTS, INSTANTS)
def test_a_clone_keeps_weekday_and_hour_and_lies_in_the_future(start: datetime, now: datetime) -> None:
    moved = start + plan.cloned_shift(start, now)
    assert moved > now
    assert (moved.weekday(), moved.time()) == (start.weekday(), start.time())
    assert plan.cloned_shift(start, now) >= timedelta(weeks=4)


@given(st.lists(st.text(max_size=300), max_size=12), st.integers(0, 500))
def test_inline_texts_keep_to_their_budget_and_none_is_lost(texts: list[str], budget: int) -> None:
    prose = [facts.Prose("notice", text, sha256=facts.text_sha256(text)) for text in texts]
    documents, by_hash = facts.text_documents(prose, budget)
    inline = [document["text"] for document in documents if "text" in document]
    assert sum(len(text.encode()) for text in inline) <= budget
    assert sorted(inline + by_hash) == sorted(texts)
    assert [document["sha256"] for document in documents] == [facts.text_sha256(text) for text in texts]


def _case(**content: Any) -> facts.Case:
    given = {
        "region_code": "341321",
        "starts_at": "2020-03-12T07:00:00Z",
        "ends_at": "2020-03-12T08:00:00Z",
        "title_zh": "砀山酥梨",
        "host_ids": ["h"],
        "segments": [],
        "notices": [],
        "media": [],
    }
    official = {"person": "p", "post": "副县长"}
    pinned = [{"listing_id": "l", "listing_version": 1, "lot_ids": ["a", "b"], "title_zh": "x", "title_en": "x"}]
    return facts.Case(
        "f", "b", given | content, official, None, {"h": {"person": "q", "position": "农民"}}, pinned, "e"
    )


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        (_case(script_zh="x"), True),
        (_case(notices=[{"sha256": "0", "name": "x"}]), True),
        (_case(segments=[{"kind": "region"}]), True),
        (_case(starts_at="2020-03-12T07:00:01Z"), True),
        (_case(room_id="another"), False),
    ],
    ids=["script", "notice", "segment", "start", "room"],
)
def test_the_hash_is_over_what_is_approved(changed: facts.Case, differs: bool) -> None:
    assert (facts.content_sha256(changed) != facts.content_sha256(_case())) is differs


def test_the_hash_sees_another_presenter_listing_version_or_lot_but_not_the_words_of_a_listing() -> None:
    from dataclasses import replace

    case = _case()
    pin = case.pinned[0]
    same = [pin | {"title_zh": "y"}]
    others = [
        replace(case, official={"person": "another", "post": "副县长"}),
        replace(case, pinned=[pin | {"listing_version": 2}]),
        replace(case, pinned=[pin | {"lot_ids": ["a"]}]),
        replace(case, hosts={"h": {"person": "another", "position": "农民"}}),
    ]
    assert facts.content_sha256(replace(case, pinned=same)) == facts.content_sha256(case)
    assert facts.content_sha256(replace(case, declaration={"declared_on": "2020-01-01"})) == facts.content_sha256(case)
    assert len({facts.content_sha256(each) for each in (case, *others)}) == len(others) + 1


def test_what_was_not_said_is_missing_and_what_was_said_to_be_none_is_known() -> None:
    document = facts.filing_facts(_case(payments=[]))
    assert document["payments"] == []
    assert "sponsors" not in document
    assert "cost_fen" not in document
    assert "approvals" not in document


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("341321", "341300"),
        ("419001", "410000"),
        ("659001", "650000"),
        ("500101", "500000"),
        ("500236", "500000"),
        ("110101", "110000"),
        ("469005", "460000"),
        ("429005", "420000"),
        ("340000", None),
    ],
)
def test_the_level_above_is_read_from_the_tree(code: str, above: str | None) -> None:
    level = "province" if above is None else "county"
    assert places.approving_region(code, level, TODAY) == above


def test_a_county_that_changed_its_code_is_found_under_the_new_one() -> None:
    assert {"370114", "370100", "370000"} <= set(places.path_of("370181", date(2015, 1, 1)))
    assert places.is_the_level(["370181"], "370114", TODAY)


def test_demo_regions_exist_in_demo_mode_only() -> None:
    assert places.region_problem("region_code", "999901", TODAY, demo=True) is None
    problem = places.region_problem("region_code", "999901", TODAY, demo=False)
    assert problem is not None
    assert "999901 is not a region" in problem.en


@pytest.mark.parametrize("state", State)
def test_every_state_says_who_must_act(state: State) -> None:
    en, zh = words.waiting_for(state, "341300", preview_here=True, on=TODAY)
    assert en.endswith(".")
    assert zh.endswith("。")


def test_the_level_above_is_named_in_full_in_chinese() -> None:
    _, zh = words.waiting_for(State.SUBMITTED, "341300", preview_here=True, on=TODAY)
    assert zh == "等待安徽省宿州市的审批人批准或退回。"
