"""What is bought in the second market: viewers, orders, signatures, plays, low prices and obedience."""

import numpy as np

from bench.integrity.draws import Array, Block, full, size, split, taken
from bench.integrity.elsewhere.honest import act, employer, notice
from bench.integrity.elsewhere.town import Town, guests, joins, lengths, people, watch
from bench.integrity.elsewhere.trade import ENTRIES, buy, give_back, send, watchers
from bench.integrity.world import DAY, HOUR, MINUTE

DEMANDS = (
    "经研究，全县机关事业单位人员每人认购不得少于{yuan}元，由各单位汇总名单。",
    "请各单位组织职工今晚下单，{yuan}元/人，明早报完成情况。",
    "助农直播任务：人均消费不低于{yuan}元，务必完成并截图。",
    "按照每人{yuan}元的标准购买农产品，各科室负责人落实。",
    "请每名教职工至少购买{chinese}元，未完成的在会上说明。",
    "每人购买{yuan}元以上，计入年度考核。",
)
CHINESE = {30: "三十", 50: "五十", 66: "六十六", 100: "一百", 150: "一百五十"}


def _parts(town: Town, count: int, care: float, least: int = 12) -> list[tuple[int, bool]]:
    """The abuse cut into operators, crude and careful."""
    out: list[tuple[int, bool]] = []
    care = care if min(care, 1 - care) * count >= least else float(round(care))
    for careful, total in ((False, count - int(count * care)), (True, int(count * care))):
        if total >= least:
            out += [(number, careful) for number in split(town.dice, total, int(town.dice.integers(1, 4)))]
    return out


def viewers(town: Town, count: int, care: float) -> None:
    """Stays that nobody chose."""
    for number, careful in _parts(town, count, care):
        block = (_hidden_farm if careful else _open_farm)(town, number)
        town.world.label("session", block["session_id"], "injected_traffic", "careful" if careful else "crude")


def _accounts(town: Town, count: int) -> Block:
    """Accounts made by the hundred in a night, some weeks ago."""
    at = town.world.start - int(town.dice.integers(10, 700)) * HOUR
    made = at + (town.dice.random(count) * int(town.dice.integers(1, 8)) * HOUR).astype(np.int64)
    zero = full(count, 0)
    return people(town, count, created_ms=made, orders_365d=zero, watch_30d=town.dice.integers(0, 9, count))


def _racks(town: Town, who: Block, models: int) -> None:
    pick = town.dice.integers(0, models, size(who))
    who["device_model"] = (
        town.world.new("model", models)[pick] if town.dice.random() < 0.6 else town.models[0][pick % 9]
    )
    who["app_version"] = town.dice.choice(town.versions[0], models)[pick]


def _open_farm(town: Town, count: int) -> Block:
    """A stream puller on servers, a rack of phones, or a page that is only opened."""
    dice, kind = town.dice, int(town.dice.integers(0, 3))
    who = guests(town, count) if dice.random() < 0.4 else _accounts(town, count)
    _racks(town, who, int(dice.integers(1, 6)))
    who["taps_per_s"], who["loss"], who["shown"] = np.zeros(count), np.zeros(count), np.ones(count)
    if kind == 0:
        who["ip_class"] = full(count, "datacenter")
        who["asn"] = full(count, int(town.world.new("asn", 1)[0]))
        who["prefix"] = dice.integers(0, 1 + count // 80, count) + 910_000_000
        who["rate"] = full(count, 1) * float(dice.uniform(40, 150))
    elif kind == 1:
        who["device_id"] = dice.choice(who["device_id"][: 1 + count // int(dice.integers(3, 12))], count)
        who["prefix"] = dice.integers(0, 1 + count // 45, count) + 920_000_000
    else:
        who["rate"] = dice.uniform(0, 0.5, count)
    join = joins(town, count)
    if dice.random() < 0.5:
        wave = town.world.start + (dice.random(int(dice.integers(1, 4))) * town.length * 0.6).astype(np.int64)
        join = dice.choice(wave, count) + dice.integers(0, 60_000, count)
    one = int(dice.integers(3, 40)) * MINUTE
    stay = (
        one + dice.integers(0, 8_000, count) if dice.random() < 0.6 else dice.integers(2 * MINUTE, 25 * MINUTE, count)
    )
    link = str(dice.choice(["link", "share", "search"]))
    return watch(town, who, join, stay, referrer=full(count, link))


def _hidden_farm(town: Town, count: int) -> Block:
    """Aged accounts on common phones and lines, with losses, glances away and now and then a tap."""
    dice = town.dice
    age = (dice.gamma(2, 200, count) * DAY).astype(np.int64) + 60 * DAY
    bought = np.where(dice.random(count) < 0.2, dice.integers(1, 4, count), 0)
    who = people(town, count, created_ms=town.world.start - age, orders_365d=bought)
    who["watch_30d"] = dice.integers(5, 60, count)
    who["rate"] = float(dice.choice([55.0, 75.0, 120.0])) * np.exp(dice.normal(0, dice.uniform(0.03, 0.2), count))
    who["loss"], who["shown"] = dice.beta(1.5, 25, count), 1 - dice.beta(1, 9, count)
    given: Block = {}
    left = set(dice.choice(["model", "line", "block", "phones", "way", "length", "idle"], 4, replace=False).tolist())
    if "model" in left:
        _racks(town, who, int(dice.integers(3, 12)))
    if "line" in left:
        who["asn"] = dice.choice(town.world.new("asn", 2), count)
    if "block" in left:
        who["prefix"] = dice.integers(0, 1 + count // 40, count) + 930_000_000
        who["ip_class"] = full(count, "residential")
    if "phones" in left:
        who["device_id"] = dice.choice(who["device_id"][: 1 + count // 4], count)
    if "way" in left:
        given["referrer"] = full(count, str(dice.choice(["link", "share"])))
    rate = 1 / 900 if "idle" in left else 1 / town.rates["tap_gap_s"] * (1 - town.rates["silent"])
    who["taps_per_s"] = full(count, 1) * rate
    stay = lengths(town, count)
    if "length" in left:
        stay = (dice.normal(dice.uniform(500, 1500), 90, count).clip(60) * 1000).astype(np.int64)
    return watch(town, who, None, stay, **given)


def _ring(town: Town, count: int, careful: bool) -> Block:
    """Few purses, phones or doors behind many accounts."""
    dice = town.dice
    if careful:
        age = (dice.gamma(2, 170, count) * DAY).astype(np.int64) + 45 * DAY
        who = people(town, count, created_ms=town.world.start - age, orders_365d=dice.integers(0, 9, count))
    else:
        who = _accounts(town, count)
    shared = dice.choice(["payer_id", "consignee_id", "device_id"], 1 if careful and dice.random() < 0.5 else 2, False)
    for name in shared:
        who[name] = dice.choice(who[name][: 1 + count // int(dice.integers(5, 14))], count)
    return who


def false_orders(town: Town, count: int, care: float) -> None:
    """Orders to be counted; the goods are not meant for anybody."""
    dice = town.dice
    for number, careful in _parts(town, count, care):
        who = _ring(town, number, careful)
        if not careful and dice.random() < 0.35:
            who = taken(who, np.sort(dice.integers(0, 1 + number // int(dice.integers(6, 25)), number)))
        at = town.world.start + (dice.random(number) * town.length * 0.97).astype(np.int64)
        if careful:
            watch(town, who, np.maximum(town.world.start, at - 90_000), dice.integers(20, 600, number) * 1000)
        entry = dice.choice(ENTRIES, number, p=[0.35, 0.05, 0.15, 0.45] if careful else [0.3, 0.0, 0.0, 0.7])
        dwell = dice.gamma(1.5, 5000 if careful else 1200, number).astype(np.int64)
        orders = buy(town, who, at, entry=entry, page_view_ms=dwell)
        _pretend(town, orders, careful)
        town.world.label("order", orders["order_id"], "false_order", "careful" if careful else "crude")


def _pretend(town: Town, orders: Block, careful: bool) -> None:
    """Bags of nothing, a pebble for weight, or nothing sent at all; the careful send real goods in part."""
    dice, count = town.dice, size(orders)
    lot = dice.random(count)
    share = dice.uniform(0.1, 0.7) if careful else dice.choice([1.0, 0.0, 0.5])
    bags = taken(orders, lot < share)
    if size(bags):
        send(town, bags, weight_g=dice.integers(10, 240, size(bags)))
    if careful and (lot >= share).any():
        send(town, taken(orders, lot >= share))


def cycled(town: Town, count: int, care: float) -> None:
    """Ordered on air, given back whole later."""
    dice = town.dice
    for number, careful in _parts(town, count, care):
        who = _ring(town, number, careful)
        if not careful and dice.random() < 0.6:
            who = taken(who, np.sort(dice.integers(0, 1 + number // int(dice.integers(5, 40)), number)))
        at = town.world.start + (dice.random(number) * town.length * 0.97).astype(np.int64)
        watch(town, who, np.maximum(town.world.start, at - 60_000), dice.integers(15, 400, number) * 1000)
        entry = dice.choice(ENTRIES, number, p=[0.45, 0.05, 0.1, 0.4])
        orders = buy(town, who, at, entry=entry, page_view_ms=dice.gamma(1.5, 4000, number).astype(np.int64))
        wide = 6 * DAY if careful else int(dice.integers(20, 200)) * MINUTE
        give_back(town, orders, town.world.end + int(dice.integers(1, 90)) * MINUTE + dice.integers(0, wide, number))
        town.world.label("order", orders["order_id"], "refund_cycling", "careful" if careful else "crude")


def signed(town: Town, count: int, care: float) -> None:
    """Received on paper."""
    dice = town.dice
    for number, careful in _parts(town, count, care):
        who, at = watchers(town, number)
        orders = buy(town, who, at)
        label = town.world.end + dice.integers(0, 30 * HOUR, number)
        km = dice.uniform(300, 2800, number) if careful else dice.uniform(70, 2500, number)
        hours = dice.uniform(0.8, 4.5, number) + km / 1800 if careful else dice.uniform(0.0, 0.06, number)
        pickup = label + dice.integers(2 * MINUTE, (3 * HOUR) if careful else HOUR, number)
        given: Block = {"signed_ms": pickup + (hours * HOUR).astype(np.int64) + 2000, "route_km": km}
        given["n_scans"] = dice.integers(2, 4, number) if careful else dice.integers(1, 3, number)
        given["sign_kind"] = full(number, "recipient")
        if dice.random() < 0.5:
            given["sign_km"] = km * dice.uniform(0.85, 1.0, number)
        if not careful and dice.random() < 0.5:
            given["weight_g"] = dice.integers(20, 200, number)
        send(town, orders, label_ms=label, pickup_ms=pickup, **given)
        town.world.label("order", orders["order_id"], "second_signing", "careful" if careful else "crude")


def played(town: Town, count: int, care: float) -> None:
    """A play: tried the day before, shown on air."""
    dice, world = town.dice, town.world
    for number, careful in ((count - int(count * care), False), (int(count * care), True)):
        if number < 8:
            continue
        firm = employer(town, int(dice.integers(30, 300)), "enterprise")
        who = people(town, number, employer_id=np.where(town.chance(number, 0.1 if careful else 0.5), firm, 0))
        tried = np.sort(dice.random(number)) * town.length * 0.7
        at = world.start + tried * dice.uniform(0.8, 1.3) + dice.normal(0, 6000 if careful else 3000, number) + MINUTE
        at = np.clip(at, world.start, world.end - 1).astype(np.int64)
        sku = dice.integers(0, len(world.skus["odds"]), number)
        sku = np.where(world.skus["odds"][sku] > 0, sku, 0)
        day = world.start - int(dice.integers(4, 100)) * HOUR
        traced = town.chance(number, 0.75 if careful else 0.95)
        act(town, who["user_id"][traced], day + tried[traced], "test_order", world.skus["sku_id"][sku[traced]])
        watch(town, who, np.maximum(world.start, at - 4 * MINUTE), full(number, 9 * MINUTE))
        early = town.chance(number, 0.25 if careful else 0.8)
        cart = np.where(early, day + tried + 20_000, at - 40_000).astype(np.int64)
        qty = dice.integers(1, 5 if careful else 20, number)
        entry = np.where(town.chance(number, 0.2 if careful else 0.7), "private_link", "live_card").astype(object)
        orders = buy(town, who, at, sku, qty=qty, cart_ms=cart, entry=entry)
        back = town.chance(number, 0.1 if careful else float(dice.choice([0.0, 0.6])))
        if back.any():
            mine = taken(orders, back)
            give_back(town, mine, world.end + dice.integers(HOUR, 40 * HOUR, size(mine)))
        send(town, taken(orders, ~back))
        if not careful and dice.random() < 0.5:
            text = "彩排安排：名单内人员按流程单依次下单，直播时照此配合。"
            notice(town, text, [firm], [int(each) for each in who["user_id"]], "wechat_group")
        world.label("order", orders["order_id"], "rehearsed", "careful" if careful else "crude")


def under_cost(town: Town, share: float, care: float, orders: Block) -> None:
    """The best seller goes under cost in the middle of the show; the careful also declare a cost that is too low."""
    dice, goods = town.dice, town.world.skus
    sku = int(np.argmax(np.bincount(orders["sku"])))
    rows = np.flatnonzero(orders["sku"] == sku)
    rows = rows[np.argsort(orders["created_ms"][rows])][-max(12, int(share * size(orders))) :]
    other, true = goods["packaging_fen"][sku] + goods["logistics_fen"][sku], int(goods["farmgate_fen"][sku])
    careful = bool(dice.random() < care)
    if careful:
        goods["ref_farmgate_p10_fen_per_kg"][sku] = int(true * 0.95 / goods["unit_weight_g"][sku] * 1000)
        goods["farmgate_fen"][sku] = int(true * dice.uniform(0.2, 0.6))
    price = int((true * 0.9 + other) * dice.uniform(0.5, 0.88))
    orders["unit_price_fen"][rows] = price
    orders["seller_discount_fen"][rows] = orders["subsidy_fen"][rows] = 0
    orders["paid_fen"][rows] = price * orders["qty"][rows]
    town.world.label("order", orders["order_id"][rows], "below_cost", "careful" if careful else "crude")


def obeyed(town: Town, count: int, care: float) -> None:
    """Organisations whose people buy because they have to."""
    for number in split(town.dice, count, max(1, min(int(town.dice.integers(1, 5)), count // 14))):
        _organisation(town, max(10, number), bool(town.dice.random() < care))


def _organisation(town: Town, count: int, careful: bool) -> None:
    dice, world = town.dice, town.world
    kind = str(dice.choice(["government", "school", "hospital"]))
    name = employer(town, int(count / dice.uniform(0.5, 0.95) * (1.25 if careful else 1.0)), kind)
    bound = np.where(town.chance(count, float(dice.uniform(0.3, 1.0))), name, 0)
    who = people(town, count, employer_id=bound, home_div=full(count, world.county))
    if dice.random() < 0.6:
        here = town.chance(count, 0.65)
        for token in ("ip", "prefix", "address_id"):
            who[token] = np.where(here, who[token][0], who[token])
        who["ip_class"] = np.where(here, "office", who["ip_class"]).astype(object)
    floor = int(dice.choice(list(CHINESE))) * 100
    price = world.skus["price_fen"]
    need = np.ceil(floor / price).astype(np.int64)
    may = np.flatnonzero(world.skus["odds"] > 0)
    sku = full(count, int(may[np.argmin((need * price)[may])]))
    sku = np.where(town.chance(count, 0.3 if careful else 0.08), dice.choice(may, count), sku)
    at = world.start + (dice.random(count) * town.length * 0.9).astype(np.int64) + 30_000
    stay = (dice.gamma(2, 90 if careful else 25, count) * 1000).astype(np.int64) + 6_000
    watch(town, who, np.maximum(world.start, at - stay), stay + 4_000)
    zero: Array = full(count, 0)
    orders = buy(town, who, at, sku, qty=need[sku], seller_discount_fen=zero, subsidy_fen=zero)
    send(town, orders)
    if dice.random() < (0.35 if careful else 0.75):
        text = (
            str(dice.choice(DEMANDS)).replace("{yuan}", str(floor // 100)).replace("{chinese}", CHINESE[floor // 100])
        )
        notice(town, text, [name], [], str(dice.choice(["oa", "media", "wechat_group"])))
    world.label("order", orders["order_id"], "apportionment", "careful" if careful else "crude")
