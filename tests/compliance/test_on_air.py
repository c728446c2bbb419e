"""A room on air before the gate: its traffic and its chat, looked at while it runs, without closing it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.compliance.actions.on_air import forget_chat
from services.contracts.room import ChatLine, ChatRecorded, RoomAsked
from services.kit import clock
from services.kit.ids import new_id
from tests.compliance.cases import Case
from tests.compliance.test_rooms import ROOM, START, asked, state

LOOK = START + timedelta(minutes=6)
QUIET = {
    "counter": "own",
    "promotions": [],
    "viewers": 300,
    "sessions": 340,
    "sessions_under_5s_share_bp": 500,
    "largest_network_share_bp": 300,
    "arrival_steps_over_3_sigma": 0,
    "most_sessions_per_device": 3,
}


@pytest.fixture
async def running(case: Case) -> Case:
    """The Dangshan case, with its room open on the gate's yes."""
    await case.prepare()
    await case.list_lots()
    await case.approve()
    await case.service.hear(state("opening", 2), asked(case), state("open", 3))
    return case


def chat(texts: Iterable[str], *, age: int = 400, network: str = "", seconds: float = 1.0) -> ChatRecorded:
    """Messages of different accounts, one after the other, until the look."""
    said = list(texts)
    first = LOOK.timestamp() - len(said) * seconds
    lines = tuple(
        ChatLine(
            message=str(number + 1),
            user=str(number + 100),
            session="0",
            sent_ms=int((first + number * seconds) * 1000),
            text=text,
            network=network or str(number + 1000),
            account_age_days=age,
        )
        for number, text in enumerate(said)
    )
    return ChatRecorded(entity_id=new_id(), version=1, broadcast_id=ROOM, messages=lines)


def look(case: Case, traffic: dict[str, Any] | None = None, **room: Any) -> RoomAsked:
    """Broadcast lets the gate look at the room."""
    question = asked(case, version=3, at=LOOK)
    facts = question.facts["room"] | {
        "counted_until_at": LOOK.isoformat(),
        "traffic": QUIET | (traffic or {}),
        "praise_counter_shown": False,
        "deleted_product_complaints": 0,
    }
    recorder = facts["recorder"] | {"longest_gap_seconds": 1}
    return question.model_copy(update={"stage": "onair", "facts": {"room": facts | {"recorder": recorder} | room}})


async def answer(case: Case, *events: Any) -> dict[str, str]:
    """What the gate found on air: rule → result and reason of everything that did not pass."""
    await case.service.hear(*events)
    found = [each for each in await case.decisions("broadcast") if each["stage"] == "onair"]
    return {each["rule"]: f"{each['result']} {each['reason_code']}" for each in found[-1]["not_passed"]}


ORDINARY = ["梨好甜", "多少钱一斤", "买了两箱", "县长推荐的多少钱一斤", "坏了两个怎么赔", "支持家乡"]


async def test_ordinary_talk_and_ordinary_viewers_pass(running: Case) -> None:
    found = await answer(running, chat(ORDINARY * 12), look(running))
    assert not {"live.praise", "live.traffic"} & set(found), found


async def test_five_accounts_that_praise_in_one_breath_are_a_chorus(running: Case) -> None:
    found = await answer(running, chat([*ORDINARY, *["县长好帅"] * 5]), look(running))
    assert found["live.praise"] == "fail same_praise"


async def test_a_flood_of_praise_by_new_accounts_fails_and_by_old_ones_is_looked_at(running: Case) -> None:
    praise = [f"县长{word}" for word in ("好帅", "真亲民", "辛苦了", "最棒", "好漂亮", "真优秀")] * 5
    floods = [*ORDINARY * 6, *praise]
    found = await answer(running, chat(floods, age=1, seconds=4.0), look(running))
    assert found["live.praise"].startswith("fail")


async def test_of_an_account_whose_age_nobody_knows_nothing_is_held_against_it(running: Case) -> None:
    praise = [f"县长{word}" for word in ("好帅", "真亲民", "辛苦了", "最棒", "好漂亮", "真优秀")] * 5
    found = await answer(running, chat([*ORDINARY * 6, *praise], age=-1, seconds=4.0), look(running))
    assert not found.get("live.praise", "").startswith("fail praise_flood")


async def test_a_complaint_that_the_region_took_away_fails(running: Case) -> None:
    found = await answer(running, chat(ORDINARY), look(running, deleted_product_complaints=1))
    assert found["live.praise"] == "fail complaints_deleted"


async def test_a_crowd_from_one_network_is_looked_at(running: Case) -> None:
    found = await answer(running, chat(ORDINARY), look(running, {"largest_network_share_bp": 9_900}))
    assert found["live.traffic"] == "review many_from_one_network"


async def test_what_was_said_in_another_room_or_long_before_does_not_count(running: Case) -> None:
    chorus = chat(["县长好帅"] * 6)
    elsewhere = chorus.model_copy(update={"broadcast_id": "another", "message_id": new_id()})
    earlier = chat(["县长好帅"] * 6)
    lines = tuple(line.model_copy(update={"sent_ms": line.sent_ms - 3_600_000}) for line in earlier.messages)
    found = await answer(running, elsewhere, earlier.model_copy(update={"messages": lines}), look(running))
    assert "live.praise" not in found


async def test_messages_told_twice_count_once(running: Case) -> None:
    said = chat(["县长好帅"] * 4)
    again = said.model_copy(update={"message_id": new_id()})
    assert "live.praise" not in await answer(running, said, again, look(running))


async def test_what_the_gate_finds_on_air_does_not_answer_whether_the_room_stays_open(running: Case) -> None:
    before = [each["entity_id"] for each in await running.decisions("broadcast") if each["stage"] == "golive"]
    await answer(running, chat(["县长好帅"] * 6), look(running))
    await running.ask_what_is_due()
    after = [each for each in await running.decisions("broadcast") if each["stage"] == "golive"]
    assert [each["entity_id"] for each in after] == before
    assert after[-1]["outcome"] == "pass"


async def test_what_was_said_is_forgotten_after_half_an_hour(running: Case) -> None:
    await running.service.hear(chat(ORDINARY))
    recent = chat(ORDINARY)
    now = int(clock.now().timestamp() * 1000)
    lines = tuple(line.model_copy(update={"message": f"9{line.message}", "sent_ms": now}) for line in recent.messages)
    await running.service.hear(recent.model_copy(update={"messages": lines, "message_id": new_id()}))
    await forget_chat(running.service.database)
    async with running.service.database.sessions() as db:
        assert await db.scalar(sa.text("SELECT count(*) FROM compliance.heard_comment")) == len(ORDINARY)
