"""How right the text rules are on the labelled corpus: `python -m tests.compliance.rules.corpus_report`.

`seen.jsonl` was looked at while the rules were written. `unseen.jsonl` was labelled by another hand after the rules
were frozen, and scored once; what was scored so in earlier rounds is among the seen texts now, and ADR-0012 tells how.
With `--write` the figures go into `accuracy.json` beside the rules, which compliance serves and a test keeps true.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from services.compliance import rules
from services.compliance.rules import Stage, decide, parse_facts

Split = Literal["seen", "unseen"]

HERE = Path(__file__).parent / "corpus"
ACCURACY = Path(rules.__file__).with_name("accuracy.json")
RULES: dict[str, Stage] = {
    "notice.apportion": "filing",
    "text.official_image": "listing",
    "adm.company_text": "listing",
    "text.absolute": "listing",
    "text.claims": "listing",
}
_AT = datetime.fromisoformat("2020-05-09T09:00:00+08:00")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One rule's answer to one labelled text."""

    rule: str
    entry: dict[str, Any]
    expected: str
    given: str


def entries(split: Split) -> list[dict[str, Any]]:
    """The labelled texts of a split."""
    with (HERE / f"{split}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def judgements(split: Split) -> Iterator[Judgement]:
    """Every rule's answer to every text of the split that it reads."""
    for entry in entries(split):
        for rule in entry["expected"]:
            yield judged(rule, entry)


def judged(rule: str, entry: dict[str, Any]) -> Judgement:
    """The rule's answer to one text."""
    facts = parse_facts(
        {
            "suppliers": [],
            "context": {},
            "media": [],
            **entry.get("facts", {}),
            "texts": [{"kind": entry["kind"], "text": entry["text"]}],
        }
    )
    given = decide(facts, RULES[rule], _AT, [rule]).result_of(rule)["result"]
    return Judgement(rule, entry, entry["expected"][rule], given)


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.3f}" if whole else "none"


def _report(split: Split) -> Iterator[str]:
    found = list(judgements(split))
    for rule in RULES:
        own = [judgement for judgement in found if judgement.rule == rule]
        pairs = Counter((judgement.expected, judgement.given) for judgement in own)
        right, asked, given = (
            pairs["fail", "fail"],
            sum(n for (expected, _), n in pairs.items() if expected == "fail"),
            sum(n for (_, answer), n in pairs.items() if answer == "fail"),
        )
        innocent = sum(n for (expected, _), n in pairs.items() if expected == "pass")
        failed, held = pairs["pass", "fail"], pairs["pass", "review"]
        yield f"{split:6} {rule:20} texts {len(own)}"
        yield f"  fail: recall {_share(right, asked)}, precision {_share(right, given)}"
        yield f"  caught (fail or review): {_share(right + pairs['fail', 'review'], asked)}"
        yield f"  innocent texts failed {failed} and held for review {held} of {innocent}"
        yield f"  all labels right: {_share(sum(n for (e, g), n in pairs.items() if e == g), len(own))}"
        yield from (
            f"    {j.entry['id']} expected {j.expected}, given {j.given}: {j.entry['note']}"
            for j in own
            if j.expected != j.given
        )


def accuracy() -> dict[str, Any]:
    """The figures of every rule on every part, and every text on which rule and label differ."""
    found: dict[Split, list[Judgement]] = {split: list(judgements(split)) for split in get_args(Split)}
    return {
        "at": _AT.isoformat(),
        "rules": [
            {
                "rule": rule,
                "parts": [
                    _figures(split, [j for j in of_split if j.rule == rule]) for split, of_split in found.items()
                ],
            }
            for rule in RULES
        ],
    }


def _figures(split: Split, own: list[Judgement]) -> dict[str, Any]:
    pairs = Counter((judgement.expected, judgement.given) for judgement in own)
    guilty = sum(1 for judgement in own if judgement.expected == "fail")
    failed = sum(1 for judgement in own if judgement.given == "fail")
    right = pairs["fail", "fail"]
    return {
        "part": split,
        "texts": len(own),
        "right": sum(1 for judgement in own if judgement.expected == judgement.given),
        "guilty": guilty,
        "guilty_failed": right,
        "guilty_held": pairs["fail", "review"],
        "failed": failed,
        "recall_bp": right * 10_000 // guilty if guilty else None,
        "precision_bp": right * 10_000 // failed if failed else None,
        "innocent": sum(1 for judgement in own if judgement.expected == "pass"),
        "innocent_failed": pairs["pass", "fail"],
        "innocent_held": pairs["pass", "review"],
        "confusions": [
            {
                "id": judgement.entry["id"],
                "kind": judgement.entry["kind"],
                "text": judgement.entry["text"],
                "label": judgement.expected,
                "answer": judgement.given,
            }
            for judgement in own
            if judgement.expected != judgement.given
        ],
    }


def write() -> None:
    """Writes the figures beside the rules."""
    ACCURACY.write_text(json.dumps(accuracy(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Prints precision and recall of every split, and every confusion by the id of its text."""
    for split in get_args(Split):
        for line in _report(split):
            sys.stdout.write(line + "\n")


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        write()
    else:
        main()
