"""A room before the gate: what opens it, what each lot needs, and what halts it while it runs."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.contracts.catalog import ListingWithdrawn
from services.contracts.room import RoomAsked, RoomChanged
from tests.apps import instant
from tests.compliance.cases import FILING_ID, LISTING_ID, LOT_ID, Case, event_body
from tests.compliance.rules.documents import document

ROOM = "B-DANGSHAN"
START = instant("2020-03-02T19:30:00")


def asked(case: Case, version: int = 2, at: datetime = START, **changes: Any) -> RoomAsked:
    """Broadcast asks about the room at its start."""
    recorder = {
        "checked_at": at.isoformat(),
        "recorder_healthy": True,
        "interaction_log_healthy": True,
        "pin_log_healthy": True,
        "snapshots_healthy": True,
    }
    room = {"id": ROOM, "media_kind": "stills", "recorder": recorder | changes.pop("recorder", {})}
    given: dict[str, Any] = {
        "occurred_at": at,
        "clock_set": True,
        "entity_id": ROOM,
        "version": version,
        "filing_id": FILING_ID,
        "filing_version": 3,
        "region_code": "341321",
        "title_zh": "砀山酥梨直播",
        "title_en": "Dangshan pears live",
        "stage": "golive",
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "listings": case.filing_listings(),
        "facts": {"room": room},
    }
    return RoomAsked(**(given | changes))


def state(name: str, version: int) -> RoomChanged:
    """Broadcast tells how the room stands."""
    return RoomChanged(
        entity_id=ROOM,
        version=version,
        filing_id=FILING_ID,
        region_code="341321",
        title_zh="砀山酥梨直播",
        title_en="Dangshan pears live",
        state=name,  # type: ignore[arg-type]  # The contract checks it.
    )


@pytest.fixture
async def filed(case: Case) -> Case:
    """The Dangshan case, passed, with its room about to open."""
    await case.prepare()
    await case.list_lots()
    await case.approve()
    await case.service.hear(state("opening", 2))
    return case


async def _golive(case: Case, kind: str) -> list[dict[str, Any]]:
    return [each for each in await case.decisions(kind) if each["stage"] == "golive"]


async def test_an_honest_room_passes_and_so_does_its_lot(filed: Case) -> None:
    await filed.service.hear(asked(filed))
    (lot,) = await _golive(filed, "lot")
    (room,) = await _golive(filed, "broadcast")
    assert (lot["outcome"], lot["not_passed"], lot["about"]["parent_id"]) == ("pass", [], LISTING_ID)
    assert (room["outcome"], room["not_passed"]) == ("pass", [])
    assert room["about"] == {"kind": "broadcast", "id": ROOM, "version": 2, "parent_id": None}


async def test_a_pass_for_a_room_holds_for_minutes_not_for_the_evening(filed: Case) -> None:
    await filed.service.hear(asked(filed))
    for kind in ("lot", "broadcast"):
        (found,) = await _golive(filed, kind)
        assert START < datetime.fromisoformat(found["valid_until"]) <= START + timedelta(minutes=15)


async def test_the_answer_about_a_room_can_be_made_again_from_what_is_published(filed: Case) -> None:
    await filed.service.hear(asked(filed))
    for kind in ("lot", "broadcast"):
        (found,) = await _golive(filed, kind)
        replay = (await filed.service.client.get(f"/decisions/{found['entity_id']}/replay")).json()
        assert replay["same"] is True


async def test_a_room_whose_recorder_does_not_work_stays_closed(filed: Case) -> None:
    await filed.service.hear(asked(filed, recorder={"pin_log_healthy": False}))
    (room,) = await _golive(filed, "broadcast")
    assert (room["outcome"], [r["rule"] for r in room["not_passed"]]) == ("fail", ["live.record"])


async def test_without_a_lot_that_may_be_sold_the_room_stays_closed(filed: Case) -> None:
    facts = document()
    facts["lot"]["recall_open"] = True
    await filed.list_lots(version=2, facts=facts, occurred_at=START)
    await filed.service.hear(asked(filed))
    (lot,) = await _golive(filed, "lot")
    (room,) = await _golive(filed, "broadcast")
    assert (lot["outcome"], room["outcome"]) == ("fail", "fail")
    assert room["not_passed"][0]["reason_code"] == "no_lot_left"


async def test_one_bad_lot_of_two_does_not_keep_the_room_closed(case: Case) -> None:
    await case.prepare()
    (good,) = case.listing().lots
    bad_facts = {**good.facts, "lot": {**good.facts["lot"], "id": "LOT-B-1"}}
    other = good.model_copy(update={"lot_id": "LOT-B-1", "lot_number": "20190920-2", "facts": bad_facts})
    await case.list_lots(lots=(good, other))
    both = (case.filing_listings()[0].model_copy(update={"lot_ids": (LOT_ID, "LOT-B-1")}),)
    await case.approve(listings=both)
    recalled = {**bad_facts, "lot": {**bad_facts["lot"], "recall_open": True}}
    worse = other.model_copy(update={"facts": recalled, "content_sha256": "1" * 64})
    await case.list_lots(version=2, lots=(good, worse), occurred_at=START)
    await case.service.hear(state("opening", 2), asked(case, listings=both))
    outcomes = {each["about"]["id"]: each["outcome"] for each in await _golive(case, "lot")}
    assert outcomes == {LOT_ID: "pass", "LOT-B-1": "fail"}
    assert (await _golive(case, "broadcast"))[-1]["outcome"] == "pass"


async def test_an_event_that_is_no_longer_verified_as_it_stands_is_no_ground_for_a_running_room(filed: Case) -> None:
    await filed.service.hear(asked(filed), state("open", 3))
    body = {name: value for name, value in event_body().items() if name != "declarations"}
    later = filed.headers("registrar", at=START + timedelta(minutes=5))
    answer = await filed.service.client.put(
        f"/events/{filed.event_id}", json=body | {"title_zh": "另一事件"}, headers=later
    )
    assert answer.status_code == 200, answer.text
    await filed.ask_what_is_due()
    room = (await _golive(filed, "broadcast"))[-1]
    assert room["outcome"] == "review"
    assert "event_unverified" in str((await filed.decision(room["entity_id"]))["results"])


async def test_a_room_that_was_halted_is_asked_about_no_more(filed: Case) -> None:
    await filed.service.hear(asked(filed), state("open", 3), state("halted", 4))
    before = len(await _golive(filed, "broadcast"))
    await filed.service.hear(
        ListingWithdrawn(
            entity_id=LISTING_ID,
            version=2,
            region_code="341321",
            reason="x",
            occurred_at=START + timedelta(minutes=5),
            clock_set=True,
        )
    )
    await filed.ask_what_is_due()
    assert len(await _golive(filed, "broadcast")) == before


async def test_a_withdrawn_listing_fails_the_running_room(filed: Case) -> None:
    await filed.service.hear(asked(filed), state("open", 3))
    later = START + timedelta(minutes=5)
    withdrawn = ListingWithdrawn(
        entity_id=LISTING_ID, version=2, region_code="341321", reason="x", occurred_at=later, clock_set=True
    )
    await filed.service.hear(withdrawn)
    await filed.ask_what_is_due()
    room = (await _golive(filed, "broadcast"))[-1]
    assert (room["outcome"], room["not_passed"][0]["reason_code"]) == ("fail", "no_lot_left")
    assert "listing_withdrawn" in str((await _golive(filed, "lot"))[-1]["not_passed"])


async def test_an_older_question_about_a_room_is_not_answered(filed: Case) -> None:
    await filed.service.hear(asked(filed, version=5), asked(filed, version=4))
    assert [room["about"]["version"] for room in await _golive(filed, "broadcast")] == [5]


async def test_a_decision_about_a_lot_for_a_room_leaves_what_stands_for_the_lot(filed: Case) -> None:
    await filed.service.hear(asked(filed))
    listed = (await filed.service.client.get(f"/decisions?subject_kind=lot&subject_id={LOT_ID}")).json()["items"]
    assert [each["stage"] for each in listed if each["current"]] == ["listing"]


def running(case: Case, timeline: list[dict[str, Any]], texts: list[dict[str, Any]] | None = None) -> RoomAsked:
    """Broadcast asks about the room ten minutes after its start."""
    at = START + timedelta(minutes=10)
    question = asked(case, version=4, at=at, stage="onair", recorder={"longest_gap_seconds": 20})
    traffic = {
        "counter": "own",
        "promotions": [],
        "viewers": 900,
        "sessions": 1000,
        "sessions_under_5s_share_bp": 300,
        "largest_network_share_bp": 200,
        "arrival_steps_over_3_sigma": 0,
        "most_sessions_per_device": 2,
    }
    room = question.facts["room"] | {
        "started_at": START.isoformat(),
        "timeline": timeline,
        "counted_until_at": at.isoformat(),
        "traffic": traffic,
        "praise_counter_shown": False,
        "deleted_product_complaints": 0,
    }
    return question.model_copy(update={"facts": {"room": room, "texts": texts or []}})


def span(kind: str, start: int, end: int | None, **more: Any) -> dict[str, Any]:
    """Something on screen, in seconds from the start."""
    ends = {"ends_at": (START + timedelta(seconds=end)).isoformat()} if end is not None else {}
    return {"kind": kind, "starts_at": (START + timedelta(seconds=start)).isoformat(), **ends, **more}


APART = [span("official", 0, 300), span("pin", 300, 400, lot_id=LOT_ID)]


async def _on_air(case: Case) -> dict[str, Any]:
    return [each for each in await case.decisions("broadcast") if each["stage"] == "onair"][-1]


async def test_an_honest_room_passes_while_it_runs(filed: Case) -> None:
    await filed.service.hear(asked(filed), state("open", 3), running(filed, APART))
    answer = await _on_air(filed)
    assert (answer["outcome"], answer["not_passed"]) == ("pass", [])


async def test_an_official_beside_a_pin_is_detected_from_the_facts_and_fails_hard(filed: Case) -> None:
    together = [span("official", 0, 300), span("pin", 100, 200, lot_id=LOT_ID)]
    await filed.service.hear(asked(filed), state("open", 3), running(filed, together))
    (found,) = (await _on_air(filed))["not_passed"]
    assert (found["rule"], found["result"], found["hard"]) == ("official.segment", "fail", True)


async def test_a_caption_with_a_superlative_is_seen(filed: Case) -> None:
    said = [{"kind": "caption", "text": "全国最好的梨，国家级品质第一", "language": "zh"}]
    await filed.service.hear(asked(filed), state("open", 3), running(filed, APART, said))
    assert "text.absolute" in {found["rule"] for found in (await _on_air(filed))["not_passed"]}


async def test_an_answer_on_air_leaves_the_leave_to_run_as_it_is(filed: Case) -> None:
    await filed.service.hear(asked(filed), state("open", 3), running(filed, APART))
    listed = (await filed.service.client.get(f"/decisions?subject_kind=broadcast&subject_id={ROOM}")).json()["items"]
    assert [each["stage"] for each in listed if each["current"]] == ["golive"]
