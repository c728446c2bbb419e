"""A company behind three co-operatives, and pears that spoiled: what the record of one fair says, and says later."""

import asyncio
import hashlib
import json
from datetime import datetime, time, timedelta

from deploy.seed.data import Row
from deploy.seed.goods import group_bodies
from deploy.seed.market import Json
from services.contracts.values import SHANGHAI
from tests import papers
from tests.journeys.crowd import buyers
from tests.journeys.fair import OPERATOR, Bought, Fair, Wish, truth
from tests.journeys.studio import until
from tests.journeys.town import Town, result_of

# Five co-operatives offer these units. The first three are of one hand: two fifths of the goods together.
UNITS = (280, 260, 260, 600, 600)
HAND = "演示人员 幕后公司"
# Each of these lots has so many buyers of its own, enough to be told apart: of 53 orders the hand has 33.
BUYERS = (11, 11, 11, 10, 10)


def five_cooperatives(fair: Fair) -> dict[str, Row]:
    """Their bodies by key: each has a legal representative, telephone and account of its own."""
    verified = datetime.combine(fair.slot.filed_on - timedelta(days=10), time(10), SHANGHAI)
    group = {
        "group": "fair-hand",
        "region": "999901",
        "place": "演示县",
        "place_en": "Demonstration County",
        "industry": "果品",
        "trade": "西坡",
        "verified_at": verified.isoformat(),
        "serials": ["F11", "F12", "F13", "F14", "F15"],
        "members": [90, 80, 70, 60, 55],
    }
    bodies = {f"fair-hand-{place}": body for place, body in group_bodies(group)}
    for place in (1, 2, 3):
        bodies[f"fair-hand-{place}"] |= {"controller": HAND}
    return bodies


async def test_a_company_behind_three_cooperatives_and_the_late_refunds_of_a_spoiled_lot(town: Town) -> None:
    fair = Fair(town, "hand")
    filing = await fair.file(five_cooperatives(fair), UNITS)
    assert filing["state"] == "scheduled", filing
    await nothing_at_the_listing_says_so(fair)
    room = await fair.open(lots=5)
    shelf = in_order_of_their_producers((await room.see())["shelf"])
    places = [place for place, count in enumerate(BUYERS) for _ in range(count)]
    people = await buyers(town, len(places))
    bought = await fair.sell(shelf, map(Wish, people, places))
    await fair.end(room)

    await fair.pass_time()
    summary = await fair.record(1)
    assert {name: summary["sales"]["verified"][name] for name in truth(bought)} == truth(bought)
    (failed,) = summary["publication"]["not_passed"]
    assert (failed["rule"], failed["reason_code"]) == ("adm.suppliers", "paid_share_dominant")
    assert "62" in failed["reason_en"], "per cent of the paid orders"
    assert max(each["share_bp"] for each in summary["producers"]) < 2_500, "no one of them stands out alone"
    assert HAND not in str(summary)
    decision = await town.decision(summary["publication"]["decision_id"])
    assert result_of(decision, "adm.suppliers")["result"] == "fail", "anybody may read why"

    spoiled = [each for each in bought if each.lot_id == shelf[0]["lot_id"]]
    await sent_and_given_back(fair, spoiled)
    await fair.pass_time()
    second = await fair.record(2)
    assert second["stage"] == "revision"
    assert "sales" in [change["section"] for change in second["changes"]]
    assert second["sales"]["verified"]["orders"] == len(bought), "they were real orders"
    back = sum(each.paid_fen for each in spoiled)
    assert second["sales"]["verified"]["net_fen"] == truth(bought)["paid_fen"] - back
    assert second["findings"] == []
    first = (await fair.market.http.get(f"/disclosures/{fair.broadcast_id}/releases/1")).content
    assert json.loads(first) == summary, "what was published stands"
    assert second["supersedes"] == hashlib.sha256(first).hexdigest()
    listed = (await fair.market.get(f"/disclosures/{fair.broadcast_id}/releases"))["items"]
    assert [release["number"] for release in listed] == [1, 2]


async def nothing_at_the_listing_says_so(fair: Fair) -> None:
    """What they offer is balanced, and three independent hands are enough."""
    listing = await fair.market.get(f"/listings/{fair.desk.book[f'listing:{fair.slot.key}']}", OPERATOR)
    for lot in listing["lots"]:
        decision = await fair.town.decision(lot["decision"]["decision_id"], OPERATOR)
        assert result_of(decision, "adm.suppliers")["result"] == "pass"


def in_order_of_their_producers(shelf: list[Json]) -> list[Json]:
    """The shelf with the lots of the three first."""
    return sorted(shelf, key=lambda lot: lot["seller"]["uscc"])


async def sent_and_given_back(fair: Fair, orders: list[Bought]) -> None:
    """Their pears arrive spoiled: a photo, a claim, and the region says yes."""
    await fair.send(orders)
    refunds = await asyncio.gather(*(claim(fair, each) for each in orders))
    words = {"approve": True, "words": "同意"}
    for refund in refunds:
        await fair.market.write("POST", f"/refunds/{refund['id']}/decision", words, OPERATOR, key=refund["id"])
    fair.told["refunds"] += len(orders)
    await paid_back(fair, orders[0])


async def paid_back(fair: Fair, order: Bought) -> None:
    """Wait until the provider has given the money back."""
    path = f"/orders/{order.order_id}"
    await until(lambda: fair.market.get(path, order.buyer.name), lambda now: now["refunds"][0]["state"] == "refunded")


async def claim(fair: Fair, order: Bought) -> Json:
    """One buyer's claim for the whole price."""
    headers = {"Authorization": f"Bearer {await fair.market.token(order.buyer.name)}"}
    files = {"file": ("photo.png", papers.png(), "image/png")}
    photo = (await fair.market.http.post("/orders/photos", files=files, headers=headers)).json()
    wanted = {"reason": "spoiled", "words": "全坏了", "photos": [photo["sha256"]]}
    return await fair.market.write(
        "POST", f"/orders/{order.order_id}/refunds", wanted, order.buyer.name, key=f"claim-{order.order_id}"
    )
