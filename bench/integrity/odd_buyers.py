"""Honest orders that look strange: canteens, village agents, daughters, staff who tested, employers' own appeals."""

import numpy as np

from bench.integrity.after_sales import fulfil
from bench.integrity.crowd import people, watch
from bench.integrity.draws import Array, Block, chance, full, size, spread, taken
from bench.integrity.odd_viewers import some
from bench.integrity.trade import buy, refund, ship
from bench.integrity.world import DAY, HOUR, MINUTE, World, announce

VOLUNTARY = (
    "倡议书：号召广大干部职工自愿参与助农直播，不设金额，不作统一要求，严禁摊派。",
    "倡议：请大家在自愿的前提下关注家乡农产品直播，量力而行，购买与否不影响任何考核。",
)
HARMLESS = (
    "各单位安排不少于1人到直播现场维持秩序。",
    "直播间备用发电机功率不低于50千瓦，请供电所至少提前2小时到场。",
    "每人请自带水杯，集合时间不迟于14点，停车场至少预留50个车位。",
)


def odd_buyers(world: World, orders: int) -> None:
    """Every strange but honest way to buy, in sizes that differ from broadcast to broadcast."""
    scale = orders / 1500
    for trap in (canteen, village_agent, daughter, family, testers, preview, pride, harmless_notice, tech_buyers):
        if world.dice.random() < 0.8:
            trap(world, scale)


def viewers_who_buy(world: World, count: int, **given: Array) -> tuple[Block, Array]:
    """People with a stay in the room each, and the moment in it when they order."""
    dice = world.dice
    who = people(world, count, **given)
    stay = (spread(dice, count, 500, 0.8) * 1000).astype(np.int64) + 60_000
    join = world.start + (dice.beta(1, 1.3, count) * (world.end - world.start) * 0.9).astype(np.int64)
    watched = watch(world, who, join, stay)
    length = watched["leave_ms"] - join
    return who, join + (length * dice.uniform(0.3, 0.97, count)).astype(np.int64)


def canteen(world: World, scale: float) -> None:
    """A canteen or a union: many people order, one account pays, one address receives; declared or not."""
    dice = world.dice
    for _ in range(int(dice.integers(1, 4))):
        count = some(world, scale, 6, 60)
        who, at = viewers_who_buy(world, count)
        who["payer_id"] = full(count, int(who["payer_id"][0]))
        who["address_id"] = full(count, int(who["address_id"][0]))
        if dice.random() < 0.5:
            who["consignee_id"] = full(count, int(who["consignee_id"][0]))
        declared = int(world.new("group", 1)[0]) if dice.random() < 0.5 else 0
        orders = buy(world, who, at, group_buy_id=full(count, declared))
        ship(world, orders)
        world.trap("order", orders["order_id"], "canteen_declared" if declared else "canteen_undeclared")


def village_agent(world: World, scale: float) -> None:
    """One phone in the village on which the agent orders and pays for elders who live in their own houses."""
    dice = world.dice
    for _ in range(int(dice.integers(1, 5))):
        count = some(world, scale, 4, 35)
        who = people(world, count, home_div=full(count, world.county), orders_365d=dice.integers(0, 3, count))
        for name in ("device_id", "payer_id", "home_ip"):
            who[name] = full(count, int(who[name][0]))
        if dice.random() < 0.4:
            who["address_id"] = full(count, int(who["address_id"][0]))
        length = world.end - world.start
        join = world.start + int(length * dice.uniform(0.0, 0.4))
        watch(world, taken(who, np.array([0])), np.array([join]), np.array([int(length * 0.5)]))
        at = join + np.sort(dice.integers(MINUTE, int(length * 0.5), count))
        orders = buy(world, who, at, page_view_ms=spread(dice, count, 9_000, 0.7).astype(np.int64))
        ship(world, orders)
        world.trap("order", orders["order_id"], "village_agent")


def daughter(world: World, scale: float) -> None:
    """A daughter in the city pays what five relatives put into their baskets."""
    dice = world.dice
    for _ in range(some(world, scale, 3, 25)):
        count = int(dice.integers(3, 7))
        who, at = viewers_who_buy(world, count)
        who["payer_id"] = full(count, int(who["payer_id"][0]))
        if dice.random() < 0.3:
            who["device_id"] = full(count, int(who["device_id"][0]))
        orders = buy(world, who, at)
        fulfil(world, orders)
        world.trap("order", orders["order_id"], "daughter_pays")


def family(world: World, scale: float) -> None:
    """Families behind one address, each on a phone of their own."""
    dice = world.dice
    for _ in range(some(world, scale, 5, 40)):
        count = int(dice.integers(2, 5))
        who, at = viewers_who_buy(world, count)
        for name in ("home_ip", "address_id"):
            who[name] = full(count, int(who[name][0]))
        orders = buy(world, who, at)
        fulfil(world, orders)
        world.trap("order", orders["order_id"], "family_nat")


def testers(world: World, scale: float) -> None:
    """Staff who try the stream before the broadcast and later buy a box for themselves."""
    dice, count = world.dice, some(world, min(1.0, scale), 5, 25)
    who, at = viewers_who_buy(world, count, home_div=full(count, world.county))
    tested = world.start - dice.integers(HOUR, 3 * DAY) + dice.integers(0, 40 * MINUTE, count)
    for number in range(count):
        rehearse(world, int(who["user_id"][number]), int(tested[number]), "join", 0)
        if dice.random() < 0.6:
            sku = int(dice.choice(world.skus["sku_id"]))
            rehearse(world, int(who["user_id"][number]), int(tested[number]) + 60_000, "test_order", sku)
            rehearse(world, int(who["user_id"][number]), int(tested[number]) + 200_000, "test_cancel", sku)
    buys = chance(dice, count, 0.6)
    if buys.any():
        orders = buy(world, taken(who, buys), at[buys])
        fulfil(world, orders)
        world.trap("order", orders["order_id"], "staff_tester")


def rehearse(world: World, user: int, at: int, action: str, sku: int) -> None:
    """One act in test mode."""
    row = {"user_id": full(1, user), "t_ms": full(1, at), "action": full(1, action), "sku_id": full(1, sku)}
    world.add("rehearsal_events", row)


def preview(world: World, scale: float) -> None:
    """A preview post fills baskets within minutes; the orders follow when the sale opens."""
    dice, count = world.dice, some(world, scale, 30, 200)
    posted = world.start - int(dice.integers(3, 70)) * HOUR
    who, at = viewers_who_buy(world, count)
    cart = posted + (dice.exponential(6, count) * MINUTE).astype(np.int64)
    orders = buy(world, who, at, cart_ms=np.minimum(cart, at), page_view_ms=spread(dice, count, 4000, 0.6).astype(int))
    fulfil(world, orders)
    world.trap("order", orders["order_id"], "preview_carts")


def pride(world: World, scale: float) -> None:
    """People of the county, some of them at its offices, who simply like to buy what grows at home."""
    dice = world.dice
    for _ in range(int(dice.integers(1, 4))):
        employer = int(world.new("employer", 1)[0])
        count = some(world, scale, 5, 40)
        head = int(count * dice.uniform(4, 30))
        add_employer(world, employer, world.county, head)
        bound = np.where(chance(dice, count, dice.uniform(0.3, 0.9)), employer, 0)
        who, at = viewers_who_buy(world, count, home_div=full(count, world.county), employer_id=bound)
        orders = buy(world, who, at)
        fulfil(world, orders)
        world.trap("order", orders["order_id"], "local_pride")
    if dice.random() < 0.4:
        appeal(world, scale)


def add_employer(world: World, employer: int, div: int, headcount: int, kind: str = "government") -> None:
    """One organisation in the register."""
    row = {
        "employer_id": full(1, employer),
        "kind": full(1, kind),
        "div": full(1, div),
        "headcount": full(1, headcount),
    }
    world.add("employers", row)


def notice(world: World, text: str, employers: list[int], users: list[int], source: str = "oa") -> None:
    """One document, with those whom it names."""
    mentions = [f"e:{each}" for each in employers] + [f"u:{each}" for each in users]
    world.add(
        "notices",
        {
            "doc_id": world.new("doc", 1),
            "issued_ms": full(1, world.start - int(world.dice.integers(2, 200)) * HOUR),
            "issuer_employer_id": full(1, employers[0] if employers else 0),
            "source": full(1, source),
            "text": full(1, text),
            "mentions": full(1, ";".join(mentions)),
        },
    )


def appeal(world: World, scale: float) -> None:
    """A voluntary appeal with real uptake: people watch, choose what they like, and many do not buy."""
    dice = world.dice
    employer, count = int(world.new("employer", 1)[0]), some(world, scale, 15, 80)
    add_employer(world, employer, world.county, int(count / dice.uniform(0.15, 0.5)), "school")
    bound = np.where(chance(dice, count, 0.7), employer, 0)
    who, at = viewers_who_buy(world, count, home_div=full(count, world.county), employer_id=bound)
    if dice.random() < 0.4:
        who["address_id"] = full(count, int(who["address_id"][0]))
    declared = int(world.new("group", 1)[0]) if dice.random() < 0.4 else 0
    orders = buy(world, who, at, group_buy_id=full(count, declared))
    fulfil(world, orders)
    notice(world, str(dice.choice(VOLUNTARY)), [employer], [])
    world.trap("order", orders["order_id"], "voluntary_appeal")


def harmless_notice(world: World, scale: float) -> None:
    """Notices full of numbers that ask nobody to buy; their issuer's people buy a box or two."""
    dice = world.dice
    employer, count = int(world.new("employer", 1)[0]), some(world, scale, 3, 20)
    add_employer(world, employer, world.county, count * int(dice.integers(3, 20)))
    who, at = viewers_who_buy(world, count, employer_id=full(count, employer), home_div=full(count, world.county))
    fulfil(world, buy(world, who, at))
    for text in HARMLESS:
        if dice.random() < 0.6:
            notice(world, text, [employer], [])


def tech_buyers(world: World, scale: float) -> None:
    """Quick buyers: they come from a friend's private link, know what they want and are gone in half a minute."""
    dice, count = world.dice, some(world, scale, 10, 60)
    who = people(world, count)
    join = world.start + dice.integers(0, int((world.end - world.start) * 0.9), count)
    stay = dice.integers(12_000, 60_000, count)
    watch(world, who, join, stay)
    orders = buy(
        world,
        who,
        join + (stay * 0.7).astype(np.int64),
        entry=dice.choice(np.array(["private_link", "share_link"], dtype=object), count),
        page_view_ms=dice.integers(1500, 12_000, count),
    )
    fulfil(world, orders)
    world.trap("order", orders["order_id"], "quick_buyers")


def cheaper_again(world: World, orders: Block) -> None:
    """The price falls in a flash sale: early buyers give back and buy again."""
    dice, count = world.dice, size(orders)
    again = orders["created_ms"] + dice.integers(10 * MINUTE, 60 * MINUTE, count)
    refund(world, orders, again + MINUTE, 1.0)
    repeat = {name: orders[name] for name in ("user_id", "device_id", "address_id", "consignee_id", "payer_id")}
    repeat |= {"home_ip": orders["ip_id"], "home_div": orders["ship_div"]}
    second = buy(world, repeat, np.minimum(again, world.end), orders["sku"])
    ship(world, second)
    announce(world, int(np.median(again)), "flash_open", "限时降价")
    world.trap("order", orders["order_id"], "price_drop_rebuy")
