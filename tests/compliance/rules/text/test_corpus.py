"""The labelled corpus: large, balanced, in two parts that share nothing, and right where it may be looked at."""

from collections import Counter

import pytest

from tests.compliance.rules.corpus_report import RULES, Judgement, entries, judgements

SEEN = list(judgements("seen"))


@pytest.mark.parametrize("judgement", SEEN, ids=[f"{j.entry['id']} {j.rule}" for j in SEEN])
def test_every_seen_text_is_judged_as_it_is_labelled(judgement: Judgement) -> None:
    assert judgement.given == judgement.expected, judgement.entry["text"]


def test_the_corpus_has_two_hundred_texts_and_more() -> None:
    assert len(entries("seen")) + len(entries("unseen")) >= 200


def test_half_of_the_texts_are_innocent() -> None:
    texts = [*entries("seen"), *entries("unseen")]
    innocent = [entry for entry in texts if set(entry["expected"].values()) == {"pass"}]
    assert len(innocent) * 2 >= len(texts)


def test_no_text_is_in_both_parts_and_no_id_is_used_twice() -> None:
    texts = [*entries("seen"), *entries("unseen")]
    assert max(Counter(entry["text"] for entry in texts).values()) == 1
    assert max(Counter(entry["id"] for entry in texts).values()) == 1


@pytest.mark.parametrize("split", ["seen", "unseen"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_guilty_and_innocent_texts_in_both_parts(split: str, rule: str) -> None:
    labels = Counter(entry["expected"].get(rule) for entry in entries("seen" if split == "seen" else "unseen"))
    assert labels["fail"] >= 10
    assert labels["pass"] >= 30
