"""Clearances, verified as a stranger would: with the published keys and a JOSE library, and nothing of ours."""

import json
from datetime import datetime
from typing import Any

import pytest
from jose import jwt
from jose.exceptions import JOSEError

from services.compliance.actions.clearances import ensure_clearance_key
from services.kit import clock
from tests.apps import ServiceUnderTest, Tokens
from tests.compliance.rules.documents import document
from tests.compliance.test_checks import platform


def passing(**changes: Any) -> dict[str, Any]:
    """A question that passes today whatever the day: nothing on air shows an official."""
    return {
        "stage": "onair",
        "facts": today(),
        "subject": {"kind": "broadcast", "id": "B-1"},
        "clearance": True,
    } | changes


def today() -> dict[str, Any]:
    """Facts of the Dangshan case with every day moved to the present."""
    moved = clock.now() - datetime.fromisoformat("2020-03-02T20:00:00+08:00")

    def move(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: move(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [move(item, name) for item in value]
        if isinstance(value, str) and name.endswith("_at"):
            return (datetime.fromisoformat(value) + moved).isoformat(timespec="seconds")
        if isinstance(value, str) and name.endswith("_on"):
            return (datetime.fromisoformat(f"{value}T00:00:00+08:00") + moved).date().isoformat()
        return value

    facts = move(document())
    for name in ("texts", "media"):
        facts[name] = []
    return dict(facts)


async def ask(service: ServiceUnderTest, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    answer = await service.client.post("/checks", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_a_reviewers_word_that_the_caller_brings_opens_no_door(service: ServiceUnderTest, tokens: Tokens) -> None:
    word = {"rule": "price.label", "reason_code": "comparison_without_source", "resolved_by_organ": "某局"}
    said = await ask(service, passing(facts={**today(), "resolutions": [word]}), platform(tokens))
    assert (said["outcome"], said.get("clearance")) == ("pass", None)


async def test_an_override_that_the_caller_brings_opens_no_door(service: ServiceUnderTest, tokens: Tokens) -> None:
    word = {"rule": "adm.company_text", "reason_code": "brand", "proposed_by_organ": "甲", "confirmed_by_organ": "乙"}
    said = await ask(service, passing(facts={**today(), "overrides": [word]}), platform(tokens))
    assert (said["outcome"], said.get("clearance")) == ("pass", None)


async def test_a_stranger_verifies_a_clearance_with_the_published_keys(
    service: ServiceUnderTest, tokens: Tokens
) -> None:
    said = await ask(service, passing(), platform(tokens))
    assert said["outcome"] == "pass", [r for r in said["results"] if r["result"] in ("review", "fail")]
    jwks = json.loads((await service.client.get("/jwks")).text)

    header = jwt.get_unverified_header(said["clearance"])
    key = next(key for key in jwks["keys"] if key["kid"] == header["kid"])
    claims = jwt.decode(
        said["clearance"], key, algorithms=["ES256"], audience="sunfair:clearance", issuer="sunfair:compliance"
    )

    assert (header["alg"], header["typ"]) == ("ES256", "sunfair-clearance+jwt")
    assert claims["sub"] == "broadcast:B-1"
    assert {name: claims[name] for name in ("stage", "decision_id", "facts_sha256", "ruleset")} == {
        name: said[name] for name in ("stage", "decision_id", "facts_sha256", "ruleset")
    }
    assert claims["basis"] == "asserted"
    assert claims["exp"] - claims["nbf"] <= 24 * 3600
    with pytest.raises(JOSEError):
        jwt.decode(said["clearance"][:-6] + "AAAAAA", key, algorithms=["ES256"], audience="sunfair:clearance")


@pytest.mark.parametrize(
    "reason", ["not asked", "rules", "at", "test key", "trial", "anonymous", "set clock", "review"]
)
async def test_no_clearance_is_given_without_every_condition(
    service: ServiceUnderTest, tokens: Tokens, reason: str
) -> None:
    body, headers = passing(), platform(tokens)
    if reason == "not asked":
        body["clearance"] = False
    elif reason == "rules":
        body["rules"] = ["price.label"]
    elif reason == "at":
        body["at"] = clock.now().isoformat(timespec="seconds")
    elif reason == "trial":
        body["trial"] = True
    elif reason == "test key":
        headers = platform(tokens, test_key=True)
    elif reason == "anonymous":
        headers = {}
    elif reason == "set clock":
        headers = platform(tokens, may_set_clock=True) | {"Sunfair-Clock": clock.now().isoformat()}
    else:
        del body["facts"]["seller"]
    assert (await ask(service, body, headers))["clearance"] is None


async def test_replicas_share_one_key_that_stays_published(service: ServiceUnderTest) -> None:
    around = service.app.state.surroundings
    async with service.database.sessions.begin() as db:
        again = await ensure_clearance_key(db, around)
    assert again.kid == around.clearance_key.kid
    (published,) = await service.said("compliance.key.published")
    assert (published["jwk"]["kid"], published["issuer"], published["not_after"]) == (
        again.kid,
        "sunfair:compliance",
        None,
    )
    assert "d" not in published["jwk"]
