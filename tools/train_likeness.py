"""Trains the weights of the second reader of notices: `python -m tools.train_likeness`; `--folds` only estimates.

A linear support vector machine over runs and pairs of characters, fitted by dual coordinate descent (Hsieh and others,
2008). It uses no more than addition, multiplication and square roots, which every machine computes alike.
"""

import argparse
import hashlib
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

from services.compliance.rules.law import released_parameters
from services.compliance.rules.passages import TO_SHOPPERS
from services.compliance.rules.text.apportion import find_apportionment
from services.compliance.rules.text.likeness import WEIGHTS, Weights, traits, weighed
from services.compliance.rules.text.normalise import normalise

RULE = "notice.apportion"
CORPUS = Path(__file__).parents[1] / "tests/compliance/rules/corpus/seen.jsonl"
_SEED = 20_200_509
_ROUNDS = 25
_COST = 1.0
# A trait that fewer texts share tells of these texts and not of demands.
_LEAST_TEXTS = 3
_MOST_TRAITS = 16_000
_THOUSANDTHS = 1_000
_FOLDS = 10

# A run begins with "r", a pair with "p": the same characters side by side and apart are two traits.
Traits = frozenset[str]


class Labelled(NamedTuple):
    """A normalised text with what a person said the rule should answer."""

    id: str
    kind: str
    text: str
    label: str


class Example(NamedTuple):
    """Traits by number with their values, +1.0 for a demand and -1.0 for none, and how much the example counts."""

    numbers: list[int]
    values: list[float]
    side: float
    weight: float


def labelled() -> list[Labelled]:
    """The texts of the corpus that the rule reads, in their order."""
    with CORPUS.open(encoding="utf-8") as lines:
        entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [
        Labelled(entry["id"], entry["kind"], normalise(entry["text"]).text, entry["expected"][RULE])
        for entry in entries
        if RULE in entry["expected"]
    ]


def corpus_hash(texts: Iterable[Labelled]) -> str:
    """The name of these texts and labels."""
    total = hashlib.sha256()
    for text in texts:
        total.update(f"{text.label} {text.text}\n".encode())
    return total.hexdigest()


def train(texts: Sequence[Labelled]) -> Weights:
    """The weights that the labelled texts give."""
    read = [_traits(text.text) for text in texts]
    scales = _scales(texts, read)
    first = _fitted(texts, read, scales)
    kept = sorted(scales, key=lambda trait: (-abs(first[trait] * scales[trait]), trait))[:_MOST_TRAITS]
    scales = {trait: scales[trait] for trait in sorted(kept)}
    fitted = _fitted(texts, read, scales)
    whole = {trait: round(fitted[trait] * scale * _THOUSANDTHS) for trait, scale in scales.items()}
    return Weights(
        corpus=corpus_hash(texts),
        bias=round(fitted[""] * _THOUSANDTHS),
        runs={trait[1:]: weight for trait, weight in whole.items() if trait[0] == "r"},
        pairs={trait[1:]: weight for trait, weight in whole.items() if trait[0] == "p"},
    )


def _traits(text: str) -> Traits:
    runs, pairs = traits(text)
    return frozenset({f"r{run}" for run in runs} | {f"p{pair}" for pair in pairs})


def _scales(texts: Sequence[Labelled], read: Sequence[Traits]) -> dict[str, float]:
    """How unevenly each trait falls on demands and on innocent texts: what falls evenly hardly counts."""
    demands, others = Counter[str](), Counter[str]()
    for text, found in zip(texts, read, strict=True):
        (demands if text.label == "fail" else others).update(found)
    demanded, innocent = 1 + demands.total(), 1 + others.total()
    scales: dict[str, float] = {}
    for trait in sorted(demands.keys() | others.keys()):
        if demands[trait] + others[trait] >= _LEAST_TEXTS:
            one, other = (1 + demands[trait]) / demanded, (1 + others[trait]) / innocent
            scales[trait] = sqrt(abs(one - other) / (one + other))
    return scales


def _fitted(texts: Sequence[Labelled], read: Sequence[Traits], scales: dict[str, float]) -> dict[str, float]:
    numbers = {trait: number for number, trait in enumerate(scales)}
    examples = [
        example for text, found in zip(texts, read, strict=True) for example in _examples(text, found, scales, numbers)
    ]
    fitted = _descend(examples, len(numbers) + 1)
    return {**dict(zip(scales, fitted, strict=False)), "": fitted[-1]}


def _examples(text: Labelled, found: Traits, scales: dict[str, float], numbers: dict[str, int]) -> Iterator[Example]:
    """One example, or two halves where people themselves were in doubt; the last trait is the bias."""
    known = sorted(numbers[trait] for trait in found if trait in numbers)
    by_number = list(scales.values())
    length = sqrt(len(known)) or 1.0
    values = [by_number[number] / length for number in known]
    sides = {"fail": (1.0,), "pass": (-1.0,), "review": (1.0, -1.0)}[text.label]
    for side in sides:
        yield Example([*known, len(numbers)], [*values, 1.0], side, _COST / len(sides))


def _descend(examples: Sequence[Example], size: int) -> list[float]:
    weights = [0.0] * size
    shares = [0.0] * len(examples)
    squares = [sum(value * value for value in example.values) for example in examples]
    order = list(range(len(examples)))
    shuffle = random.Random(_SEED).shuffle  # noqa: S311 - the order must be the same every time, not secret
    for _ in range(_ROUNDS):
        shuffle(order)
        for index in order:
            numbers, values, side, weight = examples[index]
            margin = side * sum(weights[n] * v for n, v in zip(numbers, values, strict=True))
            slack = 0.5 / weight
            step = (margin - 1.0 + slack * shares[index]) / (squares[index] + slack)
            share = max(shares[index] - step, 0.0)
            moved = (share - shares[index]) * side
            if moved:
                shares[index] = share
                for n, v in zip(numbers, values, strict=True):
                    weights[n] += moved * v
    return weights


def estimate(texts: Sequence[Labelled]) -> Iterator[str]:
    """How the rule answers texts that were left out of the training; its own words were written on many of them."""
    order = list(range(len(texts)))
    random.Random(_SEED).shuffle(order)  # noqa: S311 - the same
    answers = Counter[tuple[str, str]]()
    for fold in range(_FOLDS):
        left_out = set(order[fold::_FOLDS])
        weights = train([text for number, text in enumerate(texts) if number not in left_out])
        answers.update((texts[number].label, _answer(texts[number], weights)) for number in sorted(left_out))
    for label in ("fail", "review", "pass"):
        asked = sum(count for (expected, _), count in answers.items() if expected == label)
        shares = ", ".join(f"{given} {answers[label, given]}" for given in ("fail", "review", "pass"))
        yield f"labelled {label}: {asked} texts, answered {shares}"


def _answer(text: Labelled, weights: Weights) -> str:
    public = text.kind in TO_SHOPPERS
    law = released_parameters()
    hits = weighed(
        text.text,
        find_apportionment(text.text, public=public),
        public=public,
        doubtful_below=law["notice.apportion.doubtful_below"].values[-1].value,
        doubtful_undone_below=law["notice.apportion.doubtful_undone_below"].values[-1].value,
        demand_from=law["notice.apportion.demand_from"].values[-1].value,
        weights=weights,
    )
    return min((hit.result for hit in hits), default="pass", key=("fail", "review").index)


def written(weights: Weights) -> str:
    """The weights as the file holds them."""
    fields = {"corpus": weights.corpus, "bias": weights.bias, "runs": weights.runs, "pairs": weights.pairs}
    return json.dumps(fields, ensure_ascii=False, indent=0, sort_keys=True, separators=(",", ":")) + "\n"


def main() -> None:
    """Writes the weights; with `--folds` only prints what cross-validation expects of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", action="store_true", help="estimate on texts left out of the training")
    if parser.parse_args().folds:
        for line in estimate(labelled()):
            sys.stdout.write(f"{line}\n")
    else:
        WEIGHTS.write_text(written(train(labelled())), "utf-8")


if __name__ == "__main__":
    main()
