"""An order's whole way through real processes: bought, paid at the provider, sent, signed for, given back in part."""

import pytest

from tests import papers
from tests.journeys.street import Street
from tests.orders.market import LOT, PRICE_FEN, listing


@pytest.mark.xdist_group("stack")
async def test_an_order_is_paid_sent_signed_for_and_given_back_in_part(street: Street) -> None:
    """One story, because each start of the whole system costs: with callbacks twice and in any order throughout."""
    sale = street.sale
    await street.behave("payments", duplicates=1, shuffle=True, delay_ms=50, refund_ms=50)
    await street.behave("courier", duplicates=1, shuffle=True, delay_ms=50, pace_ms=100)
    await street.tell(listing(sale.listing_id, sale.units), sale.filing(), sale.room(sale.item(LOT)))
    await street.until(f"/sales/{sale.broadcast_id}", lambda now: bool(now.get("selling") and now["lots"]), None)

    home = {"consignee": "演示买家", "phone": "13800000000", "region_code": "110101", "detail": "演示街道 1 号"}
    address = await street.post("/addresses", home)
    line = {"lot_id": LOT, "units": 2, "price_fen": PRICE_FEN}
    body = {"broadcast_id": sale.broadcast_id, "lines": [line], "address_id": address["id"]}
    checkout = await street.post("/checkouts", body)
    order_id = checkout["orders"][0]["order_id"]
    payment = await street.post(f"/checkouts/{checkout['checkout_id']}/payment", {})
    await street.press(payment["pay_url"], "fail")
    await street.press(payment["pay_url"], "pay")
    # Nobody confirms: the provider's signed word alone completes the order.
    await street.until(f"/orders/{order_id}", lambda now: now["state"] == "paid")

    await street.post(f"/orders/{order_id}/shipments", {})
    signed = await street.until(f"/orders/{order_id}", lambda now: now["state"] == "signed")
    assert len(signed["shipments"][0]["scans"]) == 5

    photo = await send_photo(street)
    wanted = {"reason": "spoiled", "amount_fen": 500, "words": "坏了两个", "photos": [photo]}
    refund = await street.post(f"/orders/{order_id}/refunds", wanted)
    await street.post(f"/refunds/{refund['id']}/decision", {"approve": True, "words": "同意"})
    await street.until(f"/orders/{order_id}", lambda now: now["refunds"][0]["state"] == "refunded")

    added_up = await street.market.get(f"/reconciliation/{sale.broadcast_id}")
    assert (added_up["balanced"], added_up["differences"]) == (True, [])
    compared = await street.market.get(f"/reconciliation/{sale.broadcast_id}/provider", "admin")
    assert (compared["balanced"], compared["payments"]) == (True, 1)
    assert await street.said("orders.order.paid") == 1


async def send_photo(street: Street) -> str:
    """A photo of what is wrong; its hash."""
    headers = {"Authorization": f"Bearer {await street.market.token('admin')}"}
    files = {"file": ("photo.png", papers.png(), "image/png")}
    answer = await street.market.http.post("/orders/photos", files=files, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sha256"])
