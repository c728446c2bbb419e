"""Webhooks: what is told to whom, signed and repeated; and clearances that are revoked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import TestServer
from jose import jwt

from services.compliance.actions.deliveries import AT_ONCE, LEASE, OF_ONE, Carrier, carry_messages
from services.compliance.actions.gate import ask_again_what_rests_on
from services.compliance.models import Delivery, Webhook
from services.compliance.store import webhooks as store
from services.contracts.catalog import ListingDecided, ListingWithdrawn, ProducerChanged
from services.contracts.disclosure import DisclosureReleased
from services.kit import clock
from services.kit.event import Event
from services.kit.webhooks import Sender
from tests.apps import ServiceUnderTest, Tokens
from tests.compliance.cases import Case
from tests.compliance.receiver import Receiver, receiving
from tests.compliance.test_checks import platform
from tests.compliance.test_clearances import passing
from tests.conftest import ServiceOf

# Many more messages like the one that waits.
COPIES = """
    INSERT INTO compliance.delivery
    SELECT copy.* FROM compliance.delivery one, generate_series(1, :many) number,
        LATERAL jsonb_populate_record(one, jsonb_build_object('message_id', one.message_id || '-' || number)) copy
"""
KINDS = ["decision.made", "decision.changed", "clearance.revoked"]


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    return await service_app("compliance", webhook_private_targets=True)


@pytest.fixture
async def busy(committing_service_app: ServiceOf) -> ServiceUnderTest:
    """With real commits, for tests in which several messages are carried at once."""
    return await committing_service_app("compliance", webhook_private_targets=True)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as listening:
        yield listening


def owner(tokens: Tokens, **claims: Any) -> dict[str, str]:
    """The headers of a platform that may keep webhooks and ask for clearances."""
    return (
        platform(tokens)
        if claims
        else tokens.headers("platform", key_id="key-1", key_scopes=["checks:write", "webhooks:write"])
    )


async def made(service: ServiceUnderTest, tokens: Tokens, url: str, **body: Any) -> dict[str, Any]:
    answer = await service.client.post("/webhooks", json={"url": url, "kinds": KINDS} | body, headers=owner(tokens))
    assert answer.status_code == 201, answer.text
    webhook: dict[str, Any] = answer.json()
    return webhook


async def listed(service: ServiceUnderTest, tokens: Tokens) -> None:
    """The pears of Dangshan go before the gate."""
    case = Case(service, tokens)
    await case.prepare()
    await case.list_lots()


async def carried(service: ServiceUnderTest) -> int:
    async with Sender(private=True) as sender:
        return await carry_messages(service.database, service.app.state.surroundings, sender)


async def make_due(service: ServiceUnderTest) -> None:
    """Let the time of every waiting message come."""
    table: Any = Delivery
    async with service.database.sessions.begin() as db:
        await db.execute(sa.update(table).where(table.state == "waiting").values(next_attempt_at=clock.now()))


async def deliveries(service: ServiceUnderTest, tokens: Tokens, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await service.client.get(f"/webhooks/{webhook['id']}/deliveries", headers=owner(tokens))
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


async def test_a_decision_about_a_listing_is_told_with_a_signature(
    busy: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    webhook = await made(busy, tokens, receiver.url, region_codes=["340000"])
    await listed(busy, tokens)
    await carried(busy)
    told = [message for message in receiver.messages if message["type"] == "decision.made"]
    assert told
    assert told[0]["data"]["region_code"] == "341321"
    assert told[0]["data"]["subject"]["kind"] == "lot"
    assert receiver.is_signed(webhook["secret"])
    assert not receiver.is_signed("whsec_" + "A" * 44)


async def test_a_webhook_for_another_region_hears_nothing(
    service: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    await made(service, tokens, receiver.url, region_codes=["440000"])
    await listed(service, tokens)
    assert await carried(service) == 0


async def test_a_failing_address_is_tried_again_later_and_succeeds(
    service: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    webhook = await made(service, tokens, receiver.url)
    receiver.answers = [500, 302]
    await service.client.post(f"/webhooks/{webhook['id']}/ping", json={}, headers=owner(tokens))
    assert await carried(service) == 1
    (waiting,) = await deliveries(service, tokens, webhook)
    assert (waiting["state"], waiting["attempts"], waiting["last_status"]) == ("waiting", 1, 500)
    assert await carried(service) == 0
    for _ in range(2):
        await make_due(service)
        await carried(service)
    (done,) = await deliveries(service, tokens, webhook)
    assert (done["state"], done["attempts"], done["last_status"]) == ("delivered", 3, 204)
    ids = {headers["webhook-id"] for headers, _ in receiver.requests}
    assert ids == {done["message_id"]}


async def test_a_message_is_given_up_on_after_ten_attempts_and_can_be_sent_again(
    service: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    webhook = await made(service, tokens, receiver.url)
    receiver.answers = [503] * 10
    await service.client.post(f"/webhooks/{webhook['id']}/ping", json={}, headers=owner(tokens))
    for _ in range(10):
        await make_due(service)
        await carried(service)
    (given_up,) = await deliveries(service, tokens, webhook)
    assert (given_up["state"], given_up["attempts"]) == ("given_up", 10)
    since = (clock.now() - timedelta(hours=1)).isoformat()
    again = await service.client.post(f"/webhooks/{webhook['id']}/replay", json={"since": since}, headers=owner(tokens))
    assert again.json() == {"replayed": 1}
    await carried(service)
    assert (await deliveries(service, tokens, webhook))[0]["state"] == "delivered"


async def test_whoever_takes_nothing_for_days_is_paused_and_can_resume(
    service: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    webhook = await made(service, tokens, receiver.url)
    table: Any = Webhook
    async with service.database.sessions.begin() as db:
        await db.execute(sa.update(table).values(created_at=clock.now() - timedelta(days=6)))
    receiver.answers = [503] * 10
    await service.client.post(f"/webhooks/{webhook['id']}/ping", json={}, headers=owner(tokens))
    for _ in range(10):
        await make_due(service)
        await carried(service)
    (row,) = (await service.client.get("/webhooks", headers=owner(tokens))).json()["items"]
    assert row["paused_because"] == "no message was taken for five days"
    resumed = await service.client.post(f"/webhooks/{webhook['id']}/resume", headers=owner(tokens))
    assert resumed.json()["paused_at"] is None


async def test_gone_means_gone(service: ServiceUnderTest, tokens: Tokens, receiver: Receiver) -> None:
    webhook = await made(service, tokens, receiver.url)
    receiver.answers = [410]
    await service.client.post(f"/webhooks/{webhook['id']}/ping", json={}, headers=owner(tokens))
    await carried(service)
    (row,) = (await service.client.get("/webhooks", headers=owner(tokens))).json()["items"]
    assert "410" in row["paused_because"]
    assert (await deliveries(service, tokens, webhook))[0]["state"] == "given_up"


async def test_for_a_day_both_secrets_sign(service: ServiceUnderTest, tokens: Tokens, receiver: Receiver) -> None:
    webhook = await made(service, tokens, receiver.url)
    new = (await service.client.post(f"/webhooks/{webhook['id']}/rotate", headers=owner(tokens))).json()
    await service.client.post(f"/webhooks/{webhook['id']}/ping", json={}, headers=owner(tokens))
    await carried(service)
    assert receiver.is_signed(webhook["secret"])
    assert receiver.is_signed(new["secret"])


async def test_a_process_that_dies_with_a_message_in_hand_loses_it_to_the_next(
    service: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    webhook = await made(service, tokens, receiver.url)
    await service.client.post(f"/webhooks/{webhook['id']}/ping", json={}, headers=owner(tokens))
    async with service.database.sessions.begin() as db:
        assert len(await store.take_outgoing(db, clock.now(), LEASE, 16)) == 1
    assert await carried(service) == 0
    async with service.database.sessions.begin() as db:
        assert len(await store.take_outgoing(db, clock.now() + LEASE, LEASE, 16)) == 1


async def test_the_secret_is_shown_once(service: ServiceUnderTest, tokens: Tokens, receiver: Receiver) -> None:
    headers = owner(tokens) | {"Idempotency-Key": "make-it-once"}
    body = {"url": receiver.url, "kinds": KINDS}
    first, again = [(await service.client.post("/webhooks", json=body, headers=headers)).json() for _ in range(2)]
    assert first["secret"].startswith("whsec_")
    assert (again["id"], again["secret"]) == (first["id"], None)
    (row,) = (await service.client.get("/webhooks", headers=owner(tokens))).json()["items"]
    assert "secret" not in row


async def test_addresses_and_owners_are_checked(
    service: ServiceUnderTest, service_app: ServiceOf, tokens: Tokens, receiver: Receiver
) -> None:
    wrong_key = await service.client.post(
        "/webhooks", json={"url": receiver.url, "kinds": KINDS}, headers=platform(tokens)
    )
    assert (wrong_key.status_code, wrong_key.json()["type"].rpartition("/")[2]) == (403, "key-lacks-scope")
    nobody = await service.client.post("/webhooks", json={"url": receiver.url, "kinds": KINDS})
    assert nobody.status_code == 401
    unknown = await service.client.post(
        "/webhooks", json={"url": receiver.url, "kinds": ["everything"]}, headers=owner(tokens)
    )
    assert unknown.status_code == 422
    webhook = await made(service, tokens, receiver.url)
    stranger = tokens.headers("platform", account_id="somebody-else")
    for method, path in (("GET", "deliveries"), ("POST", "rotate"), ("POST", "pause")):
        answer = await service.client.request(method, f"/webhooks/{webhook['id']}/{path}", headers=stranger)
        assert answer.status_code == 404
    assert (await service.client.delete(f"/webhooks/{webhook['id']}", headers=stranger)).status_code == 404
    assert (await service.client.delete(f"/webhooks/{webhook['id']}", headers=owner(tokens))).status_code == 204


async def test_an_address_in_our_own_network_is_refused(service_app: ServiceOf, tokens: Tokens) -> None:
    careful = await service_app("compliance", webhook_private_targets=False)
    answer = await careful.client.post(
        "/webhooks", json={"url": "https://169.254.169.254/", "kinds": KINDS}, headers=owner(tokens)
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "url"


async def test_an_account_has_ten_webhooks_at_most(
    service: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    for _ in range(10):
        await made(service, tokens, receiver.url)
    answer = await service.client.post("/webhooks", json={"url": receiver.url, "kinds": KINDS}, headers=owner(tokens))
    assert answer.status_code == 409


async def test_a_test_key_is_told_samples_only(service: ServiceUnderTest, tokens: Tokens, receiver: Receiver) -> None:
    headers = tokens.headers("platform", key_id="k", key_scopes=["webhooks:write"], test_key=True)
    webhook = (
        await service.client.post("/webhooks", json={"url": receiver.url, "kinds": KINDS}, headers=headers)
    ).json()
    await listed(service, tokens)
    await service.client.post(f"/webhooks/{webhook['id']}/ping", json={"kind": "decision.made"}, headers=headers)
    await carried(service)
    assert [message["data"].get("sample") for message in receiver.messages] == [True]


async def cleared(service: ServiceUnderTest, tokens: Tokens) -> dict[str, Any]:
    answer = await service.client.post("/checks", json=passing(), headers=owner(tokens))
    said: dict[str, Any] = answer.json()
    assert said["clearance"], said
    return said


async def test_a_changed_record_revokes_the_clearances_that_rest_on_it(
    busy: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    await made(busy, tokens, receiver.url)
    said, other = await cleared(busy, tokens), await cleared(busy, tokens)
    lot = f"lot:{said['facts']['lot']['id']}"
    async with busy.database.sessions.begin() as db:
        await ask_again_what_rests_on(db, ["lot:of-somebody-else"])
    assert (await busy.client.get("/clearances/revoked")).json()["items"] == []
    async with busy.database.sessions.begin() as db:
        await ask_again_what_rests_on(db, [lot])
        await ask_again_what_rests_on(db, [lot])
    listed = (await busy.client.get("/clearances/revoked")).json()
    assert {row["decision_id"] for row in listed["items"]} == {said["decision_id"], other["decision_id"]}
    assert lot in listed["items"][0]["reason"]["en"]
    await carried(busy)
    told = [message["data"]["decision_id"] for message in receiver.messages]
    assert sorted(told) == sorted([said["decision_id"], other["decision_id"]])


async def test_a_stranger_verifies_the_list_of_revoked_clearances(service: ServiceUnderTest, tokens: Tokens) -> None:
    said = await cleared(service, tokens)
    reviewer = tokens.headers("reviewer", account_id="reviewer")
    reason = {"reason_zh": "举报属实。", "reason_en": "A report was upheld."}
    path = f"/clearances/{said['decision_id']}/revoke"
    done = await service.client.post(path, json=reason, headers=reviewer)
    assert done.json()["reason"] == {"zh": "举报属实。", "en": "A report was upheld."}
    listed = (await service.client.get("/clearances/revoked")).json()
    key = (await service.client.get("/jwks")).json()["keys"][0]
    claims = jwt.decode(
        listed["signed"], key, algorithms=["ES256"], audience="sunfair:clearance", issuer="sunfair:compliance"
    )
    assert jwt.get_unverified_header(listed["signed"])["typ"] == "sunfair-revocations+jwt"
    assert claims["revoked"] == [said["decision_id"]]
    again = await service.client.post(path, json=reason, headers=reviewer)
    assert again.json() == done.json()
    other = await service.client.post("/clearances/no-such-decision/revoke", json=reason, headers=reviewer)
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (404, "clearance-not-found")
    for headers, status in (({}, 401), (tokens.headers("operator"), 403)):
        assert (await service.client.post(path, json=reason, headers=headers)).status_code == status


async def test_what_changes_in_the_catalogue_is_told_once(
    busy: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    kinds = ["listing.changed", "listing.withdrawn", "producer.changed"]
    await made(busy, tokens, receiver.url, kinds=kinds, region_codes=["340000"])
    await made(busy, tokens, receiver.url, kinds=kinds, region_codes=["440000"])
    samples = Path(__file__).parent.parent / "contracts" / "samples"
    told_of: list[type[Event]] = [ListingDecided, ListingWithdrawn, ProducerChanged]
    events = [
        kind.model_validate_json((samples / f"{kind.subject}.json").read_text()).model_copy(
            update={"region_code": "341321", "message_id": f"m-{told}-{place}"}
        )
        for told in range(2)
        for place, kind in enumerate(told_of)
    ]
    await busy.hear(*events)
    while await carried(busy):
        pass
    assert sorted(message["type"] for message in receiver.messages) == sorted(kinds)
    told = next(message["data"] for message in receiver.messages if message["type"] == "producer.changed")
    assert (told["admission"], told["url"]) == ("admitted", f"/api/v1/producers/{told['producer_id']}")


async def test_a_release_of_a_record_is_told_once_and_of_the_region_alone(
    busy: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    webhook = await made(busy, tokens, receiver.url, kinds=["disclosure.released"], region_codes=["340000"])
    await made(busy, tokens, receiver.url, kinds=["disclosure.released"], region_codes=["440000"])
    sample = Path(__file__).parent.parent / "contracts" / "samples" / f"{DisclosureReleased.subject}.json"
    event = DisclosureReleased.model_validate_json(sample.read_text()).model_copy(update={"region_code": "341321"})
    await busy.hear(*(event.model_copy(update={"message_id": f"told-{number}"}) for number in range(2)))
    while await carried(busy):
        pass
    (message,) = receiver.messages
    assert receiver.is_signed(webhook["secret"])
    assert message["type"] == "disclosure.released"
    assert message["data"]["url"] == f"/api/v1/disclosures/{event.entity_id}/releases/{event.version}"
    assert message["data"]["sha256"] == event.sha256


async def test_a_receiver_that_answers_500_for_a_day_gets_the_message_on_the_next(
    service: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    webhook = await made(service, tokens, receiver.url)
    receiver.answers = [500] * 7
    await service.client.post(f"/webhooks/{webhook['id']}/ping", json={}, headers=owner(tokens))
    waited = timedelta()
    while waited < timedelta(days=1):
        began = clock.now()
        await carried(service)
        (row,) = await deliveries(service, tokens, webhook)
        assert row["state"] == "waiting"
        waited += datetime.fromisoformat(row["next_attempt_at"]) - began
        await make_due(service)
    assert len(receiver.requests) == 7
    await carried(service)
    assert (await deliveries(service, tokens, webhook))[0]["state"] == "delivered"
    assert len({body for _, body in receiver.requests}) == 1


@asynccontextmanager
async def hanging() -> AsyncIterator[str]:
    """A receiver that takes every message and answers none until the block ends; its address."""
    app, forever = web.Application(), asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        await forever.wait()
        return web.Response()

    app.router.add_post("/", hang)
    async with TestServer(app) as server:
        try:
            yield str(server.make_url("/"))
        finally:
            forever.set()


async def test_a_receiver_that_hangs_holds_up_nobody_else(
    busy: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    async with hanging() as silent:
        slow = await made(busy, tokens, silent)
        quick = await made(busy, tokens, receiver.url)
        for webhook in (slow, quick):
            await busy.client.post(f"/webhooks/{webhook['id']}/ping", json={}, headers=owner(tokens))
        async with Sender(private=True, timeout_seconds=0.3) as sender:
            await carry_messages(busy.database, busy.app.state.surroundings, sender)
        assert (await deliveries(busy, tokens, quick))[0]["state"] == "delivered"
        (waiting,) = await deliveries(busy, tokens, slow)
        assert (waiting["state"], waiting["last_error"]) == ("waiting", "no answer within 0.3 seconds")


async def test_a_receiver_that_hangs_with_hundreds_of_messages_leaves_room_for_the_others(
    busy: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    async with hanging() as silent, Sender(private=True) as sender:
        slow = await made(busy, tokens, silent)
        quick = await made(busy, tokens, receiver.url)
        await busy.client.post(f"/webhooks/{slow['id']}/ping", json={}, headers=owner(tokens))
        async with busy.database.sessions.begin() as db:
            await db.execute(sa.text(COPIES), {"many": 2 * AT_ONCE})
        await busy.client.post(f"/webhooks/{quick['id']}/ping", json={}, headers=owner(tokens))
        carrier = Carrier(busy.database, busy.app.state.surroundings, sender)
        assert await carrier.begin() == OF_ONE + 1
        while len(carrier.under_way) > OF_ONE:
            await carrier.wait(0.01)
        assert (await deliveries(busy, tokens, quick))[0]["state"] == "delivered"
        # Nothing more goes to who answers none of four, and there is room for everybody else.
        assert await carrier.begin() == 0
        carrier.stop()
        await carrier.wait()
        assert not carrier.under_way


async def test_a_redirect_to_a_private_address_is_an_answer_and_never_followed(
    service: ServiceUnderTest, tokens: Tokens, receiver: Receiver
) -> None:
    moved = web.Application()

    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound(receiver.url)

    moved.router.add_post("/", elsewhere)
    async with TestServer(moved) as server:
        webhook = await made(service, tokens, str(server.make_url("/")))
        await service.client.post(f"/webhooks/{webhook['id']}/ping", json={}, headers=owner(tokens))
        await carried(service)
        (row,) = await deliveries(service, tokens, webhook)
    assert (row["state"], row["last_status"]) == ("waiting", 302)
    assert receiver.requests == []
