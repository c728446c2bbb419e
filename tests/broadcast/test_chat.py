"""Speaking in a room: plain text for everybody, told once and in order, with limits for accounts and devices."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.broadcast.actions.room.on_air import ask_on_air
from services.broadcast.actions.room.scene import enter
from services.broadcast.domain import chat
from services.broadcast.store import room as rooms
from services.contracts.accounts import AccountErased
from services.kit import clock
from services.kit.identity import broadcast_token, gateway_proof
from services.kit.ids import new_id
from services.kit.settings import DEMO_SECRET
from tests.apps import TOKEN_SECRET, Tokens
from tests.broadcast.crowd import Crowd, kind
from tests.broadcast.studio import Studio
from tests.conftest import ServiceOf


@pytest.fixture
async def crowd(service_app: ServiceOf, tokens: Tokens) -> Crowd:
    """An open room and the people in it."""
    return Crowd(await (await Studio(await service_app("broadcast"), tokens).due()).on_air())


async def test_what_is_said_is_told_once_and_in_order(crowd: Crowd) -> None:
    for number in range(3):
        await crowd.said(f"你好 {number}", crowd.viewer(f"v{number}"))
    await crowd.told()
    news = await crowd.told()
    assert [line["text"] for event in news for line in event["lines"]] == ["你好 0", "你好 1", "你好 2"]
    assert [line["text"] for line in await crowd.history()] == ["你好 2", "你好 1", "你好 0"]


async def test_nobody_is_told_who_spoke_and_the_record_of_facts_has_tokens(crowd: Crowd) -> None:
    await crowd.said("这个梨怎么保存？", crowd.viewer("wang"))
    told = json.dumps(await crowd.told())
    facts = await crowd.studio.app.said("broadcast.chat.recorded")
    for secret in ("account-wang", "person-wang", "phone-of-wang"):
        assert secret not in told + json.dumps(facts)
    (line,) = facts[0]["messages"]
    assert line["user"] == broadcast_token(crowd.studio.id, "account-wang", TOKEN_SECRET)
    assert line["text"] == "这个梨怎么保存？"


async def test_a_message_names_the_stay_in_which_it_was_said(crowd: Crowd) -> None:
    now = int(clock.now().timestamp() * 1000)
    row = {"viewer": "v1", "device": "d", "address": "203.0.113.7", "user_agent": "", "first_ms": now, "last_ms": now}
    row |= {"beats": 0, "interactions": 0, "foreground_ms": 0, "left": False}
    path = f"/broadcasts/{crowd.studio.id}/viewer-sessions"
    await crowd.client.post(path, json={"rows": [row]}, headers={"sunfair-gateway": gateway_proof(DEMO_SECRET)})
    await crowd.said("有人吗", crowd.viewer() | {"x-viewer": "v1"})
    await crowd.said("没有", crowd.viewer("other"))
    await crowd.told()
    with_stay, without = (await crowd.studio.app.said("broadcast.chat.recorded"))[0]["messages"]
    assert with_stay["session"] != "0"
    assert without["session"] == "0"


async def test_the_same_message_sent_again_is_said_once(crowd: Crowd) -> None:
    first, second = [await crowd.say("买了两箱", client_id="page-1-message-7") for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(await crowd.history()) == 1


async def test_one_speaks_only_in_an_open_room(service_app: ServiceOf, tokens: Tokens) -> None:
    crowd = Crowd(await Studio(await service_app("broadcast"), tokens).due())
    closed = await crowd.say("有人吗")
    assert (closed.status_code, kind(closed)) == (409, "chat-closed")
    await crowd.studio.on_air()
    await crowd.said("有人")
    await crowd.studio.do("end")
    ended = await crowd.say("再见")
    assert (ended.status_code, kind(ended)) == (409, "chat-closed")
    assert [line["text"] for line in await crowd.history()] == ["有人"]


async def test_guests_read_and_do_not_speak(crowd: Crowd) -> None:
    await crowd.said("你好")
    assert len(await crowd.history()) == 1
    assert (await crowd.say("你好", {"x-viewer-device": "a phone"})).status_code == 401


async def test_a_viewer_speaks_from_a_page_that_shows_the_room(crowd: Crowd) -> None:
    headers = crowd.viewer()
    del headers["x-viewer-device"]
    answer = await crowd.say("你好", headers)
    assert (answer.status_code, kind(answer)) == (403, "device-unknown")
    assert (await crowd.say("欢迎大家", crowd.moderator())).status_code == 201


async def test_viewers_see_who_sells_and_who_keeps_order(crowd: Crowd) -> None:
    await crowd.said("欢迎", crowd.studio.host_headers())
    await crowd.said("请文明发言", crowd.moderator())
    await crowd.said("我是场控", crowd.moderator("far", region="500236") | {"x-viewer-device": "d"})
    await crowd.said("你好")
    assert [line["role"] for line in await crowd.history()][::-1] == ["host", "moderator", "viewer", "viewer"]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("梨\u200b好\u200d甜\ufeff", "梨好甜"),
        ("\u202e甜好梨\u202c end", "甜好梨 end"),
        ("\u2066abc\u2069\u061c\u200f", "abc"),
        ("<script>alert(1)</script><b>梨</b>", "<script>alert(1)</script><b>梨</b>"),
        ("a\r\nb\tc\u3000d\u2028e", "a b c d e"),
        ("z\u0300\u0301\u0302\u0303\u0304\u0305\u0306", "z\u0300\u0301"),
        ("\x00\x07梨\x1b[31m", "梨[31m"),
        ("\U000e0041\U000e0042梨", "梨"),
        ("é", "é"),
        ("好吃👍", "好吃👍"),
    ],
)
def test_nothing_hides_turns_round_or_spoils_what_stands_beside_it(sent: str, shown: str) -> None:
    assert chat.cleaned(sent) == shown


@pytest.mark.parametrize("sent", ["\u200b\u200b", "\u202e", " \n ", "\u3164\u2800", "\ufeff"])
def test_of_what_cannot_be_seen_nothing_remains(sent: str) -> None:
    assert chat.cleaned(sent) == ""


async def test_a_message_is_one_visible_line_of_two_hundred_characters_at_most(crowd: Crowd) -> None:
    statuses = {
        "<b>梨</b>\u202e": 201,
        "梨" * 200: 201,
        "梨\u200b" * 200: 201,
        "梨" * 201: 422,
        "梨" * 5_000: 422,
        "": 422,
        "\u200b\u202e": 422,
    }
    for sent, status in statuses.items():
        answer = await crowd.say(sent)
        assert answer.status_code == status, sent
        assert status == 201 or answer.json()["errors"][0]["field"] == "text"
    assert "<b>梨</b>" in [line["text"] for line in await crowd.history()]


async def test_a_body_that_is_no_message_is_refused(crowd: Crowd) -> None:
    path = f"/broadcasts/{crowd.studio.id}/messages"
    headers = crowd.viewer() | {"content-type": "application/json"}
    bodies: list[Any] = [{"text": None}, {"text": 7}, {}, {"text": "x", "html": True}, [], {"text": "\ud800"}]
    for body in bodies:
        answer = await crowd.client.post(path, content=json.dumps(body).encode(), headers=headers)
        assert answer.status_code in (400, 422), body


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("便宜来 www.example.com 买", "link"),
        ("ｈｔｔｐｓ：／／example.cn", "link"),
        ("加 微 信 买更便宜", "link"),
        ("去 shop-abc . com 看看", "link"),
        ("我电话 138 0013 8000", "personal_data"),
        ("打１３８００１３８０００", "personal_data"),
        ("微信号：abc12345", "personal_data"),
        ("身份证 11010519491231002X", "personal_data"),
        ("你这个傻\u200b逼", "abuse"),
        ("代 开 发 票", "unlawful"),
    ],
)
def test_a_message_that_breaks_a_rule_is_recognised_however_it_is_spelled(text: str, rule: str) -> None:
    broken = chat.broken_rule(chat.cleaned(text))
    assert broken is not None
    assert broken.code == rule


async def test_a_refused_message_is_told_the_rule_and_seen_by_nobody(crowd: Crowd) -> None:
    answer = await crowd.say("便宜来 www.example.com 买")
    assert (answer.status_code, kind(answer), answer.json()["rule"]) == (422, "message-refused", "link")
    assert await crowd.history() == []


@pytest.mark.parametrize(
    "text",
    [
        "梨好甜",
        "5斤29.9元，10斤49.9元",
        "订单 20260302123456 还没发货",
        "这个.com是什么意思吗",
        "坏了两个怎么赔",
        "县长推荐的多少钱一斤",
        "666",
    ],
)
def test_ordinary_talk_breaks_no_rule(text: str) -> None:
    assert chat.broken_rule(chat.cleaned(text)) is None


async def test_slow_mode_lets_viewers_wait_and_moderators_not(crowd: Crowd) -> None:
    path = f"/broadcasts/{crowd.studio.id}/chat"
    answer = await crowd.client.put(path, json={"slow_mode_seconds": 300}, headers=crowd.moderator())
    assert answer.json() == {"slow_mode_seconds": 300}
    assert (await crowd.studio.see())["slow_mode_seconds"] == 300
    await crowd.said("一")
    refused = await crowd.say("二")
    assert (refused.status_code, kind(refused)) == (429, "speaking-too-fast")
    assert 0 < int(refused.headers["retry-after"]) <= 300
    for text in ("三", "四"):
        await crowd.said(text, crowd.moderator())
    await crowd.said("五", crowd.viewer("somebody-else"))
    await crowd.client.put(path, json={"slow_mode_seconds": 0}, headers=crowd.moderator())
    await crowd.said("六")


async def test_a_new_name_on_the_same_device_does_not_hurry_slow_mode(crowd: Crowd) -> None:
    path = f"/broadcasts/{crowd.studio.id}/chat"
    await crowd.client.put(path, json={"slow_mode_seconds": 300}, headers=crowd.moderator())
    await crowd.said("一", crowd.viewer("one", device="shared"))
    assert (await crowd.say("二", crowd.viewer("two", device="shared"))).status_code == 429


async def test_the_pace_of_a_chat_has_bounds(crowd: Crowd) -> None:
    for seconds in (-1, 301, "5", None):
        path = f"/broadcasts/{crowd.studio.id}/chat"
        answer = await crowd.client.put(path, json={"slow_mode_seconds": seconds}, headers=crowd.moderator())
        assert answer.status_code == 422


async def test_one_account_and_one_device_say_only_so_much_in_a_minute(service_app: ServiceOf, tokens: Tokens) -> None:
    app = await service_app("broadcast", chat_account_limit=3, chat_device_limit=5)
    crowd = Crowd(await (await Studio(app, tokens).due()).on_air())
    statuses = [(await crowd.say(f"第{n}句", crowd.viewer("a", device="tablet"))).status_code for n in range(4)]
    statuses += [(await crowd.say(f"第{n}句", crowd.viewer("b", device="tablet"))).status_code for n in range(3)]
    assert statuses == [201, 201, 201, 429, 201, 201, 429]
    assert (await crowd.say("别人", crowd.viewer("c"))).status_code == 201


async def test_a_chorus_of_praise_takes_one_line_and_loses_nothing(crowd: Crowd) -> None:
    for number in range(6):
        await crowd.said(f"县长好帅{'！' * number}", crowd.viewer(f"fan{number}"))
    await crowd.said("县长好帅啊", crowd.viewer("late"))
    news = await crowd.told()
    await crowd.said("县长 好帅～", crowd.viewer("later"))
    news = await crowd.told()
    lines = [line for event in news for line in event["lines"]]
    assert [(line["text"], line["times"]) for line in lines] == [("县长好帅", 7)]
    assert [event["folded"] for event in news if event["folded"]] == [
        [{"message_id": lines[0]["message_id"], "times": 8}]
    ]
    (shown,) = await crowd.history()
    assert (shown["text"], shown["times"]) == ("县长好帅", 8)
    facts = [line for event in await crowd.studio.app.said("broadcast.chat.recorded") for line in event["messages"]]
    assert len(facts) == 8
    figures = await crowd.moderation()
    assert (figures["messages"], figures["folded"], figures["removed_by_rule"]) == (8, 7, {})


async def test_questions_complaints_and_talk_of_goods_are_never_folded(crowd: Crowd) -> None:
    texts = ["梨好甜", "坏了两个怎么赔", "县长推荐的多少钱一斤", "买了", "主播好棒"]
    for text in texts:
        for number in range(3):
            await crowd.said(text, crowd.viewer(f"v{number}"))
    news = await crowd.told()
    assert len([line for event in news for line in event["lines"]]) == 3 * len(texts)


async def test_a_late_joiner_reads_the_last_fifty_and_can_go_back(crowd: Crowd) -> None:
    for number in range(60):
        await crowd.said(f"第{number}句", crowd.viewer(f"v{number}"))
    path = f"/broadcasts/{crowd.studio.id}/messages"
    page = (await crowd.client.get(path)).json()
    assert [line["text"] for line in page["items"]] == [f"第{number}句" for number in range(59, 9, -1)]
    earlier = (await crowd.client.get(path, params={"cursor": page["next"]})).json()
    assert [line["text"] for line in earlier["items"]] == [f"第{number}句" for number in range(9, -1, -1)]
    assert earlier["next"] is None


async def test_what_was_said_is_anchored_in_the_rooms_record(crowd: Crowd) -> None:
    first = await crowd.said("一")
    last = await crowd.said("二", crowd.viewer("b"))
    await crowd.told()
    for _ in range(2):
        await crowd.record()
    async with crowd.studio.app.database.sessions() as db:
        entries = [
            entry for entry in await rooms.list_record(db, crowd.studio.id, 0, 100, beats=False) if entry.kind == "chat"
        ]
    (entry,) = entries
    expected = hashlib.sha256(f"{first} 一\n{last} 二\n".encode()).hexdigest()
    assert entry.body == {"messages": 2, "first": first, "last": last, "sha256": expected}


async def test_an_erased_account_leaves_words_and_no_trace_of_itself(crowd: Crowd) -> None:
    await crowd.said("买了两箱", crowd.viewer("gone"))
    event = AccountErased(entity_id="account-gone", version=1, account_id="account-gone", erased_at=clock.now())
    await crowd.studio.app.hear(event)
    assert [line["text"] for line in await crowd.history()] == ["买了两箱"]
    message = (await crowd.history())[0]["message_id"]
    answer = await crowd.silence(crowd.inspector(), message_id=message)
    assert answer.status_code == 404


async def test_while_it_is_on_air_the_gate_is_shown_its_viewers_and_its_chat(crowd: Crowd) -> None:
    async with crowd.studio.app.database.sessions.begin() as db:
        await ask_on_air(db, await enter(db, crowd.studio.id))
    opened, looked = await crowd.studio.app.said("broadcast.room.asked")
    assert (opened["stage"], looked["stage"]) == ("golive", "onair")
    assert "traffic" not in opened["facts"]["room"]
    assert looked["facts"]["room"]["traffic"]["counter"] == "own"


async def test_the_record_of_facts_tells_the_age_of_an_account_and_its_network_alone(crowd: Crowd) -> None:
    account = new_id()
    headers = crowd.studio.tokens.headers("buyer", account_id=account) | {"x-viewer-device": "d"}
    await crowd.said("你好", headers)
    await crowd.said("你好", crowd.viewer("of-unknown-age"))
    await crowd.told()
    new, unknown = (await crowd.studio.app.said("broadcast.chat.recorded"))[0]["messages"]
    assert (new["account_age_days"], new["network"], unknown["account_age_days"]) == (0, "0", -1)


async def test_an_unknown_broadcast_has_no_chat(crowd: Crowd) -> None:
    for path in ("messages", "moderation"):
        assert (await crowd.client.get(f"/broadcasts/nothing/{path}")).status_code == 404
    assert (
        await crowd.client.post("/broadcasts/nothing/messages", json={"text": "x"}, headers=crowd.viewer())
    ).status_code == 404


@given(st.text(max_size=300))
def test_cleaning_leaves_one_visible_line_and_cleans_once(text: str) -> None:
    shown = chat.cleaned(text)
    assert chat.cleaned(shown) == shown
    assert "\n" not in shown
    assert not set(shown) & set(
        "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\x00"
    )
    chat.kind_of(shown)
    chat.wording(shown)
    chat.broken_rule(shown)


def test_every_rule_has_a_sentence_in_both_languages() -> None:
    assert all(rule.zh and rule.en for rule in chat.rules().values())
    assert {"spam", "off_topic_advertising"} <= set(chat.rules())
