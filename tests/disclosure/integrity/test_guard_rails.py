"""What must hold whatever the data: order and names mean nothing, honesty adds no finding, ignorance accuses nobody."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.integrity.after_sales import fulfil
from bench.integrity.bought_orders import brushed, signed_at_once
from bench.integrity.chat import chatter
from bench.integrity.crowd import guests, people, watch
from bench.integrity.draws import Block
from bench.integrity.trade import shop
from bench.integrity.world import World
from services.disclosure.integrity.config import published, reasons
from services.disclosure.integrity.engine import examine, write
from services.disclosure.integrity.schema import TABLES, Kind
from services.disclosure.integrity.tables import from_frames
from tests.disclosure.integrity.rooms import everything, found, outcome_of, room

FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
RANK = {"suspected": 1, "substantiated": 2}


def grades(document: dict[str, Any]) -> dict[str, int]:
    """The highest grade of each abuse."""
    out: dict[str, int] = {}
    for finding in document["findings"]:
        out[finding["abuse"]] = max(out.get(finding["abuse"], 0), RANK[finding["grade"]])
    return out


def shape(document: dict[str, Any]) -> dict[str, Any]:
    """A document without the tokens of its exhibits."""
    bare = json.loads(json.dumps(document))
    for finding in bare["findings"]:
        finding["exhibits"] = sorted(json.dumps(each["values"], sort_keys=True) for each in finding["exhibits"])[:0]
    return dict(bare)


@FEW
@given(st.integers(0, 2**31))
def test_the_order_of_rows_means_nothing(seed: int) -> None:
    header, frames = everything()
    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in frames.items()}
    first, second = examine(from_frames(header, frames)), examine(from_frames(header, shuffled))
    assert json.dumps(first.document) == json.dumps(second.document)
    assert first.flags.equals(second.flags)


@FEW
@given(st.integers(1, 2**40))
def test_other_names_for_the_same_things_change_nothing(key: int) -> None:
    header, frames = everything()
    renamed = {name: _renamed(frame, name, key) for name, frame in frames.items()}
    first, second = examine(from_frames(header, frames)), examine(from_frames(header, renamed))
    assert shape(first.document) == shape(second.document)


def _renamed(frame: pl.DataFrame, table: str, key: int) -> pl.DataFrame:
    """Every token replaced by another; those written inside texts as well."""
    tokens = [name for name, kind in TABLES[table].columns.items() if kind is Kind.OPAQUE and name in frame.columns]
    changed = [pl.when(pl.col(name) == 0).then(0).otherwise(pl.col(name) ^ key).alias(name) for name in tokens]
    frame = frame.with_columns(changed)
    if table == "notices":
        swapped = [
            ";".join(f"{part[0]}:{int(part[2:]) ^ key}" for part in text.split(";") if part)
            for text in frame["mentions"]
        ]
        frame = frame.with_columns(pl.Series("mentions", swapped))
    return frame


def test_the_same_events_give_the_same_bytes(tmp_path: Path) -> None:
    header, frames = everything()
    for name in ("a", "b"):
        write(examine(from_frames(header, frames)), tmp_path / name, 0.0)
    for file in ("findings.json", "flags.csv", "flags.parquet"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@pytest.mark.parametrize("more", [500, 4000])
def test_more_honest_viewers_never_make_a_finding(more: int) -> None:
    world, _, _ = room(seed=31, orders=200)
    assert found(outcome_of(world)) == set()
    watch(world, guests(world, more))
    assert found(outcome_of(world)) == set()


def test_more_abuse_never_removes_less() -> None:
    world, _, _ = room(seed=32, orders=300)
    before = 0
    for _ in range(3):
        signed_at_once(world, 60, 0.2)
        brushed(world, 60, 0.0)
        after = sum(outcome_of(world).document["removed"].values())
        assert after >= 0.99 * before
        before = after


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_never_raises_a_grade(table: str) -> None:
    header, frames = everything()
    whole = grades(examine(from_frames(header, frames)).document)
    less = grades(
        examine(from_frames(header, {name: frame for name, frame in frames.items() if name != table})).document
    )
    assert all(rank <= whole.get(abuse, 0) for abuse, rank in less.items()), (less, whole)


@pytest.mark.parametrize(
    "column", ["rx_kb", "interactions", "weight_g", "n_scans", "signed_ms", "farmgate_fen", "headcount"]
)
def test_an_unknown_column_never_raises_a_grade(column: str) -> None:
    header, frames = everything()
    whole = grades(examine(from_frames(header, frames)).document)
    blank = {
        name: frame.with_columns(pl.lit(-1).cast(pl.Int64).alias(column)) if column in frame.columns else frame
        for name, frame in frames.items()
    }
    less = grades(examine(from_frames(header, blank)).document)
    assert all(rank <= whole.get(abuse, 0) for abuse, rank in less.items()), (less, whole)


NUMBERS = sorted(
    (table, name)
    for table, columns in TABLES.items()
    for name, kind in columns.columns.items()
    if kind in (Kind.NUMBER, Kind.DECIMAL) and name not in ("created_ms", "join_ms", "sent_ms", "requested_ms", "t_ms")
)


@FEW
@given(st.sets(st.sampled_from(NUMBERS), min_size=1, max_size=6), st.sampled_from([-1, None]))
def test_whatever_is_not_known_together_never_raises_a_grade(gone: set[tuple[str, str]], unknown: int | None) -> None:
    header, frames = everything()
    whole = grades(examine(from_frames(header, frames)).document)
    blank = {
        table: frame.with_columns(
            pl.lit(unknown).cast(pl.Int64).alias(name) for of, name in sorted(gone) if of == table and name in frame
        )
        for table, frame in frames.items()
    }
    less = grades(examine(from_frames(header, blank)).document)
    assert all(rank <= whole.get(abuse, 0) for abuse, rank in less.items()), (gone, less, whole)


@FEW
@given(st.integers(0, 2**31), st.integers(1, 3))
def test_honest_buyers_and_talkers_added_to_an_honest_room_make_no_finding(seed: int, times: int) -> None:
    world, watched, orders = room(seed=33, sessions=1500, orders=150)
    world.dice = np.random.default_rng(seed)
    for _ in range(times):
        more = shop(world, members_of(world), watched, 120)
        fulfil(world, more)
    chatter(world, watched, 300)
    fulfil(world, orders)
    assert found(outcome_of(world)) == set()


def members_of(world: World) -> Block:
    """Fresh people to buy: strangers to all who are there."""
    return people(world, 400)


def test_evidence_that_comes_late_is_counted_when_it_comes_and_the_rest_stays() -> None:
    header, frames = everything()
    without = {name: frame for name, frame in frames.items() if name != "notices"}
    before, after = (examine(from_frames(header, each)).document for each in (without, frames))
    kept = {name: count for name, count in before["removed"].items() if name != "apportionment"}
    assert {name: after["removed"][name] for name in kept if name not in ("rehearsed", "false_order")} == {
        name: count for name, count in kept.items() if name not in ("rehearsed", "false_order")
    }
    assert after["removed"].get("apportionment", 0) >= before["removed"].get("apportionment", 0)


def test_every_threshold_is_published_with_its_reason_and_its_hash_stands_in_every_finding() -> None:
    header, frames = everything()
    document = examine(from_frames(header, frames)).document
    assert len(document["config_sha"]) == 64
    assert {finding["config_sha"] for finding in document["findings"]} == {published().sha256}
    assert all(len(entry["why"]) > 10 for section in reasons().values() for entry in section.values())


def test_every_finding_says_what_it_rests_on_and_can_be_contested() -> None:
    header, frames = everything()
    for finding in examine(from_frames(header, frames)).document["findings"]:
        assert finding["status"] == "open"
        assert finding["rules"]
        assert finding["alternatives_considered"]
        assert finding["text_zh"]
        assert finding["text_en"]
        if finding["grade"] == "suspected":
            assert finding["exhibits"] == []
        else:
            assert len({rule["family"] for rule in finding["rules"]}) >= 2 or any(
                rule["proof"] for rule in finding["rules"]
            )


def test_nothing_is_added_up_per_official() -> None:
    folder = Path(examine.__code__.co_filename).parent
    for path in folder.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "official_id" not in source
        assert "rank" not in source.replace("ranked", "").replace("ranks", "") or path.name == "tables.py"
    columns = {name for table in TABLES.values() for name in table.columns}
    assert not {name for name in columns if "official" in name or "leader" in name}


def test_every_rule_and_explanation_has_its_sentence_in_both_languages() -> None:
    folder = Path(examine.__code__.co_filename).parent
    sentences = yaml.safe_load((folder / "sentences.yaml").read_text(encoding="utf-8"))
    for part in sentences.values():
        for words in part.values():
            assert words["zh"]
            assert words["en"]


def test_a_stranger_recomputes_every_published_number(tmp_path: Path) -> None:
    header, frames = everything()
    events, out = tmp_path / "events", tmp_path / "out"
    events.mkdir()
    for name, frame in frames.items():
        frame.write_parquet(events / f"{name}.parquet")
    write(examine(from_frames(header, frames)), out, 0.0)
    script = Path(examine.__code__.co_filename).parent / "verify.py"
    command = [sys.executable, str(script), str(events), str(out)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    document = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    document["verified"]["orders"] += 1
    (out / "findings.json").write_text(json.dumps(document), encoding="utf-8")
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1


def test_the_interval_holds_the_figure_and_its_lower_end_knows_the_mixture() -> None:
    header, frames = everything()
    document = examine(from_frames(header, frames)).document
    for name, value in document["verified"].items():
        low, high = document["verified_interval"][name]
        assert low <= value <= high <= document["counted"][name]
    assert np.all(np.array(list(document["verified"].values())) > 0)
