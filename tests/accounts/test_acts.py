"""What offices do to accounts: everybody reads it and makes its hash anew; who is concerned is a token."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from services.accounts.actions.acts import tell_account_acts
from services.contracts.accounts import AccountActsLogged
from services.disclosure.ledger.verify import NotAsLogged, check_acts
from tests.accounts.people import People, bearer, some_name
from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log, decision
from tests.serving import listening
from tools.verify import BROKEN, HOLDS, MISUNDERSTOOD, NOT_FOUND, main

OFFICE = {"name": "演示县商务局", "kind": "government_department", "level": "county", "region_code": "341321"}


async def shown(people: People, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """The trail as it is read, oldest first."""
    answer = await people.client.get("/account-acts?limit=100", headers=headers or {})
    assert answer.status_code == 200, answer.text
    return list(reversed(answer.json()["items"]))


async def change(people: People, account: dict[str, Any], **fields: Any) -> None:
    version = (await people.client.get(f"/accounts/{account['id']}", headers=people.administrator)).headers["ETag"]
    headers = people.administrator | {"If-Match": version}
    answer = await people.client.patch(f"/accounts/{account['id']}", json=fields, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_roles_given_and_taken_are_public_under_a_token_and_without_a_name(people: People) -> None:
    made = await people.add("zhang.san", "operator", organ=OFFICE, scopes=["341321"])
    await change(people, made, roles=["operator", "approver"])
    await change(people, made, roles=["approver"], scopes=["341300"])
    await change(people, made, name="李四", active=False)
    acts = await shown(people)
    assert [(each["action"], each["facts"]) for each in acts] == [
        ("office.made", {"office": OFFICE["name"], "kind": OFFICE["kind"], "level": OFFICE["level"]}),
        ("account.made", {"roles": ["operator"], "scopes": ["341321"], "office": OFFICE["name"]}),
        ("roles.changed", {"given": ["approver"], "taken": []}),
        ("roles.changed", {"given": [], "taken": ["operator"]}),
        ("scopes.changed", {"given": ["341300"], "taken": ["341321"]}),
        ("account.locked", {}),
        ("account.changed", {"fields": ["name"]}),
    ]
    (token,) = {each["subject"] for each in acts if each["about"] == "account"}
    assert len(token) == 64
    assert {each["by_role"] for each in acts} == {"administrator"}
    assert {each["region_code"] for each in acts} == {"341321"}
    told = str(acts)
    for secret in ("zhang", "李四", made["id"], made["person"], "account-of-the-test"):
        assert secret not in told


async def test_keys_codes_and_headcounts_are_in_the_trail(people: People) -> None:
    platform = await people.add("some.platform", "platform", identity=None, organ=OFFICE)
    token = (await people.sign_in("some.platform"))["access_token"]
    body = {"name": "checks", "scopes": ["checks:write"], "test": True}
    key = (await people.client.post("/api-keys", json=body, headers=bearer(token))).json()
    for _ in range(2):
        await people.client.delete(f"/api-keys/{key['id']}", headers=people.administrator)
    await people.client.post(f"/accounts/{platform['id']}/reset", headers=people.administrator)
    headcount = {"name": OFFICE["name"], "region_code": "341321", "headcount": 41}
    await people.client.put("/organs/headcount", json=headcount, headers=people.administrator)
    acts = (await shown(people))[2:]
    assert [(each["action"], each["by_role"], each["subject"]) for each in acts[:2]] == [
        ("key.issued", "platform", key["id"]),
        ("key.revoked", "administrator", key["id"]),
    ]
    assert acts[0]["by_office"] == OFFICE["name"]
    assert [each["action"] for each in acts[2:]] == ["password.reset", "headcount.changed"]
    assert acts[3]["facts"] == {"office": OFFICE["name"], "headcount": 41}
    assert key["key"] not in str(acts)


async def test_a_buyers_own_doings_are_not_published_and_an_erasure_is_sealed(people: People) -> None:
    code = (await people.client.post("/phone-codes", json={"phone": "13800000001"})).json()["demo_code"]
    body = {"phone": "13800000001", "code": code, "kind": "api"}
    signed_in = (await people.client.post("/phone-sign-in", json=body)).json()
    erased = await people.client.post("/me/erase", json={"confirm": True}, headers=bearer(signed_in["access_token"]))
    assert erased.status_code == 204
    assert await shown(people) == []
    async with people.service.database.sessions.begin() as db:
        assert await tell_account_acts(db) == 1
    (act,) = await shown(people, people.administrator)
    assert (act["action"], act["by_role"], act["audience"]) == ("account.erased", "market", "internal")
    assert act["inside"] == {"account_id": signed_in["account"]["id"]}
    (batch,) = await people.service.said("accounts.acts.logged")
    assert (batch["region_code"], batch["sha256"]) == ("100000", [act["sha256"]])


async def test_a_buyers_account_that_is_switched_off_waits_for_nine_more(people: People) -> None:
    buyers = [await people.add(some_name(), "buyer", identity=None) for _ in range(10)]
    made = await shown(people)
    assert made == []
    for number, buyer in enumerate(buyers, 1):
        await change(people, buyer, active=False)
        async with people.service.database.sessions.begin() as db:
            await tell_account_acts(db)
        locked = [each for each in await shown(people) if each["action"] == "account.locked"]
        assert len(locked) == (10 if number == 10 else 0)
    assert {each["subject"] for each in locked} == {None}


async def test_everybody_makes_each_hash_anew_and_finds_it_in_what_the_log_was_told(people: People) -> None:
    await people.add("zhang.san", "operator", organ=OFFICE)
    await people.add("li.si", "inspector")
    async with people.service.database.sessions.begin() as db:
        assert await tell_account_acts(db) == 3
        assert await tell_account_acts(db) == 0
    batches = await people.service.said("accounts.acts.logged")
    assert [batch["region_code"] for batch in batches] == ["341321", "100000"]
    logged = [each for batch in batches for each in batch["sha256"]]
    acts = await shown(people)
    assert check_acts("accounts", logged, acts) == 3
    forged: list[dict[str, Any]] = [
        {"facts": {}},
        {"by_office": "别的机关"},
        {"at": "2026-01-01T00:00:00Z"},
        {"inside_sha256": "0" * 64},
    ]
    for changes in forged:
        with pytest.raises(NotAsLogged):
            check_acts("accounts", logged, [acts[0] | changes])
    with pytest.raises(NotAsLogged):
        check_acts("accounts", logged[1:], acts)


async def test_who_acted_is_for_those_who_inspect(people: People) -> None:
    await people.add("zhang.san", "operator")
    assert {each["inside"] for each in await shown(people)} == {None}
    (act,) = await shown(people, people.administrator)
    assert act["inside"]["by_account"] == "account-of-the-test"
    assert (await shown(people))[0]["sha256"] == act["sha256"]


@pytest.mark.parametrize("change", ["UPDATE accounts.act SET action = 'nothing'", "DELETE FROM accounts.act"])
async def test_the_database_refuses_to_change_or_delete_an_act(people: People, change: str) -> None:
    await people.add("zhang.san", "operator")
    async with people.service.database.sessions() as db:
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
            await db.execute(sa.text(change))


async def test_a_cursor_that_is_none_is_refused(people: People) -> None:
    assert (await people.client.get("/account-acts?cursor=rubbish")).status_code == 422


async def test_a_stranger_checks_the_trail_of_accounts_against_the_public_log(
    people: People, service_app: ServiceOf, capsys: pytest.CaptureFixture[str]
) -> None:
    await people.add("zhang.san", "operator", organ=OFFICE)
    await people.add("li.si", "inspector")
    async with people.service.database.sessions.begin() as db:
        await tell_account_acts(db)
    acts = list(reversed(await shown(people)))
    log = Log(await service_app("disclosure"))
    await log.hear(decision())

    async def page(request: Request) -> JSONResponse:
        return JSONResponse({"items": acts, "next": None})

    routes = [Route("/api/v1/account-acts", page), Mount("/api/v1", log.service.app)]
    async with listening(Starlette(routes=routes)) as url:
        where = ["--from", url, "--key", (await log.client.get("/ledger")).json()["key"]]

        async def asks(trail: str) -> int:
            return await asyncio.to_thread(main, ["acts", trail, *where])

        assert await asks("accounts") == NOT_FOUND
        batches = await people.service.said("accounts.acts.logged")
        await log.hear(*(AccountActsLogged.model_validate(each) for each in batches))
        assert await asks("accounts") == HOLDS
        assert "3 acts of accounts" in capsys.readouterr().out
        # An act of this minute is not in the log yet; one of last year would have to be.
        acts.insert(0, await act_of_now(people, acts))
        assert await asks("accounts") == HOLDS
        assert "1 more were done in the last minutes" in capsys.readouterr().out
        assert await asks("mayors") == MISUNDERSTOOD
        acts[1]["facts"] = {"roles": ["buyer"]}
        assert await asks("accounts") == BROKEN


async def act_of_now(people: People, known: list[dict[str, Any]]) -> dict[str, Any]:
    """One more act, of which the log has not been told."""
    await people.add("wang.wu", "reviewer")
    (added,) = [each for each in await shown(people) if each["id"] not in {act["id"] for act in known}]
    return added
