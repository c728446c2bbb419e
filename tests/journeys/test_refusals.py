"""Bad input that must be answered well, asked at the front door of the running system."""

import asyncio
import base64
import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pypdf
import pytest

from deploy.seed import goods
from deploy.seed.catalogue import submit_listing
from deploy.seed.data import row
from deploy.seed.filings import filing_body
from deploy.seed.market import Json
from deploy.seed.papers import written
from services.kit import clock, tokens
from tests.journeys.town import Town, failed, held, result_of

APRIL_27 = "2020-04-27T11:00:00+08:00"
KEYS: Iterator[str] = (f"journey-{number}" for number in count(1))


def kind(answer: httpx.Response) -> str:
    """The last word of the problem type; every refusal is a problem document with a sentence."""
    document = answer.json()
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    assert document["status"] == answer.status_code
    assert document["title"]
    return str(document["type"]).rsplit("/", 1)[-1]


def sentences(answer: httpx.Response) -> str:
    """All that the problem says."""
    document = answer.json()
    return " ".join([document["detail"], *(f"{error['field']} {error['detail']}" for error in document["errors"])])


async def test_an_operator_of_another_county_is_told_both_regions(town: Town) -> None:
    body = goods.producers()["chenggu-1"] | {"uscc": goods.credit_code("93", "610722", "X99")}
    producer = await town.post("/producers", body, "dangshan-operator", idempotency_key=next(KEYS))
    case = town.demo_case("2020-05-20T10:00:00+08:00", APRIL_27, "别县")
    filing = filing_body(case, await town.demo_cast(), [])
    filed = await town.post("/filings", filing, "dangshan-operator", at=APRIL_27, idempotency_key=next(KEYS))

    assert (producer.status_code, filed.status_code) == (403, 403)
    for answer, wrong in ((producer, "610722"), (filed, "999901")):
        assert wrong in answer.text
        assert "341321" in answer.text


@pytest.mark.parametrize(("code", "told"), [("123456", "123456"), ("370181", "370114")])
async def test_an_unknown_or_former_region_code_is_refused_with_its_successor(town: Town, code: str, told: str) -> None:
    body = goods.producers()["zhangqiu-1"] | {"region_code": code, "uscc": goods.credit_code("93", "370114", "X98")}

    answer = await town.post("/producers", body, "administrator", idempotency_key=next(KEYS))
    shown = await town.send("GET", f"/regions/{code}")

    assert answer.status_code in (404, 422)
    assert told in sentences(answer)
    assert shown.status_code == (404 if code == "123456" else 200)
    assert told in shown.text


async def test_a_malformed_credit_code_fails_and_a_wrong_check_digit_is_held(town: Town) -> None:
    known = goods.producers()
    sellers = {"demo-bad-1": "93999901MA8DM0", "demo-bad-2": "", "demo-bad-3": "93999901MA8DM0B33"}
    sellers["demo-bad-2"] = another_check_digit(goods.credit_code("93", "999901", "B22"))
    sellers["demo-bad-3"] = goods.credit_code("93", "999901", "B33")
    for place, (key, code) in enumerate(sellers.items(), start=1):
        known[key] = known[f"demo-{place}"] | {
            **{
                name: f"{known[f'demo-{place}'][name]} {key}"
                for name in ("legal_rep", "controller", "phone", "account")
            },
            "uscc": code,
            "address": f"演示县演示镇{key}",
        }
        made = await town.post("/producers", known[key], "administrator", idempotency_key=next(KEYS))
        assert made.status_code == 201, made.text
        town.desk.book.done[f"producer:{key}"] = made.json()["id"]
    for name in ("event:E11", "specialty:demo-pear"):
        town.desk.book.done[name] = town.ids[name]

    case = {**row("listings", "S13"), "key": "bad-codes", "title_zh": "演示县酥梨 信用代码有误", "units": [10, 10, 10]}
    listing_id = await submit_listing(town.desk, {**case, "suppliers": list(sellers)}, known)

    listing = await town.market.get(f"/listings/{listing_id}", "demo-operator")
    found = {lot["seller"]["uscc"]: lot for lot in listing["lots"]}
    states = [found[code]["state"] for code in sellers.values()]
    assert states == ["blocked", "in_review", "listed"]
    wrong = [await town.decision(found[code]["decision"]["decision_id"], "demo-operator") for code in sellers.values()]
    assert failed(wrong[0])["quality.seller"] == "code_malformed"
    assert held(wrong[1])["quality.seller"] == "code_check_digit"


def another_check_digit(code: str) -> str:
    return code[:-1] + ("A" if code[-1] != "A" else "B")


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("price_fen", -1),
        ("price_fen", 29.9),
        ("price_fen", 10**15),
        ("price_fen", "2990"),
        ("net_grams", -5000),
        ("net_grams", 0.5),
        ("net_grams", 10**15),
        ("offered_units", 0),
    ],
)
async def test_an_impossible_price_or_weight_is_refused_with_a_sentence(town: Town, fact: str, value: Any) -> None:
    draft = await town.market.get(f"/listings/{town.ids['listing:S13']}/draft", "demo-operator")
    lot = {name: given for name, given in draft["draft"]["lots"][0].items() if name != "id"}
    body = {
        "specialty_id": town.ids["specialty:demo-pear"],
        "season": "2019",
        "event_id": town.ids["event:E11"],
        "title_zh": "演示县酥梨 价格有误",
        "lots": [lot | {fact: value}],
    }

    answer = await town.post("/listings", body, "demo-operator", at=APRIL_27, idempotency_key=next(KEYS))

    assert answer.status_code == 422
    assert f"lots.0.{fact}" in sentences(answer)


async def test_a_filing_for_yesterday_is_refused(town: Town) -> None:
    case = town.demo_case("2020-04-26T19:30:00+08:00", APRIL_27, "昨天")
    body = filing_body(case, await town.demo_cast(), [])

    answer = await town.post("/filings", body, "demo-operator", at=APRIL_27, idempotency_key=next(KEYS))

    assert answer.status_code == 422
    assert "future" in sentences(answer)


async def test_of_two_filings_for_one_slot_at_once_one_gets_it(town: Town) -> None:
    cases = [town.demo_case("2020-05-21T10:00:00+08:00", APRIL_27, f"同一时段{place}") for place in (1, 2)]
    drafts = [await town.draft_filing(case, next(KEYS)) for case in cases]

    answers = await asyncio.gather(
        *(
            town.post(f"/filings/{each}/submit", None, "demo-operator", at=APRIL_27, idempotency_key=next(KEYS))
            for each in drafts
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert kind(refused) == "slot-taken"
    assert "2020-05-21 10:00" in refused.json()["detail"]
    assert "同一时段" not in refused.text


async def test_nobody_approves_their_own_filing_under_another_account(town: Town) -> None:
    body = {
        "username": "demo-operator-as-approver",
        "name": "演示县经办人的另一账户",
        "roles": ["approver"],
        "scopes": ["999900"],
        "identity": "demo-identity-demo-operator",
        "organ": {
            "name": "演示市人民政府",
            "kind": "peoples_government",
            "level": "prefecture",
            "region_code": "999900",
        },
        "may_set_clock": True,
        "password": town.market.passwords["demo-operator"],
    }
    await town.market.write("POST", "/accounts", body, "admin", key=next(KEYS))
    town.passwords["demo-operator-as-approver"] = town.passwords["demo-operator"]
    case = town.demo_case("2020-05-22T10:00:00+08:00", APRIL_27, "自己审批")
    filing = await town.submit_filing(case, next(KEYS))
    path, word = f"/filings/{filing['id']}/approve", {"authority_over_post": True}

    own = await town.post(path, word, "demo-operator-as-approver", at=APRIL_27, idempotency_key=next(KEYS))
    lower = await town.post(path, word, "suzhou-approver", at=APRIL_27, idempotency_key=next(KEYS))

    assert (own.status_code, kind(own)) == (403, "approver-is-applicant")
    assert (lower.status_code, kind(lower)) == (403, "wrong-approver")


def scanned() -> bytes:
    """A PDF of one page without any text on it."""
    writer, kept = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(kept)
    return kept.getvalue()


async def attach(town: Town, data: bytes, name: str) -> Json:
    """Upload a notice and answer how a filing names it."""
    headers = {"Authorization": f"Bearer {await town.market.token('demo-operator')}", "Sunfair-Clock": APRIL_27}
    answer = await town.market.http.post(
        "/documents", headers=headers, files={"file": (name, data, "application/octet-stream")}, data={"kind": "notice"}
    )
    assert answer.status_code == 201, answer.text
    return {"sha256": answer.json()["sha256"], "name": name, "media_type": answer.json()["media_type"]}


async def preview_with(town: Town, day: str, notice: Json) -> tuple[Json, Json]:
    """A filing with this notice once previewed, and its decision."""
    case = town.demo_case(f"2020-05-{day}T10:00:00+08:00", APRIL_27, f"附件 {notice['name']}")
    filing = await town.submit_filing(case, next(KEYS), [notice])
    return filing, await town.decision(filing["preview"]["decision_id"], "demo-operator")


async def test_a_notice_in_an_older_encoding_is_read_and_blocks(town: Town) -> None:
    notice = await attach(town, written("chenggu-notice")[1].encode("gb18030"), "旧编码.txt")

    filing, decision = await preview_with(town, "25", notice)

    assert filing["state"] == "blocked"
    assert set(failed(decision)) == {"notice.apportion"}


@pytest.mark.parametrize(
    ("day", "data", "name"),
    [
        ("26", scanned(), "扫描件.pdf"),
        ("27", "各位网友，欢迎观看。\n".encode() * 170_000, "五兆文字.txt"),
    ],
)
async def test_a_notice_that_no_machine_can_read_waits_for_a_person(
    town: Town, day: str, data: bytes, name: str
) -> None:
    notice = await attach(town, data, name)

    filing, decision = await preview_with(town, day, notice)

    assert filing["state"] == "submitted"
    assert filing["content"]["notices"][0]["unreadable"]
    assert failed(decision) == {}
    assert result_of(decision, "notice.apportion")["result"] == "review"


async def test_before_2020_no_rule_is_in_force_and_the_far_future_is_unknown(town: Town) -> None:
    facts = (await town.lot_decisions("S1", "dangshan-operator"))[0]["facts"]

    before = await town.check({"stage": "listing", "at": "1990-01-01T00:00:00+08:00", "facts": facts})
    after = await town.post("/checks", {"stage": "listing", "at": "2100-01-01T00:00:00+08:00", "facts": facts})

    assert before["outcome"] == "review"
    assert {result["result"] for result in before["results"]} == {"not_in_force"}
    assert (after.status_code, kind(after)) == (422, "law-date-too-far")


async def test_an_unknown_rule_is_answered_with_the_nearest_one(town: Town) -> None:
    answer = await town.post("/checks", {"stage": "filing", "rules": ["notice.aportion"], "facts": {"texts": []}})

    assert (answer.status_code, kind(answer)) == (422, "rule-unknown")
    assert "notice.apportion" in answer.text


async def test_a_batch_of_1001_is_refused_before_anything_is_decided(town: Town) -> None:
    one = {"stage": "filing", "rules": ["notice.apportion"], "facts": {"texts": []}}

    answer = await town.post("/checks:batch", {"checks": [one] * 1001}, "platform")

    assert (answer.status_code, kind(answer)) == (422, "batch-too-large")


async def test_forged_and_expired_tokens_open_nothing(town: Town) -> None:
    published = (await town.market.http.get(f"{town.stack.url}/.well-known/jwks.json")).json()["keys"]
    real = (await town.market.token("demo-operator")).split(".")
    header, claims = (json.loads(unpacked(part)) for part in real[:2])
    known = next(key for key in published if key["kid"] == header["kid"])
    foreign = tokens.new_signing_key()
    secret = json.dumps(known).encode()
    forged = {
        "signed by a stranger": tokens.sign(claims, foreign, tokens.ACCESS_TYPE),
        "under our key's name": tokens.sign(claims, tokens.SigningKey(header["kid"], foreign.pem), tokens.ACCESS_TYPE),
        "unsigned": f"{packed({**header, 'alg': 'none'})}.{real[1]}.",
        "our public key as a password": with_mac({**header, "alg": "HS256"}, claims, secret),
        "longer lived": f"{real[0]}.{packed({**claims, 'exp': claims['exp'] + 3600})}.{real[2]}",
    }

    answers = {name: await with_token(town, token) for name, token in forged.items()}

    assert (await with_token(town, ".".join(real))).status_code == 200
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(forged, 401)


def unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def packed(document: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def with_mac(header: Json, claims: Json, secret: bytes) -> str:
    signed = f"{packed(header)}.{packed(claims)}"
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


async def with_token(town: Town, token: str) -> httpx.Response:
    return await town.market.http.get("/me", headers={"Authorization": f"Bearer {token}"})


async def test_the_same_key_with_another_body_is_refused_and_with_the_same_body_repeats_nothing(town: Town) -> None:
    case = town.demo_case("2020-05-28T10:00:00+08:00", APRIL_27, "重复")
    body = filing_body(case, await town.demo_cast(), [])
    key = next(KEYS)

    first = await town.post("/filings", body, "demo-operator", at=APRIL_27, idempotency_key=key)
    again = await town.post("/filings", body, "demo-operator", at=APRIL_27, idempotency_key=key)
    other = await town.post("/filings", body | {"staff_count": 7}, "demo-operator", at=APRIL_27, idempotency_key=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (other.status_code, kind(other)) == (422, "idempotency-key-reused")


async def test_only_demo_accounts_set_the_clock(town: Town) -> None:
    answer = await town.send("GET", "/me", None, "admin", at=APRIL_27)

    assert (answer.status_code, kind(answer)) == (400, "clock-refused")


async def test_a_gift_of_time_does_not_stretch_the_law_beyond_next_year(town: Town) -> None:
    later = (clock.now() + timedelta(days=400)).isoformat()

    answer = await town.post("/checks", {"stage": "listing", "at": later, "facts": {}})

    assert (answer.status_code, kind(answer)) == (422, "law-date-too-far")
