"""Turns detections into flags and findings: what counts, with grade, grounds, exhibits and sentences."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from services.disclosure.integrity.arrays import Array, Ints, Mask
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.demands import demands
from services.disclosure.integrity.detection import ENTITIES, KEYS, Detection, Ground
from services.disclosure.integrity.tables import Broadcast

MOST_EXHIBITS = 20
SUBSTANTIATED, SUSPECTED = "substantiated", "suspected"
# Raw values beside an exhibit; nothing in them says who somebody is.
_SHOWN = {
    "session": ("join_ms", "leave_ms", "heartbeats", "interactions", "foreground_ms", "rx_kb"),
    "order": ("qty", "paid_fen", "created_ms", "page_view_ms"),
    "message": ("sent_ms",),
}
# Of these no single item is shown, substantiated or not: the people behind them are witnesses.
_PROTECTED = ("apportionment",)


@lru_cache
def sentences() -> dict[str, dict[str, dict[str, str]]]:
    """The sentences in Chinese and English."""
    text = files("services.disclosure.integrity").joinpath("sentences.yaml").read_text(encoding="utf-8")
    document: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(text)
    return document


def counting(detections: Iterable[Detection]) -> list[Detection]:
    """The detections that are findings; the flags of the others count for nothing."""
    return [each for each in detections if each.flagged.any() and each.enough()]


def substantiated(detection: Detection) -> Mask:
    """Flagged items with proof, or with two families against them."""
    return np.asarray(detection.flagged & (detection.proven() | (detection.families() >= 2)))


def findings_of(broadcast: Broadcast, detection: Detection, limits: Thresholds) -> list[dict[str, Any]]:
    """One finding for what is substantiated, one for what is suspected; each only if it has items."""
    sure = substantiated(detection)
    parts = ((SUBSTANTIATED, sure), (SUSPECTED, detection.flagged & ~sure))
    return [_finding(broadcast, detection, limits, grade, items) for grade, items in parts if items.any()]


def _finding(broadcast: Broadcast, detection: Detection, limits: Thresholds, grade: str, items: Mask) -> dict[str, Any]:
    count, share = int(items.sum()), round(float(items.mean()), 6)
    words = sentences()["abuses"][detection.abuse]
    numbers = {"n": count, "share": f"{100 * share:.2f}"}
    shown = grade == SUBSTANTIATED and detection.abuse not in _PROTECTED
    return {
        "abuse": detection.abuse,
        "entity": detection.entity,
        "grade": grade,
        "status": "open",
        "config_sha": limits.sha256,
        "n": count,
        "share": share,
        "rules": [_rule(ground, items) for ground in detection.grounds if (ground.items & items).any()],
        "exhibits": _exhibits(broadcast, detection, items) if shown else [],
        "alternatives_considered": [_alternative(each.name, each.cleared) for each in detection.alternatives],
        "numbers": detection.numbers,
        "text_zh": words["zh"].format(**numbers),
        "text_en": words["en"].format(**numbers),
    }


def documents(broadcast: Broadcast, counted: list[Detection], limits: Thresholds) -> list[dict[str, Any]]:
    """A demand in writing is a finding about the document even where no order shows that it was obeyed."""
    asked = demands(broadcast)
    if not asked or any(each.abuse == "apportionment" for each in counted):
        return []
    words = sentences()["documents"]["apportionment"]
    numbers = {"n": len(asked)}
    return [
        {
            "abuse": "apportionment",
            "entity": "notice",
            "grade": SUSPECTED,
            "status": "open",
            "config_sha": limits.sha256,
            "n": 0,
            "share": 0.0,
            "rules": [],
            "exhibits": [],
            "alternatives_considered": [],
            "numbers": {"organisations_addressed": len(asked)},
            "text_zh": words["zh"].format(**numbers),
            "text_en": words["en"].format(**numbers),
        }
    ]


def _rule(ground: Ground, items: Mask) -> dict[str, Any]:
    words = sentences()["rules"][ground.rule]
    numbers = {name: _plain(getattr(ground, name)) for name in ("threshold", "observed", "expected")}
    # For the rules whose figures are money: people read yuan.
    said = numbers | {f"{name}_yuan": f"{numbers[name] / 100:.2f}" for name in ("observed", "expected")}
    return {
        "id": ground.rule,
        "family": ground.family,
        "text": words["zh"].format(**said),
        "text_en": words["en"].format(**said),
        **numbers,
        "proof": ground.proof,
        "n_items": int((ground.items & items).sum()),
    }


def _plain(value: float) -> float | int:
    rounded = round(float(value), 3)
    return int(rounded) if rounded == int(rounded) else rounded


def _alternative(name: str, cleared: int) -> dict[str, Any]:
    words = sentences()["alternatives"][name]
    zh = f"考虑过：{words['zh']}；据此排除 {cleared} 项。" if cleared else f"考虑过：{words['zh']}；与所见不符。"
    en = f"Tested: {words['en']}; it explains {cleared} items, which are not flagged."
    return {
        "id": name,
        "fits": cleared > 0,
        "n_cleared": cleared,
        "text_zh": zh,
        "text_en": en if cleared else f"Tested: {words['en']}; it does not fit.",
    }


def _exhibits(broadcast: Broadcast, detection: Detection, items: Mask) -> list[dict[str, Any]]:
    """At most twenty items, the strongest first, with their raw values and the rules that fired."""
    table = broadcast[ENTITIES[detection.entity]]
    ids = table[KEYS[detection.entity]]
    rows = np.flatnonzero(items)
    rows = rows[np.lexsort((ids[rows], -detection.score[rows]))][:MOST_EXHIBITS]
    return [
        {
            "id": int(ids[row]),
            "values": {name: int(table[name][row]) for name in _SHOWN[detection.entity]},
            "rules": [ground.rule for ground in detection.grounds if ground.items[row]],
        }
        for row in rows
    ]


def flag_columns(broadcast: Broadcast, detections: list[Detection]) -> dict[str, list[Any]]:
    """The rows of `flags`, in the order of entity, abuse and id."""
    columns: dict[str, list[Any]] = {name: [] for name in ("entity", "id", "abuse", "score", "rules", "grade")}
    for detection in sorted(detections, key=lambda each: (each.entity, each.abuse)):
        rows = np.flatnonzero(detection.flagged)
        ids: Ints = broadcast[ENTITIES[detection.entity]][KEYS[detection.entity]][rows]
        sure = substantiated(detection)[rows]
        columns["entity"] += [detection.entity] * len(rows)
        columns["id"] += ids.tolist()
        columns["abuse"] += [detection.abuse] * len(rows)
        columns["score"] += np.round(detection.score[rows], 3).tolist()
        columns["rules"] += _rule_names(detection, rows)
        columns["grade"] += np.where(sure, SUBSTANTIATED, SUSPECTED).tolist()
    return columns


def _rule_names(detection: Detection, rows: Array) -> list[str]:
    """The rules of each row, comma-separated; every combination is spelled once."""
    if len(rows) == 0:
        return []
    masks = np.stack([ground.items[rows] for ground in detection.grounds])
    packed, which = np.unique(masks, axis=1, return_inverse=True)
    names = [
        ",".join(sorted({ground.rule for ground, on in zip(detection.grounds, column, strict=True) if on}))
        for column in packed.T
    ]
    return [names[each] for each in which.ravel().tolist()]
