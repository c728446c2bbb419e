"""Keeping order in a chat: by published rules, never against a complaint, and with an appeal to somebody else."""

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa

from tests.apps import Tokens
from tests.broadcast.county import PREFECTURE
from tests.broadcast.crowd import Crowd, kind
from tests.broadcast.studio import Studio
from tests.conftest import ServiceOf


@pytest.fixture
async def crowd(service_app: ServiceOf, tokens: Tokens) -> Crowd:
    """An open room and the people in it."""
    return Crowd(await (await Studio(await service_app("broadcast"), tokens).due()).on_air())


async def test_a_removed_message_is_taken_away_and_stays_in_the_facts_with_its_rule(crowd: Crowd) -> None:
    message = await crowd.said("你们都是笨蛋")
    await crowd.told()
    answer = await crowd.remove(message, crowd.moderator())
    assert answer.status_code == 201
    assert await crowd.history() == []
    assert (await crowd.told())[-1]["removed"] == [message]
    facts = [line for event in await crowd.studio.app.said("broadcast.chat.recorded") for line in event["messages"]]
    assert [line["removed_by_rule"] for line in facts] == [None, "abuse"]
    assert len({line["message"] for line in facts}) == 1


async def test_a_message_that_is_removed_before_anybody_saw_it_is_shown_to_nobody(crowd: Crowd) -> None:
    message = await crowd.said("你们都是笨蛋")
    await crowd.remove(message, crowd.moderator())
    assert [line for event in await crowd.told() for line in event["lines"]] == []


async def test_every_removal_is_public_as_a_count_and_a_hash(crowd: Crowd) -> None:
    for number, rule in enumerate(("abuse", "abuse", "spam")):
        message = await crowd.said(f"笨蛋{number}", crowd.viewer(f"v{number}"))
        await crowd.remove(message, crowd.moderator(), rule)
    figures = await crowd.moderation()
    assert figures["removed_by_rule"] == {"abuse": 2, "spam": 1}
    assert (figures["messages"], figures["complaints"], figures["complaints_removed"]) == (3, 0, 0)
    last = figures["removals"][-1]
    async with crowd.studio.app.database.sessions() as db:
        query = sa.text("SELECT removal_salt FROM broadcast.chat_message WHERE id = :id")
        salt = await db.scalar(query, {"id": last["message_id"]})
    assert last["sha256"] == hashlib.sha256(f"{salt}\n笨蛋2".encode()).hexdigest()
    assert last["removed_as"] == "moderator"
    assert "笨蛋" not in str(figures)


async def test_a_message_is_removed_once_and_by_a_published_rule(crowd: Crowd) -> None:
    message = await crowd.said("你们都是笨蛋")
    assert (await crowd.remove(message, crowd.moderator(), "because_i_say_so")).status_code == 422
    assert (await crowd.remove(message, crowd.moderator())).status_code == 201
    again = await crowd.remove(message, crowd.moderator())
    assert (again.status_code, kind(again)) == (409, "removed-already")


async def test_only_the_regions_moderator_apart_from_host_and_presenter_keeps_order(crowd: Crowd) -> None:
    message = await crowd.said("你们都是笨蛋")
    host = crowd.studio.host_person
    wrong = [
        crowd.viewer(),
        crowd.studio.host_headers(),
        crowd.moderator("far", region="500236"),
        crowd.moderator("host", person=host),
        crowd.studio.tokens.headers("operator", scopes=(crowd.studio.region,)),
    ]
    for headers in wrong:
        assert (await crowd.remove(message, headers)).status_code == 403
        assert (await crowd.silence(headers, message_id=message)).status_code == 403
        answer = await crowd.client.put(
            f"/broadcasts/{crowd.studio.id}/chat", json={"slow_mode_seconds": 9}, headers=headers
        )
        assert answer.status_code == 403
    assert len(await crowd.history()) == 1
    assert (await crowd.remove(message, crowd.moderator("above", region=PREFECTURE))).status_code == 201


@pytest.mark.parametrize("text", ["梨坏了三个没人理", "发霉了要退款", "骗人的，缺斤少两", "this is rotten, refund me"])
async def test_a_complaint_about_goods_is_not_the_regions_to_remove(crowd: Crowd, text: str) -> None:
    message = await crowd.said(text)
    for answer in (
        await crowd.remove(message, crowd.moderator()),
        await crowd.silence(crowd.moderator(), message_id=message),
    ):
        assert (answer.status_code, kind(answer)) == (403, "complaint-stands")
    assert [line["text"] for line in await crowd.history()] == [text]
    assert (await crowd.remove(message, crowd.inspector())).status_code == 201
    figures = await crowd.moderation()
    assert (figures["complaints"], figures["complaints_removed"]) == (1, 1)
    assert figures["removals"][0]["removed_as"] == "inspector"


async def test_what_a_viewer_flags_as_a_complaint_is_protected_too(crowd: Crowd) -> None:
    message = await crowd.said("箱子里一半是水")
    flag = await crowd.post(f"messages/{message}/flag", {"reason": "complaint"}, crowd.viewer("neighbour"))
    assert flag.status_code == 201
    assert (await crowd.remove(message, crowd.moderator())).status_code == 403


async def test_moderators_see_what_was_flagged_and_by_how_many(crowd: Crowd) -> None:
    await crowd.said("梨好甜", crowd.viewer("quiet"))
    message = await crowd.said("你们都是笨蛋")
    for name, reason in (("a", "abuse"), ("b", "abuse"), ("b", "spam"), ("c", "abuse")):
        await crowd.post(f"messages/{message}/flag", {"reason": reason}, crowd.viewer(name))
    path = f"/broadcasts/{crowd.studio.id}/messages/moderation"
    (seen,) = (await crowd.client.get(path, headers=crowd.moderator())).json()["items"]
    assert (seen["message_id"], seen["flags"], seen["complaint"]) == (message, {"abuse": 2, "spam": 1}, False)
    everything = (await crowd.client.get(path, params={"flagged": False}, headers=crowd.moderator())).json()["items"]
    assert len(everything) == 2
    assert (await crowd.client.get(path, headers=crowd.viewer())).status_code == 403
    assert (await crowd.client.get(path, headers=crowd.moderator(region="500236"))).status_code == 403


async def test_a_silence_survives_a_new_name_on_the_same_device_and_a_new_device(crowd: Crowd) -> None:
    message = await crowd.said("一二三四五", crowd.viewer("noisy", device="the-phone"))
    answer = await crowd.silence(crowd.moderator(), message_id=message, forever=True)
    assert (answer.status_code, answer.json()["until"]) == (201, None)
    same_account = await crowd.say("又来了", crowd.viewer("noisy", device="another-phone"))
    new_name = await crowd.say("又来了", crowd.viewer("new-name", device="the-phone"))
    for refused in (same_account, new_name):
        assert (refused.status_code, kind(refused), refused.json()["rule"]) == (403, "silenced", "spam")
        assert refused.json()["until"] is None
    assert (await crowd.say("你好", crowd.viewer("quiet"))).status_code == 201


async def test_a_silence_holds_in_the_regions_next_room_too(crowd: Crowd) -> None:
    user = (await _seen(crowd, await crowd.said("一二三四五", crowd.viewer("noisy"))))["user_ref"]
    answer = await crowd.silence(crowd.moderator(), user_ref=user)
    assert answer.status_code == 201
    async with crowd.studio.app.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE broadcast.silence SET broadcast_id = 'an-earlier-one'"))
    assert (await crowd.say("又来了", crowd.viewer("noisy"))).status_code == 403


async def _seen(crowd: Crowd, message: str) -> dict[str, Any]:
    path = f"/broadcasts/{crowd.studio.id}/messages/moderation"
    items = (await crowd.client.get(path, params={"flagged": False}, headers=crowd.moderator())).json()["items"]
    found: dict[str, Any] = next(item for item in items if item["message_id"] == message)
    return found


async def test_a_silence_ends_with_its_time(crowd: Crowd) -> None:
    message = await crowd.said("一二三四五", crowd.viewer("noisy"))
    await crowd.silence(crowd.moderator(), message_id=message)
    assert (await crowd.say("又来了", crowd.viewer("noisy"))).status_code == 403
    async with crowd.studio.app.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE broadcast.silence SET until = now() - interval '1 second'"))
    assert (await crowd.say("又来了", crowd.viewer("noisy"))).status_code == 201


async def test_an_appeal_is_decided_by_somebody_else_and_lifts_the_silence(crowd: Crowd) -> None:
    message = await crowd.said("一二三四五", crowd.viewer("noisy"))
    made = (await crowd.silence(crowd.moderator("one"), message_id=message, forever=True)).json()["silence_id"]
    open_yet = await crowd.post(f"silences/{made}/decision", {"upheld": True, "reason": "没有申诉"}, crowd.inspector())
    assert (open_yet.status_code, kind(open_yet)) == (409, "appeal-refused")
    strangers = await crowd.post(f"silences/{made}/appeal", {"text": "不是我说的"}, crowd.viewer("somebody"))
    assert strangers.status_code == 404
    for status in (201, 409):
        answer = await crowd.post(f"silences/{made}/appeal", {"text": "我只说了一句"}, crowd.viewer("noisy"))
        assert answer.status_code == status
    decision = {"upheld": False, "reason": "只有一条发言"}
    own = await crowd.post(f"silences/{made}/decision", decision, crowd.moderator("one"))
    assert (own.status_code, kind(own)) == (403, "own-decision")
    decided = await crowd.post(f"silences/{made}/decision", decision, crowd.moderator("two"))
    assert (decided.status_code, decided.json()["upheld"]) == (200, False)
    assert (await crowd.say("谢谢", crowd.viewer("noisy"))).status_code == 201
    figures = await crowd.moderation()
    assert (figures["appeals"], figures["appeals_decided"], figures["silences_lifted"]) == (1, 1, 1)
    assert figures["silences_by_rule"] == {"spam": 1}


async def test_an_upheld_silence_stays(crowd: Crowd) -> None:
    message = await crowd.said("一二三四五", crowd.viewer("noisy"))
    made = (await crowd.silence(crowd.moderator("one"), message_id=message)).json()["silence_id"]
    await crowd.post(f"silences/{made}/appeal", {"text": "我只说了一句"}, crowd.viewer("noisy"))
    await crowd.post(f"silences/{made}/decision", {"upheld": True, "reason": "反复刷屏"}, crowd.inspector())
    assert (await crowd.say("又来了", crowd.viewer("noisy"))).status_code == 403


async def test_the_silenced_see_their_own_and_moderators_all(crowd: Crowd) -> None:
    for name in ("a", "b"):
        message = await crowd.said("一二三四五", crowd.viewer(name))
        await crowd.silence(crowd.moderator(), message_id=message)
    path = f"/broadcasts/{crowd.studio.id}/silences"
    own = (await crowd.client.get(path, headers=crowd.viewer("a"))).json()["items"]
    every = (await crowd.client.get(path, headers=crowd.moderator())).json()["items"]
    assert (len(own), len(every)) == (1, 2)
    assert "account" not in str(own)
    assert own[0]["rule_zh"]


async def test_a_silence_that_contradicts_itself_is_refused(crowd: Crowd) -> None:
    message = await crowd.said("一二三四五")
    bodies: list[dict[str, Any]] = [
        {},
        {"message_id": message, "user_ref": "123"},
        {"message_id": message, "minutes": 5, "forever": True},
        {"message_id": message, "minutes": 0},
        {"message_id": message, "minutes": 10**9},
        {"message_id": message, "rule": "No Such Rule"},
        {"message_id": message, "reason": "x"},
        {"user_ref": "not-a-token"},
    ]
    for body in bodies:
        assert (await crowd.silence(crowd.moderator(), **body)).status_code == 422, body
    assert (await crowd.silence(crowd.moderator(), message_id="unknown")).status_code == 404
    assert (await crowd.silence(crowd.moderator(), user_ref="77")).status_code == 404
