"""Asking the gate over HTTP: answers as other platforms build on them, and bad questions answered well."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.compliance.domain.verdict import answer_sha256_of
from services.compliance.rules.canonical import canonical
from services.kit import clock
from tests.apps import ServiceUnderTest, Tokens
from tests.compliance.rules.documents import document
from tests.conftest import ServiceOf

AT = "2020-03-02T09:00:00+08:00"
NOTICE = "请各单位干部职工每人购买苹果，每人不少于50元，购买情况纳入年度考核。"


@pytest.fixture
async def gate(service_app: ServiceOf) -> ServiceUnderTest:
    return await service_app("compliance")


def notice_check(text: str = NOTICE, **changes: Any) -> dict[str, Any]:
    """A question about one notice."""
    facts = {"texts": [{"kind": "notice", "text": text}], "context": {"supplier_names": []}}
    return {"stage": "filing", "rules": ["notice.apportion"], "at": AT, "facts": facts} | changes


def platform(tokens: Tokens, **claims: Any) -> dict[str, str]:
    """The headers of a platform's live key."""
    return tokens.headers("platform", key_id="key-1", key_scopes=["checks:write"], **claims)


async def ask(gate: ServiceUnderTest, body: Any, headers: dict[str, str] | None = None) -> Response:
    return await gate.client.post("/checks", json=body, headers=headers or {})


async def test_a_good_listing_passes_and_the_answer_says_why(gate: ServiceUnderTest, tokens: Tokens) -> None:
    answer = await ask(gate, {"stage": "listing", "at": AT, "facts": document()}, platform(tokens))
    said = answer.json()
    assert answer.status_code == 200, answer.text
    assert said["outcome"] == "pass"
    assert said["binding"] is True
    assert said["trial"] is False
    assert all(set(result) >= {"rule", "result", "title", "reason", "sources"} for result in said["results"])
    assert hashlib.sha256(canonical(said["facts"])).hexdigest() == said["facts_sha256"]
    assert answer_sha256_of(said) == said["answer_sha256"]


async def test_a_notice_that_apportions_fails_with_the_words_that_do_it(gate: ServiceUnderTest) -> None:
    said = (await ask(gate, notice_check())).json()
    result = said["results"][0]
    assert (said["outcome"], result["rule"], result["hard"]) == ("fail", "notice.apportion", True)
    quoted = result["evidence"][0]
    assert quoted["fact"] == "texts[0]"
    assert NOTICE[quoted["start"] : quoted["end"]] == quoted["quote"]


async def test_a_decision_is_read_again_byte_for_byte(gate: ServiceUnderTest, tokens: Tokens) -> None:
    headers = platform(tokens)
    first = await ask(gate, notice_check(), headers)
    again = await gate.client.get(f"/decisions/{first.json()['decision_id']}", headers=headers)
    assert again.content == first.content
    unchanged = await gate.client.get(
        f"/decisions/{first.json()['decision_id']}", headers={**headers, "If-None-Match": again.headers["etag"]}
    )
    assert unchanged.status_code == 304


async def test_the_same_question_has_the_same_answer(gate: ServiceUnderTest, tokens: Tokens) -> None:
    one, other = [(await ask(gate, notice_check(), platform(tokens))).json() for _ in range(2)]
    assert one["decision_id"] != other["decision_id"]
    assert one["answer_sha256"] == other["answer_sha256"]


async def test_a_question_that_takes_the_long_way_has_the_same_answer(gate: ServiceUnderTest, tokens: Tokens) -> None:
    body = {"stage": "listing", "at": AT, "facts": document(), "subject": {"kind": "lot", "id": "1"}}
    raw, headers = json.dumps(body).encode(), platform(tokens)
    short, long = [
        await gate.client.post("/checks", content=raw, headers=headers | {"Content-Type": kind})
        for kind in ("application/json", "application/json; charset=utf-8")
    ]
    own = ("decision_id", "decided_at")
    said = [{name: value for name, value in each.json().items() if name not in own} for each in (short, long)]
    assert said[0] == said[1]
    assert [name for name in short.headers if name not in long.headers] == []
    assert short.headers["content-location"].startswith(f"/api/v1/decisions/{short.json()['decision_id']}?link=")


async def test_a_platforms_decision_is_for_its_own_eyes_and_for_who_holds_the_link(
    gate: ServiceUnderTest, tokens: Tokens
) -> None:
    answer = await ask(gate, notice_check(), platform(tokens))
    path = f"/decisions/{answer.json()['decision_id']}"
    assert (await gate.client.get(path)).status_code == 404
    assert (await gate.client.get(path, headers=platform(tokens, account_id="another"))).status_code == 404
    link = answer.headers["content-location"].removeprefix("/api/v1")
    assert (await gate.client.get(link)).content == answer.content
    assert (await gate.client.get(f"{path}?link={'0' * 32}")).status_code == 404


@pytest.mark.parametrize("who", ["anonymous", "operator", "test_key", "asked"])
async def test_whoever_tries_it_gets_a_trial(gate: ServiceUnderTest, tokens: Tokens, who: str) -> None:
    headers = {
        "anonymous": {},
        "operator": tokens.headers("operator", scopes=("341321",)),
        "test_key": platform(tokens, test_key=True),
        "asked": platform(tokens),
    }[who]
    said = (await ask(gate, notice_check(trial=who == "asked"), headers)).json()
    assert (said["trial"], said["binding"], said["clearance"]) == (True, False, None)
    assert await gate.said("compliance.decision.made") == []


async def test_a_key_made_for_something_else_may_not_ask(gate: ServiceUnderTest, tokens: Tokens) -> None:
    headers = tokens.headers("platform", key_id="key-1", key_scopes=["orders:read"])
    answer = await ask(gate, notice_check(), headers)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (403, "key-lacks-scope")


async def test_raw_identities_go_in_and_never_come_out(gate: ServiceUnderTest) -> None:
    facts = document()
    facts["suppliers"][0] |= {"phone": "13800001111", "legal_rep": "340101198001011234"}
    facts["texts"] = [{"kind": "description", "text": "请联系张三13912345678，身份证340101198001011234。"}]
    answer = await ask(gate, {"stage": "listing", "at": AT, "facts": facts})
    assert answer.status_code == 200, answer.text
    for secret in ("13800001111", "340101198001011234", "13912345678"):
        assert secret not in answer.text
    assert len(answer.json()["facts"]["suppliers"][0]["phone"]) == 64
    assert "139********" in answer.json()["facts"]["texts"][0]["text"]


async def test_two_suppliers_with_one_phone_are_seen_as_one(gate: ServiceUnderTest) -> None:
    facts = document()
    apart = (await ask(gate, {"stage": "listing", "at": AT, "rules": ["adm.suppliers"], "facts": facts})).json()
    for supplier in facts["suppliers"]:
        supplier["phone"] = "1380 0001111"
    one = (await ask(gate, {"stage": "listing", "at": AT, "rules": ["adm.suppliers"], "facts": facts})).json()
    assert (apart["outcome"], one["outcome"]) == ("pass", "fail")


@pytest.mark.parametrize(
    ("change", "status", "kind"),
    [
        ({"stage": "lunch"}, 422, "body-invalid"),
        ({"rules": ["notice.aportion"]}, 422, "rule-unknown"),
        ({"clearance": True}, 422, "clearance-without-subject"),
        ({"at": "2020-03-02T09:00:00"}, 422, "body-invalid"),
        ({"at": 1583110800}, 422, "body-invalid"),
        ({"at": "2100-01-01T00:00:00+08:00"}, 422, "law-date-too-far"),
        ({"at": "0001-01-01T00:00:00+14:00"}, 422, "body-invalid"),
        ({"surprise": 1}, 422, "body-invalid"),
        ({"facts": {"tekst": []}}, 422, "facts-unreadable"),
        ({"facts": []}, 422, "body-invalid"),
        ({"subject": {"kind": "lot", "id": "a\u0000b"}}, 422, "body-invalid"),
    ],
)
async def test_a_bad_question_is_refused_with_its_reason(
    gate: ServiceUnderTest, change: dict[str, Any], status: int, kind: str
) -> None:
    answer = await ask(gate, notice_check(**change))
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (status, kind)


async def test_an_unknown_name_is_answered_with_the_nearest_one(gate: ServiceUnderTest) -> None:
    rule = await ask(gate, notice_check(rules=["notice.aportion"]))
    assert rule.json()["nearest"] == "notice.apportion"
    fact = await ask(gate, notice_check(facts={"lot": {"prize_fen": 1}}))
    assert fact.json()["nearest"] == {"facts.lot.prize_fen": "price_fen"}
    assert "price_fen" in fact.json()["errors"][0]["detail"]


async def test_before_the_first_law_day_no_rule_is_in_force(gate: ServiceUnderTest) -> None:
    answer = await ask(gate, {"stage": "listing", "at": "1990-05-01T00:00:00+08:00", "facts": document()})
    said = answer.json()
    assert (answer.status_code, said["outcome"]) == (200, "review")
    assert {result["result"] for result in said["results"]} == {"not_in_force"}


async def test_five_megabytes_of_notice_are_left_to_a_person(gate: ServiceUnderTest) -> None:
    said = (await ask(gate, notice_check("采购" * 900_000))).json()
    assert said["outcome"] == "review"
    assert said["facts"]["texts"][0]["unreadable"] is True
    assert "text" not in said["facts"]["texts"][0]


async def test_scanned_rubbish_is_answered(gate: ServiceUnderTest) -> None:
    rubbish = bytes(range(1, 256)).decode("latin-1") * 20
    answer = await ask(gate, notice_check(rubbish))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"stage":"filing","facts":{"texts":[{"kind":"notice","text":"\\ud800"}]}}',
        b'{"stage":"filing","facts":{"\\ud800":1}}',
        b'{"\\ud800":1}',
        b'{"stage":"filing","facts":{"lot":{"price_fen":9007199254740993000}}}',
        b'{"stage":"filing","facts":{"lot":{"price_fen":NaN}}}',
        b'{"stage":"filing","facts":' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}",
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b"null",
        b"",
    ],
)
async def test_no_body_is_a_server_error(gate: ServiceUnderTest, body: bytes) -> None:
    answer = await gate.client.post("/checks", content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
fact_names = st.sampled_from(["subject", "suppliers", "event", "lot", "texts", "people", "filing", "context", "x"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=st.dictionaries(fact_names, json_values, max_size=5), stage=st.sampled_from(["listing", "filing", "golive"])
)
async def test_any_facts_are_answered_or_refused_never_an_error(
    gate: ServiceUnderTest, facts: dict[str, Any], stage: str
) -> None:
    answer = await ask(gate, {"stage": stage, "at": AT, "facts": facts})
    assert answer.status_code in (200, 422)


async def test_a_repeated_key_has_one_decision(gate: ServiceUnderTest, tokens: Tokens) -> None:
    headers = {**platform(tokens), "Idempotency-Key": "one"}
    first, second = [await ask(gate, notice_check(), headers) for _ in range(2)]
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"
    other = await ask(gate, notice_check("另一份通知"), headers)
    assert (other.status_code, other.json()["type"].rsplit("/", 1)[-1]) == (422, "idempotency-key-reused")


async def test_a_replay_shows_what_todays_rules_say(gate: ServiceUnderTest, tokens: Tokens) -> None:
    headers = platform(tokens)
    first = (await ask(gate, notice_check(), headers)).json()
    replay = (await gate.client.get(f"/decisions/{first['decision_id']}/replay", headers=headers)).json()
    assert (replay["same"], replay["changes"]) == (True, [])


async def test_facts_of_another_day_meet_the_law_of_that_day(gate: ServiceUnderTest) -> None:
    old = (await ask(gate, notice_check(at="2020-05-09T09:00:00+08:00"))).json()["results"][0]["sources"]
    new = (await ask(gate, notice_check(at="2020-08-09T09:00:00+08:00"))).json()["results"][0]["sources"]
    assert "中华人民共和国公职人员政务处分法" not in {source["law"] for source in old}
    assert "中华人民共和国公职人员政务处分法" in {source["law"] for source in new}


async def test_the_far_end_of_the_law_is_366_days_away(gate: ServiceUnderTest) -> None:
    near = (clock.now() + timedelta(days=365)).isoformat()
    far = (clock.now() + timedelta(days=368)).isoformat()
    assert (await ask(gate, notice_check(at=near))).status_code == 200
    assert (await ask(gate, notice_check(at=far))).status_code == 422


async def test_rules_and_schema_can_be_read(gate: ServiceUnderTest) -> None:
    rules = (await gate.client.get("/rules?at=2020-05-09")).json()
    assert rules["law_date"] == "2020-05-09"
    assert "notice.apportion" in [rule["id"] for rule in rules["items"]]
    assert (await gate.client.get("/rules/notice.apportion")).json()["id"] == "notice.apportion"
    unknown = await gate.client.get("/rules/notice.aportion")
    assert (unknown.status_code, unknown.json()["nearest"]) == (404, "notice.apportion")
    assert "texts" in json.dumps((await gate.client.get("/facts-schema")).json())
