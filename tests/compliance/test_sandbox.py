"""The simulated broadcast: each step has the answer that it promises, as a try, and only who asked is told."""

import pytest

from services.compliance.domain.sandbox import steps
from tests.apps import ServiceUnderTest, Tokens
from tests.conftest import ServiceOf

NAMES = [step.name for step in steps()]


@pytest.fixture
async def gate(service_app: ServiceOf) -> ServiceUnderTest:
    return await service_app("compliance")


@pytest.mark.parametrize("name", NAMES)
async def test_every_step_is_answered_as_it_promises_and_stays_a_try(
    gate: ServiceUnderTest, tokens: Tokens, name: str
) -> None:
    said = (await gate.client.post(f"/sandbox/broadcast/{name}", headers=tokens.headers("platform"))).json()
    expected = next(step for step in steps() if step.name == name).expected
    held = [(each["rule"], each["reason_code"]) for each in said["results"] if each["result"] in ("review", "fail")]
    assert said["outcome"] == expected, held
    assert (said["trial"], said["binding"], said["clearance"]) == (True, False, None)


async def test_the_steps_lead_through_every_stage_and_every_answer_in_both_languages(gate: ServiceUnderTest) -> None:
    shown = (await gate.client.get("/sandbox/broadcast")).json()
    assert [step["name"] for step in shown["steps"]] == NAMES
    assert {step["stage"] for step in shown["steps"]} == {"listing", "filing", "golive", "onair", "post"}
    assert {step["expected"] for step in shown["steps"]} == {"pass", "review", "fail"}
    assert all(
        step[words][language] for step in shown["steps"] for words in ("text", "do") for language in ("zh", "en")
    )


async def test_the_webhooks_of_who_asks_are_told_and_told_that_it_is_simulated(
    gate: ServiceUnderTest, tokens: Tokens
) -> None:
    headers = tokens.headers("platform", account_id="one")
    hooks = []
    for account in ("one", "another"):
        own = tokens.headers("platform", account_id=account)
        body = {"url": "https://example.org/hook", "kinds": ["decision.changed"], "region_codes": ["340000"]}
        made = await gate.client.post("/webhooks", json=body, headers=own | {"Idempotency-Key": account})
        assert made.status_code == 201, made.text
        hooks.append((made.json()["id"], own))
    await gate.client.post("/sandbox/broadcast/panel-covered", headers=headers)
    told = []
    for hook, own in hooks:
        answer = await gate.client.get(f"/webhooks/{hook}/deliveries", headers=own)
        assert answer.status_code == 200, answer.text
        told.append([each["body"]["data"] for each in answer.json()["items"]])
    assert [(each["simulated"], each["step"], each["outcome"]) for each in told[0]] == [(True, "panel-covered", "fail")]
    assert told[1] == []


@pytest.mark.parametrize(("name", "status"), [("no-such-step", 404), ("UPPER", 422), ("x" * 41, 422)])
async def test_a_step_that_does_not_exist_is_refused(gate: ServiceUnderTest, name: str, status: int) -> None:
    assert (await gate.client.post(f"/sandbox/broadcast/{name}")).status_code == status
