"""The Dangshan case as it reaches compliance: the registry over HTTP, and the events of the other services."""

import copy
import hashlib
from datetime import datetime, timedelta
from typing import Any

from services.compliance.actions.standing import ask_what_is_due
from services.compliance.settings import ComplianceSettings
from services.compliance.store import decisions
from services.contracts.accounts import AccountChanged, Organ
from services.contracts.broadcast import FiledListing, FilingApproved, FilingEvent, FilingSubmitted
from services.contracts.catalog import ListingSubmitted, SubmittedLot
from services.kit import clock
from tests.apps import ServiceUnderTest, Tokens, instant
from tests.compliance.rules.documents import document

REGISTERED = instant("2020-02-10T09:00:00")
FILED = instant("2020-02-21T10:00:00")
APPROVED = instant("2020-02-26T16:30:00")
LISTING_ID, FILING_ID, LOT_ID = "LS-DANGSHAN-2019", "F-DANGSHAN", "LOT-A-1"

PAPER = "滞销统计表".encode()
PAPER_SHA256 = hashlib.sha256(PAPER).hexdigest()

# account → person token, organ: name, kind, level, region.
PEOPLE: dict[str, tuple[str, Organ]] = {
    "registrar": (
        "p-registrar",
        Organ(name="砀山县应急管理局", kind="government_department", level="county", region_code="341321"),
    ),
    "verifier": (
        "p-verifier",
        Organ(name="安徽省应急管理厅", kind="government_department", level="province", region_code="340000"),
    ),
    "certifier": (
        "p-certifier",
        Organ(name="宿州市统计局", kind="government_department", level="prefecture", region_code="341300"),
    ),
    "operator": (
        "p-operator",
        Organ(name="砀山县商务局", kind="government_department", level="county", region_code="341321"),
    ),
    "approver": (
        "p-approver",
        Organ(name="宿州市人民政府", kind="peoples_government", level="prefecture", region_code="341300"),
    ),
    "official": (
        "p-official",
        Organ(name="砀山县人民政府", kind="peoples_government", level="county", region_code="341321"),
    ),
    "reviewer": (
        "p-reviewer",
        Organ(name="安徽省市场监督管理局", kind="government_department", level="province", region_code="340000"),
    ),
}


class Case:
    """Drives one service through the case; every step happens at its own day."""

    def __init__(self, service: ServiceUnderTest, tokens: Tokens) -> None:
        self.service = service
        self.tokens = tokens
        self.event_id = ""
        self.event: dict[str, Any] = {}
        self.slow_sales_id = ""

    def headers(self, role: str, *scopes: str, at: datetime | None = REGISTERED, **claims: Any) -> dict[str, str]:
        """The headers of the account of that role in this case."""
        person, organ = PEOPLE[role]
        given = {"account_id": role, "person": person, "organ": organ.name} | claims
        return self.tokens.headers(role, at=at, scopes=scopes or ("340000",), **given)

    async def post(self, path: str, body: Any, headers: dict[str, str], status: int = 201) -> dict[str, Any]:
        """POST and expect this status."""
        answer = await self.service.client.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def know_people(self) -> None:
        """Accounts tells who everybody is."""
        for account, (person, organ) in PEOPLE.items():
            await self.service.hear(account_changed(account, person, organ))

    async def register(self, *, verified: bool = True, **changes: Any) -> None:
        """The epidemic response of Anhui, registered and verified by two people."""
        self.event = await self.post("/events", event_body() | changes, self.headers("registrar"))
        self.event_id = self.event["id"]
        if verified:
            await self.verify()

    async def verify(self, at: datetime = REGISTERED) -> None:
        """Somebody else compared it with the originals."""
        await self.post(f"/events/{self.event_id}/verify", {}, self.headers("verifier", at=at), 200)

    async def verify_again(self) -> None:
        """A second verifier says the same."""
        headers = self.headers("verifier", at=FILED, account_id="verifier-2", person="p-verifier-2")
        await self.post(f"/events/{self.event_id}/verify", {}, headers, 200)

    async def expire(self, kind: str, subject_id: str) -> None:
        """Time passes until the answer has run out."""
        async with self.service.database.sessions.begin() as db:
            standing = await decisions.find_standing(db, kind, subject_id)
            assert standing is not None
            standing.ask_again_at = clock.now() - timedelta(seconds=1)
            db.add(standing)

    async def as_of_the_present(self, kind: str, subject_id: str) -> None:
        """The answer was given under nobody's set clock."""
        async with self.service.database.sessions.begin() as db:
            standing = await decisions.find_standing(db, kind, subject_id)
            assert standing is not None
            standing.clock_set = False
            db.add(standing)

    async def bring_papers(self) -> None:
        """The papers of the evidence are uploaded, by offices of the county and above."""
        await self.service.app.state.blobs.put(PAPER, ["340000", "341300", "341321"])

    async def certify(self) -> None:
        """Slow-sales evidence, submitted by one and certified by another."""
        await self.bring_papers()
        made = await self.post("/slow-sales", slow_sales_body(), self.headers("operator", at=FILED))
        self.slow_sales_id = made["id"]
        path = f"/slow-sales/{self.slow_sales_id}/certify"
        await self.post(path, {}, self.headers("certifier", at=FILED), 200)

    async def prepare(self) -> None:
        """Everything before the listing."""
        await self.know_people()
        await self.register()
        await self.certify()

    async def list_lots(self, version: int = 1, **changes: Any) -> None:
        """Catalog submitted the listing."""
        await self.service.hear(self.listing(version, **changes))

    def listing(self, version: int = 1, *, facts: dict[str, Any] | None = None, **changes: Any) -> ListingSubmitted:
        """The listing with one lot."""
        whole = facts or document()
        lot = SubmittedLot(
            lot_id=LOT_ID,
            lot_number="20190920-1",
            producer_uscc=whole["lot"]["supplier_uscc"],
            unchanged_since=None,
            content_sha256="0" * 64,
            facts={"lot": whole["lot"], "seller": whole["seller"], "media": [], "texts": []},
        )
        shared = {name: whole[name] for name in ("subject", "suppliers", "open_call", "marks", "context")}
        given: dict[str, Any] = {
            "occurred_at": FILED,
            "clock_set": True,
            "entity_id": LISTING_ID,
            "version": version,
            "region_code": "341321",
            "category_code": "fruit.pear.su",
            "specialty_id": "SP-DANGSHAN-PEAR",
            "title_zh": "砀山酥梨",
            "title_en": "Dangshan pears",
            "season": "2019",
            "event_id": self.event_id,
            "content_sha256": "0" * 64,
            "submitted_by": "operator",
            "submitter_person": "p-operator",
            "facts": {**shared, "texts": [], "media": []},
            "lots": (lot,),
        }
        return ListingSubmitted(**given | changes)

    def filing(self, kind: type[FilingEvent], version: int, **changes: Any) -> FilingEvent:
        """The filing as broadcast tells it."""
        whole = document()
        filing = copy.deepcopy(whole["filing"]) | {"event_id": self.event_id}
        if kind is FilingSubmitted:
            del filing["approvals"]
        given: dict[str, Any] = {
            "occurred_at": FILED if kind is FilingSubmitted else APPROVED,
            "clock_set": True,
            "entity_id": FILING_ID,
            "version": version,
            "broadcast_id": "B-DANGSHAN",
            "state": "submitted" if kind is FilingSubmitted else "approved",
            "region_code": "341321",
            "event_id": self.event_id,
            "title_zh": "砀山酥梨直播",
            "title_en": "Dangshan pears live",
            "starts_at": instant("2020-03-02T19:30:00"),
            "ends_at": instant("2020-03-02T21:30:00"),
            "content_sha256": "c0ffee",
            "listings": self.filing_listings(),
            "slow_sales_ids": (self.slow_sales_id,),
            "people": {"applicant": "p-operator", "presenter": "p-official", "approver": "p-approver"},
            "accounts": {"applicant": "operator", "presenter": "official", "approver": "approver"},
            "facts": {
                "official": whole["official"],
                "filing": filing,
                "texts": [{"kind": "script", "text": "欢迎大家来砀山看梨花。"}],
                "media": [],
            },
        }
        return kind(**given | changes)

    def filing_listings(self) -> tuple[FiledListing, ...]:
        """What the filing takes to market."""
        return (FiledListing(listing_id=LISTING_ID, listing_version=1, lot_ids=(LOT_ID,)),)

    def approved_facts(self) -> dict[str, Any]:
        """The facts that broadcast tells of the approved filing, to be changed by a test."""
        return copy.deepcopy(self.filing(FilingApproved, 2).facts)

    async def submit(self, version: int = 1, **changes: Any) -> None:
        """The filing was submitted: the gate is asked for a preview."""
        await self.service.hear(self.filing(FilingSubmitted, version, **changes))

    async def approve(self, version: int = 2, **changes: Any) -> None:
        """The filing was approved: the gate is asked for its binding answer."""
        await self.service.hear(self.filing(FilingApproved, version, **changes))

    async def ask_what_is_due(self) -> int:
        """One round of the standing question."""
        return await ask_what_is_due(self.service.database, self.service.app.state.surroundings)

    async def lift(self, index: int, lifted_at: str, at: datetime = APPROVED) -> None:
        """The authority lifted one of its declarations."""
        declaration = self.event["document"]["declarations"][index]["id"]
        path = f"/events/{self.event_id}/declarations/{declaration}/lift"
        await self.post(path, {"lifted_at": lifted_at}, self.headers("registrar", at=at), 200)

    def impatient(self) -> ComplianceSettings:
        """Settings of a gate that has waited long enough before it begins."""
        settings: ComplianceSettings = self.service.app.state.surroundings.settings
        return settings.model_copy(update={"wait_for_listing_seconds": 0})

    async def decisions(self, kind: str) -> list[dict[str, Any]]:
        """What was announced about subjects of a kind, oldest first."""
        said = await self.service.said("compliance.decision.made")
        return [event for event in said if event["about"]["kind"] == kind]

    async def decision(self, decision_id: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """A decision that everybody, or whoever has these headers, may read."""
        answer = await self.service.client.get(f"/decisions/{decision_id}", headers=headers or {})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def account_changed(account: str, person: str, organ: Organ, version: int = 1, **changes: Any) -> AccountChanged:
    """Accounts tells who somebody is."""
    given: dict[str, Any] = {
        "entity_id": account,
        "version": version,
        "person": person,
        "name": account,
        "roles": ("operator",),
        "scopes": (),
        "organ": organ,
        "occurred_at": clock.now(),
    }
    return AccountChanged(**given | changes)


def event_body() -> dict[str, Any]:
    """The event of the Dangshan document, as a registrar writes it."""
    event = document()["event"]
    declarations = [
        {name: value for name, value in declared.items() if name not in ("id", "file_hash", "stored_file_hash")}
        | {"file_hash": f"{index}" * 64}
        for index, declared in enumerate(event["declarations"], 1)
    ]
    kept = ("event_type", "occurred_at", "regions", "impacts", "quarantines")
    return {name: event[name] for name in kept} | {
        "title_zh": event["title"],
        "title_en": "Epidemic response of Anhui",
        "declarations": declarations,
    }


def slow_sales_body() -> dict[str, Any]:
    """The evidence of the Dangshan document; hashes as the store makes them."""
    sales = document()["sales"]
    body = {name: value for name, value in sales.items() if name not in ("id", "certified_by", "certified_at")}
    body["disruption_documents"] = [PAPER_SHA256]
    body["sources"] = [source | {"document_sha256": PAPER_SHA256} for source in sales["sources"]]
    for source in body["sources"]:
        source["as_of_on"] = "2020-02-20"
    return body
