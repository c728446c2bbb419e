"""Goods, orders, parcels and refunds of the second market, as honest trade makes them."""

import numpy as np

from bench.integrity.draws import Array, Block, full, joined, size, taken
from bench.integrity.elsewhere.town import Town, people, watch
from bench.integrity.world import DAY, HOUR, MINUTE

_ORDERS = (
    *("order_id", "user_id", "device_id", "ip_id", "sku_id", "qty", "unit_price_fen", "seller_discount_fen"),
    *("subsidy_fen", "paid_fen", "created_ms", "cart_ms", "page_view_ms", "entry", "address_id", "consignee_id"),
    *("ship_div", "group_buy_id"),
)
ENTRIES = np.array(["live_card", "search", "share_link", "private_link"], dtype=object)
SOFT = np.array(["changed_mind", "other", "duplicate", "wrong_item"], dtype=object)


def stock(town: Town, main_at_fifty: bool = False) -> Block:
    """Two to a dozen goods; what the county pays for them is quoted for most."""
    dice, count = town.dice, int(town.dice.integers(2, 13))
    grams = dice.choice([250, 750, 1000, 2000, 2500, 3000, 5000, 10_000], count)
    farmgate = np.maximum(60, (grams / 1000 * np.exp(dice.normal(6.1, 0.6, count))).astype(np.int64))
    packaging, logistics = dice.integers(80, 900, count), 300 + (grams * dice.uniform(0.05, 0.2)).astype(np.int64)
    fee = dice.choice([0, 0, 50, 150, 500, 600], count)
    cost = farmgate + packaging + logistics
    price = (cost / (1 - fee / 10_000) * (1.08 + dice.gamma(2, 0.2, count))).astype(np.int64) // 90 * 100 + 90
    price = np.maximum(price, (cost / (1 - fee / 10_000) * 1.06).astype(np.int64))
    if main_at_fifty:
        price[0], fee[0] = 5000, 100
        farmgate[0], packaging[0], logistics[0] = 2400, 500, 900
    quotes = (farmgate * 1000 / grams * dice.uniform(0.55, 0.98, count)).astype(np.int64)
    town.world.skus = {
        "sku_id": town.world.new("sku", count),
        "name": np.array([f"{name}{n}" for n, name in enumerate(dice.choice(["核桃", "沃柑", "小米"], count))], object),
        "category": full(count, "produce"),
        "unit_weight_g": grams.astype(np.int64),
        "price_fen": price,
        "farmgate_fen": farmgate,
        "packaging_fen": packaging,
        "logistics_fen": logistics,
        "platform_fee_bp": fee.astype(np.int64),
        "ref_farmgate_p10_fen_per_kg": np.where(dice.random(count) < 0.2, -1, quotes),
        "clearance": full(count, 0),
        "limit_qty": full(count, 0),
        "odds": dice.dirichlet(np.full(count, 0.9)),
    }
    return town.world.skus


def least_price(town: Town, sku: Array) -> Array:
    """What covers the cost of one unit, whatever is believed about it."""
    goods = town.world.skus
    quoted = np.maximum(0, goods["ref_farmgate_p10_fen_per_kg"]) * goods["unit_weight_g"] // 1000
    grown = np.maximum(goods["farmgate_fen"], np.where(goods["clearance"] == 1, 0, quoted))
    cost = grown + goods["packaging_fen"] + goods["logistics_fen"]
    return np.asarray(np.ceil(cost / (1 - goods["platform_fee_bp"] / 10_000) * 1.012)[sku])


def buy(town: Town, who: Block, at: Array, sku: Array | None = None, **given: Array) -> Block:
    """One paid order for each of them."""
    world, dice, rates, count = town.world, town.dice, town.rates, size(who)
    sku = dice.choice(len(world.skus["odds"]), count, p=world.skus["odds"]) if sku is None else sku
    before, gift = town.chance(count, "pre_cart"), town.chance(count, "gift")
    late = at - (dice.gamma(1.3, 70_000, count)).astype(np.int64) - 500
    mix = np.array([1.0, 0.25, rates["share_link"], rates["private"]])
    made: Block = {
        "order_id": world.new("order", count),
        "user_id": who["user_id"],
        "device_id": who["device_id"],
        "ip_id": who["ip"],
        "sku_id": world.skus["sku_id"][sku],
        "sku": sku,
        "qty": np.minimum(dice.geometric(0.72, count), 12).astype(np.int64),
        "unit_price_fen": world.skus["price_fen"][sku],
        "created_ms": at.astype(np.int64),
        "cart_ms": np.where(before, at - dice.integers(HOUR, 6 * DAY, count), late).astype(np.int64),
        "page_view_ms": (np.where(before, 0.4, 1.0) * dice.gamma(1.6, rates["dwell_s"] / 1.6, count) * 1000).astype(
            int
        ),
        "entry": dice.choice(ENTRIES, count, p=mix / mix.sum()),
        "address_id": np.where(gift, world.new("address", count), who["address_id"]),
        "consignee_id": np.where(gift, world.new("consignee", count), who["consignee_id"]),
        "ship_div": who["home_div"],
        "group_buy_id": full(count, 0),
        "payer_id": who["payer_id"],
        **given,
    }
    world.trap("order", made["order_id"][before], "presale_cart")
    world.trap("order", made["order_id"][gift], "gift_address")
    return _paid(town, made)


def _paid(town: Town, made: Block) -> Block:
    world, dice, count = town.world, town.dice, size(made)
    total = made["qty"] * made["unit_price_fen"]
    room = np.maximum(0, total - least_price(town, made["sku"]) * made["qty"])
    off = np.where(town.chance(count, "coupon"), np.floor(room * dice.beta(1, 2, count)), 0)
    voucher = np.where(town.chance(count, "voucher"), np.floor(total * dice.choice([0.05, 0.1, 0.2], count)), 0)
    made.setdefault("seller_discount_fen", off.astype(np.int64))
    made.setdefault("subsidy_fen", voucher.astype(np.int64))
    made["paid_fen"] = total - made["seller_discount_fen"] - made["subsidy_fen"]
    world.add("orders", {name: made[name] for name in _ORDERS})
    world.add(
        "payments",
        {
            "payment_id": world.new("payment", count),
            "order_id": made["order_id"],
            "payer_id": made["payer_id"],
            "paid_ms": made["created_ms"] + dice.integers(900, 600_000, count),
            "amount_fen": made["paid_fen"],
            "method": dice.choice(np.array(["wallet", "bank"], dtype=object), count),
        },
    )
    return made


def send(town: Town, orders: Block, **given: Array) -> Block:
    """One honest parcel each; carriers here scan less and are slower, scales are broken now and then."""
    world, dice, count = town.world, town.dice, size(orders)
    km = np.exp(dice.normal(6.3, 0.9, count)).clip(2, 4500)
    label = orders["created_ms"] + (dice.exponential(22, count) * HOUR).astype(np.int64) + 5 * MINUTE
    pickup = label + (dice.exponential(6, count) * HOUR).astype(np.int64) + 3 * MINUTE
    road = dice.gamma(3, town.rates["hours"] / 3, count) + km / dice.uniform(20, 50, count) + np.where(km > 60, 6, 1)
    grams = world.skus["unit_weight_g"][orders["sku"]] * orders["qty"]
    weight = np.ceil((grams * dice.normal(1.03, 0.05, count).clip(0.85, 1.3) + dice.integers(30, 900, count)) / 10) * 10
    block: Block = {
        "shipment_id": world.new("shipment", count),
        "order_id": orders["order_id"],
        "courier_id": dice.integers(1, max(3, count // 60), count),
        "weight_g": np.where(town.chance(count, "scale_broken"), -1, weight).astype(np.int64),
        "label_ms": label,
        "pickup_ms": pickup,
        "signed_ms": pickup + (road * HOUR).astype(np.int64),
        "n_scans": (3 + np.floor(km / 500) + dice.integers(1, 6, count)).astype(np.int64),
        "route_km": km,
        "sign_km": np.where(town.chance(count, "place_unknown"), -1.0, dice.gamma(1.2, 0.3, count)),
        "sign_kind": dice.choice(np.array(["recipient", "station", "locker", "reception"], dtype=object), count),
        **given,
    }
    lost = town.chance(count, 0.008)
    block["signed_ms"] = np.where(lost, -1, block["signed_ms"])
    world.trap("order", orders["order_id"][lost], "parcel_lost")
    return world.add("shipments", block)


def give_back(town: Town, orders: Block, at: Array, share: Array | float = 1.0, **given: Array) -> None:
    """Money back."""
    count = size(orders)
    row: Block = {
        "refund_id": town.world.new("refund", count),
        "order_id": orders["order_id"],
        "requested_ms": at.astype(np.int64),
        "amount_fen": np.floor(orders["paid_fen"] * share).astype(np.int64),
        "reason": town.dice.choice(SOFT, count),
        "has_photo": full(count, 0),
        "initiator": full(count, "buyer"),
        "to_payer_id": orders["payer_id"],
    }
    town.world.add("refunds", row | given)


def settle(town: Town, orders: Block) -> None:
    """What becomes of honest orders: second thoughts, a few never sent, odd but real parcels, some rotten fruit."""
    dice, count = town.dice, size(orders)
    lot, thoughts = dice.random(count), town.rates["thoughts"]
    mind, never = lot < thoughts, (lot >= thoughts) & (lot < thoughts + town.rates["unsent"])
    if mind.any():
        mine = taken(orders, mind)
        give_back(town, mine, mine["created_ms"] + dice.integers(MINUTE, 30 * HOUR, size(mine)))
        town.world.trap("order", mine["order_id"], "second_thoughts")
    sent = taken(orders, ~mind & ~never)
    if size(sent):
        rotten(town, sent, odd_parcels(town, sent), town.chance(size(sent), "rotten"))


def rotten(town: Town, orders: Block, parcels: Block, which: Array) -> None:
    """Arrived bad: after the signature, mostly with a picture, mostly a part."""
    dice, bad = town.dice, which & (parcels["signed_ms"] > 0)
    mine, count = taken(orders, bad), int(bad.sum())
    if count:
        at = parcels["signed_ms"][bad] + (dice.exponential(9, count) * HOUR).astype(np.int64)
        reasons = dice.choice(np.array(["spoiled", "damaged", "not_as_described"], dtype=object), count)
        share, photo = dice.choice([0.2, 0.3, 0.5, 1.0], count), town.chance(count, 0.9).astype(np.int64)
        give_back(town, mine, at, share, reason=reasons, has_photo=photo)
        town.world.trap("order", mine["order_id"], "spoiled")


def odd_parcels(town: Town, orders: Block) -> Block:
    """Mostly plain parcels; every odd kind that honest carriers know."""
    kind = town.dice.choice(9, size(orders), p=[0.87, 0.03, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01, 0.02])
    names = ("", "split", "local", "stand", "batch", "backfilled", "air", "early_press", "forwarded")
    made, rows = [], []
    for number, name in enumerate(names):
        mine = taken(orders, kind == number)
        if size(mine):
            made.append(_odd(town, name, mine))
            rows.append(np.flatnonzero(kind == number))
            town.world.trap("order", mine["order_id"], name) if name else None
    return taken(joined(made), np.argsort(np.concatenate(rows)))


def _odd(town: Town, name: str, orders: Block) -> Block:
    dice, count, at = town.dice, size(orders), orders["created_ms"]
    soon = at + dice.integers(5 * MINUTE, 6 * HOUR, count)
    if name == "split":
        grams = town.world.skus["unit_weight_g"][orders["sku"]] * orders["qty"]
        return send(town, orders, weight_g=(grams * dice.uniform(0.35, 0.65, count) + 200).astype(np.int64))
    if name == "local":
        got = soon + dice.integers(20 * MINUTE, 5 * HOUR, count)
        near = dice.uniform(0.5, 38, count)
        return send(
            town, orders, label_ms=soon, pickup_ms=soon + 60_000, signed_ms=got, route_km=near, n_scans=full(count, 2)
        )
    if name == "stand":
        now = at + dice.integers(MINUTE, 30 * MINUTE, count)
        given = {"signed_ms": now + dice.integers(1000, 120_000, count), "sign_kind": full(count, "self_pickup")}
        return send(
            town, orders, label_ms=now - 30_000, pickup_ms=now, n_scans=full(count, 1), route_km=np.ones(count), **given
        )
    if name == "batch":
        days = int(at.max()) + int(dice.integers(3, 8)) * DAY
        one = full(count, 9_000_000 + int(dice.integers(1, 9)))
        given = {"signed_ms": days + dice.integers(0, 100_000, count), "sign_kind": full(count, "station")}
        return send(town, orders, label_ms=soon, pickup_ms=soon + 3 * HOUR, courier_id=one, **given)
    if name == "backfilled":
        door = soon + dice.integers(35 * HOUR, 150 * HOUR, count)
        return send(town, orders, label_ms=soon, pickup_ms=door - dice.integers(2000, 180_000, count), signed_ms=door)
    if name == "air":
        km = dice.uniform(700, 3000, count)
        hours = 10 + km / 600 + dice.exponential(5, count)
        given = {
            "signed_ms": soon + 40 * MINUTE + (hours * HOUR).astype(np.int64),
            "n_scans": dice.integers(4, 8, count),
        }
        return send(town, orders, label_ms=soon, pickup_ms=soon + 40 * MINUTE, route_km=km, **given)
    parcels = send(town, orders)
    if name == "early_press":
        hours = (parcels["signed_ms"] - parcels["pickup_ms"]) / HOUR
        early = np.where(parcels["signed_ms"] > 0, dice.uniform(0.5, 5, count).clip(0, 0.25 * hours), 0)
        parcels["signed_ms"] -= (early * HOUR).astype(np.int64)
    else:
        parcels["sign_km"] = dice.uniform(25, 900, count)
    return parcels


def sales(town: Town, members: Block, stays: Block, count: int) -> Block:
    """The honest orders of the crowd: out of stays, in a rush when a flash sale opens, some by people not seen."""
    dice = town.dice
    may = np.flatnonzero((stays["user_id"] > 0) & (stays["leave_ms"] - stays["join_ms"] > 12_000))
    who = dice.choice(may, count) if len(may) else np.zeros(0, dtype=np.int64)
    length = stays["leave_ms"][who] - stays["join_ms"][who]
    at = stays["join_ms"][who] + (length * dice.beta(2, 1.2, count)).astype(np.int64)
    rush = np.zeros(count, dtype=bool)
    for flash in town.flashes:
        there = (stays["join_ms"][who] < flash) & (stays["leave_ms"][who] > flash) & town.chance(count, 0.5)
        at = np.where(there, flash + dice.exponential(20_000, count).astype(np.int64), at)
        rush |= there
    at = np.minimum(at, town.world.end - 1)
    row = np.searchsorted(members["user_id"], stays["user_id"][who])
    unseen = town.chance(count, "unseen")
    row = np.where(unseen, dice.integers(0, size(members), count), row)
    orders = buy(town, taken(members, row), at)
    town.world.trap("order", orders["order_id"][rush & ~unseen], "flash_sale")
    return orders


def watchers(town: Town, count: int, **given: Array) -> tuple[Block, Array]:
    """People who watch a while and order before they leave."""
    dice, world = town.dice, town.world
    who = people(town, count, **given)
    join = world.start + (dice.random(count) * town.length * 0.85).astype(np.int64)
    stay = (np.minimum(dice.gamma(1.5, 400, count) + 40, town.length / 1000) * 1000).astype(np.int64)
    block = watch(town, who, join, stay)
    at = join + ((block["leave_ms"] - join) * dice.uniform(0.3, 0.95, count)).astype(np.int64)
    return who, np.minimum(at, world.end - 1)
