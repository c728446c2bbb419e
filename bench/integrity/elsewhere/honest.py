"""Everything in the second market that looks strange and is honest."""

from collections.abc import Callable

import numpy as np

from bench.integrity.draws import Array, Block, full, size, taken
from bench.integrity.elsewhere.town import DIVS, Town, announce, guests, lengths, one_phone, people, same, watch
from bench.integrity.elsewhere.trade import buy, give_back, least_price, send, settle, watchers
from bench.integrity.world import HOUR, MINUTE

Trap = Callable[[Town, float], None]

APPEALS = (
    "倡议书：本着自愿原则，欢迎教职工关注家乡直播，不设最低金额，不得摊派。",
    "致全体职工：助农直播今晚开始，是否购买由个人决定，不作为考核依据，自愿参加。",
)
PLAIN_NUMBERS = (
    "请各镇至少安排2人参加培训，会期不少于3天。",
    "机房温度不得低于10度，备用线路不少于2条。",
    "本次采购会议室桌椅，预算不超过5000元，每间至少配备8把。",
    "每人携带证件，观众区座位不少于200个，矿泉水每箱24瓶。",
)


def odd_people(town: Town, sessions: float, orders: float) -> None:
    """Every trap, most of them in most broadcasts."""
    for trap in WATCHING:
        if town.dice.random() < 0.75:
            trap(town, sessions)
    for trap in BUYING:
        if town.dice.random() < 0.75:
            trap(town, orders)


def _seen(town: Town, block: Block, name: str) -> None:
    town.world.trap("session", block["session_id"], name)


def class_signs_up(town: Town, scale: float) -> None:
    """A school signs up in a lesson; they watch from the school, some from home."""
    count = town.some(scale, 30, 350)
    at = town.world.start - int(town.dice.integers(3, 400)) * HOUR
    made = at + town.dice.integers(0, 50 * MINUTE, count)
    who = people(town, count, created_ms=made, orders_365d=full(count, 0), watch_30d=full(count, 0))
    if town.dice.random() < 0.4:
        half = town.dice.random(count) < 0.6
        who["ip"], who["prefix"] = (
            np.where(half, who["ip"][0], who["ip"]),
            np.where(half, who["prefix"][0], who["prefix"]),
        )
    _seen(town, watch(town, who), "signup_drive")


def issued_phones(town: Town, scale: float) -> None:
    """Phones of one model that the county gave to village officers."""
    count = town.some(scale, 25, 260)
    who = same(
        people(town, count, home_div=full(count, town.world.county)), "device_model", "client", "app_version", "asn"
    )
    if town.dice.random() < 0.3:
        who["asn"] = full(count, int(town.world.new("asn", 1)[0]))
    _seen(town, watch(town, who), "county_phones")


def lesson(town: Town, scale: float) -> None:
    """A class watches one lesson long on the school's tablets, two pupils to each, told to sit still."""
    count = town.some(scale, 20, 120)
    who = people(town, count, home_div=full(count, town.world.county), taps_per_s=np.zeros(count), shown=np.ones(count))
    same(who, "device_model", "client", "app_version", "asn", "ip", "prefix")
    who["device_id"], who["ip_class"] = who["device_id"][np.arange(count) // 2], full(count, "office")
    join = town.world.start + int(town.length * 0.1) + town.dice.integers(0, 4 * MINUTE, count)
    stay = np.minimum(45 * MINUTE, town.length // 2) + town.dice.integers(0, 2 * MINUTE, count)
    _seen(town, watch(town, who, join, stay), "signup_drive")


def embedded(town: Town, scale: float) -> None:
    """Guests who watch in a player on a news site: one client, one version, one picture, all by the link."""
    count = town.some(scale, 40, 900)
    who = same(guests(town, count), "device_model", "client", "app_version")
    who["rate"] = 75 * np.exp(town.dice.normal(0, 0.08, count))
    who["taps_per_s"] = who["taps_per_s"] * float(town.dice.uniform(0, 1))
    who["shown"] = np.where(town.dice.random(count) < 0.8, 1.0, who["shown"])
    _seen(town, watch(town, who, referrer=full(count, "link")), "embedded_player")


def halls(town: Town, scale: float) -> None:
    """Boxes on televisions in village halls, some of them plain Android boxes: on from the start, nobody taps."""
    world, dice, count = town.world, town.dice, town.some(scale, 5, 60)
    who = guests(town, count)
    join = world.start + dice.integers(0, 6 * MINUTE, count)
    box = dice.random() < 0.4
    hall = dice.integers(0, 1 + count // 5, count)
    block = watch(
        town,
        who,
        join,
        world.end - join + dice.integers(0, 30_000, count),
        client=full(count, "android" if box else "tv"),
        device_model=full(count, int(world.new("model", 1)[0])),
        ip_id=hall + 500_000_000,
        ip_prefix=hall + 500_000_000,
        ip_class=full(count, "residential"),
        interactions=full(count, 0),
    )
    block["foreground_ms"] = block["leave_ms"] - block["join_ms"]
    block["heartbeats"] = block["foreground_ms"] // 15_000
    _seen(town, block, "village_tv")


def at_work(town: Town, scale: float) -> None:
    """An office behind one proxy: muted in a corner of the screen."""
    count = town.some(scale, 20, 180)
    who = same(people(town, count), "ip", "prefix", "asn")
    who["ip_class"], who["shown"] = full(count, "office"), town.dice.beta(1.5, 3, count)
    who["taps_per_s"] = who["taps_per_s"] * 0.4
    _seen(town, watch(town, who), "office_proxy")


def listeners(town: Town, scale: float) -> None:
    """Only the sound, the phone in the pocket."""
    count = town.some(scale, 20, 220)
    who = people(town, count, rate=town.dice.normal(7, 0.8, count), shown=town.dice.beta(1, 12, count))
    who["taps_per_s"] = who["taps_per_s"] * 0.2
    _seen(town, watch(town, who, None, lengths(town, count) + 3 * MINUTE), "audio_only")


def mountains(town: Town, scale: float) -> None:
    """A valley behind one mast: drops, losses, stays in pieces, one carrier."""
    count = town.some(scale, 20, 200)
    who = same(people(town, count), "asn", "prefix")
    who["rate"], who["loss"] = town.dice.gamma(1.0, 8.0, count), town.dice.beta(3, 3, count)
    who["ip_class"] = full(count, "mobile")
    for _ in range(2):
        _seen(town, watch(town, who), "weak_network")


def tablets(town: Town, scale: float) -> None:
    """A tablet that a village shares."""
    for _ in range(town.some(scale, 1, 12)):
        who = one_phone(people(town, int(town.dice.integers(3, 10))))
        _seen(town, watch(town, who), "shared_tablet")


def sleepers(town: Town, scale: float) -> None:
    """Fell asleep: old accounts, everything shown, not a touch for an hour."""
    count = town.some(scale, 20, 200)
    who = people(town, count, taps_per_s=np.zeros(count), shown=np.ones(count), loss=np.zeros(count))
    _seen(town, watch(town, who, None, town.dice.integers(15, 120, count) * MINUTE), "silent_fans")


def one_purse(town: Town, scale: float) -> None:
    """A union, a canteen: one purse, one gate to deliver to, declared or not."""
    for _ in range(int(town.dice.integers(1, 4))):
        who, at = watchers(town, town.some(scale, 8, 70))
        same(who, "payer_id", "address_id")
        same(who, "consignee_id") if town.dice.random() < 0.6 else None
        group = int(town.world.new("group", 1)[0]) if town.dice.random() < 0.5 else 0
        orders = buy(town, who, at, group_buy_id=full(size(who), group))
        send(town, orders)
        town.world.trap("order", orders["order_id"], "canteen_declared" if group else "canteen_undeclared")


def agents(town: Town, scale: float) -> None:
    """A village shopkeeper who orders for neighbours on one phone, quickly, one after the other."""
    for _ in range(int(town.dice.integers(1, 5))):
        who, at = watchers(town, town.some(scale, 4, 30))
        one_phone(who)
        same(who, "payer_id")
        same(who, "address_id", "consignee_id") if town.dice.random() < 0.3 else None
        at = np.sort(at)
        orders = buy(town, who, at, page_view_ms=town.dice.integers(2500, 20_000, size(who)))
        send(town, orders)
        town.world.trap("order", orders["order_id"], "village_agent")


def families(town: Town, scale: float) -> None:
    """A daughter pays; a household shares a line."""
    for number in range(town.some(scale, 4, 40)):
        who, at = watchers(town, int(town.dice.integers(2, 7)))
        same(who, *(("payer_id",) if number % 2 else ("ip", "prefix", "address_id")))
        orders = buy(town, who, at)
        settle(town, orders)
        town.world.trap("order", orders["order_id"], "daughter_pays" if number % 2 else "family_nat")


def testers(town: Town, scale: float) -> None:
    """The crew tried the shelf; some buy a box later."""
    count = town.some(min(1.0, scale), 4, 30)
    who, at = watchers(town, count)
    tried = town.world.start - int(town.dice.integers(1, 90)) * HOUR + town.dice.integers(0, 90 * MINUTE, count)
    sku = town.dice.integers(0, len(town.world.skus["odds"]), count)
    act(town, who["user_id"], tried, "test_order", town.world.skus["sku_id"][sku])
    act(town, who["user_id"], tried + 100_000, "test_cancel", town.world.skus["sku_id"][sku])
    buys = town.chance(count, 0.5)
    if buys.any():
        orders = buy(town, taken(who, buys), at[buys], sku[buys] if town.dice.random() < 0.5 else None)
        settle(town, orders)
        town.world.trap("order", orders["order_id"], "staff_tester")


def act(town: Town, users: Array, at: Array, action: str, skus: Array) -> None:
    """What was done in test mode."""
    row = {"user_id": users, "t_ms": at.astype(np.int64), "action": full(len(at), action), "sku_id": skus}
    town.world.add("rehearsal_events", row)


def preview(town: Town, scale: float) -> None:
    """A post the day before fills baskets; they pay within minutes of the sale."""
    who, at = watchers(town, town.some(scale, 20, 250))
    cart = town.world.start - int(town.dice.integers(2, 40)) * HOUR + town.dice.integers(0, 15 * MINUTE, size(who))
    orders = buy(town, who, at, cart_ms=cart, page_view_ms=town.dice.integers(800, 9000, size(who)))
    settle(town, orders)
    town.world.trap("order", orders["order_id"], "preview_carts")


def employer(town: Town, heads: int, kind: str = "school") -> int:
    """An organisation in the register."""
    name = int(town.world.new("employer", 1)[0])
    row = {"employer_id": full(1, name), "kind": full(1, kind), "div": full(1, town.world.county)}
    town.world.add("employers", row | {"headcount": full(1, heads)})
    return name


def notice(town: Town, text: str, employers: list[int], users: list[int], source: str = "oa") -> None:
    """A document and whom it mentions."""
    row = {"doc_id": town.world.new("doc", 1), "issuer_employer_id": full(1, employers[0] if employers else 0)}
    mentions = ";".join([f"e:{each}" for each in employers] + [f"u:{each}" for each in users])
    words = {"source": full(1, source), "text": full(1, text), "mentions": full(1, mentions)}
    issued = town.world.start - int(town.dice.integers(3, 300)) * HOUR
    town.world.add("notices", row | words | {"issued_ms": full(1, issued)})


def invited(town: Town, scale: float) -> None:
    """An appeal that leaves people free, with real uptake; they buy what they like."""
    count = town.some(scale, 10, 90)
    name = employer(town, int(count / town.dice.uniform(0.1, 0.45)))
    bound = np.where(town.chance(count, 0.6), name, 0)
    who, at = watchers(town, count, employer_id=bound, home_div=full(count, town.world.county))
    if town.dice.random() < 0.5:
        same(who, "address_id")
    orders = buy(town, who, at)
    settle(town, orders)
    notice(town, str(town.dice.choice(APPEALS)), [name], [])
    town.world.trap("order", orders["order_id"], "voluntary_appeal")


def proud(town: Town, scale: float) -> None:
    """People of the county's offices buy out of pride, unasked; notices full of other numbers lie about."""
    count = town.some(scale, 5, 40)
    name = employer(town, int(count * town.dice.uniform(3, 12)), "government")
    who, at = watchers(town, count, employer_id=full(count, name), home_div=full(count, town.world.county))
    orders = buy(town, who, at)
    settle(town, orders)
    town.world.trap("order", orders["order_id"], "local_pride")
    for text in PLAIN_NUMBERS:
        notice(town, text, [name], []) if town.dice.random() < 0.5 else None


def hurried(town: Town, scale: float) -> None:
    """From a friend's private link, knows what it wants, gone in half a minute; parcels arrive."""
    count = town.some(scale, 8, 60)
    who = people(town, count)
    join = town.world.start + (town.dice.random(count) * town.length * 0.9).astype(np.int64)
    watch(town, who, join, town.dice.integers(8_000, 50_000, count))
    entry = town.dice.choice(np.array(["private_link", "share_link"], dtype=object), count)
    orders = buy(town, who, join + 7_000, entry=entry, page_view_ms=town.dice.integers(1200, 9000, count))
    settle(town, orders)
    town.world.trap("order", orders["order_id"], "quick_buyers")


def sold_out(town: Town, scale: float) -> None:
    """One product is out: the seller cancels all of it in a burst after the close; elsewhere nobody delivers."""
    for name, reason, kind in (("sold_out", "other", "seller"), ("undeliverable", "other", "platform")):
        who, at = watchers(town, town.some(scale, 5, 60))
        sku = full(size(who), int(town.dice.integers(0, len(town.world.skus["odds"]))))
        orders = buy(town, who, at, sku)
        back = town.world.end + town.dice.integers(MINUTE, HOUR, size(who))
        give_back(town, orders, back, reason=full(size(who), reason), initiator=full(size(who), kind))
        town.world.trap("order", orders["order_id"], name)


def cheaper(town: Town, scale: float) -> None:
    """The price falls on air; the early give back and buy again."""
    who, at = watchers(town, town.some(scale, 4, 40))
    fall = int(np.median(at)) + MINUTE
    announce(town, fall, "flash_open", "降价")
    at = np.minimum(at, fall - 1)
    sku = full(size(who), 0)
    first = buy(town, who, at, sku)
    again = np.minimum(fall + town.dice.integers(5_000, 12 * MINUTE, size(who)), town.world.end)
    give_back(town, first, again + MINUTE, reason=full(size(who), "changed_mind"))
    send(town, buy(town, who, again, sku))
    town.world.trap("order", first["order_id"], "price_drop_rebuy")


def opener(town: Town, scale: float) -> None:
    """A few units under cost, announced and kept; a clearance with fallen quotes; a grower cheaper than the county."""
    goods, dice = town.world.skus, town.dice
    announced = int(dice.integers(8, 60))
    cheap = _another(town, limit_qty=announced, price=0.4)
    announce(town, town.world.start + 5 * MINUTE, "loss_leader", "限量", int(goods["sku_id"][cheap]), announced)
    late, grower = _another(town, clearance=1, price=1.0), _another(town, price=1.0)
    goods["price_fen"][late] = int(_cost(town, late, 0.6))
    goods["ref_farmgate_p10_fen_per_kg"][late] = goods["farmgate_fen"][late] * 550 // goods["unit_weight_g"][late]
    goods["ref_farmgate_p10_fen_per_kg"][grower] = (
        goods["farmgate_fen"][grower] * 1150 // goods["unit_weight_g"][grower]
    )
    goods["price_fen"][grower] = int(least_price(town, np.array([grower]))[0])
    for sku, most, name in ((cheap, announced, "loss_leader"), (late, 50, "clearance"), (grower, 60, "cheap_grower")):
        who, at = watchers(town, min(most, town.some(scale, 6, 60)))
        one = full(size(who), 1)
        free = {"seller_discount_fen": one * 0, "subsidy_fen": one * 0}
        orders = buy(town, who, at, one * sku, qty=one, **free)
        send(town, orders)
        town.world.trap("order", orders["order_id"], name)


def _cost(town: Town, sku: int, grown: float) -> float:
    goods = town.world.skus
    whole = goods["farmgate_fen"][sku] * grown + goods["packaging_fen"][sku] + goods["logistics_fen"][sku]
    return float(whole / (1 - goods["platform_fee_bp"][sku] / 10_000) * 1.02)


def _another(town: Town, price: float, **given: int) -> int:
    """One more product, like the first but for what is given; nobody else buys it."""
    goods = town.world.skus
    for name, values in goods.items():
        goods[name] = np.append(values, values[0])
    new = len(goods["sku_id"]) - 1
    goods["sku_id"][new], goods["odds"][new] = int(town.world.new("sku", 1)[0]), 0.0
    goods["price_fen"][new] = int(_cost(town, new, 1.0) * price)
    for name, value in given.items():
        goods[name][new] = value
    return new


def elsewhere_buyers(town: Town, scale: float) -> None:
    """Far away, in one building, everybody with a purse of their own."""
    count = town.some(scale, 5, 30)
    who, at = watchers(town, count, home_div=full(count, int(DIVS[0])))
    same(who, "address_id", "ip")
    orders = buy(town, who, at)
    settle(town, orders)
    town.world.trap("order", orders["order_id"], "gift_address")


WATCHING: tuple[Trap, ...] = (
    *(class_signs_up, issued_phones, lesson, embedded, halls, at_work, listeners, mountains, tablets, sleepers),
)
BUYING: tuple[Trap, ...] = (
    *(one_purse, agents, families, testers, preview, invited, proud, hurried, sold_out, cheaper, opener),
    elsewhere_buyers,
)
