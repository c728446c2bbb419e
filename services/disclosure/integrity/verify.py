"""Anyone can check: recomputes every published number from flags and events alone. `verify.py EVENTS_DIR OUT_DIR`."""

import json
import sys
from pathlib import Path

import polars as pl

events, out = Path(sys.argv[1]), Path(sys.argv[2])
said = json.loads((out / "findings.json").read_text(encoding="utf-8"))
flags = pl.read_parquet(out / "flags.parquet")


def table(name: str, key: str, *columns: str) -> pl.DataFrame:
    """A table of the events, every item once, or an empty one."""
    files = [events / f"{name}.{kind}" for kind in ("parquet", "csv", "jsonl")]
    read = {".parquet": pl.read_parquet, ".csv": pl.read_csv, ".jsonl": pl.read_ndjson}
    found = [read[path.suffix](path) for path in files if path.exists()]  # type: ignore[operator]
    empty = pl.DataFrame(schema=dict.fromkeys((key, *columns), pl.Int64))
    return (found[0] if found else empty).select(key, *columns).unique(subset=[key], keep="first")


def without(rows: pl.DataFrame, key: str, *abuses: str) -> pl.DataFrame:
    """The rows that no flag of these abuses removes."""
    return rows.join(flags.filter(pl.col("abuse").is_in(abuses)), left_on=key, right_on="id", how="anti")


sessions = without(table("sessions", "session_id", "user_id", "device_id"), "session_id", "injected_traffic")
viewers = sessions.select(pl.when(pl.col("user_id") > 0).then("user_id").otherwise("device_id")).n_unique()
fake = ("false_order", "refund_cycling", "second_signing", "rehearsed", "apportionment")
orders = without(table("orders", "order_id", "paid_fen"), "order_id", *fake)
back = table("refunds", "refund_id", "order_id", "amount_fen").group_by("order_id").agg(pl.col("amount_fen").sum())
paid = orders.join(back, on="order_id", how="left").with_columns(pl.col("amount_fen").fill_null(0))
net = int(paid.select((pl.col("paid_fen") - pl.col("amount_fen")).clip(0).sum()).item() or 0)
now = {"viewers": viewers, "orders": orders.height, "net_sales_fen": net}
removed = dict(flags.group_by("abuse").len().iter_rows())
good = now == said["verified"] and removed == said["removed"]
sys.stdout.write(f"{now} {removed}\n{'The published figures follow.' if good else 'They do NOT follow.'}\n")
sys.exit(0 if good else 1)
