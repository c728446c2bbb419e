"""The same broadcast as other people would write it down: formats, orders of columns and rows, types, gaps."""

import json
from pathlib import Path

import numpy as np
import polars as pl

from bench.integrity.draws import Dice

# Columns that an honest exporter may not have; without them less is known and nothing else changes.
OPTIONAL = {
    "sessions": ("asn", "foreground_ms", "rx_kb"),
    "users": ("phone_bound", "watch_30d"),
    "shipments": ("sign_km", "sign_kind", "courier_id"),
    "orders": ("page_view_ms", "cart_ms"),
    "payments": ("method",),
}


def respell(events: Path, seed: int) -> None:
    """Rewrite a folder of events in a dialect of its own: nothing that it says changes, but for columns left out."""
    dice = np.random.default_rng([seed, 9001])
    for path in sorted(events.glob("*.parquet")):
        frame = pl.read_parquet(path)
        if dice.random() < 0.2:
            gone = [name for name in OPTIONAL.get(path.stem, ()) if dice.random() < 0.3]
            frame = frame.drop([name for name in gone if name in frame.columns])
        frame = _typed(frame, dice).select([str(each) for each in dice.permutation(frame.columns)])
        frame = frame.with_columns(pl.lit("x").alias("exported_by"))
        if dice.random() < 0.2:
            frame = pl.concat([frame, frame.head(7)])
        _write(frame.sample(fraction=1.0, shuffle=True, seed=int(dice.integers(1 << 30))), path, dice)
    header = json.loads((events / "broadcast.json").read_text(encoding="utf-8"))
    header["note"] = "exported"
    if dice.random() < 0.2:
        del header["claimed"]
    (events / "broadcast.json").write_text(json.dumps(header), encoding="utf-8")


def _typed(frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Small whole numbers as decimals or short integers, codes as text, −1 as nothing."""
    small = [
        name
        for name, kind in frame.schema.items()
        if kind.is_integer() and not name.endswith("_id") and int(frame[name].abs().max() or 0) < 2**31  # type: ignore[arg-type]
    ]
    for name in small:
        lot = dice.random()
        if lot < 0.15:
            frame = frame.with_columns(pl.col(name).cast(pl.Float64))
        elif lot < 0.3:
            frame = frame.with_columns(pl.col(name).cast(pl.Int32))
        elif lot < 0.4:
            frame = frame.with_columns(pl.when(pl.col(name) == -1).then(None).otherwise(pl.col(name)).alias(name))
    return frame


def _write(frame: pl.DataFrame, path: Path, dice: Dice) -> None:
    lot = dice.random()
    if lot < 0.5:
        frame.write_parquet(path)
        return
    path.unlink()
    if lot < 0.85 or frame.height > 20_000:
        frame.write_csv(path.with_suffix(".csv"))
    else:
        frame.write_ndjson(path.with_suffix(".jsonl"))
