"""What offices do to orders: public without the order, and only when it concerns enough buyers."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.disclosure.ledger.verify import check_acts
from services.kit.actor import Actor
from services.orders.actions.acts import note_act, tell_order_acts
from tests.orders.buyers import Buyer
from tests.orders.market import COUNTY
from tests.orders.outside import Outside


async def shown(outside: Outside, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """The trail as it is read, oldest first."""
    answer = await outside.client.get("/order-acts?limit=100", headers=headers or {})
    assert answer.status_code == 200, answer.text
    return list(reversed(answer.json()["items"]))


async def tell(outside: Outside) -> int:
    async with outside.market.app.database.sessions.begin() as db:
        return await tell_order_acts(db)


async def act_on(outside: Outside, *buyers: str, organ: str | None = "砀山县商务局", region: str = COUNTY) -> None:
    officer = Actor("operator-1", "person-1", "Operator", frozenset({"operator"}), (COUNTY,), organ=organ)
    async with outside.market.app.database.sessions.begin() as db:
        for buyer in buyers:
            await note_act(db, officer, "refund.approved", f"order-of-{buyer}", buyer, region)


async def test_parcels_refunds_complaints_and_invoices_leave_acts_that_inspectors_read(
    outside: Outside, someone: Buyer
) -> None:
    order = await outside.signed(someone, 3)
    of, seller = f"/orders/{order['order_id']}", outside.seller(organ="砀山县商务局")
    photo = await outside.photo(someone)
    asked = {"reason": "spoiled", "amount_fen": 100, "photos": [photo]}
    for approve in (True, False):
        refund = await outside.post(f"{of}/refunds", asked, someone.headers)
        body = {"approve": approve, "words": "已看照片"}
        await outside.post(f"/refunds/{refund['id']}/decision", body, seller, 200)
    await outside.post(f"{of}/refunds", {"reason": "other", "amount_fen": 1}, seller)
    complaint = await outside.post(f"{of}/complaints", {"kind": "spoiled", "words": "烂了"}, someone.headers)
    inspector = outside.market.tokens.headers("inspector")
    await outside.post(f"/complaints/{complaint['id']}/acknowledge", {}, seller, 200)
    await outside.post(f"/complaints/{complaint['id']}/decide", {"upheld": True, "words": "属实"}, inspector, 200)
    invoice = {"title": "某某"}
    assert (await outside.client.put(f"{of}/invoice", json=invoice, headers=someone.headers)).status_code == 200
    number = {"number": "24312000000000000001"}
    assert (await outside.client.put(f"{of}/invoice/number", json=number, headers=seller)).status_code == 200

    acts = await shown(outside, inspector)
    assert [(each["action"], each["by_role"]) for each in acts] == [
        ("parcel.sent", "operator"),
        ("refund.approved", "operator"),
        ("refund.refused", "operator"),
        ("refund.given", "operator"),
        ("complaint.acknowledged", "operator"),
        ("complaint.upheld", "inspector"),
        ("invoice.issued", "operator"),
    ]
    assert {each["audience"] for each in acts} == {"waiting"}
    assert {each["inside"]["order_id"] for each in acts} == {order["order_id"]}
    assert await shown(outside) == []
    assert await tell(outside) == len(acts)
    assert await shown(outside) == [], "one buyer is not ten"


async def test_acts_of_an_office_appear_with_the_tenth_buyer_and_the_next_ones_with_ten_more(outside: Outside) -> None:
    await act_on(outside, *[f"buyer-{number}" for number in range(9)], "buyer-0")
    await act_on(outside, *[f"other-{number}" for number in range(5)], organ="萧县商务局")
    await tell(outside)
    assert await shown(outside) == []
    await act_on(outside, "buyer-9")
    await tell(outside)
    acts = await shown(outside)
    assert len(acts) == 11
    assert {each["by_office"] for each in acts} == {"砀山县商务局"}
    assert all(each["subject"] is None and each["inside"] is None and not each["facts"] for each in acts)
    assert "order-of" not in str(acts)
    await act_on(outside, *[f"buyer-{number}" for number in range(9)])
    await tell(outside)
    assert len(await shown(outside)) == 11


async def test_the_log_hears_every_hash_at_once_and_no_county_with_it(outside: Outside) -> None:
    await act_on(outside, "buyer-1")
    assert (await tell(outside), await tell(outside)) == (1, 0)
    (batch,) = await outside.market.app.said("orders.acts.logged")
    assert batch["region_code"] == "100000"
    acts = await shown(outside, outside.market.tokens.headers("administrator"))
    assert check_acts("orders", batch["sha256"], acts) == 1


@pytest.mark.parametrize("change", ["UPDATE orders.act SET action = 'nothing'", "TRUNCATE orders.act"])
async def test_the_database_refuses_to_change_or_delete_an_act(outside: Outside, change: str) -> None:
    await act_on(outside, "buyer-1")
    async with outside.market.app.database.sessions() as db:
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
            await db.execute(sa.text(change))


async def test_a_cursor_that_is_none_is_refused(outside: Outside) -> None:
    assert (await outside.client.get("/order-acts?cursor=rubbish")).status_code == 422
