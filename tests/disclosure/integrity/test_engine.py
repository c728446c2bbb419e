"""The engine as a whole: what it reads, what it writes, and that a folder of nonsense is answered with a sentence."""

import json
from pathlib import Path

import polars as pl
import pytest

from bench.integrity.files import write as write_events
from bench.integrity.scenarios import simulate
from services.disclosure.integrity.__main__ import main
from services.disclosure.integrity.tables import Unreadable, read_broadcast


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small broadcast with every abuse in it."""
    events = tmp_path_factory.mktemp("events")
    write_events(simulate("mixed_low", 5, scale=0.2), events, None)
    return events


def test_the_command_writes_flags_and_findings(folder: Path, tmp_path: Path) -> None:
    assert main([str(folder), str(tmp_path)]) == 0
    document = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    flags = pl.read_parquet(tmp_path / "flags.parquet")
    assert {finding["abuse"] for finding in document["findings"]} == set(flags["abuse"])
    assert sum(finding["n"] for finding in document["findings"]) == flags.height
    assert all(len(finding["exhibits"]) <= 20 for finding in document["findings"])


def test_a_folder_without_a_header_is_answered_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"holds no broadcast\.json"):
        read_broadcast(tmp_path)
    assert main([str(tmp_path), str(tmp_path / "out")]) == 1


def test_a_broadcast_without_any_table_has_figures_of_nothing(tmp_path: Path) -> None:
    header = {"schema": "sunfair-events/1", "broadcast_id": "b", "start_ms": 1_600_000_000_000}
    (tmp_path / "broadcast.json").write_text(json.dumps(header), encoding="utf-8")
    assert main([str(tmp_path), str(tmp_path / "out")]) == 0
    document = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    assert document["findings"] == []
    assert document["verified"] == {"viewers": 0, "orders": 0, "net_sales_fen": 0}
