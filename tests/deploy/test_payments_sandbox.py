"""The stand-in for a payment provider behaves as a real one does, well and badly."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr

from deploy.sandbox.agenda import Agenda, now_ms
from deploy.sandbox.payments.app import create_app
from deploy.sandbox.settings import SandboxSettings
from tests.compliance.receiver import Receiver, receiving

KEY = "a-key-of-the-tests-and-of-nothing-else"
SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"


class Provider:
    """The stand-in in this process, with a merchant who listens."""

    def __init__(self, client: AsyncClient, agenda: Agenda, receiver: Receiver) -> None:
        self.client = client
        self.agenda = agenda
        self.receiver = receiver

    async def post(self, path: str, body: Any = None) -> Response:
        """As the merchant."""
        return await self.client.post(path, json=body, headers={"Authorization": f"Bearer {KEY}"})

    async def get(self, path: str) -> Response:
        """As the merchant."""
        return await self.client.get(path, headers={"Authorization": f"Bearer {KEY}"})

    async def behave(self, **how: Any) -> None:
        """Set how it behaves from now on; nothing waits unless the test says so."""
        body = {"delay_ms": 0, "refund_ms": 0, "late_ms": 0} | how
        answer = await self.client.put("/v1/behaviour", json=body, headers={"Authorization": f"Bearer {KEY}"})
        assert answer.status_code == 200, answer.text

    async def open(self, **fields: Any) -> dict[str, Any]:
        """A payment of two legs."""
        answer = await self.post("/v1/payments", self.body(**fields))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def body(self, **fields: Any) -> dict[str, Any]:
        """What the merchant asks for."""
        return {
            "reference": "checkout-1",
            "legs": [
                {"reference": "order-1", "payee": "演示果园", "amount_fen": 3_980},
                {"reference": "order-2", "payee": "演示合作社", "amount_fen": 1_020},
            ],
            "subject_zh": "砀山酥梨",
            "subject_en": "Dangshan pears",
            "return_url": "http://market.example/zh/orders",
            "notify_url": self.receiver.url,
            "expires_ms": now_ms() + 600_000,
        } | fields

    async def press(self, payment: dict[str, Any], act: str, **cookies: str) -> Response:
        """What the payer presses on the page."""
        path = payment["pay_url"].removeprefix("http://127.0.0.1:8001")
        self.client.cookies.update(cookies)
        return await self.client.post(path, data={"act": act, "method": "wallet"})

    async def told(self) -> list[dict[str, Any]]:
        """What the merchant was called back with, in order, once all that is due has left."""
        while await self.agenda.do_due():
            pass
        return self.receiver.messages


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Provider]:
    settings = SandboxSettings(key=SecretStr(KEY), webhook_secret=SecretStr(SECRET), state=tmp_path, delay_ms=0)
    app = create_app(settings)
    async with (
        receiving() as receiver,
        AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1:8001") as client,
        app.state.agenda.open(),
    ):
        made = Provider(client, app.state.agenda, receiver)
        await made.behave()
        yield made
    app.state.db.close()


def test_known_secrets_are_refused_outside_demo_mode() -> None:
    with pytest.raises(ValueError, match="SUNFAIR_SANDBOX_KEY"):
        SandboxSettings(webhook_secret=SecretStr(SECRET))
    with pytest.raises(ValueError, match="SUNFAIR_SANDBOX_WEBHOOK_SECRET"):
        SandboxSettings(key=SecretStr(KEY))


async def test_a_stranger_learns_nothing(provider: Provider) -> None:
    assert (await provider.client.post("/v1/payments", json=provider.body())).status_code == 401
    assert (await provider.client.get("/pay/no-such-page")).status_code == 404


async def test_the_same_reference_is_the_same_payment_and_another_sum_is_refused(provider: Provider) -> None:
    first = await provider.open()
    assert (await provider.open())["payment_id"] == first["payment_id"]
    dearer = [{"reference": "order-1", "payee": "演示果园", "amount_fen": 9_999}]
    assert (await provider.post("/v1/payments", provider.body(legs=dearer))).status_code == 409


async def test_paying_is_called_back_once_with_a_signature_of_the_standard(provider: Provider) -> None:
    payment = await provider.open()
    await provider.press(payment, "pay", sandbox_wallet="wallet-of-a-buyer")
    await provider.press(payment, "pay")
    [told] = await provider.told()
    assert (told["type"], told["data"]["state"], told["data"]["total_fen"]) == ("payment.paid", "paid", 5_000)
    assert told["data"]["payer"] == "wallet-of-a-buyer"
    assert provider.receiver.is_signed(SECRET)


async def test_a_failed_payment_may_be_tried_again(provider: Provider) -> None:
    payment = await provider.open()
    await provider.press(payment, "fail")
    await provider.press(payment, "pay")
    assert [message["type"] for message in await provider.told()] == ["payment.failed", "payment.paid"]


async def test_late_money_arrives_after_the_expiry(provider: Provider) -> None:
    payment = await provider.open(expires_ms=now_ms() + 50)
    await provider.press(payment, "late")
    assert (await provider.post(f"/v1/payments/{payment['payment_id']}/close")).status_code == 409
    while not provider.receiver.messages:
        await provider.agenda.do_due()
    data = provider.receiver.messages[0]["data"]
    assert data["state"] == "paid"
    assert data["paid_ms"] >= data["expires_ms"]


async def test_an_expired_or_closed_payment_takes_no_money(provider: Provider) -> None:
    expired = await provider.open(expires_ms=now_ms() - 1)
    await provider.press(expired, "pay")
    closed = await provider.open(reference="checkout-2")
    await provider.post(f"/v1/payments/{closed['payment_id']}/close")
    await provider.press(closed, "pay")
    assert {message["type"] for message in await provider.told()} == {"payment.closed"}


async def test_no_leg_gives_back_more_than_it_took(provider: Provider) -> None:
    payment = await provider.open()
    await provider.press(payment, "pay")
    refund = {"reference": "r-1", "payment_id": payment["payment_id"], "leg": "order-2", "amount_fen": 1_000}
    assert (await provider.post("/v1/refunds", refund)).json()["state"] == "pending"
    assert (await provider.post("/v1/refunds", refund)).status_code == 202
    assert (await provider.post("/v1/refunds", refund | {"amount_fen": 999})).status_code == 409
    assert (await provider.post("/v1/refunds", refund | {"reference": "r-2", "amount_fen": 21})).status_code == 409
    assert [message["type"] for message in await provider.told()] == ["payment.paid", "refund.succeeded"]
    totals = (await provider.post("/v1/totals", ["checkout-1", "unknown"])).json()
    assert totals == [{"reference": "checkout-1", "paid_fen": 5_000, "refunded_fen": 1_000}]


async def test_a_refund_that_fails_at_the_bank_leaves_the_money_to_be_given_back(provider: Provider) -> None:
    payment = await provider.open()
    await provider.press(payment, "pay")
    await provider.behave(refund_failures=1)
    refund = {"payment_id": payment["payment_id"], "leg": "order-2", "amount_fen": 1_020}
    await provider.post("/v1/refunds", refund | {"reference": "r-1"})
    assert (await provider.told())[-1]["type"] == "refund.failed"
    await provider.post("/v1/refunds", refund | {"reference": "r-2"})
    assert (await provider.told())[-1]["type"] == "refund.succeeded"


async def test_callbacks_are_lost_repeated_and_sent_again_as_it_is_told(provider: Provider) -> None:
    await provider.behave(duplicates=2)
    await provider.press(await provider.open(), "pay")
    assert len({message["id"] for message in await provider.told()}) == 1
    assert len(provider.receiver.messages) == 3
    await provider.behave(lose_every=1)
    await provider.press(await provider.open(reference="checkout-2"), "pay")
    assert len(await provider.told()) == 3
    assert (await provider.get("/v1/payments?reference=checkout-2")).json()["state"] == "paid"


async def test_a_callback_that_was_refused_is_sent_again(provider: Provider) -> None:
    provider.receiver.answers = [500]
    await provider.press(await provider.open(), "pay")
    while len(provider.receiver.messages) < 2:
        await provider.agenda.do_due()
    assert provider.receiver.messages[0] == provider.receiver.messages[1]


async def test_an_outage_is_an_outage(provider: Provider) -> None:
    await provider.behave(outages=1)
    assert (await provider.post("/v1/payments", provider.body())).status_code == 503
    assert (await provider.post("/v1/payments", provider.body())).status_code == 201


@pytest.mark.parametrize(("lang", "words"), [("zh", "不会扣款"), ("en", "nobody is charged")])
async def test_the_page_says_in_both_languages_that_nobody_is_charged(
    provider: Provider, lang: str, words: str
) -> None:
    payment = await provider.open()
    answer = await provider.client.get(payment["pay_url"], params={"lang": lang})
    assert words in answer.text
    assert "50.00" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_the_page_speaks_as_the_browser_asks_and_names_who_is_paid(provider: Provider) -> None:
    legs = [{"reference": "order-1", "payee": "93341321MA2X0000X1", "payee_name": "<演示果园>", "amount_fen": 5_000}]
    payment = await provider.open(legs=legs)
    english = await provider.client.get(payment["pay_url"], headers={"accept-language": "en-GB,en;q=0.9"})
    assert "nobody is charged" in english.text
    assert "&lt;演示果园&gt;" in english.text
    chinese = await provider.client.get(payment["pay_url"], headers={"accept-language": "zh-CN"})
    assert "不会扣款" in chinese.text
