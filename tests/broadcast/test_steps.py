"""Every step of a published filing is there for everybody, and its hash goes into the public log."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.broadcast.actions.steps import tell_steps
from services.broadcast.domain.steps import HASHED
from services.disclosure.ledger.verify import NotAsLogged, check_acts
from tests.broadcast.county import County


async def steps(county: County, query: str = "?limit=100") -> list[dict[str, Any]]:
    answer = await county.app.client.get(f"/steps{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_nothing_is_told_of_a_filing_that_is_not_in_the_calendar(county: County) -> None:
    await county.approved()
    assert await steps(county) == []


async def test_everybody_reads_what_was_done_with_a_published_filing_and_makes_each_hash_anew(county: County) -> None:
    filing = await county.scheduled()
    shown = await steps(county)
    assert [each["move"] for each in reversed(shown)] == ["create", "submit", "approve", "binding_pass"]
    for each in shown:
        assert each["filing_id"] == filing["id"]
        moment = {
            "at": datetime.fromisoformat(each["at"]).astimezone(UTC).isoformat(),
            "reasons_sha256": each["reasons_sha256"],
        }
        hashed = {name: each[name] for name in HASHED} | moment
        assert each["sha256"] == hashlib.sha256(rfc8785.dumps(hashed)).hexdigest()
        assert "account_id" not in each


async def test_the_steps_of_a_region_are_those_of_everything_below_it(county: County) -> None:
    await county.scheduled()
    for region, count in (("340000", 4), ("341321", 4), ("610000", 0)):
        assert len(await steps(county, f"?region={region}")) == count
    assert (await county.app.client.get("/steps?region=nowhere")).status_code == 422


async def test_what_an_approver_wrote_to_an_applicant_stays_between_them_under_a_hash(county: County) -> None:
    filing = await county.submitted()
    back = f"/filings/{filing['id']}/return"
    await county.post(back, {"reason": "请补充脚本。"}, county.approver(), 200)
    async with county.app.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE broadcast.filing SET published_at = now()"))
    (returned,) = [each for each in await steps(county) if each["move"] == "return"]
    assert (returned["reason_zh"], returned["reason_en"]) == (None, None)
    told = {"id": returned["id"], "reason_zh": "请补充脚本。", "reason_en": "请补充脚本。"}
    assert returned["reasons_sha256"] == hashlib.sha256(rfc8785.dumps(told)).hexdigest()


async def test_the_log_hears_of_every_step_once_by_its_hash_alone(county: County) -> None:
    await county.scheduled()
    async with county.app.database.sessions.begin() as db:
        told = await tell_steps(db)
        assert await tell_steps(db) == 0
    (batch,) = await county.app.said("broadcast.steps.logged")
    assert len(batch["sha256"]) == told
    shown = await steps(county)
    assert check_acts("filings", batch["sha256"], shown) == len(shown) > 0
    for changes in ({"to_state": "cancelled"}, {"by": "approver"}, {"at": "2020-01-01T00:00:00Z"}):
        with pytest.raises(NotAsLogged):
            check_acts("filings", batch["sha256"], [shown[0] | changes])
    assert "submit" not in str(batch)


@pytest.mark.parametrize("change", ["UPDATE broadcast.step SET move = 'end'", "DELETE FROM broadcast.step"])
async def test_the_database_refuses_to_change_or_delete_a_step(county: County, change: str) -> None:
    await county.submitted()
    async with county.app.database.sessions() as db:
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
            await db.execute(sa.text(change))


async def test_a_cursor_that_is_none_is_refused(county: County) -> None:
    assert (await county.app.client.get("/steps?cursor=rubbish")).status_code == 422
