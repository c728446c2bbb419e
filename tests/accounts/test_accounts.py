"""Making and changing accounts, and what the other services hear of it."""

import asyncio
from typing import Any

import pytest

from services.accounts.settings import AccountsSettings
from services.kit.settings import ServiceSettings
from tests.accounts.people import IDENTITY, PASSWORD, People, bearer
from tests.apps import Tokens
from tests.conftest import ServiceOf


async def patch(people: People, account_id: str, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    """Change an account as an administrator."""
    return await people.client.patch(
        f"/accounts/{account_id}", json=changes, headers=people.administrator | (headers or {})
    )


def fields(answer: Any) -> list[str]:
    """The fields that an answer of 422 complains of."""
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


async def test_two_accounts_of_one_human_are_one_person(people: People) -> None:
    first = await people.add("dangshan.office", "operator", identity="34222119800101123x")
    second = await people.add("suzhou.office", "approver", identity=" ３４２２２１１９８００１０１１２３Ｘ ")
    other = await people.add("chenggu.office", "approver", identity="342221198001011231")
    assert first["person"] == second["person"] != other["person"]
    assert len(first["person"]) == 64


async def test_the_raw_identity_is_nowhere_kept_or_told(people: People) -> None:
    await people.add("dangshan.office", "operator", identity="342221198001011234")
    rows = await people.service.database.fetch_rows("SELECT row_to_json(account)::text AS row FROM accounts.account")
    assert rows
    assert all("342221198001011234" not in row["row"] for row in rows)
    assert "342221198001011234" not in str(await people.service.said())


async def test_a_role_that_the_gate_compares_by_person_needs_an_identity(people: People) -> None:
    assert fields(await people.ask("dangshan.office", "operator", identity=None)) == ["identity"]
    shop = await people.add("some.platform", "platform", identity=None)
    answer = await patch(people, shop["id"], roles=["approver"])
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/identity-missing")


async def test_two_accounts_without_an_identity_are_two_persons(people: People) -> None:
    first = await people.add("first.platform", "platform", identity=None)
    second = await people.add("second.platform", "platform", identity=None)
    assert first["person"] != second["person"]


async def test_the_others_hear_who_an_account_is_and_not_its_user_name(people: People) -> None:
    head = await people.add("county.head", "official", identity="A-0001", head_of_government=True)
    made = await people.add(
        "dangshan.office",
        "operator",
        name="砀山县商务局经办人",
        scopes=["341321"],
        organ={"name": "砀山县商务局", "kind": "government_department", "level": "county", "region_code": "341321"},
        post="科员",
        superior_account_id=head["id"],
    )
    event = (await people.service.said("accounts.account.changed"))[-1]
    assert event["entity_id"] == made["id"]
    assert event["version"] == 1
    assert event["person"] == made["person"]
    assert event["superior"] == head["person"]
    assert event["organ"]["name"] == "砀山县商务局"
    assert event["scopes"] == ["341321"]
    assert "dangshan.office" not in str(event)


async def test_an_account_without_a_password_is_invited_with_a_code_that_works_once(people: People) -> None:
    made = await people.add("dangshan.office", "operator", password=None)
    assert made["has_password"] is False
    body = {"code": made["invitation_code"], "password": PASSWORD}
    assert fields(await people.client.post("/invitations/accept", json=body | {"password": "short"})) == ["password"]
    answer = await people.client.post("/invitations/accept", json=body)
    assert answer.status_code == 200
    assert answer.json()["has_password"] is True
    assert (await people.try_in("dangshan.office")).status_code == 200
    again = await people.client.post("/invitations/accept", json=body)
    assert again.status_code == 410
    assert again.json()["type"].endswith("/problems/code-refused")


async def test_an_invitation_code_is_stored_as_a_hash_and_not_shown_to_a_repeated_request(people: People) -> None:
    body = {"username": "dangshan.office", "name": "经办人", "roles": ["operator"], "identity": IDENTITY}
    headers = people.administrator | {"Idempotency-Key": "first"}
    first = await people.client.post("/accounts", json=body, headers=headers)
    again = await people.client.post("/accounts", json=body, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    assert again.json()["invitation_code"] is None
    rows = await people.service.database.fetch_rows(
        """SELECT row_to_json(code)::text AS row FROM accounts.one_time_code AS code
           UNION ALL SELECT convert_from(body, 'UTF8') FROM accounts.idempotency"""
    )
    assert len(rows) == 2
    assert all(first.json()["invitation_code"] not in row["row"] for row in rows)


async def test_a_reset_code_sets_a_new_password_and_ends_what_was_open(people: People) -> None:
    made = await people.add("dangshan.office")
    session = await people.sign_in("dangshan.office", kind="browser")
    first = await people.client.post(f"/accounts/{made['id']}/reset", headers=people.administrator)
    second = await people.client.post(f"/accounts/{made['id']}/reset", headers=people.administrator)
    assert first.status_code == second.status_code == 201
    replaced = {"code": first.json()["code"], "password": "four pears and a train"}
    assert (await people.client.post("/invitations/accept", json=replaced)).status_code == 410
    body = {"code": second.json()["code"], "password": "four pears and a train"}
    assert (await people.client.post("/invitations/accept", json=body)).status_code == 200
    assert (await people.exchange(session_id=session["session_id"])).status_code == 401
    assert (await people.try_in("dangshan.office")).status_code == 401
    assert (await people.try_in("dangshan.office", "four pears and a train")).status_code == 200


async def test_a_reset_lets_in_who_was_locked_out(people: People) -> None:
    made = await people.add("dangshan.office")
    for _ in range(5):
        await people.try_in("dangshan.office", "wrong")
    code = (await people.client.post(f"/accounts/{made['id']}/reset", headers=people.administrator)).json()["code"]
    body = {"code": code, "password": "four pears and a train"}
    await people.client.post("/invitations/accept", json=body)
    assert (await people.try_in("dangshan.office", "four pears and a train")).status_code == 200


async def test_a_change_raises_the_version_and_refuses_the_old_tokens(people: People) -> None:
    made = await people.add("dangshan.office", "operator", scopes=["341321"])
    token = (await people.sign_in("dangshan.office"))["access_token"]
    answer = await patch(people, made["id"], scopes=["341302"], headers={"If-Match": '"1"'})
    assert answer.status_code == 200
    assert answer.json()["scopes"] == ["341302"]
    assert answer.headers["etag"] == '"2"'
    people.a_second_later()
    assert (await people.me(token)).status_code == 401
    assert [event["version"] for event in await people.service.said("accounts.account.changed")] == [1, 2]


async def test_what_is_left_out_of_a_change_stays(people: People) -> None:
    made = await people.add("dangshan.office", "operator", scopes=["341321"], post="科员")
    answer = await patch(people, made["id"], post=None)
    assert answer.json()["post"] is None
    assert answer.json()["scopes"] == ["341321"]
    assert fields(await patch(people, made["id"], roles=None)) == ["roles"]


async def test_a_change_that_changes_nothing_is_no_new_version(people: People) -> None:
    made = await people.add("dangshan.office", "operator", scopes=["341321"])
    assert (await patch(people, made["id"], scopes=["341321"])).json()["version"] == 1
    assert len(await people.service.said("accounts.account.changed")) == 1


async def test_a_change_of_an_older_state_is_refused(people: People) -> None:
    made = await people.add("dangshan.office", "operator")
    await patch(people, made["id"], post="科员")
    answer = await patch(people, made["id"], post="科长", headers={"If-Match": '"1"'})
    assert answer.status_code == 412


async def test_a_user_name_is_taken_once(people: People) -> None:
    await people.add("dangshan.office")
    answer = await people.ask("Dangshan.Office")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/username-taken")


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"username": "a"}, "username"),
        ({"username": "砀山"}, "username"),
        ({"username": "x'; DROP TABLE account;--"}, "username"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles.0"),
        ({"roles": ["operator", "operator"]}, "roles"),
        ({"scopes": ["34"]}, "scopes.0"),
        ({"scopes": ["123456"]}, "scopes.0"),
        ({"scopes": ["370181"]}, "scopes.0"),
        ({"scopes": ["341321"] * 41}, "scopes"),
        ({"name": "  "}, "name"),
        ({"name": "甲" * 201}, "name"),
        ({"identity": "x"}, "identity"),
        ({"password": "woaini1314"}, "password"),
        ({"superior_account_id": "nobody"}, "superior_account_id"),
        ({"organ": {"name": "局", "kind": "kingdom", "level": "county"}}, "organ.kind"),
        ({"organ": {"name": "局", "kind": "other", "level": "county", "region_code": "123456"}}, "organ.region_code"),
        ({"emperor": True}, "emperor"),
    ],
)
async def test_a_bad_field_is_named(people: People, bad: dict[str, Any], field: str) -> None:
    answer = await people.ask("dangshan.office", **({"scopes": ["341321"]} | bad))
    assert fields(answer) == [field]


async def test_the_sentence_on_an_old_region_code_names_the_new_one_in_chinese(people: People) -> None:
    body = {"username": "a.b.c", "name": "某", "roles": ["buyer"], "scopes": ["370181"]}
    headers = people.administrator | {"Accept-Language": "zh"}
    answer = await people.client.post("/accounts", json=body, headers=headers)
    assert answer.json()["errors"] == [{"field": "scopes.0", "detail": "370181 已由 370114 取代，请使用新代码。"}]


async def test_nobody_stands_above_themselves(people: People) -> None:
    first = await people.add("first.office")
    second = await people.add("second.office", superior_account_id=first["id"])
    assert fields(await patch(people, first["id"], superior_account_id=second["id"])) == ["superior_account_id"]
    assert fields(await patch(people, first["id"], superior_account_id=first["id"])) == ["superior_account_id"]


async def test_outside_demo_mode_nobody_is_given_a_password_or_the_clock(
    service_app: ServiceOf, tokens: Tokens
) -> None:
    people = People(await service_app("accounts", demo=False), tokens)
    assert fields(await people.ask("dangshan.office", may_set_clock=True)) == ["may_set_clock", "password"]
    assert fields(await people.ask("demo.office", scopes=["999901"], password=None)) == ["scopes.0"]
    assert (await people.add("dangshan.office", password=None))["invitation_code"]


async def test_only_administrators_see_and_make_accounts(people: People, tokens: Tokens) -> None:
    made = await people.add("dangshan.office")
    token = (await people.sign_in("dangshan.office"))["access_token"]
    for headers, code in (({}, 401), (bearer(token), 403)):
        assert (await people.client.get("/accounts", headers=headers)).status_code == code
        assert (await people.client.post("/accounts", json={}, headers=headers)).status_code == code
    assert (await people.client.get(f"/accounts/{made['id']}", headers=bearer(token))).status_code == 200
    other = await people.add("chenggu.office", identity="B-0001")
    assert (await people.client.get(f"/accounts/{other['id']}", headers=bearer(token))).status_code == 403


async def test_accounts_are_paged_without_a_gap(people: People) -> None:
    made = [(await people.add(f"office.{number}", "moderator"))["id"] for number in range(5)]
    seen: list[str] = []
    parameters: dict[str, Any] = {"role": "moderator", "limit": 2}
    while True:
        page = (await people.client.get("/accounts", params=parameters, headers=people.administrator)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        parameters["cursor"] = page["next"]
    assert seen == made
    bad = await people.client.get("/accounts", params={"cursor": "rubbish"}, headers=people.administrator)
    assert bad.status_code == 422


async def test_an_unknown_account_is_not_found(people: People) -> None:
    for call in (
        people.client.get("/accounts/nobody", headers=people.administrator),
        people.client.patch("/accounts/nobody", json={}, headers=people.administrator),
        people.client.post("/accounts/nobody/reset", headers=people.administrator),
    ):
        assert (await call).status_code == 404


async def test_the_first_administrator_is_made_once(service_app: ServiceOf, tokens: Tokens) -> None:
    password = "a long first password"
    people = People(await service_app("accounts", first_administrator_password=password), tokens)
    got = await people.sign_in("admin", password=password)
    assert got["account"]["roles"] == ["administrator"]
    again = People(await service_app("accounts", first_administrator_password="quite another password"), tokens)
    assert (await again.try_in("admin", "quite another password")).status_code == 401
    answer = await patch(people, got["account"]["id"], active=False)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/last-administrator")


async def test_two_administrators_cannot_dismiss_each_other_at_once(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    people = People(await committing_service_app("accounts"), tokens)
    two = [await people.add(f"admin.{number}", "administrator", identity=f"C-000{number}") for number in range(2)]
    answers = await asyncio.gather(*[patch(people, one["id"], active=False) for one in two])
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_the_present_state_can_be_told_again(people: People) -> None:
    made = await people.add("dangshan.office")
    await patch(people, made["id"], post="科员")
    before = len(await people.service.said())
    for entity in ("account", "key", "revocation"):
        body = {"entity": entity, "since": "2020-01-01T00:00:00+08:00"}
        answer = await people.client.post("/admin/republish", json=body, headers=people.administrator)
        assert answer.json() == {"count": 1}
    said = (await people.service.said())[before:]
    assert [(event["entity"], event["version"]) for event in said] == [("account", 2), ("key", 1), ("revocation", 1)]


def test_the_service_refuses_to_start_with_the_demonstration_secret() -> None:
    assert issubclass(AccountsSettings, ServiceSettings)
    with pytest.raises(ValueError, match="SUNFAIR_TOKEN_SECRET"):
        AccountsSettings(demo=False)
