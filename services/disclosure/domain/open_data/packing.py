"""The files of a month: every table as CSV, JSON Lines and Parquet, the releases themselves, and what sums they have.

The same releases give the same bytes: nothing here reads a clock, draws lots, or depends on the order of arrival.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from services.disclosure.domain.open_data.rows import Document, Row
from services.disclosure.domain.open_data.tables import TABLES, Column, Table

SUMS, DICTIONARY, RELEASES = "SHA256SUMS", "dictionary.json", "documents.jsonl"
# Changes with whatever changes the bytes of the same releases, so that every month is made anew then.
LAYOUT = 1
_BOM = "\ufeff"
# A spreadsheet takes a cell that begins so for a formula; the wide forms are taken for the narrow ones by some.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_POLARS: Mapping[str, Any] = {"text": pl.String(), "number": pl.Int64(), "flag": pl.Boolean()}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    SUMS: "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file of a month."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.data).hexdigest()


def media_type(name: str) -> str:
    """What a file of this name is."""
    return MEDIA_TYPES[name.rpartition(".")[2]]


def files_of(bodies: Sequence[bytes]) -> Iterator[File]:
    """All files of a month. `bodies`: its releases, broadcasts in the order of their end, releases in their own."""
    made: list[tuple[str, str]] = []
    for file in _files(bodies):
        made.append((file.name, file.sha256))
        yield file
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(made))
    yield File(SUMS, lines.encode())


def _files(bodies: Sequence[bytes]) -> Iterator[File]:
    documents: list[Document] = [json.loads(body) for body in bodies]
    newest = {document["broadcast"]["broadcast_id"]: document for document in documents}
    for table in TABLES:
        told = documents if table.name == "releases" else newest.values()
        rows = [row for document in told for row in table.rows_of(document)]
        yield File(f"{table.name}.csv", as_csv(table.columns, rows))
        yield File(f"{table.name}.jsonl", as_lines(table.columns, rows))
        yield File(f"{table.name}.parquet", as_parquet(table.columns, rows))
    yield File(RELEASES, b"".join(body + b"\n" for body in bodies))
    yield File(DICTIONARY, json.dumps(dictionary(), ensure_ascii=False, indent=1).encode() + b"\n")


def as_csv(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """RFC 4180 in UTF-8 with a mark at its beginning, by which spreadsheets know Chinese. An empty cell is no value.

    A text that a spreadsheet would run as a formula has an apostrophe before it, and so has one that begins with that.
    """
    out = io.StringIO(newline="")
    out.write(_BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.lstrip(" ").startswith((*_FORMULA, "'")):
        return "'" + value
    return value


def as_lines(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """One JSON object a line; null where there is no value."""
    names = [column.name for column in columns]
    lines = (json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":")) for row in rows)
    return "".join(line + "\n" for line in lines).encode()


def as_parquet(columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
    """Apache Parquet with typed columns."""
    schema = {column.name: _POLARS[column.kind] for column in columns}
    out = io.BytesIO()
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()


def dictionary() -> Document:
    """What every table and column means, in both languages."""
    return {
        "schema": "sunfair-open-data/1",
        "text_lists": "Several values in one text stand with semicolons between them.",
        "tables": [_described(table) for table in TABLES],
    }


def _described(table: Table) -> Document:
    columns = [asdict(column) for column in table.columns]
    return {"name": table.name, "zh": table.zh, "en": table.en, "columns": columns}


def layout() -> str:
    """A name for how files are made now: of the dictionary, and of what else changes their bytes."""
    said = json.dumps([LAYOUT, pl.__version__, dictionary()], ensure_ascii=False).encode()
    return hashlib.sha256(said).hexdigest()
