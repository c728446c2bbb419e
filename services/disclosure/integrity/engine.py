"""Runs every detector over one broadcast and says what was real."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from services.disclosure.integrity import (
    apportionment,
    below_cost,
    false_order,
    injected_traffic,
    refund_cycling,
    rehearsed,
    second_signing,
    water_army,
)
from services.disclosure.integrity.config import Thresholds, published
from services.disclosure.integrity.detection import Detection
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.figures import figures
from services.disclosure.integrity.findings import counting, documents, findings_of, flag_columns
from services.disclosure.integrity.tables import Broadcast

ENGINE_VERSION = "1"
_FLAGS = {
    "entity": pl.String,
    "id": pl.Int64,
    "abuse": pl.String,
    "score": pl.Float64,
    "rules": pl.String,
    "grade": pl.String,
}


@dataclass(frozen=True)
class Outcome:
    """Flags as a frame, and the document of findings."""

    flags: pl.DataFrame
    document: dict[str, Any]


def detections_of(facts: Facts, limits: Thresholds) -> list[Detection]:
    """Every detector in turn. An order is attributed to one kind of false deal: proof first, then the narrower kind."""
    found: list[Detection] = []
    taken = np.zeros(facts.orders.size, dtype=bool)
    if facts.orders.size:
        signed = second_signing.detect(facts, limits)
        staged = rehearsed.detect(facts, limits)
        staged.flagged &= ~signed.flagged
        taken = signed.flagged | staged.flagged
        cycled = refund_cycling.detect(facts, limits, taken)
        false = false_order.detect(facts, limits, taken | cycled.flagged)
        taken |= cycled.flagged | false.flagged
        found += [signed, staged, cycled, false, apportionment.detect(facts, limits, taken)]
        found.append(below_cost.detect(facts, limits))
    if facts.sessions.size:
        found.append(injected_traffic.detect(facts, limits))
    found.append(water_army.detect(facts, limits))
    for detection in found:
        detection.fewest = int(limits["finding.fewest"])
        detection.fewest_share = limits["finding.fewest_share"]
    return found


def examine(broadcast: Broadcast, limits: Thresholds | None = None) -> Outcome:
    """Flags, findings and verified figures of a broadcast. The same input gives the same answer, byte for byte."""
    limits = limits or published()
    facts = Facts(broadcast)
    counted = counting(detections_of(facts, limits))
    document = {
        "broadcast_id": broadcast.broadcast_id,
        "engine_version": ENGINE_VERSION,
        "config_sha": limits.sha256,
        "findings": [each for one in counted for each in findings_of(broadcast, one, limits)]
        + documents(broadcast, counted, limits),
        **figures(facts, counted),
    }
    return Outcome(pl.DataFrame(flag_columns(broadcast, counted), schema=_FLAGS), document)


def write(outcome: Outcome, folder: Path, runtime_s: float) -> None:
    """Write `flags.parquet`, `flags.csv` and `findings.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    outcome.flags.write_parquet(folder / "flags.parquet")
    outcome.flags.write_csv(folder / "flags.csv")
    document = {**outcome.document, "runtime_s": round(runtime_s, 2)}
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "findings.json").write_text(text + "\n", encoding="utf-8")
