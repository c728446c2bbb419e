"""Reads the tables of one broadcast as they come: parquet, CSV or JSON lines; missing, empty, doubled, in any order.

What cannot be read is unknown (−1, or 0 for a token), what comes after the observed time does not exist, extra columns
are not looked at. Rows are put in the order of their tokens, so that the order of the files means nothing.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from services.disclosure.integrity.arrays import Array, Ints, Mask
from services.disclosure.integrity.schema import HORIZON_MS, TABLES, TIMES, Kind


class Unreadable(ValueError):
    """The folder is no broadcast of this schema; the message says what is missing."""


@dataclass(frozen=True)
class Text:
    """A column of texts: a code for each row, and the texts in alphabetical order."""

    codes: Ints
    names: tuple[str, ...]

    def among(self, *wanted: str) -> Mask:
        """Rows whose text is one of these."""
        known = np.array([name in wanted for name in self.names] or [False])
        return known[self.codes] if len(self.codes) else np.zeros(0, dtype=bool)

    def of(self, row: int) -> str:
        """The text of one row."""
        return self.names[int(self.codes[row])]


@dataclass(frozen=True)
class Table:
    """One table: as many rows as `size`, numbers by name, texts by name. `given`: it was there and not empty."""

    size: int
    numbers: dict[str, Array]
    texts: dict[str, Text]
    given: bool

    def __getitem__(self, name: str) -> Array:
        return self.numbers[name]

    def text(self, name: str) -> Text:
        """A column of texts."""
        return self.texts[name]


@dataclass(frozen=True)
class Broadcast:
    """All that is known of one broadcast."""

    broadcast_id: str
    county: int
    start: int
    end: int
    until: int
    claimed: dict[str, int]
    tables: dict[str, Table] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]


def read_broadcast(folder: Path) -> Broadcast:
    """The broadcast in a folder. Raises Unreadable when there is no usable `broadcast.json`."""
    header = _header(folder)
    frames = {name: _frame(folder, name) for name in TABLES}
    return from_frames(header, frames)


def from_frames(header: dict[str, Any], frames: dict[str, pl.DataFrame]) -> Broadcast:
    """The broadcast out of frames that are already in memory: the way a service takes."""
    start, end = _number(header.get("start_ms")), _number(header.get("end_ms"))
    if start <= 0:
        raise Unreadable("broadcast.json says no start_ms; without it no event can be placed.")
    end = end if end > start else start + 3 * 3_600_000
    until = _number(header.get("observed_until_ms"))
    until = until if until >= end else end + HORIZON_MS
    claimed = header.get("claimed")
    claimed = claimed if isinstance(claimed, dict) else {}
    return Broadcast(
        broadcast_id=str(header.get("broadcast_id", "")),
        county=_number(header.get("county_div")),
        start=start,
        end=end,
        until=until,
        claimed={name: _number(claimed.get(name)) for name in ("viewers", "orders", "sales_fen")},
        tables={name: _table(name, frames.get(name, pl.DataFrame()), until) for name in TABLES},
    )


def _header(folder: Path) -> dict[str, Any]:
    path = folder / "broadcast.json"
    if not path.is_file():
        raise Unreadable(f"{folder} holds no broadcast.json.")
    try:
        header = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} is not JSON: {error}.") from error
    if not isinstance(header, dict):
        raise Unreadable(f"{path} is not a JSON object.")
    return header


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return -1


def _frame(folder: Path, name: str) -> pl.DataFrame:
    """The table's file, whichever of the three it is; an empty frame when there is none or it holds nothing."""
    wanted = list(TABLES[name].columns)
    parquet, text, lines = (folder / f"{name}.{ending}" for ending in ("parquet", "csv", "jsonl"))
    if parquet.is_file():
        present = pl.read_parquet_schema(parquet)
        return pl.read_parquet(parquet, columns=[column for column in wanted if column in present])
    if text.is_file() and text.stat().st_size:
        frame = pl.read_csv(text, infer_schema_length=0, truncate_ragged_lines=True, encoding="utf8-lossy")
        return frame.select([column for column in wanted if column in frame.columns])
    if lines.is_file() and lines.stat().st_size:
        return _json_lines(lines, wanted)
    return pl.DataFrame()


def _json_lines(path: Path, wanted: list[str]) -> pl.DataFrame:
    """JSON lines, read by Python: it accepts NaN, and a broken line costs that line alone."""
    columns: dict[str, list[Any]] = {name: [] for name in wanted}
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            row = _row(line)
            if row is not None:
                for name in wanted:
                    columns[name].append(row.get(name))
    made = {name: pl.Series(name, values, strict=False) for name, values in columns.items() if values}
    return pl.DataFrame(made)


def _row(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _table(name: str, frame: pl.DataFrame, until: int) -> Table:
    """The frame as columns of known types, doubled and future rows left out."""
    schema = TABLES[name]
    if frame.height == 0:
        frame = pl.DataFrame()
    columns: dict[str, pl.Series] = {}
    for column, kind in schema.columns.items():
        series = frame[column] if column in frame.columns else pl.Series(column, [None] * frame.height)
        columns[column] = _text(series) if kind is Kind.TEXT else _numeric(series, kind)
    clean = _once(pl.DataFrame(columns), schema.key)
    clean = _until(name, clean, until)
    numbers = {column: clean[column].to_numpy() for column, kind in schema.columns.items() if kind is not Kind.TEXT}
    texts = {column: _coded(clean[column]) for column, kind in schema.columns.items() if kind is Kind.TEXT}
    return Table(clean.height, numbers, texts, clean.height > 0)


def _numeric(series: pl.Series, kind: Kind) -> pl.Series:
    """Whole numbers (or kilometres) of whatever was written; what cannot be read is unknown."""
    unknown = 0 if kind is Kind.OPAQUE else -1
    if kind is Kind.DECIMAL:
        return series.cast(pl.Float64, strict=False).fill_nan(None).fill_null(-1.0)
    if series.dtype.is_integer():
        return series.cast(pl.Int64, strict=False).fill_null(unknown)
    if series.dtype.is_float():
        return series.fill_nan(None).cast(pl.Int64, strict=False).fill_null(unknown)
    whole = series.cast(pl.String, strict=False).str.strip_chars()
    direct = whole.cast(pl.Int64, strict=False)
    rounded = whole.cast(pl.Float64, strict=False).fill_nan(None).cast(pl.Int64, strict=False)
    filled = direct.fill_null(rounded)
    if kind is Kind.OPAQUE and filled.null_count() > 0 and whole.null_count() < len(whole):
        filled = filled.fill_null(_hashed(whole))
    return filled.fill_null(unknown)


def _hashed(texts: pl.Series) -> pl.Series:
    """Tokens that are no numbers (a phone model written out) become numbers: the same for the same text."""
    blank = texts.is_null() | (texts == "")
    return pl.Series((texts.hash(7) // 4).cast(pl.Int64).set(blank, 0))


def _text(series: pl.Series) -> pl.Series:
    return series.cast(pl.String, strict=False).fill_null("")


def _once(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Every item once, in the order of its token. Of items told twice and differently the smallest telling counts."""
    if not key:
        return frame.unique().sort(by=frame.columns) if frame.height else frame
    frame = frame.filter(pl.col(key) != 0).sort(key)
    doubled = frame[key].is_duplicated()
    if not doubled.any():
        return frame
    repeated = frame.filter(doubled).sort(by=frame.columns).unique(subset=[key], keep="first", maintain_order=True)
    return pl.concat([frame.filter(~doubled), repeated]).sort(key)


def _until(name: str, frame: pl.DataFrame, until: int) -> pl.DataFrame:
    """Without what happened after the observed time; a parcel signed later is a parcel not signed yet."""
    for column, whole in TIMES.get(name, {}).items():
        if whole:
            frame = frame.filter(pl.col(column) <= until)
        else:
            frame = frame.with_columns(pl.when(pl.col(column) > until).then(-1).otherwise(pl.col(column)).alias(column))
    return frame


def _coded(series: pl.Series) -> Text:
    names = series.unique().sort().to_list()
    codes = series.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)
    return Text(codes, tuple(names))
