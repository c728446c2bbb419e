"""Bad input is answered well: tables missing, empty, doubled, of other formats, with nonsense in them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from services.disclosure.integrity.engine import examine
from services.disclosure.integrity.schema import TABLES
from services.disclosure.integrity.tables import Unreadable, from_frames, read_broadcast
from tests.disclosure.integrity.rooms import everything, outcome_of, room

HEADER = {"broadcast_id": "b", "start_ms": 1_600_000_000_000, "end_ms": 1_600_003_600_000}


def numbers(document: dict[str, Any]) -> tuple[Any, ...]:
    """What is published of figures and findings."""
    return document["verified"], document["removed"]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_every_format_says_the_same(kind: str, tmp_path: Path) -> None:
    header, frames = everything()
    (tmp_path / "broadcast.json").write_text(json.dumps(header), encoding="utf-8")
    for name, frame in frames.items():
        path = tmp_path / f"{name}.{kind}"
        frame.write_csv(path) if kind == "csv" else frame.write_ndjson(path)
    whole = examine(from_frames(header, frames)).document
    assert numbers(examine(read_broadcast(tmp_path)).document) == numbers(whole)


def test_doubled_rows_and_other_columns_change_nothing() -> None:
    header, frames = everything()
    doubled = {
        name: pl.concat([frame, frame.head(40)]).with_columns(pl.lit(7).alias("more")) for name, frame in frames.items()
    }
    whole = examine(from_frames(header, frames)).document
    assert numbers(examine(from_frames(header, doubled)).document) == numbers(whole)


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_table_is_read(table: str) -> None:
    header, frames = everything()
    document = examine(from_frames(header, {**frames, table: frames[table].head(0)})).document
    assert document["verified"]["orders"] >= 0


def test_unknown_numbers_and_broken_lines_cost_themselves_alone(tmp_path: Path) -> None:
    (tmp_path / "broadcast.json").write_text(json.dumps(HEADER), encoding="utf-8")
    lines = [
        '{"session_id": 1, "user_id": 5, "device_id": 9, "join_ms": 1600000000000, "rx_kb": NaN}',
        '{"session_id": 2, "user_id": null, "device_id": 8, "join_ms": "1600000000000", "leave_ms": -1}',
        "this is no JSON",
        '["neither is this an object"]',
    ]
    (tmp_path / "sessions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    sessions = read_broadcast(tmp_path)["sessions"]
    assert sessions["session_id"].tolist() == [1, 2]
    assert sessions["rx_kb"].tolist() == [-1, -1]
    assert sessions["user_id"].tolist() == [5, 0]
    assert examine(read_broadcast(tmp_path)).document["verified"]["viewers"] == 2


def test_what_happens_after_the_observed_time_does_not_exist_yet() -> None:
    late = HEADER["end_ms"] + 20 * 86_400_000  # type: ignore[operator]
    orders = pl.DataFrame({"order_id": [1, 2], "created_ms": [HEADER["start_ms"], late], "paid_fen": [100, 100]})
    refunds = pl.DataFrame({"refund_id": [1], "order_id": [1], "requested_ms": [late], "amount_fen": [100]})
    parcels = pl.DataFrame({"shipment_id": [1], "order_id": [1], "signed_ms": [late], "label_ms": [HEADER["end_ms"]]})
    broadcast = from_frames(HEADER, {"orders": orders, "refunds": refunds, "shipments": parcels})
    assert broadcast["orders"].size == 1
    assert broadcast["shipments"]["signed_ms"].tolist() == [-1]
    assert examine(broadcast).document["verified"]["net_sales_fen"] == 100


def test_large_tokens_keep_every_digit(tmp_path: Path) -> None:
    (tmp_path / "broadcast.json").write_text(json.dumps(HEADER), encoding="utf-8")
    token = 9_007_199_254_740_993_123 % (1 << 63)
    (tmp_path / "orders.csv").write_text(
        f"order_id,paid_fen,created_ms\n{token},100.0,1600000000000\n", encoding="utf-8"
    )
    orders = read_broadcast(tmp_path)["orders"]
    assert orders["order_id"].tolist() == [token]
    assert orders["paid_fen"].tolist() == [100]


def test_a_broadcast_of_three_orders_has_figures_and_no_finding() -> None:
    orders = pl.DataFrame(
        {"order_id": [1, 2, 3], "user_id": [1, 2, 3], "created_ms": [HEADER["start_ms"]] * 3, "paid_fen": [1] * 3}
    )
    document = examine(from_frames(HEADER, {"orders": orders})).document
    assert document["findings"] == []
    assert document["verified"] == {"viewers": 0, "orders": 3, "net_sales_fen": 3}


def test_text_in_other_languages_and_none_at_all_is_read() -> None:
    texts = ["Leader is good for the people", "مرحبا", "👍" * 2000, "", "领导" * 5000, "a\x00b"]
    messages = pl.DataFrame(
        {"message_id": range(1, 7), "user_id": range(1, 7), "sent_ms": [HEADER["start_ms"]] * 6, "text": texts}
    )
    assert examine(from_frames(HEADER, {"messages": messages})).document["findings"] == []


@pytest.mark.parametrize("text", ["[]", "not json", '{"start_ms": "soon"}', "{}"])
def test_a_header_of_nonsense_is_refused_with_a_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "broadcast.json").write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable):
        read_broadcast(tmp_path)


def test_clocks_that_run_wrong_are_no_evidence() -> None:
    header, frames = everything()
    skewed = frames["sessions"].with_columns(pl.col("leave_ms") - 10 * 3_600_000)
    document = examine(from_frames(header, {**frames, "sessions": skewed})).document
    assert "injected_traffic" not in document["removed"] or document["removed"]["injected_traffic"] < len(skewed) * 0.3
    assert np.isfinite(document["verified"]["viewers"])


def test_ten_times_the_volume_is_the_same_broadcast_ten_times() -> None:
    worlds = [room(seed=91, sessions=sessions, orders=sessions // 12)[0] for sessions in (1500, 15_000)]
    small, large = (outcome_of(world).document for world in worlds)
    assert small["findings"] == large["findings"] == []
    assert large["verified"]["orders"] == large["counted"]["orders"] == 1250


def test_reordered_columns_and_rows_told_twice_and_differently_have_one_answer() -> None:
    header, frames = everything()
    orders = frames["orders"]
    twice = pl.concat([orders, orders.head(50).with_columns(pl.col("paid_fen") + 100)]).sample(fraction=1.0, seed=4)
    told = frames | {"orders": twice.select(sorted(twice.columns, reverse=True))}
    first, second = (examine(from_frames(header, each)).document["verified"] for each in (told, told | {"x": twice}))
    assert first == second
    assert first["orders"] == examine(from_frames(header, frames)).document["verified"]["orders"]


@pytest.mark.parametrize("value", [-1, 2**62, -(2**62)], ids=["unknown", "far_future", "far_past"])
def test_absurd_moments_and_amounts_stop_nothing(value: int) -> None:
    header, frames = everything()
    odd = {
        name: frame.with_columns(
            pl.when(pl.int_range(pl.len()) % 7 == 3).then(value).otherwise(pl.col(column)).alias(column)
            for column in frame.columns
            if column.endswith(("_ms", "_fen", "_g", "qty", "heartbeats", "rx_kb"))
        )
        for name, frame in frames.items()
    }
    document = examine(from_frames(header, odd)).document
    assert all(figure >= 0 for figure in document["verified"].values())
