"""One fair, three abuses: an order in a drawer, contracts signed before, and empty parcels.

Nobody sends the notice to anybody; what the record says of it, it reads off the orders.
"""

from io import BytesIO

from pypdf import PdfReader

from deploy.seed.market import Json
from tests.journeys.crowd import Buyer, buyers, sign_up
from tests.journeys.fair import Fair, Wish, truth
from tests.journeys.town import Town

HONEST, EMPTY = 20, 10
SCHOOL: Json = {"name": "演示县实验学校（演示）", "kind": "institution", "level": "county", "region_code": "999901"}
SCHOOL |= {"headcount": 20}
AT_THE_GATE = "演示县实验学校传达室"


async def staff_of_the_school(town: Town) -> list[Buyer]:
    """Four who hold an office beside, by which it is known where they work, and ten who have it sent there too."""
    offices = await sign_up(
        town, [f"fair-school-{n}" for n in range(4)], roles=["moderator"], organ=SCHOOL, house=AT_THE_GATE
    )
    return offices + await sign_up(town, [f"fair-teacher-{n}" for n in range(10)], house=AT_THE_GATE)


async def test_a_drawer_a_rehearsal_and_empty_parcels_are_found_disclosed_and_referred(town: Town) -> None:
    fair = Fair(town, "abuses")
    filing = await fair.file()
    assert filing["state"] == "scheduled", filing
    people, school = await buyers(town, HONEST + EMPTY), await staff_of_the_school(town)
    actors = await sign_up(town, [f"fair-actor-{n}" for n in range(10)], roles=["moderator"])
    broadcast = await town.market.get(f"/broadcasts/{fair.broadcast_id}")
    lot_id = broadcast["listings"][0]["lot_ids"][0]

    room = await fair.enter()
    await fair.rehearse(room, actors, lot_id)
    room = await fair.open(lots=4)
    shelf = [lot for lot in (await room.see())["shelf"] if lot["lot_id"] == lot_id]
    # One in five takes two boxes; every teacher does, which is just above fifty yuan.
    honest = await fair.sell(shelf, [Wish(buyer, units=1 + (n % 5 == 0)) for n, buyer in enumerate(people[:HONEST])])
    light = await fair.sell(shelf, map(Wish, people[HONEST:]))
    await fair.sell(shelf, [Wish(buyer, units=2) for buyer in school])
    played = await fair.sell(shelf, map(Wish, actors))
    await fair.end(room)
    await fair.send(honest)
    await fair.send(light, grams=300)

    await fair.took_an_hour(played)
    await fair.pass_time()
    record = await fair.record(1)
    found = {each["abuse"]: each for each in record["findings"]}
    assert set(found) == {"apportionment", "rehearsed", "false_order"}
    assert {"just_above_the_floor", "nobody_below", "nearly_everybody"} == rules_of(found["apportionment"])
    assert "same_line_as_test" in rules_of(found["rehearsed"])
    assert "empty_parcel" in rules_of(found["false_order"])
    sales = record["sales"]
    assert sales["claimed"]["orders"] == HONEST + EMPTY + len(school) + len(actors)
    assert {name: sales["verified"][name] for name in truth(honest)} == truth(honest)
    assert {state for each in sales["questioned"] for state in each["states"]} >= {"apportioned:apportionment"}
    assert found["apportionment"]["exhibits"] == [], "they are witnesses: no order of theirs is shown"
    assert not [word for word in (SCHOOL["name"], "fair-school", "fair-teacher", AT_THE_GATE) if word in str(record)]

    page = await town.market.http.get(f"{town.stack.url}/zh/disclosures/{fair.broadcast_id}")
    assert page.status_code == 200, page.text
    assert not [each["text_zh"] for each in found.values() if each["text_zh"] not in page.text], "anybody reads it"
    await referred_to_those_who_supervise_them(fair)


def rules_of(finding: Json) -> set[str]:
    """The rules by which something was found."""
    return {rule["id"] for rule in finding["rules"]}


async def referred_to_those_who_supervise_them(fair: Fair) -> None:
    """An inspector finds it in the queue, and sends a file in which the people are witnesses."""
    listed = (await fair.market.get("/findings", "inspector", limit=100))["items"]
    mine = {each["abuse"]: each for each in listed if each["broadcast_id"] == fair.broadcast_id}
    assert {each["severity"] for each in mine.values()} == {"grave"}
    path = f"/findings/{mine['apportionment']['id']}"
    body = {"organ": "演示省纪委监委（演示）", "reason_zh": "订单集中在同一金额。"}
    sent = await fair.market.write("POST", f"{path}/refer", body, "inspector", key=f"drawer-{fair.broadcast_id}")
    assert (sent["state"], sent["grounds"][-1]["article"]) == ("referred", "第三十八条第一项")
    headers = {"Authorization": f"Bearer {await fair.market.token('inspector')}"}
    file = await fair.market.http.get(f"{path}/file", headers=headers)
    assert "证人" in "".join(printed.extract_text() for printed in PdfReader(BytesIO(file.content)).pages)
