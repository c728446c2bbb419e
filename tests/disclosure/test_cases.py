"""Findings as cases: by severity and age, moved by people outside of them, referred with a file that stays written."""

import hashlib
import json
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy.exc import DBAPIError

from services.contracts.accounts import AccountChanged
from services.disclosure.actions.preparing import prepare_next
from services.kit.ids import new_id
from tests.apps import ServiceUnderTest, Tokens
from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log
from tests.disclosure.broadcasts import BROADCAST, ended, filing, listing, notes, order, sample, some_time_ago
from tests.disclosure.examinations import EXHIBIT, examined, finding

REASON = {"reason_zh": "包裹重量与订单不符。", "reason_en": "The parcels do not weigh what was ordered."}
ORGAN = "演示省纪委监委（演示）"


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    """The disclosure service, which knows one broadcast that is over and its record."""
    service = await service_app("disclosure")
    at = some_time_ago(days=2)
    await service.hear(listing(), filing(), *notes(at), *(order(number, at) for number in range(30)), ended(at))
    assert await prepare_next(service.database, service.app.state.surroundings) == BROADCAST
    return service


class Inspectors:
    """Who acts here: each under a name of their own, all of one region."""

    def __init__(self, service: ServiceUnderTest, tokens: Tokens) -> None:
        self.service = service
        self.tokens = tokens

    def headers(self, who: str = "first", **claims: Any) -> dict[str, str]:
        """How somebody comes."""
        whole: dict[str, Any] = {"scopes": ("340000",), "account_id": who, "organ": f"检查单位 {who}"} | claims
        made = self.tokens.headers(*whole.pop("roles", ("inspector",)), **whole)
        return made | {"Idempotency-Key": new_id(), "Accept-Language": "en"}

    async def list(self, query: str = "", **claims: Any) -> list[dict[str, Any]]:
        """The list."""
        answer = await self.service.client.get(f"/findings{query}", headers=self.headers(**claims))
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def see(self, case_id: str, **claims: Any) -> dict[str, Any]:
        """One case."""
        answer = await self.service.client.get(f"/findings/{case_id}", headers=self.headers(**claims))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def act(self, case_id: str, what: str, status: int = 200, who: str = "first", **body: Any) -> dict[str, Any]:
        """One act."""
        claims = body.pop("claims", {})
        path, headers = f"/findings/{case_id}/{what}", self.headers(who, **claims)
        answer = await self.service.client.post(path, json=REASON | body, headers=headers)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def only(self) -> str:
        """The id of the one case there is."""
        (row,) = await self.list("?state=open&state=closing&state=referred&state=closed")
        return str(row["id"])


@pytest.fixture
def inspectors(service: ServiceUnderTest, tokens: Tokens) -> Inspectors:
    """Those who act."""
    return Inspectors(service, tokens)


def actions(case: dict[str, Any]) -> list[str]:
    """What was done about a case."""
    return [act["action"] for act in case["acts"]]


async def test_the_gravest_stand_first_and_how_much_was_sold_moves_nothing(
    service: ServiceUnderTest, inspectors: Inspectors
) -> None:
    minor, serious = finding("below_cost", n=9_000), finding("injected_traffic", n=5_000)
    await examined(service, minor, finding("refund_cycling", "suspected", n=700), serious, finding("false_order", n=8))
    rows = await inspectors.list()
    assert [row["severity"] for row in rows] == ["grave", "serious", "minor", "minor"]
    assert [row["abuse"] for row in rows][:2] == ["false_order", "injected_traffic"]
    two = await service.client.get("/findings?limit=2", headers=inspectors.headers())
    rest = await inspectors.list(f"?cursor={two.json()['next']}")
    assert [row["id"] for row in [*two.json()["items"], *rest]] == [row["id"] for row in rows]
    assert [row["abuse"] for row in await inspectors.list("?severity=serious")] == ["injected_traffic"]
    offered = {each["name"] for each in service.app.openapi()["paths"]["/findings"]["get"]["parameters"]}
    assert not offered & {"sort", "order", "order_by", "by"}


async def test_a_case_shows_thresholds_explanations_and_exhibits_as_tokens(
    service: ServiceUnderTest, inspectors: Inspectors
) -> None:
    await examined(service, finding("false_order"), finding("false_order", "suspected", n=12))
    case = await inspectors.see(await inspectors.only())
    assert (case["n"], [each["grade"] for each in case["findings"]]) == (52, ["substantiated", "suspected"])
    rule = case["findings"][0]["rules"][0]
    assert (rule["threshold"], rule["observed"], rule["expected"]) == (0.5, 0.02, 1.06)
    assert case["findings"][0]["exhibits"][0]["id"] == str(EXHIBIT["id"])
    assert case["findings"][0]["alternatives_considered"][0]["text_en"].startswith("Tested")
    assert (case["part_in_it"], case["needs_second"], case["file"]) == (False, True, None)
    assert any(each["article"] == "第三十九条第四项" for each in case["grounds"])


async def test_the_same_examination_again_changes_nothing_and_a_graver_one_says_so(
    service: ServiceUnderTest, inspectors: Inspectors
) -> None:
    await examined(service, finding("false_order", "suspected"))
    await examined(service, finding("false_order", "suspected"))
    case_id = await inspectors.only()
    assert actions(await inspectors.see(case_id)) == ["opened"]
    await examined(service, finding("false_order"))
    case = await inspectors.see(case_id)
    assert (case["severity"], actions(case)) == ("grave", ["opened", "changed"])


async def test_what_is_no_longer_found_stays_before_inspectors_and_says_so(
    service: ServiceUnderTest, inspectors: Inspectors
) -> None:
    await examined(service, finding("false_order"))
    await examined(service)
    await examined(service)
    case = await inspectors.see(await inspectors.only())
    assert (case["standing"], case["state"], actions(case)) == (False, "open", ["opened", "gone"])
    await examined(service, finding("false_order"))
    assert actions(await inspectors.see(case["id"])) == ["opened", "gone", "back"]


async def test_a_minor_case_is_closed_by_one_and_opened_again_by_graver_evidence_alone(
    service: ServiceUnderTest, inspectors: Inspectors
) -> None:
    await examined(service, finding("false_order", "suspected"))
    case_id = await inspectors.only()
    assert (await inspectors.act(case_id, "close"))["state"] == "closed"
    assert await inspectors.list() == []
    assert (await inspectors.act(case_id, "close", 409))["type"].endswith("/case-closed")
    await examined(service, finding("false_order", "suspected", n=41))
    assert (await inspectors.see(case_id))["state"] == "closed"
    await examined(service, finding("false_order"))
    assert (await inspectors.see(case_id))["state"] == "open"


async def test_nobody_takes_a_grave_accusation_away_alone(service: ServiceUnderTest, inspectors: Inspectors) -> None:
    await examined(service, finding("false_order"))
    case_id = await inspectors.only()
    assert (await inspectors.act(case_id, "closure", 409, agreed=True))["type"].endswith("/nothing-proposed")
    proposed = await inspectors.act(case_id, "close")
    assert (proposed["state"], proposed["proposed_by_you"]) == ("closing", True)
    assert (await inspectors.act(case_id, "closure", 403, agreed=True))["type"].endswith("/same-person")
    assert (await inspectors.act(case_id, "closure", who="second", agreed=False))["state"] == "open"
    await inspectors.act(case_id, "close")
    closed = await inspectors.act(case_id, "closure", who="second", agreed=True)
    assert closed["state"] == "closed"
    assert actions(closed)[-3:] == ["close_declined", "close_proposed", "closed"]
    assert closed["acts"][-1]["by_organ"] == "检查单位 second"


async def test_whoever_has_a_part_in_the_broadcast_may_read_and_not_act(
    service: ServiceUnderTest, inspectors: Inspectors
) -> None:
    await examined(service, finding("false_order"))
    case_id = await inspectors.only()
    whole = filing()
    applicant = whole.accounts["applicant"]
    organ = {"name": "砀山县商务局", "kind": "government_department", "level": "county", "region_code": "341321"}
    await service.hear(sample(AccountChanged, entity_id=applicant, version=1, organ=organ, roles=["operator"]))
    approver = whole.facts["filing"]["approvals"][0]["organ"]
    for claims in ({"person": whole.people["approver"]}, {"organ": approver}, {"organ": "砀山县商务局"}):
        assert (await inspectors.see(case_id, **claims))["part_in_it"]
        refused = await inspectors.act(case_id, "refer", 403, organ=ORGAN, claims=claims)
        assert refused["type"].endswith("/own-case")


async def test_only_inspectors_of_the_region_read_findings(service: ServiceUnderTest, inspectors: Inspectors) -> None:
    await examined(service, finding("false_order"))
    case_id = await inspectors.only()
    assert await inspectors.list(scopes=("610000",)) == []
    assert len(await inspectors.list(scopes=())) == 1, "an inspector without regions is a national one"
    client = service.client
    far = await client.get(f"/findings/{case_id}", headers=inspectors.headers(scopes=("610000",)))
    assert (far.status_code, far.json()["type"].rpartition("/")[2]) == (403, "wrong-region")
    assert (await client.get("/findings", headers=inspectors.headers(roles=("operator",)))).status_code == 403
    assert (await client.get("/findings")).status_code == 401
    assert (await client.get("/findings/nothing", headers=inspectors.headers())).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"reason_zh": ""}, {"reason_zh": "x", "organ": "\n"}, {"reason_zh": "x", "organ": "y", "more": 1}]
)
async def test_a_referral_without_organ_or_reason_is_refused(
    service: ServiceUnderTest, inspectors: Inspectors, body: dict[str, Any]
) -> None:
    await examined(service, finding("false_order"))
    path = f"/findings/{await inspectors.only()}/refer"
    assert (await service.client.post(path, json=body, headers=inspectors.headers())).status_code == 422


def words_of(pdf: bytes) -> str:
    """All that a file says, without the breaks of its lines."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


async def test_a_referral_keeps_its_file_and_stands_in_the_log_by_its_hash(
    service: ServiceUnderTest, inspectors: Inspectors
) -> None:
    log = Log(service)
    await log.grow()
    await examined(service, finding("false_order"))
    case_id = await inspectors.only()
    draft = await service.client.get(f"/findings/{case_id}/file", headers=inspectors.headers())
    assert "Draft" in words_of(draft.content)
    case = await inspectors.act(case_id, "refer", organ=ORGAN)
    assert (case["state"], case["referred_to"]) == ("referred", ORGAN)

    await log.grow()
    (leaf,) = (await service.client.get(f"/ledger/entities/referral/{case_id}")).json()["items"]
    document = (await service.client.get(f"/ledger/documents/{leaf['sha256']}")).json()
    assert document["file_sha256"] == case["file"]["sha256"]
    release = await service.client.get(f"/disclosures/{BROADCAST}")
    assert document["release_sha256"] == hashlib.sha256(release.content).hexdigest()
    assert ORGAN not in json.dumps(document, ensure_ascii=False), "to whom it went is nobody else's business"

    # Later evidence does not change what was sent, and who prints it again gets the same bytes.
    files = []
    for _ in range(2):
        files.append((await service.client.get(f"/findings/{case_id}/file", headers=inspectors.headers())).content)
        await examined(service, finding("false_order", n=41))
    assert files[0] == files[1]
    words = words_of(files[0])
    for said in (ORGAN, "包裹重量与订单不符。", "40笔订单更像为充数而下。", str(EXHIBIT["id"]), case["file"]["sha256"]):
        assert said in words
    assert document["exhibits_sha256"] in words
    assert "sunfair.example/ledger0" in words, "the place of the release in the log"
    assert "第三十九条第四项" in words


async def test_neither_an_act_nor_a_file_that_was_sent_can_be_changed(
    service: ServiceUnderTest, inspectors: Inspectors
) -> None:
    await examined(service, finding("false_order"))
    await inspectors.act(await inspectors.only(), "refer", organ=ORGAN)
    for change in (
        "UPDATE disclosure.case_act SET action = 'closed'",
        "UPDATE disclosure.referral_file SET number = 9",
    ):
        async with service.database.sessions() as db:
            with pytest.raises(DBAPIError, match="stays as it was written"):
                await (await db.connection()).exec_driver_sql(change)
            await db.rollback()
