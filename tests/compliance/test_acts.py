"""The whole trail for everybody, and its hashes for the public log: what was done cannot be changed unseen."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785

from services.compliance.actions.trail import tell_trail
from services.compliance.domain.trail import HASHED
from services.disclosure.ledger.verify import NotAsLogged, check_acts
from tests.compliance.cases import Case


async def acts(case: Case, query: str = "") -> dict[str, Any]:
    answer = await case.service.client.get(f"/acts{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def told(case: Case) -> list[str]:
    return [each for batch in await case.service.said("compliance.trail.logged") for each in batch["sha256"]]


async def test_everybody_reads_every_public_act_and_makes_its_hash_anew(case: Case) -> None:
    await case.know_people()
    await case.register()
    shown = (await acts(case))["items"]
    assert [each["action"] for each in shown] == ["event.verified", "event.registered"]
    for each in shown:
        at = datetime.fromisoformat(each["at"]).astimezone(UTC).isoformat()
        hashed = {name: each[name] for name in HASHED} | {"at": at}
        assert each["sha256"] == hashlib.sha256(rfc8785.dumps(hashed)).hexdigest()
        assert each["account_id"] is None
    first = await acts(case, "?limit=1")
    rest = await acts(case, f"?limit=1&cursor={first['next']}")
    assert [each["id"] for each in (*first["items"], *rest["items"])] == [each["id"] for each in shown]


async def test_the_acts_of_a_region_are_those_of_everything_below_it(case: Case) -> None:
    await case.know_people()
    await case.register()
    (own, *_) = (await acts(case))["items"]
    region = own["region_code"]
    for asked, count in ((region, 2), (f"{region[:2]}0000", 2), ("610000", 0)):
        assert len((await acts(case, f"?region={asked}"))["items"]) == count
    assert (await case.service.client.get("/acts?region=nowhere")).status_code == 422


async def test_the_log_hears_of_every_act_once_by_its_hash_alone(case: Case) -> None:
    await case.know_people()
    await case.register()
    async with case.service.database.sessions.begin() as db:
        assert await tell_trail(db) == 2
        assert await tell_trail(db) == 0
    shown = (await acts(case))["items"]
    assert await told(case) == [each["sha256"] for each in reversed(shown)]
    (batch,) = await case.service.said("compliance.trail.logged")
    assert batch["region_code"] == shown[0]["region_code"]
    assert "event.registered" not in str(batch)


async def test_a_stranger_finds_every_act_in_what_the_log_was_told_and_notices_a_changed_one(case: Case) -> None:
    await case.know_people()
    await case.register()
    async with case.service.database.sessions.begin() as db:
        await tell_trail(db)
    shown, logged = (await acts(case))["items"], await told(case)
    assert check_acts("cases", logged, shown) == 2
    for changes in ({"by_organ": "别的机关"}, {"action": "event.revoked"}, {"at": "2020-01-01T00:00:00Z"}):
        with pytest.raises(NotAsLogged):
            check_acts("cases", logged, [shown[0] | changes])
    with pytest.raises(NotAsLogged):
        check_acts("cases", logged[1:], shown)


async def test_a_cursor_that_is_none_is_refused(case: Case) -> None:
    assert (await case.service.client.get("/acts?cursor=rubbish")).status_code == 422
