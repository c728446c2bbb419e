"""The published accuracy of the text rules is that of the rules and texts as they are."""

import json
from typing import get_args

from tests.compliance.rules.corpus_report import ACCURACY, RULES, Split, accuracy


def test_the_published_figures_are_those_of_today() -> None:
    published = json.loads(ACCURACY.read_text(encoding="utf-8"))
    assert published == accuracy(), "Run `python -m tests.compliance.rules.corpus_report --write` and commit the file."


def test_every_rule_has_figures_for_every_part_and_they_add_up() -> None:
    published = json.loads(ACCURACY.read_text(encoding="utf-8"))
    assert [each["rule"] for each in published["rules"]] == list(RULES)
    for rule in published["rules"]:
        assert [part["part"] for part in rule["parts"]] == list(get_args(Split))
        for part in rule["parts"]:
            assert part["texts"] - part["right"] == len(part["confusions"])
            wrong = [each for each in part["confusions"] if each["label"] == "fail"]
            assert part["guilty"] - part["guilty_failed"] == len(wrong)
            assert all(each["text"] for each in part["confusions"])
