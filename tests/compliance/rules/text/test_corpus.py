"""The labelled corpus: large, balanced, in parts that share nothing, and right where it may be looked at.

No innocent text may ever fail. Of the guilty notices a few are written so that only a reader who knows the place
understands them; how many of those may be missed is a threshold, which only rises.
"""

import functools
from collections import Counter
from typing import Any, get_args

import pytest

from tests.compliance.rules.corpus_report import RULES, Judgement, Split, entries, judged

ALL = [entry for split in get_args(Split) for entry in entries(split)]
# Rule and text. The answers are asked for in the tests: collecting them happens in every worker.
SEEN = [(rule, entry) for entry in entries("seen") for rule in entry["expected"]]
DOMAIN = [entry for rule, entry in SEEN if rule == "notice.apportion" and entry["register"] == "domain example"]


@functools.cache
def _judged(rule: str) -> list[Judgement]:
    return [judged(rule, entry) for asked, entry in SEEN if asked == rule]


# Texts that had never been seen when the words of the rule were written; the weights have been trained on them since.
ADDED = frozenset("muqw")
# Texts of two more hands, which were scored once before anybody looked, and mended on since.
SCORED_FIRST = frozenset("bd")


# Notices on which rule and label still differ. Since the rule reads what it missed on unseen texts, some innocent ones
# are held for a person that passed before; none fails.
_MISJUDGED = """
    f019 s044 s111 s487 s509 s560 s582 s675 s695 s713 s714 s744 s748 s755 s769 s793 s803 s854 s893 s899 s922 s954
    s958 s967 s1035 s1041 s1070 s1078 s1165 s1187 s1200 s1205 s1229
"""
MISJUDGED = frozenset(_MISJUDGED.split())

# The same for the other rules: names that only a list of brands would know, and labels that contradict others.
MISREAD: dict[str, str] = {
    "adm.company_text": """
        b243 b253 b254 b255 b256 b290 b367 b373 b482 b486 d321 d391 d575 d589 p037 p039 p040 p041 p042 p044 p201
        s136 s503 u202 u204 u205 u214 u217
    """,
    "text.absolute": """
        b189 b228 b280 b286 b288 b301 b302 b303 b304 b305 b306 b537 d319 d578 d579 d580 d581 d612 p095 p096 p097
        p104 p111
    """,
    "text.official_image": """
        b176 b195 b204 b377 b378 b405 b511 b512 b513 b514 b515 b516 b517 b518 b519 b530 b605 b644 d321 d388 d591
        d592 d593 d613 p158 u210
    """,
    "text.claims": """
        b355 b356 b357 b360 b436 b636 b660 d301 d583 d587 y088
    """,
}


def _share(expected: str, *given: str, hands: frozenset[str] | None = None) -> float:
    """The share of the seen notices of that label that were judged in one of these ways.

    `hands`: those of these authors alone; without it those that were there first.
    """
    later = ADDED | SCORED_FIRST
    asked = [
        judgement
        for judgement in _judged("notice.apportion")
        if judgement.expected == expected
        and (judgement.entry["id"][0] in hands if hands else judgement.entry["id"][0] not in later)
    ]
    return sum(judgement.given in given for judgement in asked) / len(asked)


@pytest.mark.parametrize("rule", MISREAD)
def test_every_seen_text_is_judged_as_it_is_labelled(rule: str) -> None:
    wrong = {each.entry["id"] for each in _judged(rule) if each.given != each.expected}
    assert wrong <= set(MISREAD[rule].split())


@pytest.mark.parametrize("rule", RULES)
def test_no_innocent_text_fails(rule: str) -> None:
    failed = [each.entry["text"] for each in _judged(rule) if (each.expected, each.given) == ("pass", "fail")]
    assert failed == []


@pytest.mark.parametrize("entry", DOMAIN, ids=lambda entry: str(entry["id"]))
def test_the_examples_of_the_domain_are_judged_as_labelled(entry: dict[str, Any]) -> None:
    judgement = judged("notice.apportion", entry)
    assert judgement.given == judgement.expected, entry["text"]


def test_no_notice_is_misjudged_but_those_known() -> None:
    found = {each.entry["id"] for each in _judged("notice.apportion") if each.given != each.expected}
    assert {number for number in found if number[0] not in ADDED | SCORED_FIRST} <= MISJUDGED


def test_guilty_notices_fail() -> None:
    assert _share("fail", "fail") >= 0.98
    assert _share("fail", "fail", "review") >= 0.995


def test_few_innocent_notices_are_held_for_review() -> None:
    assert _share("pass", "review") <= 0.026


def test_doubtful_notices_are_seldom_passed() -> None:
    assert _share("review", "review", "fail") >= 0.91
    assert _share("review", "review") >= 0.89


def test_notices_added_later_are_caught_even_where_no_words_of_the_rule_stand_in_them() -> None:
    assert _share("fail", "fail", hands=ADDED) >= 0.89
    assert _share("fail", "fail", "review", hands=ADDED) >= 0.99
    assert _share("pass", "review", hands=ADDED) <= 0.1
    assert _share("review", "review", "fail", hands=ADDED) >= 0.85


def test_notices_of_other_hands_are_caught_and_mostly_blocked() -> None:
    assert _share("fail", "fail", hands=SCORED_FIRST) >= 0.88
    assert _share("fail", "fail", "review", hands=SCORED_FIRST) >= 0.99
    assert _share("pass", "review", hands=SCORED_FIRST) <= 0.2


def test_the_corpus_has_two_hundred_texts_and_more() -> None:
    assert len(ALL) >= 200


def test_half_of_the_texts_are_innocent() -> None:
    innocent = [entry for entry in ALL if set(entry["expected"].values()) == {"pass"}]
    assert len(innocent) * 2 >= len(ALL)


def test_no_text_is_in_two_parts_and_no_id_is_used_twice() -> None:
    assert max(Counter(entry["text"] for entry in ALL).values()) == 1
    assert max(Counter(entry["id"] for entry in ALL).values()) == 1


@pytest.mark.parametrize("split", get_args(Split))
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_guilty_and_innocent_texts_in_every_part(split: Split, rule: str) -> None:
    labels = Counter(entry["expected"].get(rule) for entry in entries(split))
    assert labels["fail"] >= 10
    assert labels["pass"] >= 30
