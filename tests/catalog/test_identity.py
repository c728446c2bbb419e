"""A register outside vouches for a producer: by its signature, for that producer alone, and only while it holds."""

from typing import Any

import pytest

from services.catalog.actions.identity import CLAIM_AUDIENCE, CLAIM_TYPE
from services.kit import clock
from services.kit import tokens as kit
from tests.apps import Tokens
from tests.catalog.market import CODES, Json, Market, listing_body, lot_body
from tests.conftest import ServiceOf

REGISTER, OTHER = "https://register.example", "https://other.example"
KEYS = {REGISTER: kit.new_signing_key(), OTHER: kit.new_signing_key()}


@pytest.fixture
async def market(service_app: ServiceOf, tokens: Tokens) -> Market:
    known = {issuer: [key.public_jwk] for issuer, key in KEYS.items()}
    return Market(await service_app("catalog", registry_keys=known), tokens)


def claim(issuer: str = REGISTER, key: kit.SigningKey | None = None, typ: str = CLAIM_TYPE, **changes: Any) -> str:
    now = int(clock.now().timestamp())
    told = {"iss": issuer, "aud": CLAIM_AUDIENCE, "sub": CODES[0], "iat": now - 60, "exp": now + 600}
    told |= {"name": "砀山演示一号农民专业合作社", "standing": "active"} | changes
    return kit.sign({name: value for name, value in told.items() if value is not None}, key or KEYS[issuer], typ)


async def take(market: Market, producer: Json, said: str, status: int = 200, headers: Json | None = None) -> Json:
    return await market.post(f"/producers/{producer['id']}/claims", {"claim": said}, status, headers)


async def test_the_words_of_a_register_stand_in_place_of_what_was_typed(market: Market) -> None:
    producer = await market.producer(abnormal_operation=True)
    taken = await take(market, producer, claim(licence_expires_on="2031-05-01"))
    assert (taken["verified_by"], taken["abnormal_operation"], taken["serious_dishonesty"]) == (REGISTER, False, False)
    assert (taken["licence"]["name"], taken["licence"]["expires_on"]) == (producer["name"], "2031-05-01")
    assert taken["licence"]["long_term"] is False
    newest = (await market.get(f"/edits/producer/{producer['id']}", public=True))["items"][0]
    assert newest["action"] == "verified"
    assert "verified_by" in [each["field"] for each in newest["changes"]]
    specialty = await market.specialty()
    draft = await market.post("/listings", listing_body(specialty["id"], [lot_body(producer["id"])]))
    await market.post(f"/listings/{draft['id']}/submit", {})
    seller = (await market.service.said("catalog.listing.submitted"))[-1]["lots"][0]["facts"]["seller"]
    assert (seller["licence_expires_on"], seller["abnormal_operation"]) == ("2031-05-01", False)


@pytest.mark.parametrize(
    ("standing", "field"), [("abnormal", "abnormal_operation"), ("dishonest", "serious_dishonesty")]
)
async def test_the_lists_of_a_register_are_taken_over(market: Market, standing: str, field: str) -> None:
    taken = await take(market, await market.producer(), claim(standing=standing))
    assert taken[field] is True
    assert taken["licence"]["long_term"] is True


async def test_who_was_struck_off_has_no_licence_that_runs(market: Market) -> None:
    taken = await take(market, await market.producer(), claim(standing="struck_off"))
    assert taken["licence"]["expires_on"] < taken["verified_at"][:10]


async def test_what_an_office_types_afterwards_is_no_longer_the_registers_word(market: Market) -> None:
    producer = await market.producer()
    await take(market, producer, claim())
    body = {name: producer[name] for name in ("name", "kind", "uscc", "seller_type", "verified_at")}
    typed = await market.put(f"/producers/{producer['id']}", body | {"region_code": producer["region"]["code"]})
    assert typed["verified_by"] is None


@pytest.mark.parametrize(
    ("changes", "status", "kind"),
    [
        ({"exp": 1_600_000_000}, 422, "claim-refused"),
        ({"exp": None}, 422, "claim-refused"),
        ({"aud": "sunfair"}, 422, "claim-refused"),
        ({"typ": "at+jwt"}, 422, "claim-refused"),
        ({"standing": "splendid"}, 422, "claim-refused"),
        ({"name": None}, 422, "claim-refused"),
        ({"licence_expires_on": "soon"}, 422, "claim-refused"),
        ({"key": KEYS[OTHER]}, 422, "claim-refused"),
        ({"key": kit.new_signing_key()}, 409, "register-unknown"),
        ({"sub": CODES[1]}, 409, "claim-of-another"),
        (None, 422, "claim-refused"),
    ],
    ids=["old", "endless", "audience", "type", "standing", "nameless", "day", "issuer", "stranger", "another", "noise"],
)
async def test_a_claim_that_does_not_hold_changes_nothing(
    market: Market, changes: Json | None, status: int, kind: str
) -> None:
    producer = await market.producer()
    said = claim(**changes) if changes is not None else "no-token-at-all-but-long-enough"
    assert (await take(market, producer, said, status))["type"].endswith(f"/{kind}")
    assert (await market.get(f"/producers/{producer['id']}"))["version"] == producer["version"]


async def test_a_claim_is_handed_in_by_the_county_or_the_platform(market: Market) -> None:
    producer = await market.producer()
    await take(market, producer, claim(), 403, market.headers("operator", scopes=("610722",)))
    await take(market, producer, claim(), 403, market.headers("buyer"))
