"""The right of reply: the region answers a finding, somebody without a part in it decides; the record tells both."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from bench.integrity import after_sales, bought_orders
from services.contracts.compliance import OverrideConfirmed
from services.disclosure.actions.preparing import prepare_next
from services.disclosure.domain.duties import DECIDE_DAYS, REPLY_DAYS
from services.disclosure.domain.replies import deadline, grade_as_decided, set_aside, told_since
from services.disclosure.models import Release
from services.disclosure.store.releases import add_release
from services.kit.ids import new_id
from tests.apps import ServiceUnderTest, Tokens, instant
from tests.conftest import ServiceOf
from tests.disclosure.announcing import parameter
from tests.disclosure.broadcasts import BROADCAST, account, ended, filing, listing, notes, order, sample, some_time_ago
from tests.disclosure.integrity.rooms import room
from tests.disclosure.simulated import Telling

LONG_AGO = Path(__file__).parent / "samples" / "release.json"
PATH = f"/disclosures/{BROADCAST}"
REASON = {"reason_zh": "经核对发票，成本填报有误。", "reason_en": "The invoices show that the cost was filed wrongly."}
TEXT = {"text_zh": "收购价录入时多写了一位。", "text_en": "A digit too many was typed into the farm-gate price."}
DUE = "UPDATE disclosure.course SET due_at = now() - interval '1 second' WHERE due_at IS NOT NULL"


class Region:
    """A record with a finding, the region that answers it, and a reviewer elsewhere."""

    def __init__(self, service: ServiceUnderTest, tokens: Tokens) -> None:
        self.service = service
        self.tokens = tokens

    def headers(self, *roles: str, **claims: Any) -> dict[str, str]:
        """How somebody comes; by default an operator of the county."""
        usual = {"scopes": ("341321",), "account_id": "clerk", "organ": "砀山县商务局"}
        made = self.tokens.headers(*(roles or ("operator",)), **(usual | claims))
        return made | {"Idempotency-Key": new_id(), "Accept-Language": "en"}

    def reviewer(self, **claims: Any) -> dict[str, str]:
        """A reviewer of the province."""
        usual = {"scopes": ("340000",), "account_id": "reviewer", "organ": "安徽省市场监督管理局"}
        return self.headers("reviewer", **(usual | claims))

    async def begin(self, *, days: float = 1) -> None:
        """A broadcast whose goods were sold below their declared cost."""
        at = some_time_ago(days=days)
        await self.service.hear(listing(farm_gate_fen=4_000), filing(), *notes(at))
        await self.service.hear(*(order(number, at) for number in range(60)), ended(at))
        await self.look()

    async def look(self) -> dict[str, Any]:
        """The newest release after another look."""
        async with self.service.database.sessions.begin() as db:
            await (await db.connection()).exec_driver_sql(DUE)
        await prepare_next(self.service.database, self.service.app.state.surroundings)
        return await self.newest()

    async def newest(self) -> dict[str, Any]:
        """The newest release."""
        document: dict[str, Any] = (await self.service.client.get(PATH)).json()
        return document

    async def reply(self, status: int = 201, headers: dict[str, str] | None = None, **said: Any) -> dict[str, Any]:
        """The region answers."""
        body = {"broadcast_id": BROADCAST, "abuse": "below_cost", **TEXT, **said}
        answer = await self.service.client.post("/replies", json=body, headers=headers or self.headers())
        assert answer.status_code == status, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def decide(
        self, reply: dict[str, Any], outcome: str, status: int = 200, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Somebody decides."""
        answer = await self.service.client.post(
            f"/replies/{reply['id']}/decide",
            json={"outcome": outcome, **REASON},
            headers=headers or self.reviewer(),
        )
        assert answer.status_code == status, answer.text
        decided: dict[str, Any] = answer.json()
        return decided


@pytest.fixture
async def region(service_app: ServiceOf, tokens: Tokens) -> Region:
    """Nothing yet."""
    return Region(await service_app("disclosure"), tokens)


async def test_an_answer_is_published_at_once_and_its_outcome_after_it(region: Region) -> None:
    await region.begin()
    assert [each["abuse"] for each in (await region.newest())["findings"]] == ["below_cost"]
    made = await region.reply()
    assert (made["state"], made["release"], made["organ"]) == ("open", 1, "砀山县商务局")
    second = await region.look()
    assert second["replies"][0]["text_en"] == TEXT["text_en"]
    assert [each["section"] for each in second["changes"]] == ["replies"]
    await region.decide(made, "rejected")
    third = await region.look()
    (told,) = third["replies"]
    assert (told["state"], told["reason_zh"], told["decided_by_organ"]) == (
        "rejected",
        REASON["reason_zh"],
        "安徽省市场监督管理局",
    )
    assert [each["abuse"] for each in third["findings"]] == ["below_cost"]
    assert [each["release"] for each in third["corrections"]] == [2, 3]


async def test_an_upheld_answer_takes_the_finding_back_with_an_apology_that_stays(region: Region) -> None:
    await region.begin()
    await region.decide(await region.reply(), "upheld")
    told = await region.look()
    assert told["findings"] == []
    assert told["replies"][0]["state"] == "upheld"
    assert "apology" in told["corrections"][-1]["why_en"]
    await region.service.hear(filing(version=99, title_en="Pears"))
    later = await region.look()
    assert next(each["why_en"] for each in later["corrections"]) == told["corrections"][-1]["why_en"]
    assert (await region.service.client.get(f"{PATH}/releases/1")).json()["findings"]


async def test_orders_of_a_finding_that_was_wrong_count_again(service_app: ServiceOf, tokens: Tokens) -> None:
    region = Region(await service_app("disclosure"), tokens)
    world, _, orders = room(seed=31, sessions=1500, orders=220)
    after_sales.fulfil(world, orders)
    bought_orders.brushed(world, 90, 0.0)
    telling = Telling(world, some_time_ago(days=2))
    await region.service.hear(*telling.events())
    found = (await region.look())["sales"]
    assert found["verified"]["orders"] < 240
    county = region.headers(scopes=(telling_region(await region.newest()),))
    made = await region.reply(headers=county, abuse="false_order")
    await region.decide(made, "upheld", headers=region.reviewer(scopes=()))
    told = await region.look()
    assert told["sales"]["verified"]["orders"] == told["sales"]["claimed"]["orders"]
    assert "What was found, or what was decided on a reply, has changed." in [
        why["en"] for each in told["changes"] if each["section"] == "sales" for why in each["why"]
    ]


def telling_region(document: dict[str, Any]) -> str:
    """The county of a record."""
    return str(document["broadcast"]["region_code"])


async def test_a_partly_upheld_answer_leaves_the_finding_under_review(region: Region) -> None:
    await region.begin()
    await region.decide(await region.reply(), "partly")
    told = await region.look()
    assert {each["grade"] for each in told["findings"]} == {"suspected"}
    assert all(each["exhibits"] == [] for each in told["findings"])


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"organ": "砀山县商务局"}, "the organ that answers"),
        ({"organ": "341300 人民政府"}, "the organ that approved"),
        ({"person": "person-of-approver-341300"}, "the approver"),
        ({"account_id": "operator-341321"}, "the applicant"),
        ({"organ": "推翻机关"}, "an organ that overruled the gate"),
        ({"account_id": "neighbour"}, "the region's own government"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_nobody_with_a_part_in_it_decides(region: Region, claims: dict[str, str], why: str) -> None:
    await region.begin()
    made = await region.reply()
    overruled = sample(
        OverrideConfirmed, about_kind="filing", about_id=filing().entity_id, proposed_by_organ="推翻机关"
    )
    organ = {"name": "砀山县农业农村局", "kind": "government_department", "level": "county", "region_code": "341321"}
    await region.service.hear(overruled, account("neighbour", "王五", organ=organ))
    refused = await region.decide(made, "upheld", 403, region.reviewer(**claims))
    assert refused["type"].endswith("/own-case"), why
    shown = await region.service.client.get(f"/replies/{made['id']}", headers=region.reviewer(**claims))
    assert shown.json()["part_in_it"] is True


async def test_a_finding_is_answered_once_and_a_reply_decided_once(region: Region) -> None:
    await region.begin()
    made = await region.reply()
    assert (await region.reply(409))["type"].endswith("/reply-given")
    await region.decide(made, "rejected")
    assert (await region.decide(made, "upheld", 409))["type"].endswith("/reply-decided")
    await region.look()
    assert (await region.reply(409))["type"].endswith("/reply-given")


async def test_what_was_not_found_cannot_be_answered(region: Region) -> None:
    await region.begin()
    assert (await region.reply(409, abuse="water_army"))["type"].endswith("/nothing-to-answer")
    assert "There is no broadcast nothing" in (await region.reply(404, broadcast_id="nothing"))["detail"]


async def test_another_region_neither_answers_nor_reads(region: Region) -> None:
    await region.begin()
    elsewhere = region.headers(scopes=("110101",))
    assert (await region.reply(403, elsewhere))["type"].endswith("/wrong-region")
    made = await region.reply()
    answer = await region.service.client.get(f"/replies/{made['id']}", headers=elsewhere)
    assert answer.status_code == 403
    assert (await region.service.client.get("/replies", headers=elsewhere)).json()["items"] == []
    assert (await region.service.client.get(f"/records/{BROADCAST}", headers=elsewhere)).status_code == 403


async def test_a_reply_that_comes_too_late_is_told_until_when_it_could_come(region: Region) -> None:
    at = some_time_ago(days=2)
    await region.service.hear(listing(), filing(), ended(at))
    old = json.loads(LONG_AGO.read_bytes()) | {"released_at": "2026-09-28T00:00:00Z"}
    made = Release(
        broadcast_id=BROADCAST,
        number=old["number"],
        stage="summary",
        released_at=at,
        sha256="ab" * 32,
        body=json.dumps(old).encode(),
        basis=b"",
    )
    async with region.service.database.sessions.begin() as db:
        await add_release(db, made)
    abuse = old["findings"][0]["abuse"]
    refused = await region.reply(409, abuse=abuse)
    assert refused["type"].endswith("/reply-too-late")
    # Of the ten working days the holidays of October are none.
    assert refused["until"].startswith("2026-10-16T18:00")
    told = (await region.service.client.get(f"/records/{BROADCAST}", headers=region.headers())).json()["answerable"]
    assert [each["may_reply"] for each in told if each["abuse"] == abuse] == [False]


async def test_the_clocks_are_those_that_were_published_for_the_day(region: Region) -> None:
    rule = {"rule": "people.reply", "from_on": "2026-01-01"}
    await region.service.hear(
        parameter(entity_id="one", name=REPLY_DAYS, value=2, **rule),
        parameter(entity_id="two", name=DECIDE_DAYS, value=3, **rule),
        # What will hold once the finding has been told for long binds nobody now.
        parameter(entity_id="three", name=REPLY_DAYS, value=30, rule="people.reply", from_on="2099-01-01"),
    )
    await region.begin()
    (row,) = (await region.service.client.get("/records", headers=region.headers())).json()["items"]
    released_at = datetime.fromisoformat((await region.newest())["released_at"])
    assert datetime.fromisoformat(row["answerable"][0]["reply_by"]) == deadline(released_at, 2)
    made = await region.reply()
    assert datetime.fromisoformat(made["decide_by"]) == deadline(datetime.fromisoformat(made["replied_at"]), 3)


@pytest.mark.parametrize(
    "said",
    [
        {"text_zh": ""},
        {"text_zh": "请致电13800138000。"},
        {"text_en": "Ask 341321197001011234 about it."},
        {"text_zh": "x" * 4_001},
        {"abuse": "UNION SELECT"},
        {"files": [{"sha256": "nothing", "name": "发票"}]},
        {"publish": True},
    ],
    ids=["empty", "telephone", "identity", "long", "other", "file", "unknown"],
)
async def test_a_bad_answer_is_refused_with_its_field(region: Region, said: dict[str, Any]) -> None:
    refused = await region.reply(422, **said)
    assert refused["errors"]


async def test_evidence_must_be_a_file_that_the_region_brought(region: Region) -> None:
    await region.begin()
    content = "发票".encode()
    digest = hashlib.sha256(content).hexdigest()
    files = [{"sha256": digest, "name": "收购发票"}]
    assert (await region.reply(422, files=files))["type"].endswith("/file-unknown")
    blobs = region.service.app.state.surroundings.blobs
    await blobs.put(content, owners=["341321"])
    made = await region.reply(files=files)
    kept = [file | {"public": False} for file in files]
    assert made["files"] == kept
    assert (await region.look())["replies"][0]["files"] == kept
    # Everybody reads that there is such a file, and the region did not publish it.
    assert (await region.service.client.get(f"{PATH}/files/{digest}")).status_code == 404


async def test_a_file_that_the_region_publishes_is_everybodys_once_a_release_tells_of_it(region: Region) -> None:
    await region.begin()
    content = "收购发票：每斤 0.9 元。".encode()
    digest = hashlib.sha256(content).hexdigest()
    blobs = region.service.app.state.surroundings.blobs
    await blobs.put(content, owners=["341321"])
    await region.reply(files=[{"sha256": digest, "name": "收购 发票.txt", "public": True}])
    assert (await region.service.client.get(f"{PATH}/files/{digest}")).status_code == 404, "nothing tells of it yet"
    assert (await region.look())["replies"][0]["files"][0]["public"] is True
    answer = await region.service.client.get(f"{PATH}/files/{digest}")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E6%94%B6")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await region.service.client.get(f"/disclosures/another/files/{digest}")).status_code == 404
    assert (await region.service.client.get(f"{PATH}/files/{'0' * 64}")).status_code == 404
    assert (await region.service.client.get(f"{PATH}/files/nothing")).status_code == 422


@pytest.mark.parametrize("text", ["经办人 13800138000", "身份证 341321197001011234"], ids=["telephone", "identity"])
async def test_a_file_that_tells_of_a_person_is_not_published(region: Region, text: str) -> None:
    await region.begin()
    content = f"收购发票。{text}".encode()
    digest = hashlib.sha256(content).hexdigest()
    await region.service.app.state.surroundings.blobs.put(content, owners=["341321"])
    file = {"sha256": digest, "name": "收购发票"}
    refused = await region.reply(422, files=[file | {"public": True}])
    assert refused["type"].endswith("/file-tells-of-somebody")
    assert refused["errors"][0]["field"] == "files.0.public"
    # A reviewer reads it all the same.
    await region.reply(files=[file])


async def test_the_region_sees_what_will_be_published_and_what_lacks(region: Region) -> None:
    await region.begin()
    (row,) = (await region.service.client.get("/records", headers=region.headers())).json()["items"]
    assert (row["newest"]["number"], row["held"]) == (1, None)
    assert "slow_sales" in row["lacking_parts"]
    assert "goods" in row["held_parts"]
    assert [each["may_reply"] for each in row["answerable"]] == [True]
    assert row["full_due_on"] > row["summary_due_on"]


async def test_nobody_publishes_changes_or_withholds_a_record(region: Region) -> None:
    await region.begin()
    for path in (PATH, f"{PATH}/releases", f"{PATH}/releases/1"):
        for method in ("PUT", "PATCH", "DELETE", *(("POST",) if not path.endswith("1") else ())):
            refused = await region.service.client.request(method, path, headers=region.headers())
            assert refused.status_code == 403, (method, path)
            assert refused.json()["type"].endswith("/published-by-itself")
    assert not [
        path for path, each in region.service.app.openapi()["paths"].items() if "disclosures" in path and "post" in each
    ]


async def test_who_has_not_the_role_may_not_answer_or_decide(region: Region) -> None:
    await region.begin()
    assert (await region.reply(403, region.headers("approver")))["status"] == 403
    made = await region.reply()
    await region.decide(made, "upheld", 403, region.headers("operator"))
    assert (await region.service.client.post("/replies", json={})).status_code == 401


async def test_a_decided_reply_is_changed_by_nobody(region: Region) -> None:
    await region.begin()
    await region.decide(await region.reply(), "rejected")
    async with region.service.database.sessions() as db:
        with pytest.raises(DBAPIError, match="decided once"):
            await (await db.connection()).exec_driver_sql("UPDATE disclosure.reply SET state = 'upheld'")
        await db.rollback()


def test_the_clock_runs_in_working_days_to_the_close_of_business() -> None:
    # The first week of October is free.
    until = deadline(instant("2026-09-30T10:00"), 3)
    assert until == datetime.fromisoformat("2026-10-10T18:00:00+08:00")


def test_what_is_found_beyond_a_decided_reply_is_a_new_finding() -> None:
    replies = [{"abuse": "false_order", "state": "upheld", "items": 40}]
    assert set_aside(replies, [{"abuse": "false_order", "n": 40}]) == {"false_order": "upheld"}
    assert set_aside(replies, [{"abuse": "false_order", "n": 30}, {"abuse": "false_order", "n": 20}]) == {}
    assert grade_as_decided("substantiated", "partly") == "suspected"
    assert grade_as_decided("suspected", "upheld") is None


def test_a_finding_is_told_since_the_release_that_first_said_it_so() -> None:
    def release(number: int, *counts: int) -> dict[str, Any]:
        found = [{"abuse": "below_cost", "entity": "order", "grade": "suspected", "n": n} for n in counts]
        return {"number": number, "findings": found}

    told = [release(1, 12), release(2, 30), release(3, 30)]
    assert (told_since(told, "below_cost") or {})["number"] == 2
    assert told_since([*told, release(4)], "below_cost") is None
    assert told_since([], "below_cost") is None
