"""Deals agreed before and replayed on air, goods sold under cost for volume, and staff made to buy."""

import numpy as np

from bench.integrity.after_sales import fulfil
from bench.integrity.crowd import people, watch
from bench.integrity.draws import Block, chance, full, size, split, spread, taken
from bench.integrity.odd_buyers import add_employer, notice, rehearse
from bench.integrity.trade import buy, refund, ship
from bench.integrity.world import DAY, HOUR, MINUTE, World


def rehearsed(world: World, count: int, care: float) -> None:
    """Orders of a play, one group crude, one careful."""
    for careful, total in ((False, count - int(count * care)), (True, int(count * care))):
        if total:
            orders = _play(world, total, careful)
            world.label("order", orders["order_id"], "rehearsed", "careful" if careful else "crude")


def _play(world: World, count: int, careful: bool) -> Block:
    """The same people order the same goods in the same order as in test mode; the careful leave fewer traces."""
    dice = world.dice
    supplier = int(world.new("employer", 1)[0])
    add_employer(world, supplier, world.county, int(dice.integers(20, 400)), "enterprise")
    bound = np.where(chance(dice, count, 0.5 if not careful else 0.1), supplier, 0)
    who = people(world, count, employer_id=bound, created_ms=world.start - dice.integers(40 * DAY, 900 * DAY, count))
    length = world.end - world.start
    test = world.start - int(dice.integers(2, 60)) * HOUR
    offset = np.sort(dice.uniform(0.05, 0.9, count) * length * dice.uniform(0.2, 0.95))
    scale = float(dice.choice([1.0, 1.0, dice.uniform(0.7, 1.2)]))
    shake = dice.normal(0, 2500 if not careful else 7000, count)
    at = np.clip(
        world.start + offset * scale + int(dice.integers(0, 10)) * MINUTE + shake, world.start, world.end - 1000
    )
    at = at.astype(np.int64)
    sku = dice.choice(np.flatnonzero(world.skus["odds"] > 0), count)
    traced = chance(dice, count, 0.95 if not careful else 0.8)
    for number in np.flatnonzero(traced):
        goods = int(world.skus["sku_id"][sku[number]])
        rehearse(world, int(who["user_id"][number]), int(test + offset[number]), "test_order", goods)
    watch(world, who, np.maximum(world.start, at - dice.integers(MINUTE, 20 * MINUTE, count)), full(count, 25 * MINUTE))
    in_test = test + offset.astype(np.int64) + dice.integers(0, 60_000, count)
    early = chance(dice, count, 0.8 if not careful else 0.3)
    large = dice.integers(2, 15, count) if not careful else dice.choice([1, 2, 3, 4], count)
    given: Block = {"qty": large, "cart_ms": np.where(early, in_test, at - dice.integers(5_000, 90_000, count))}
    private = chance(dice, count, 0.7 if not careful else 0.2)
    given["entry"] = np.where(private, "private_link", "live_card").astype(object)
    orders = buy(world, who, at, sku, **given)
    back = chance(dice, count, float(dice.choice([0.0, 0.5, 0.9])) if not careful else 0.15)
    late = world.end + dice.integers(HOUR, 30 * HOUR, count)
    if back.any():
        refund(world, taken(orders, back), late[back], 1.0)
    ship(world, taken(orders, ~back))
    if not careful and dice.random() < 0.5:
        text = "直播流程单：开播后按顺序下单，名单如下，请各位按时间点配合成交。"
        notice(world, text, [supplier], [int(each) for each in who["user_id"]], "wechat_group")
    return orders


def under_cost(world: World, share: float, care: float, crowd: Block) -> None:
    """The price of some goods is cut under cost, from the start or in the middle; declared costs may be too low."""
    dice, goods = world.dice, world.skus
    first = int(np.argmax(np.bincount(crowd["sku"], minlength=size(goods))))
    mine = np.flatnonzero(crowd["sku"] == first)
    wanted = min(len(mine), max(12, int(share * size(crowd))))
    mine = mine[np.argsort(crowd["created_ms"][mine])][-wanted:]
    careful = dice.random() < care
    if careful:
        true = goods["farmgate_fen"][first]
        grams = goods["unit_weight_g"][first]
        goods["ref_farmgate_p10_fen_per_kg"][first] = int(true / grams * 1000 * dice.uniform(0.9, 1.0))
    cost = int(goods["farmgate_fen"][first] + goods["packaging_fen"][first] + goods["logistics_fen"][first])
    cut = int(cost * dice.uniform(0.55, 0.85))
    if careful:
        goods["farmgate_fen"][first] = int(goods["farmgate_fen"][first] * dice.uniform(0.2, 0.5))
        rest = int(goods["packaging_fen"][first] + goods["logistics_fen"][first])
        quoted = goods["ref_farmgate_p10_fen_per_kg"][first] * goods["unit_weight_g"][first] // 1000
        cut = int((quoted + rest) * dice.uniform(0.6, 0.85))
    crowd["unit_price_fen"][mine] = cut
    for name in ("seller_discount_fen", "subsidy_fen"):
        crowd[name][mine] = 0
    crowd["paid_fen"][mine] = cut * crowd["qty"][mine]
    payments = {int(k): i for i, k in enumerate(crowd["order_id"])}
    for block in world.tables["payments"]:
        at = np.array([payments.get(int(each), -1) for each in block["order_id"]])
        block["amount_fen"] = np.where(at >= 0, crowd["paid_fen"][np.maximum(at, 0)], block["amount_fen"])
    world.label("order", crowd["order_id"][mine], "below_cost", "careful" if careful else "crude")


ORDERS = (
    "各单位干部职工每人下单不低于{yuan}元，购买截图报办公室汇总。",
    "关于组织观看助农直播的通知：全体人员人均消费{yuan}元以上，完成情况将予通报。",
    "请各科室落实，每人认购不少于{chinese}元的农产品，未完成的说明原因。",
)
CHINESE = {50: "五十", 100: "一百", 80: "八十", 60: "六十", 200: "二百"}


def made_to_buy(world: World, count: int, care: float) -> None:
    """Organisations whose people have to buy for a least amount, with a notice or by word of mouth."""
    dice = world.dice
    for number in split(dice, count, max(1, min(int(dice.integers(1, 6)), count // 12 or 1))):
        _organisation(world, max(8, number), dice.random() < care)


def _organisation(world: World, count: int, careful: bool) -> None:
    """One organisation: who buys, for how much, and what it leaves behind."""
    dice = world.dice
    employer = int(world.new("employer", 1)[0])
    head = int(count / dice.uniform(0.55, 0.98) * (1.0 if not careful else 1.3))
    add_employer(world, employer, world.county, head, str(dice.choice(["government", "school", "hospital"])))
    bound = np.where(chance(dice, count, float(dice.uniform(0.35, 0.95))), employer, 0)
    who = people(world, count, employer_id=bound, home_div=full(count, world.county))
    if dice.random() < 0.5:
        at_work = chance(dice, count, 0.6)
        who["address_id"] = np.where(at_work, who["address_id"][0], who["address_id"])
    floor = int(dice.choice([50, 100, 80, 60, 200])) * 100
    price = world.skus["price_fen"]
    least = np.ceil(floor / price).astype(np.int64)
    sold = np.flatnonzero(world.skus["odds"] > 0)
    cheapest = int(sold[np.argmin((least * price)[sold])])
    sku = full(count, cheapest)
    other = chance(dice, count, 0.1 if not careful else 0.35)
    sku = np.where(other, dice.choice(sold, count), sku)
    at = world.start + (dice.beta(2, 2, count) * (world.end - world.start) * 0.95).astype(np.int64)
    stay = (spread(dice, count, 45 if not careful else 150, 0.8) * 1000).astype(np.int64) + 8_000
    office = int(world.new("ip", 1)[0])
    here = chance(dice, count, 0.7)
    who["home_ip"] = np.where(here, office, who["home_ip"])
    kinds = np.where(here, "office", "mobile").astype(object)
    join = np.maximum(world.start, at - (stay * 0.85).astype(np.int64))
    prefix = np.where(here, office + 70_000_000, who["home_prefix"])
    watch(world, who, join, stay, ip_class=kinds, ip_id=who["home_ip"], ip_prefix=prefix)
    orders = buy(world, who, at, sku, qty=least[sku], seller_discount_fen=full(count, 0), subsidy_fen=full(count, 0))
    fulfil(world, orders)
    if dice.random() < (0.75 if not careful else 0.35):
        text = str(dice.choice(ORDERS)).replace("{yuan}", str(floor // 100))
        text = text.replace("{chinese}", CHINESE[floor // 100])
        notice(world, text, [employer], [], str(dice.choice(["oa", "wechat_group", "report"])))
    world.label("order", orders["order_id"], "apportionment", "careful" if careful else "crude")
