"""Honest prices that look too low: a limited opener, a clearance when quotes fell, and a grower who is simply cheap."""

import numpy as np

from bench.integrity.after_sales import fulfil
from bench.integrity.draws import Block, size
from bench.integrity.odd_buyers import viewers_who_buy
from bench.integrity.trade import buy
from bench.integrity.world import MINUTE, World, announce


def odd_goods(world: World, orders: int) -> None:
    """Each of them in some broadcasts, as a small part of the orders."""
    for trap in (loss_leader, clearance, cheap_grower):
        if world.dice.random() < 0.5 and orders > 60:
            trap(world, orders)


def _another(world: World) -> tuple[Block, int]:
    """One more product like the first, not sold to the crowd."""
    goods = world.skus
    last = size(goods)
    for name in list(goods):
        goods[name] = np.append(goods[name], goods[name][0])
    goods["sku_id"][last] = world.new("sku", 1)[0]
    goods["odds"][last] = 0.0
    return goods, last


def _cost(goods: Block, at: int) -> int:
    return int(goods["farmgate_fen"][at] + goods["packaging_fen"][at] + goods["logistics_fen"][at])


def _sell(world: World, at: int, count: int, name: str) -> None:
    who, when = viewers_who_buy(world, count)
    zero = np.zeros(count, dtype=np.int64)
    orders = buy(
        world,
        who,
        when,
        np.full(count, at),
        qty=zero + 1,
        seller_discount_fen=zero.copy(),
        subsidy_fen=zero.copy(),
    )
    fulfil(world, orders)
    world.trap("order", orders["order_id"], name)


def loss_leader(world: World, orders: int) -> None:
    """An announced number of boxes at a tenth or half of what they cost, and not one more."""
    dice = world.dice
    goods, at = _another(world)
    limit = max(5, int(orders * dice.uniform(0.005, 0.03)))
    goods["price_fen"][at] = int(_cost(goods, at) * dice.uniform(0.1, 0.6))
    goods["limit_qty"][at] = limit
    when = world.start + int(dice.integers(2, 30)) * MINUTE
    announce(world, when, "loss_leader", "限量福利", int(goods["sku_id"][at]), limit)
    _sell(world, at, limit, "loss_leader")


def clearance(world: World, orders: int) -> None:
    """The end of the season: the county's quotes fell below what was declared when the lot was listed."""
    dice = world.dice
    goods, at = _another(world)
    goods["clearance"][at] = 1
    quote = goods["farmgate_fen"][at] * dice.uniform(0.3, 0.6)
    goods["ref_farmgate_p10_fen_per_kg"][at] = int(quote / goods["unit_weight_g"][at] * 1000)
    least = quote + goods["packaging_fen"][at] + goods["logistics_fen"][at]
    fee = 1 - goods["platform_fee_bp"][at] / 10_000
    goods["price_fen"][at] = int(np.ceil(least / fee * dice.uniform(1.02, 1.1)))
    _sell(world, at, max(5, int(orders * dice.uniform(0.02, 0.15))), "clearance")


def cheap_grower(world: World, orders: int) -> None:
    """A grower who produces below the county's cheapest tenth and sells above what it costs him."""
    dice = world.dice
    goods, at = _another(world)
    per_kg = goods["farmgate_fen"][at] / goods["unit_weight_g"][at] * 1000
    goods["ref_farmgate_p10_fen_per_kg"][at] = int(per_kg * dice.uniform(1.03, 1.2))
    fee = 1 - goods["platform_fee_bp"][at] / 10_000
    goods["price_fen"][at] = int(np.ceil(_cost(goods, at) / fee * dice.uniform(1.02, 1.15)))
    _sell(world, at, max(5, int(orders * dice.uniform(0.02, 0.15))), "cheap_grower")
