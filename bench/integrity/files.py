"""Writes a broadcast as the engine reads it, and what is true of it into another folder."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.integrity.draws import Array, Block, joined, size
from bench.integrity.world import World

_KINDS = {
    "user_id": "user",
    "device_id": "device",
    "device_model": "model",
    "session_id": "session",
    "ip_id": "ip",
    "ip_prefix": "prefix",
    "asn": "asn",
    "message_id": "message",
    "order_id": "order",
    "sku_id": "sku",
    "address_id": "address",
    "consignee_id": "consignee",
    "group_buy_id": "group",
    "payment_id": "payment",
    "payer_id": "payer",
    "to_payer_id": "payer",
    "shipment_id": "shipment",
    "courier_id": "courier",
    "refund_id": "refund",
    "employer_id": "employer",
    "issuer_employer_id": "employer",
    "doc_id": "doc",
}
_ENTITY = {"session": "sessions", "order": "orders", "message": "messages"}
FAKE = ("false_order", "refund_cycling", "second_signing", "rehearsed", "apportionment")
_BITS = 61


def token(values: Array, kind: str, seed: int) -> Array:
    """Opaque 61-bit tokens, one for each id; 0 stays 0."""
    dice = np.random.default_rng([seed, *kind.encode()])
    odd = np.uint64(int(dice.integers(1 << 59, 1 << 60)) | 1)
    mask = np.uint64((1 << _BITS) - 1)
    mixed = (values.astype(np.uint64) * odd) & mask
    mixed = ((mixed ^ (mixed >> np.uint64(29))) * odd) & mask
    return np.where(values == 0, 0, mixed.astype(np.int64))


def whole_tables(world: World) -> dict[str, Block]:
    """Every table with scrambled tokens and rows in no order."""
    world.tables["skus"] = [{name: values for name, values in world.skus.items() if name != "odds"}]
    tables = {}
    for name, blocks in world.tables.items():
        table = joined(blocks)
        for column in table:
            if column in _KINDS:
                table[column] = token(table[column], _KINDS[column], world.seed)
        if name == "notices":
            table["mentions"] = np.array([_mentions(world, each) for each in table["mentions"]], dtype=object)
        order = world.dice.permutation(size(table))
        tables[name] = {column: values[order] for column, values in table.items()}
    return tables


def _mentions(world: World, text: str) -> str:
    pairs = [part.partition(":") for part in text.split(";") if part]
    kinds = {"e": "employer", "u": "user"}
    return ";".join(f"{k}:{token(np.array([int(v)]), kinds[k], world.seed)[0]}" for k, _, v in pairs)


def truth(world: World, tables: dict[str, Block]) -> dict[str, int]:
    """The verified figures as they are, by their definitions."""
    labels: dict[str, list[Array]] = {}
    for _entity, abuse, _, ids in world.labels:
        labels.setdefault(abuse, []).append(ids)
    sessions, orders, refunds = tables["sessions"], tables["orders"], tables.get("refunds", {})
    bad = np.concatenate([np.zeros(0, dtype=np.int64), *labels.get("injected_traffic", [])])
    real = ~np.isin(sessions["session_id"], token(bad, "session", world.seed))
    # A device and a user are never the same viewer, whatever their tokens are.
    key = np.where(sessions["user_id"] > 0, sessions["user_id"], -sessions["device_id"])
    fake = np.concatenate([np.zeros(0, dtype=np.int64), *(ids for name in FAKE for ids in labels.get(name, []))])
    kept = ~np.isin(orders["order_id"], token(fake, "order", world.seed))
    back = _given_back(orders["order_id"], refunds)
    net = np.maximum(0, orders["paid_fen"] - back)
    return {
        "viewers": len(np.unique(key[real])),
        "orders": int(kept.sum()),
        "net_sales_fen": int(net[kept].sum()),
        "claimed_viewers": len(np.unique(key)),
        "claimed_orders": len(kept),
        "claimed_fen": int(orders["paid_fen"].sum()),
    }


def _given_back(orders: Array, refunds: Block) -> Array:
    if not refunds:
        return np.zeros(len(orders), dtype=np.int64)
    order = np.argsort(orders)
    at = order[np.searchsorted(orders[order], refunds["order_id"])]
    return np.bincount(at, weights=refunds["amount_fen"], minlength=len(orders)).astype(np.int64)


def write(world: World, events: Path, labels: Path | None) -> None:
    """`events`: what the engine may read. `labels`: what only the scorer may."""
    tables = whole_tables(world)
    true = truth(world, tables)
    events.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pl.DataFrame({column: _column(values) for column, values in table.items()}).write_parquet(
            events / f"{name}.parquet"
        )
    (events / "broadcast.json").write_text(json.dumps(_header(world, true)), encoding="utf-8")
    if labels is None:
        return
    labels.mkdir(parents=True, exist_ok=True)
    _frame(world, [(entity, abuse, care, ids) for entity, abuse, care, ids in world.labels]).write_parquet(
        labels / "labels.parquet"
    )
    _frame(world, [(entity, name, "", ids) for entity, name, ids in world.traps]).write_parquet(
        labels / "traps.parquet"
    )
    counts = {entity: size(tables[name]) if name in tables else 0 for entity, name in _ENTITY.items()}
    (labels / "truth.json").write_text(json.dumps({**true, "counts": counts}), encoding="utf-8")


def _column(values: Array) -> Any:
    return values.tolist() if values.dtype == object else values


def _header(world: World, true: dict[str, int]) -> dict[str, Any]:
    claimed = {"viewers": true["claimed_viewers"], "orders": true["claimed_orders"], "sales_fen": true["claimed_fen"]}
    return {
        "schema": "sunfair-events/1",
        "broadcast_id": f"sim-{world.seed}",
        "county_div": world.county,
        "start_ms": world.start,
        "end_ms": world.end,
        "observed_until_ms": world.until,
        "claimed": claimed,
    }


def _frame(world: World, rows: list[tuple[str, str, str, Array]]) -> pl.DataFrame:
    made = [
        pl.DataFrame({"id": token(ids, entity, world.seed)}).with_columns(
            pl.lit(entity).alias("entity"), pl.lit(name).alias("name"), pl.lit(care).alias("care")
        )
        for entity, name, care, ids in rows
    ]
    empty = pl.DataFrame(schema={"id": pl.Int64, "entity": pl.String, "name": pl.String, "care": pl.String})
    return pl.concat([empty, *made])
