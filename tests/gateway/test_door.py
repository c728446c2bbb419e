"""The door: who is asking, what is forwarded, what is limited, what is kept, and what every answer carries."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.kit import tokens as kit_tokens
from tests.apps import Tokens
from tests.gateway.house import House, open_house

KEY = kit_tokens.new_signing_key()


class Echo:
    """A stand-in service as a program of its own: it says what it was asked, and counts how often."""

    def __init__(self, signer: Tokens) -> None:
        self.signer = signer
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        self.asked += 1
        response: Response = JSONResponse({"path": request.url.path, "query": str(request.url.query)})
        if request.url.path == "/jwks":
            response = JSONResponse({"keys": [self.signer.key.public_jwk]})
        elif request.url.path == "/token/exchange":
            response = self.exchange(await request.json())
        elif request.url.path == "/sign-in":
            response = JSONResponse({"session_id": "new-session"})
        elif request.url.path.startswith("/regions"):
            headers = {"cache-control": "public, max-age=5", "etag": '"one"'}
            response = JSONResponse({"items": [self.asked]}, headers=headers)
        elif request.url.path.startswith("/lots"):
            response = JSONResponse({"headers": dict(request.headers), "body": (await request.body()).decode()})
        await response(scope, receive, send)

    def exchange(self, credential: dict[str, str]) -> Response:
        """Accounts' side of a session or a key."""
        if credential.get("session_id") == "good-session":
            return JSONResponse({"access_token": self.signer.token("operator", account_id="account-1")})
        if credential.get("api_key") == "sf_live_good":
            return JSONResponse({"access_token": self.signer.token("platform", account_id="platform-1")})
        return JSONResponse({"status": 401, "detail": "unknown"}, 401)


@pytest.fixture
async def echo(tokens: Tokens) -> Echo:
    return Echo(tokens)


@pytest.fixture
async def house(echo: Echo, tmp_path: Path) -> AsyncIterator[House]:
    """The gateway before stand-ins that speak the services' protocol."""
    apps = dict.fromkeys(("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure"), echo)
    async with open_house(apps, tmp_path, address_limit=50) as opened:
        yield opened


def is_problem(response: httpx.Response, status: int, kind: str) -> None:
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert response.json()["type"].endswith(f"/problems/{kind}")


async def test_a_path_is_forwarded_as_it_came_with_its_query(house: House) -> None:
    answer = (await house.client.get("/api/v1/search?q=%E6%A2%A8&limit=2")).json()
    assert (answer["path"], answer["query"]) == ("/search", "q=%E6%A2%A8&limit=2")


async def test_an_unknown_path_is_a_404_problem_in_the_callers_language(house: House) -> None:
    response = await house.client.get("/api/v1/nonsense", headers={"accept-language": "zh"})
    is_problem(response, 404, "not-found")
    assert "接口中没有" in response.json()["detail"]


async def test_the_public_cannot_exchange_credentials(house: House) -> None:
    is_problem(await house.client.post("/api/v1/token/exchange", json={"session_id": "x"}), 404, "not-found")


async def test_a_service_sees_who_asks_and_never_the_cookie_or_a_forged_address(house: House) -> None:
    sent = {"x-client-address": "6.6.6.6", "cookie": "sunfair_session=good-session", "x-forwarded-for": "5.5.5.5"}
    headers = (await house.client.get("/api/v1/lots/1", headers=sent)).json()["headers"]
    assert headers["x-client-address"] == "203.0.113.7"
    assert headers["authorization"].startswith("Bearer ey")
    assert "cookie" not in headers
    assert headers["x-request-id"]
    assert headers["traceparent"].startswith("00-")


async def test_an_api_key_becomes_a_short_token(house: House) -> None:
    headers = {"authorization": "Bearer sf_live_good"}
    seen = (await house.client.get("/api/v1/lots/1", headers=headers)).json()["headers"]
    claims = kit_tokens.unverified_claims(seen["authorization"].removeprefix("Bearer "))
    assert claims["sub"] == "platform-1"


@pytest.mark.parametrize(
    "authorization",
    ["Bearer sf_live_bad", "Bearer not-a-token", "Basic dXNlcjpwdw==", "Bearer", "Bearer eyJhbGciOiJub25lIn0.e30."],
)
async def test_credentials_that_are_no_good_are_refused_at_the_door(house: House, authorization: str) -> None:
    response = await house.client.get("/api/v1/lots/1", headers={"authorization": authorization})
    is_problem(response, 401, "not-signed-in")


async def test_a_token_signed_by_a_stranger_is_refused_at_the_door(house: House) -> None:
    token = Tokens().token("administrator")
    response = await house.client.get("/api/v1/lots/1", headers={"authorization": f"Bearer {token}"})
    is_problem(response, 401, "not-signed-in")


async def test_an_odd_cookie_of_somebody_else_signs_nobody_out(house: House) -> None:
    cookie = {"cookie": 'prefs={"a": [1, 2]}; theme=dark blue; sunfair_session=good-session'}
    seen = (await house.client.get("/api/v1/lots/1", headers=cookie)).json()["headers"]
    assert seen["authorization"].startswith("Bearer ey")


async def test_who_is_signed_in_may_sign_in_as_somebody_else(house: House) -> None:
    given = {"cookie": "sunfair_session=good-session", "origin": "http://sunfair.test"}
    form = {"username": "another", "password": "secret"}
    response = await house.client.post("/zh/sign-in", headers=given, data=form)
    assert (response.status_code, response.headers["location"]) == (303, "/zh/desk")
    assert "sunfair_session=new-session" in response.headers["set-cookie"]
    foreign = given | {"origin": "https://evil.example"}
    assert (await house.client.post("/zh/sign-in", headers=foreign, data=form)).status_code == 403


async def test_who_once_watched_a_room_reads_public_answers_from_the_cache_as_everybody_does(
    house: House, echo: Echo
) -> None:
    kept = (await house.client.get("/api/v1/regions")).json()
    watcher = {"cookie": "sunfair_device=somebody; sunfair_viewer=somebody"}
    assert (await house.client.get("/api/v1/regions", headers=watcher)).json() == kept
    asked = echo.asked
    both = {"cookie": "sunfair_device=somebody; sunfair_session=good-session"}
    assert (await house.client.get("/api/v1/regions", headers=both)).json() != kept
    assert echo.asked > asked


async def test_an_unsafe_call_with_a_cookie_from_another_site_is_refused(house: House) -> None:
    cookie = {"cookie": "sunfair_session=good-session"}
    foreign = cookie | {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    is_problem(await house.client.post("/api/v1/lots", headers=foreign, json={}), 403, "not-allowed")
    own = cookie | {"origin": "http://sunfair.test", "sec-fetch-site": "same-origin"}
    assert (await house.client.post("/api/v1/lots", headers=own, json={})).status_code == 200


async def test_a_body_over_the_limit_is_refused_before_any_service_sees_it(house: House, echo: Echo) -> None:
    before = echo.asked
    response = await house.client.post("/api/v1/lots", content=b" " * (9 * 1024 * 1024))
    is_problem(response, 413, "body-too-large")
    assert echo.asked == before


async def test_public_reads_are_answered_from_the_cache_until_the_service_speaks(house: House) -> None:
    first = (await house.client.get("/api/v1/regions")).json()
    assert (await house.client.get("/api/v1/regions")).json() == first
    house.door.cache.purge("catalog")
    assert (await house.client.get("/api/v1/regions")).json() != first


async def test_the_cache_knows_the_order_of_a_query_does_not_matter_and_the_language_does(house: House) -> None:
    first = (await house.client.get("/api/v1/regions?a=1&b=2")).json()
    assert (await house.client.get("/api/v1/regions?b=2&a=1")).json() == first
    assert (await house.client.get("/api/v1/regions?a=1&b=2", headers={"accept-language": "zh"})).json() != first


async def test_the_cache_answers_304_to_whoever_holds_the_same_bytes(house: House) -> None:
    await house.client.get("/api/v1/regions")
    response = await house.client.get("/api/v1/regions", headers={"if-none-match": '"one"'})
    assert (response.status_code, response.content) == (304, b"")


async def test_a_signed_in_request_never_meets_the_cache(house: House, tokens: Tokens) -> None:
    anonymous = (await house.client.get("/api/v1/regions")).json()
    signed_in = await house.client.get("/api/v1/regions", headers=tokens.headers("operator"))
    assert signed_in.json() != anonymous
    assert (await house.client.get("/api/v1/regions")).json() == anonymous


async def test_an_address_that_asks_too_often_is_told_when_to_come_back(house: House) -> None:
    for _ in range(50):
        response = await house.client.get("/api/v1/search")
    assert response.headers["ratelimit"].startswith('"address";r=')
    refused = await house.client.get("/api/v1/search")
    is_problem(refused, 429, "too-many-requests")
    assert int(refused.headers["retry-after"]) >= 1


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/nonsense", "/zh/sign-in", "/static/sunfair.css"])
async def test_every_answer_carries_the_security_headers(house: House, path: str) -> None:
    response = await house.client.get(path)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "unsafe-inline" not in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-request-id"]


async def test_a_service_that_is_down_is_a_503_problem_that_says_to_try_again(tmp_path: Path, echo: Echo) -> None:
    async with open_house({"accounts": echo}, tmp_path) as house:
        response = await house.client.get("/api/v1/search")
        is_problem(response, 503, "unavailable")
        assert response.headers["retry-after"]
        ready = await house.client.get("/readyz")
        assert ready.status_code == 503
        assert "catalog" in ready.json()["waiting"]


async def test_the_forwarded_address_is_believed_only_from_a_trusted_proxy(tmp_path: Path, echo: Echo) -> None:
    async with open_house({"catalog": echo}, tmp_path, trusted_proxies="203.0.113.0/24, 10.0.0.0/8") as house:
        forwarded = {"x-forwarded-for": "198.51.100.9, 10.1.1.1"}
        headers = (await house.client.get("/api/v1/lots/1", headers=forwarded)).json()["headers"]
        assert headers["x-client-address"] == "198.51.100.9"


async def test_the_root_sends_a_visitor_to_their_language(house: House) -> None:
    chinese = await house.client.get("/", headers={"accept-language": "zh-CN"})
    english = await house.client.get("/", headers={"accept-language": "en"})
    assert (chinese.headers["location"], english.headers["location"]) == ("/zh/", "/en/")


async def test_the_published_keys_are_those_of_the_signers(house: House, tokens: Tokens) -> None:
    keys = (await house.client.get("/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in keys] == [tokens.key.kid]
    assert all("d" not in key for key in keys)
    json.dumps(keys)
