"""Goods, orders, parcels and refunds as honest trade makes them."""

import numpy as np

from bench.integrity.draws import Array, Block, chance, full, size, spread, taken
from bench.integrity.world import DAY, HOUR, MINUTE, World

_ORDERS = (
    *("order_id", "user_id", "device_id", "ip_id", "sku_id", "qty", "unit_price_fen", "seller_discount_fen"),
    *("subsidy_fen", "paid_fen", "created_ms", "cart_ms", "page_view_ms", "entry", "address_id", "consignee_id"),
    *("ship_div", "group_buy_id"),
)
ENTRIES = np.array(["live_card", "search", "share_link", "private_link"], dtype=object)


def stock(world: World, count: int | None = None, at_fifty: bool = False) -> Block:
    """The goods: costs as declared, prices above them, and the county's quotes about where they should be."""
    dice = world.dice
    count = int(dice.integers(2, 8)) if count is None else count
    grams = dice.choice([500, 1000, 1500, 2500, 4500, 5000, 9000], count)
    per_kg = dice.uniform(180, 900, count)
    farmgate = (per_kg * grams / 1000).astype(np.int64)
    packaging = dice.integers(150, 700, count)
    logistics = (dice.uniform(300, 900) + grams / 1000 * dice.uniform(40, 180)).astype(np.int64)
    fee = dice.choice([0, 100, 200, 300, 500], count)
    cost = farmgate + packaging + logistics
    price = np.ceil(cost / (1 - fee / 10_000) * dice.uniform(1.12, 1.7, count) / 10).astype(np.int64) * 10
    if at_fifty:
        price[0], fee[0] = 5000, 200
        total = int(5000 * 0.98 / dice.uniform(1.15, 1.5))
        farmgate[0] = int(total * dice.uniform(0.35, 0.6))
        packaging[0], logistics[0] = (total - farmgate[0]) // 3, (total - farmgate[0]) * 2 // 3
    quotes = (farmgate / grams * 1000 * dice.uniform(0.62, 0.97, count)).astype(np.int64)
    world.skus = {
        "sku_id": world.new("sku", count),
        "name": np.array([f"酥梨{grams[i] // 500}斤装{i}" for i in range(count)], dtype=object),
        "category": full(count, "fruit"),
        "unit_weight_g": grams.astype(np.int64),
        "price_fen": price,
        "farmgate_fen": farmgate,
        "packaging_fen": packaging,
        "logistics_fen": logistics,
        "platform_fee_bp": fee.astype(np.int64),
        "ref_farmgate_p10_fen_per_kg": quotes,
        "clearance": full(count, 0),
        "limit_qty": full(count, 0),
        "odds": dice.dirichlet(np.full(count, 1.5)),
    }
    return world.skus


def buy(world: World, who: Block, at: Array, sku: Array | None = None, **given: Array) -> Block:
    """One paid order for each of `who`, at these moments; `sku` are positions in the goods."""
    dice, habits, count = world.dice, world.habits, size(who)
    if sku is None:
        sku = dice.choice(len(world.skus["sku_id"]), count, p=world.skus["odds"])
    presale = chance(dice, count, habits.presale)
    cart = np.where(presale, at - dice.integers(2 * HOUR, 4 * DAY, count), at - dice.exponential(100_000, count))
    dwell = np.where(presale, spread(dice, count, 5_000, 0.8), spread(dice, count, 24_000, 0.9))
    gift = chance(dice, count, habits.gift)
    private = habits.private_link
    made: Block = {
        "order_id": world.new("order", count),
        "user_id": who["user_id"],
        "device_id": who["device_id"],
        "ip_id": who["home_ip"],
        "sku_id": world.skus["sku_id"][sku],
        "sku": sku,
        "qty": dice.choice([1, 2, 3, 4, 5], count, p=[0.78, 0.15, 0.04, 0.02, 0.01]),
        "unit_price_fen": world.skus["price_fen"][sku],
        "created_ms": at.astype(np.int64),
        "cart_ms": np.minimum(cart, at).astype(np.int64),
        "page_view_ms": dwell.astype(np.int64),
        "entry": dice.choice(ENTRIES, count, p=[0.7 - private, 0.17, 0.13, private]),
        "address_id": np.where(gift, world.new("address", count), who["address_id"]),
        "consignee_id": np.where(gift, world.new("consignee", count), who["consignee_id"]),
        "ship_div": who["home_div"],
        "group_buy_id": full(count, 0),
        "payer_id": who["payer_id"],
        **given,
    }
    world.trap("order", made["order_id"][presale], "presale_cart")
    world.trap("order", made["order_id"][gift], "gift_address")
    return _pay(world, made)


def _pay(world: World, made: Block) -> Block:
    """What was paid, with coupons that leave the cost covered and vouchers that the seller receives."""
    dice, count = world.dice, size(made)
    sku, total = made["sku"], made["qty"] * made["unit_price_fen"]
    goods = world.skus
    quoted = goods["ref_farmgate_p10_fen_per_kg"] * goods["unit_weight_g"] // 1000
    grown = np.where(goods["clearance"] == 1, goods["farmgate_fen"], np.maximum(goods["farmgate_fen"], quoted))
    cost = grown + goods["packaging_fen"] + goods["logistics_fen"]
    least = np.ceil(cost / (1 - goods["platform_fee_bp"] / 10_000) * 1.01)[sku] * made["qty"]
    room = np.maximum(0, total - least)
    coupon = np.where(chance(dice, count, world.habits.coupon), room * dice.uniform(0.1, 0.8, count), 0)
    voucher = np.where(chance(dice, count, world.habits.voucher), total * dice.uniform(0.05, 0.3, count), 0)
    made.setdefault("seller_discount_fen", (coupon // 100 * 100).astype(np.int64))
    made.setdefault("subsidy_fen", (voucher // 100 * 100).astype(np.int64))
    made["paid_fen"] = total - made["seller_discount_fen"] - made["subsidy_fen"]
    world.add("orders", {name: made[name] for name in _ORDERS})
    payment = {
        "payment_id": world.new("payment", count),
        "order_id": made["order_id"],
        "payer_id": made["payer_id"],
        "paid_ms": made["created_ms"] + dice.integers(2_000, 120_000, count),
        "amount_fen": made["paid_fen"],
        "method": dice.choice(np.array(["wechat", "alipay", "card"], dtype=object), count),
    }
    world.add("payments", payment)
    return made


def ship(world: World, orders: Block, **given: Array) -> Block:
    """One honest parcel for each order: packed, fetched, carried, signed for."""
    dice, count = world.dice, size(orders)
    near = chance(dice, count, 0.08)
    km = np.where(near, dice.uniform(3, 120, count), dice.gamma(2.5, 380, count) + 60)
    label = orders["created_ms"] + (dice.gamma(1.6, 9, count) * HOUR).astype(np.int64) + 20 * MINUTE
    pickup = label + (dice.gamma(1.3, 5, count) * HOUR).astype(np.int64) + 10 * MINUTE
    hours = 10 + km / dice.uniform(28, 55, count) + dice.gamma(1.5, 7, count)
    hours = np.where(near, np.maximum(2.0, hours * 0.7), hours)
    signed = pickup + (hours * HOUR).astype(np.int64)
    grams = world.skus["unit_weight_g"][orders["sku"]] * orders["qty"]
    weight = grams * dice.normal(1.06, 0.03, count) + dice.integers(80, 500, count)
    weight = np.where(chance(dice, count, world.habits.unknown_weight), -1, weight)
    kinds = np.array(["recipient", "station", "locker", "reception", "self_pickup", "other"], dtype=object)
    captured = np.where(chance(dice, count, 0.3), -1.0, dice.exponential(0.4, count))
    block: Block = {
        "shipment_id": world.new("shipment", count),
        "order_id": orders["order_id"],
        "courier_id": dice.integers(1, max(3, count // 25), count),
        "weight_g": weight.astype(np.int64),
        "label_ms": label,
        "pickup_ms": pickup,
        "signed_ms": signed,
        "n_scans": dice.integers(5, 13, count),
        "route_km": km,
        "sign_km": captured,
        "sign_kind": dice.choice(kinds, count, p=[0.45, 0.25, 0.16, 0.06, 0.02, 0.06]),
        **given,
    }
    lost = chance(dice, count, 0.006)
    block["signed_ms"] = np.where(lost, -1, block["signed_ms"])
    world.trap("order", orders["order_id"][lost], "parcel_lost")
    world.add("shipments", block)
    return block


def refund(world: World, orders: Block, at: Array, share: Array | float, **given: Array) -> None:
    """Money back for these orders: a share of what was paid, to who paid it."""
    count = size(orders)
    texts = {"reason": "changed_mind", "initiator": "buyer"}
    world.add(
        "refunds",
        {
            "refund_id": world.new("refund", count),
            "order_id": orders["order_id"],
            "requested_ms": at.astype(np.int64),
            "amount_fen": np.floor(orders["paid_fen"] * share).astype(np.int64),
            **{name: full(count, value) for name, value in texts.items()},
            "has_photo": full(count, 0),
            "to_payer_id": orders["payer_id"],
            **given,
        },
    )


def moments(world: World, sessions: Block, count: int) -> tuple[Array, Array]:
    """Whose stay leads to an order, and when in it: more in long stays, waves at flash sales."""
    dice = world.dice
    length = sessions["leave_ms"] - sessions["join_ms"]
    may = np.flatnonzero((sessions["user_id"] > 0) & (length > 25_000))
    odds = np.sqrt(length[may].astype(float))
    who = may[np.searchsorted(np.cumsum(odds) / odds.sum(), dice.random(count))]
    at = sessions["join_ms"][who] + (length[who] * dice.uniform(0.25, 0.98, count)).astype(np.int64)
    if world.flashes:
        flash = np.array(world.flashes)[dice.integers(0, len(world.flashes), count)]
        wave = flash + dice.exponential(50_000, count).astype(np.int64)
        there = (wave > sessions["join_ms"][who]) & (wave < sessions["leave_ms"][who])
        at = np.where(there & chance(dice, count, 0.7), wave, at)
    return who, at


def shop(world: World, members: Block, sessions: Block, count: int) -> Block:
    """The honest orders of the crowd, shipped, a few of them given back."""
    dice, habits = world.dice, world.habits
    who, at = moments(world, sessions, count)
    position = np.searchsorted(members["user_id"], sessions["user_id"][who])
    buyers = taken(members, position)
    elsewhere = chance(dice, count, habits.without_session)
    stranger = dice.integers(0, size(members), count)
    for name in buyers:
        buyers[name] = np.where(elsewhere, members[name][stranger], buyers[name])
    at = np.where(elsewhere, world.start + dice.integers(0, world.end - world.start, count), at)
    orders = buy(world, buyers, at)
    near = np.zeros(count, dtype=bool)
    for flash in world.flashes:
        near |= (at >= flash) & (at < flash + 3 * MINUTE)
    world.trap("order", orders["order_id"][near], "flash_sale")
    return orders
