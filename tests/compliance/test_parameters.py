"""Values between two releases: proposed by one organ, published by another, in force from their day, for everyone."""

import ast
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.compliance.actions.standing import ask_what_is_due
from services.compliance.rules.law import start_of
from services.compliance.rules.revision import RELEASE, ruleset_revision
from services.kit import clock
from tests.apps import ServiceUnderTest, Tokens
from tests.compliance.present import ADMINISTRATOR, REVIEWER, Present, moved, proposal, today
from tests.compliance.rules.documents import document

ENOUGH = "adm.suppliers.enough"
IN_TEN_DAYS = timedelta(days=10)
LAW: dict[str, Any] = {"basis": "law", "source": "某某办法", "article": "第八条"}
REASONS = {"reason_zh": "再议。", "reason_en": "To be thought about again."}


@pytest.fixture
async def present(service: ServiceUnderTest, tokens: Tokens) -> Present:
    """The case in the present, with a lot that passes."""
    case = Present(service, tokens)
    await case.prepare()
    await case.list_now()
    return case


async def suppliers(case: Present, days: int = 0) -> dict[str, Any]:
    """What the gate says of four suppliers so many days from now."""
    body = {
        "stage": "listing",
        "rules": ["adm.suppliers"],
        "at": (clock.now() + timedelta(days=days)).isoformat(),
        "facts": moved(document()),
    }
    return await case.post("/checks", body, {}, 200)


async def test_a_value_is_proposed_by_one_organ_published_by_another_and_holds_from_its_day(present: Present) -> None:
    change = await present.propose()
    assert (change["state"], change["proposed_by_organ"], change["value_before"]) == ("proposed", REVIEWER.name, 3)
    assert (await suppliers(present, 10))["outcome"] == "pass"
    await present.weigh()
    published = await present.publish(change)
    assert (published["state"], published["in_effect"]) == ("published", False)
    assert (published["published_by_organ"], published["published_on"]) == (ADMINISTRATOR.name, today().isoformat())
    assert (await suppliers(present, 9))["outcome"] == "pass"
    later = await suppliers(present, 10)
    assert (later["outcome"], later["results"][0]["parameters"][ENOUGH]) == ("review", 5)
    (event,) = await present.service.said("compliance.parameter.published")
    assert (event["name"], event["rule"], event["value"], event["revision"]) == (ENOUGH, "adm.suppliers", 5, 1)
    assert event["from_on"] == (today() + IN_TEN_DAYS).isoformat()


async def test_a_future_value_shortens_what_is_decided_today(present: Present) -> None:
    assert (await suppliers(present))["valid_until"] is None
    await present.published()
    answer = await suppliers(present)
    assert datetime.fromisoformat(answer["valid_until"]) == start_of(today() + IN_TEN_DAYS)
    assert answer["ruleset"] != ruleset_revision()


async def test_what_stands_is_asked_again_and_runs_out_on_the_day(present: Present) -> None:
    before = (await present.decisions("lot"))[-1]
    await present.published()
    await ask_what_is_due(present.service.database, present.service.app.state.surroundings)
    after = (await present.decisions("lot"))[-1]
    assert after["entity_id"] != before["entity_id"]
    assert datetime.fromisoformat(after["valid_until"]) <= start_of(today() + IN_TEN_DAYS).astimezone(UTC)


async def test_rules_documents_and_replay_speak_of_the_current_revision(present: Present) -> None:
    (decided,) = await present.decisions("lot")
    old = await present.get("/rules/adm.suppliers")
    change = await present.published("quality.docs.test_days", 1, from_on=today().isoformat(), **LAW)
    assert change["in_effect"]
    replay = await present.get(f"/decisions/{decided['entity_id']}/replay")
    assert (replay["same"], replay["outcome_then"], replay["outcome_now"]) == (False, "pass", "review")
    assert [each["rule"] for each in replay["changes"]] == ["quality.docs"]
    rule = await present.get("/rules/quality.docs")
    values = next(each for each in rule["parameters"] if each["name"] == "quality.docs.test_days")["values"]
    assert values[-1] | {"in_force": True} == values[-1]
    assert (values[-1]["value"], values[-1]["source"], values[-1]["basis"]) == (1, "某某办法 第八条", "law")
    assert values[-1]["change_id"] == change["id"]
    assert rule["ruleset"] == replay["ruleset_now"] != old["ruleset"]
    assert (await present.get("/rules"))["ruleset"] == rule["ruleset"]


async def test_a_value_of_law_that_holds_already_is_asked_of_what_stands_at_once(present: Present) -> None:
    await present.published("quality.docs.test_days", 1, from_on=today().isoformat(), **LAW)
    await ask_what_is_due(present.service.database, present.service.app.state.surroundings)
    assert (await present.decisions("lot"))[-1]["outcome"] == "review"


async def test_procedure_and_reports_keep_the_days_that_were_published(present: Present) -> None:
    for name, value in (
        ("people.appeal.file_working_days", 12),
        ("people.appeal.decide_working_days", 4),
        ("complaint.sla.acknowledge_hours", 12),
        ("complaint.sla.decide_days", 5),
    ):
        await present.published(name, value, from_on=today().isoformat(), **LAW)
    counts = await present.get("/appeals/counts")
    assert (counts["file_working_days"], counts["decide_working_days"]) == (12, 4)
    terms = await present.get("/reports/terms")
    assert (terms["acknowledge_hours"], terms["decide_days"]) == (12, 5)


async def test_nobody_publishes_what_they_or_their_organ_proposed(present: Present) -> None:
    change = await present.propose()
    await present.weigh()
    own = await present.publish(change, 403, "reviewer-1")
    same_organ = await present.publish(change, 403, "reviewer-2")
    path = f"/parameter-changes/{change['id']}/publish"
    same_person = await present.post(path, None, present.keeper("administrator", person="p-reviewer-1"), 403)
    for refused in (own, same_organ, same_person):
        assert refused["type"].endswith("/own-case")
    assert REVIEWER.name in same_organ["detail"]
    assert (await present.get(f"/parameter-changes/{change['id']}"))["state"] == "proposed"


async def test_only_those_who_keep_the_rules_propose_and_each_for_an_organ(present: Present) -> None:
    operator = present.headers("operator", at=None) | {"Idempotency-Key": "1"}
    assert (await present.post("/parameter-changes", proposal(), operator, 403))["type"].endswith("/not-allowed")
    nobody = present.keeper("reviewer-9", key="2")
    assert (await present.post("/parameter-changes", proposal(), nobody, 403))["type"].endswith("/organ-unknown")
    keyless = await present.post("/parameter-changes", proposal(), present.keeper(), 400)
    assert keyless["type"].endswith("/idempotency-key-missing")
    await present.post("/parameter-changes", proposal(), {"Idempotency-Key": "3"}, 401)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "adm.suppliers.enugh"}, "name"),
        ({"value": 4.5}, "value"),
        ({"value": "5"}, "value"),
        ({"value": None}, "value"),
        ({"value": [[[[]]]]}, "value"),
        ({"value": 10**30}, "value"),
        ({"value": 3}, "value"),
        ({"from_on": "2020-01-01"}, "from_on"),
        ({"basis": "law"}, "source"),
        ({"basis": "law", "source": "某某办法"}, "article"),
    ],
)
async def test_what_cannot_be_law_is_refused_beside_its_field(
    present: Present, wrong: dict[str, Any], field: str
) -> None:
    refused = await present.post("/parameter-changes", proposal() | wrong, present.keeper(key="k"), 422)
    assert refused["type"].endswith("/parameter-change-invalid")
    assert [error["field"] for error in refused["errors"]] == [field]


async def test_our_own_value_needs_seven_days_whatever_clock_somebody_sets(present: Present) -> None:
    early = proposal(from_on=(today() + timedelta(days=6)).isoformat())
    headers = present.tokens.headers(
        "reviewer", at=clock.now() - timedelta(days=60), account_id="reviewer-1", person="p-reviewer-1"
    )
    refused = await present.post("/parameter-changes", early, headers | {"Idempotency-Key": "k"}, 422)
    assert refused["errors"][0]["field"] == "from_on"
    assert (today() + timedelta(days=7)).isoformat() in refused["detail"]
    on_the_day = proposal(from_on=(today() + timedelta(days=7)).isoformat())
    await present.post("/parameter-changes", on_the_day, present.keeper(key="k2"))


async def test_a_proposal_that_waited_too_long_cannot_be_published(present: Present) -> None:
    change = await present.propose(from_on=(today() + timedelta(days=7)).isoformat())
    await present.weigh()
    async with present.service.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE compliance.parameter_change SET from_on = from_on - 1"))
    refused = await present.publish(change, 409)
    assert refused["type"].endswith("/parameter-change-moved")


async def test_the_same_proposal_twice_is_told_the_first(present: Present) -> None:
    change = await present.propose()
    again = await present.post("/parameter-changes", proposal(), present.keeper("reviewer-2", key="other"), 409)
    assert again["change_id"] == change["id"]
    repeated = await present.propose()
    assert repeated["id"] == change["id"]


async def test_nothing_is_published_before_it_is_known_what_it_changes(present: Present) -> None:
    change = await present.propose()
    refused = await present.publish(change, 409)
    assert refused["type"].endswith("/impact-unknown")
    await present.weigh()
    assert (await present.publish(change))["state"] == "published"
    assert (await present.publish(change, 409))["type"].endswith("/parameter-change-moved")


async def test_a_publication_has_every_open_proposal_weighed_anew(present: Present) -> None:
    first, second = await present.propose(), await present.propose("adm.suppliers.households", 60)
    await present.weigh()
    await present.publish(first)
    assert (await present.publish(second, 409))["type"].endswith("/impact-unknown")
    await present.weigh()
    await present.publish(second)
    (_, event) = await present.service.said("compliance.parameter.published")
    assert event["revision"] == 2


async def test_a_value_is_withdrawn_before_its_day_and_not_after(present: Present) -> None:
    change = await present.published()
    path = f"/parameter-changes/{change['id']}/withdraw"
    withdrawn = await present.post(path, REASONS, present.keeper(), 200)
    assert (withdrawn["state"], withdrawn["withdrawal"]["en"]) == ("withdrawn", REASONS["reason_en"])
    assert (await suppliers(present, 10))["outcome"] == "pass"
    assert (await suppliers(present))["ruleset"] == ruleset_revision()
    (event,) = await present.service.said("compliance.parameter.withdrawn")
    assert (event["entity_id"], event["version"], event["revision"]) == (change["id"], 3, 2)
    assert (await present.post(path, REASONS, present.keeper(), 409))["type"].endswith("/parameter-change-moved")
    law = await present.published("quality.docs.test_days", 45, from_on=today().isoformat(), **LAW)
    late = await present.post(f"/parameter-changes/{law['id']}/withdraw", REASONS, present.keeper(), 409)
    assert today().isoformat() in late["detail"]


async def test_everyone_sees_every_state(present: Present) -> None:
    proposed, published = await present.propose(), await present.propose("adm.suppliers.households", 60)
    await present.weigh()
    await present.publish(published)
    listed = await present.get("/parameter-changes")
    assert [(item["id"], item["state"]) for item in listed["items"]] == [
        (published["id"], "published"),
        (proposed["id"], "proposed"),
    ]
    only = await present.get("/parameter-changes", state="proposed", name=ENOUGH)
    assert [item["id"] for item in only["items"]] == [proposed["id"]]
    page = await present.get("/parameter-changes", limit=1)
    rest = await present.get("/parameter-changes", limit=1, cursor=page["next"])
    assert [item["id"] for item in rest["items"]] == [proposed["id"]]
    assert "p-reviewer-1" not in json.dumps(listed)
    missing = await present.service.client.get("/parameter-changes/nothing")
    assert missing.status_code == 404


async def publish_by_hand(case: Present, name: str, release: str) -> None:
    """A row as a replica of another release would write it."""
    change = await case.propose()
    async with case.service.database.sessions.begin() as db:
        await db.execute(
            sa.text(
                "UPDATE compliance.parameter_change SET state = 'published', name = :name, release = :release, "
                "published_on = :today, publisher_person = 'x', publisher_organ = '{\"name\": \"x\"}' WHERE id = :id"
            ),
            {"name": name, "release": release, "today": today(), "id": change["id"]},
        )
        await db.execute(sa.text("UPDATE compliance.rulebook SET revision = 1, values_sha256 = repeat('0', 64)"))


async def test_a_replica_that_lacks_the_current_revision_answers_503_and_never_an_old_one(present: Present) -> None:
    await publish_by_hand(present, "adm.brand_new.number", "9999.1.0")
    body = {"stage": "listing", "rules": ["adm.suppliers"], "facts": moved(document())}
    headers = present.headers("reviewer", at=None)
    (lot,) = await present.decisions("lot")
    answers = [
        await present.service.client.post("/checks", json=body),
        await present.service.client.post("/checks:batch", json={"checks": [body]}),
        await present.service.client.get("/rules"),
        await present.service.client.get("/rules/adm.suppliers"),
        await present.service.client.get(f"/decisions/{lot['entity_id']}/replay", headers=headers),
    ]
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["type"].rsplit("/", 1)[-1] for answer in answers} == {"rulebook-not-current"}
    assert {answer.headers["retry-after"] for answer in answers} == {"5"}
    known = await present.service.client.get(f"/decisions/{lot['entity_id']}")
    assert known.status_code == 200


async def test_a_value_that_a_later_release_did_away_with_is_left_out(present: Present) -> None:
    await publish_by_hand(present, "adm.long_gone.number", "2020.1.0")
    assert (await suppliers(present))["ruleset"] == ruleset_revision()
    assert RELEASE != "2020.1.0"


async def test_a_value_written_back_into_the_release_gives_no_further_revision(present: Present) -> None:
    await publish_by_hand(present, ENOUGH, RELEASE)
    async with present.service.database.sessions.begin() as db:
        await db.execute(
            sa.text(
                "UPDATE compliance.parameter_change SET value = '3', from_on = '2020-01-01', basis = 'platform', "
                "published_on = '2019-12-01'"
            )
        )
    assert (await suppliers(present))["ruleset"] == ruleset_revision()


async def test_the_present_state_can_be_told_again(present: Present) -> None:
    first = await present.published()
    second = await present.published("adm.suppliers.households", 60)
    await present.post(f"/parameter-changes/{first['id']}/withdraw", REASONS, present.keeper(), 200)
    headers = present.tokens.headers("administrator")
    body = {"entity": "parameter_change", "since": "2020-01-01T00:00:00+08:00"}
    told = await present.post("/admin/republish", body, headers, 200)
    assert told["count"] == 2
    assert (await present.service.said("compliance.parameter.withdrawn"))[-1]["entity_id"] == first["id"]
    assert (await present.service.said("compliance.parameter.published"))[-1]["entity_id"] == second["id"]


async def test_a_listing_heard_after_a_publication_is_decided_by_it(present: Present) -> None:
    await present.published()
    await present.list_now("LOT-B-1")
    announced = (await present.decisions("lot"))[-1]
    assert announced["about"]["id"] == "LOT-B-1"
    assert announced["ruleset"] == (await suppliers(present))["ruleset"]


def test_whatever_decides_names_the_parameters_it_decides_by() -> None:
    """A question that names none would silently be decided by the release's alone."""
    wanted: dict[str, str | int] = {
        "Question": "parameters",
        "replayed": 3,
        "describe_rule": 3,
        "ruleset_revision": 1,
        "decide": "parameters",
    }
    silent = []
    for path in sorted((Path(__file__).parents[2] / "services/compliance/actions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in wanted and isinstance(node, ast.Call) and not _names(node, wanted[name]):
                silent.append(f"{path.name}:{node.lineno} {name}")
    assert silent == []


def _names(call: ast.Call, wanted: str | int) -> bool:
    named = "parameters" in [keyword.arg for keyword in call.keywords]
    return named or (isinstance(wanted, int) and len(call.args) >= wanted)
