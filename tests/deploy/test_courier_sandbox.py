"""The stand-in for a courier: waybills, scans in their order, a signature at the end."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

from deploy.sandbox.courier.app import WAY, create_app
from deploy.sandbox.settings import SandboxSettings
from tests.compliance.receiver import Receiver, receiving

KEY = "a-key-of-the-tests-and-of-nothing-else"
SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"


@pytest.fixture
async def courier(tmp_path: Path) -> AsyncIterator[tuple[AsyncClient, Any, Receiver]]:
    app = create_app(
        SandboxSettings(key=SecretStr(KEY), webhook_secret=SecretStr(SECRET), state=tmp_path, delay_ms=0, pace_ms=0)
    )
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        receiving() as receiver,
        AsyncClient(transport=ASGITransport(app), base_url="http://courier", headers=headers) as client,
        app.state.agenda.open(),
    ):
        yield client, app.state.agenda, receiver
    app.state.db.close()


def parcel(receiver: Receiver, **fields: Any) -> dict[str, Any]:
    """A box of pears to the capital."""
    return {
        "reference": "shipment-1",
        "from_region": "341321",
        "to_region": "110101",
        "weight_grams": 5_000,
        "notify_url": receiver.url,
    } | fields


async def test_a_parcel_is_scanned_on_its_way_and_signed_for(courier: tuple[AsyncClient, Any, Receiver]) -> None:
    client, agenda, receiver = courier
    taken = (await client.post("/v1/parcels", json=parcel(receiver, sign_kind="station"))).json()
    assert (await client.post("/v1/parcels", json=parcel(receiver))).json()["waybill"] == taken["waybill"]
    while len(receiver.messages) < len(WAY):
        await agenda.do_due()
    last = max(receiver.messages, key=lambda message: len(message["data"]["scans"]))["data"]
    assert [scan["kind"] for scan in last["scans"]] == list(WAY)
    assert (last["sign_kind"], last["sign_km"] is None) == ("station", False)
    assert 4_900 <= last["weight_grams"] <= 5_150
    assert last["route_km"] > 0
    assert receiver.is_signed(SECRET)


async def test_a_scan_can_be_made_by_hand_and_none_follows_the_last(
    courier: tuple[AsyncClient, Any, Receiver],
) -> None:
    client, _, receiver = courier
    headers_less = AsyncClient(transport=client._transport, base_url="http://courier")
    assert (await headers_less.post("/v1/parcels", json=parcel(receiver))).status_code == 401
    waybill = (await client.post("/v1/parcels", json=parcel(receiver))).json()["waybill"]
    for _ in range(len(WAY) + 1):
        shown = (await client.post(f"/v1/parcels/{waybill}/advance")).json()
    assert len(shown["scans"]) == len(WAY)
    assert (await client.get(f"/v1/parcels/{waybill}")).json() == shown
    assert (await client.get("/v1/parcels/none")).status_code == 404
