"""The Dangshan case moved into the present: every day is as far from now as it was from its own."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from services.compliance.actions.impact import ask_next_batch
from services.contracts.accounts import Organ
from services.contracts.values import shanghai_day
from services.kit import clock
from tests.compliance.cases import LOT_ID, Case, account_changed, event_body, slow_sales_body
from tests.compliance.rules.documents import document

# The day of the case that falls on today: everything is certified and approved, the broadcast lies ahead.
THEN = date(2020, 2, 28)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T.*)?")
REVIEWER = Organ(name="全国官方直播合规复核中心", kind="institution", level="national", region_code=None)
ADMINISTRATOR = Organ(name="阳光集市平台", kind="institution", level="national", region_code=None)


def today() -> date:
    """The civil day in China by the machine's clock."""
    return shanghai_day(clock.now())


def moved(value: Any) -> Any:
    """The same document with every day moved into the present."""
    if isinstance(value, dict):
        return {name: moved(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [moved(inner) for inner in value]
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    return (date.fromisoformat(found[1]) + (today() - THEN)).isoformat() + (found[2] or "")


class Present(Case):
    """The case under the machine's own clock, and those who keep the rules."""

    async def prepare(self) -> None:
        """Everything before the listing."""
        await self.know_people()
        await self.service.hear(account_changed("reviewer-1", "p-reviewer-1", REVIEWER))
        await self.service.hear(account_changed("reviewer-2", "p-reviewer-2", REVIEWER))
        await self.service.hear(account_changed("administrator", "p-administrator", ADMINISTRATOR))
        self.event = await self.post("/events", moved(event_body()), self.headers("registrar", at=None))
        self.event_id = self.event["id"]
        await self.post(f"/events/{self.event_id}/verify", {}, self.headers("verifier", at=None), 200)
        body = moved(slow_sales_body())
        body["sources"] = [source | {"as_of_on": today().isoformat()} for source in body["sources"]]
        await self.bring_papers()
        made = await self.post("/slow-sales", body, self.headers("operator", at=None))
        self.slow_sales_id = made["id"]
        path = f"/slow-sales/{self.slow_sales_id}/certify"
        await self.post(path, {}, self.headers("certifier", at=None), 200)

    async def list_now(self, lot_id: str = LOT_ID, **changes: Any) -> None:
        """A listing of this one lot, submitted now."""
        facts = moved(document(**changes))
        facts["lot"]["id"] = lot_id
        # Evidence of costs is good for two weeks; what is published here holds in ten days.
        facts["lot"]["cost_evidence_on"] = today().isoformat()
        listing = self.listing(facts=facts, occurred_at=clock.now(), clock_set=False)
        lot = listing.lots[0].model_copy(update={"lot_id": lot_id})
        entity_id = listing.entity_id if lot_id == LOT_ID else f"LS-{lot_id}"
        await self.service.hear(listing.model_copy(update={"entity_id": entity_id, "lots": (lot,)}))

    def filed_now(self) -> dict[str, Any]:
        """What is told of a filing for a broadcast in three days."""
        starts = datetime.fromisoformat(moved("2020-03-02T19:30:00+08:00"))
        return {
            "facts": moved(self.approved_facts()),
            "occurred_at": clock.now(),
            "clock_set": False,
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=2),
        }

    def keeper(self, account: str = "reviewer-1", key: str | None = None, **claims: Any) -> dict[str, str]:
        """Headers of somebody who keeps the rules."""
        role = "administrator" if account == "administrator" else "reviewer"
        given: dict[str, Any] = {"account_id": account, "person": f"p-{account}"} | claims
        return self.tokens.headers(role, **given) | ({"Idempotency-Key": key} if key else {})

    async def propose(self, name: str = "adm.suppliers.enough", value: Any = 5, **changes: Any) -> dict[str, Any]:
        """A reviewer proposes a value."""
        return await self.post(
            "/parameter-changes", proposal(name, value, **changes), self.keeper(key=f"{name}{value}"[:100])
        )

    async def weigh(self) -> None:
        """What open proposals would change is asked to the end."""
        while await self.weigh_once():
            pass

    async def weigh_once(self) -> bool:
        """One batch of it; False when nothing was left to ask."""
        return await ask_next_batch(self.service.database, self.service.app.state.surroundings)

    async def publish(
        self, change: dict[str, Any], status: int = 200, account: str = "administrator"
    ) -> dict[str, Any]:
        """Somebody publishes it."""
        return await self.post(f"/parameter-changes/{change['id']}/publish", None, self.keeper(account), status)

    async def published(self, name: str = "adm.suppliers.enough", value: Any = 5, **changes: Any) -> dict[str, Any]:
        """A value on its whole way."""
        change = await self.propose(name, value, **changes)
        await self.weigh()
        return await self.publish(change)

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        """GET and expect 200."""
        answer = await self.service.client.get(path, headers=headers or {}, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def proposal(name: str = "adm.suppliers.enough", value: Any = 5, **changes: Any) -> dict[str, Any]:
    """The body of a proposal for our own value in ten days."""
    return {
        "name": name,
        "value": value,
        "from_on": (today() + timedelta(days=10)).isoformat(),
        "basis": "platform",
        "reason_zh": "首季运行后调整。",
        "reason_en": "Adjusted after the first season.",
    } | changes
