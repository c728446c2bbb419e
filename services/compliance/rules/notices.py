"""Whether people are given quotas to buy, to watch, to like or to share."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from services.compliance.rules.core import PLATFORM, Evidence, Finding, each, fail, ground, passed, review, rule
from services.compliance.rules.facts import Facts
from services.compliance.rules.law import Law
from services.compliance.rules.passages import (
    PROMOTIONAL,
    TO_SHOPPERS,
    Passage,
    by_code,
    passages,
    places,
    remembered,
    unread,
)
from services.compliance.rules.text.apportion import find_apportionment
from services.compliance.rules.text.english import find_english
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.likeness import weighed
from services.compliance.rules.text.normalise import is_han
from services.compliance.rules.text.signs import find_signs


class Thresholds(NamedTuple):
    """Weights of a text, in thousandths, at which its words are doubted, its signs count, and it is held."""

    doubtful_below: int
    doubtful_undone_below: int
    sale_from: int
    any_from: int
    demand_from: int


_TOLD = frozenset({"news"})
# A correction is read too: one that “corrects” fifty yuan to thirty is apportionment again.
_KINDS = PROMOTIONAL | {"notice", "plan", "message", "chat", "form", "correction"} | _TOLD
# The reason that a clerk understands at once is said first.
_PLAINEST_FIRST = ("floor_on_people", "quota_on_people", "task_assigned", "counted_or_sanctioned", "everyone_compelled")
# Below so many letters a text without Chinese is a name or a number, not a notice in another language.
_LETTERS_OF_A_NOTICE = 40


@rule(
    "notice.apportion",
    title=("严禁摊派购买、观看、点赞", "No quotas to buy, watch, like or share"),
    stages=("filing", "onair", "post"),
    reads=("texts",),
    hard=True,
    grounds=(
        PLATFORM,
        ground("行政机关公务员处分条例", "第二十五条第三项", since="2007-06-01"),
        ground("中华人民共和国反垄断法（2007年）", "第三十二条", since="2008-08-01", until="2022-08-01"),
        ground("中华人民共和国公职人员政务处分法", "第三十八条第一项、第三十九条第三项", since="2020-07-01"),
        ground("中华人民共和国反垄断法", "第三十九条", since="2022-08-01"),
        ground("公平竞争审查条例", "第八条第三项", since="2024-08-01"),
    ),
)
def no_apportionment(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """No document of the broadcast lays purchases or attention on captive people, whatever it calls them."""
    return each(facts, law, _unread, _demands)


def _unread(facts: Facts, _: Law) -> Iterator[Finding]:
    yield from unread(facts, _KINDS)
    for passage in passages(facts, _KINDS):
        if passage.kind not in PROMOTIONAL and _in_another_language(passage.words.text):
            yield review("not_in_chinese").at(f"texts[{passage.index}]")


def _in_another_language(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    return letters >= _LETTERS_OF_A_NOTICE and sum(map(is_han, text)) * 10 < letters


def _demands(facts: Facts, law: Law) -> Iterator[Finding]:
    read = list(passages(facts, _KINDS))
    found = [(passage, hit) for passage in read for hit in _hits(passage, law)]
    for code, hits in sorted(by_code(found).items(), key=_plainness):
        words, evidence = places(hits)
        yield _said(code, words).at(*evidence)
    if not found and read:
        yield passed("nothing_apportioned", texts=len(read)).at(*(Evidence(f"texts[{p.index}]") for p in read))
    elif not read and facts.texts is not None and not any(text.unreadable for text in facts.texts):
        yield passed("no_document")


def _plainness(entry: tuple[str, object]) -> int:
    return _PLAINEST_FIRST.index(entry[0]) if entry[0] in _PLAINEST_FIRST else len(_PLAINEST_FIRST)


def _read(text: str, *, public: bool, weights: Thresholds) -> list[Hit]:
    """What the words say, after the whole text was weighed, and what the signs in a text that weighs say."""
    found = weighed(
        text,
        find_apportionment(text, public=public),
        public=public,
        doubtful_below=weights.doubtful_below,
        doubtful_undone_below=weights.doubtful_undone_below,
        demand_from=weights.demand_from,
    )
    if not public and (english := list(find_english(text))):
        return sorted([*(hit for hit in found if hit.code != "reads_like_a_demand"), *english])
    # A text that nothing holds weighs too little for signs to count, and one that fails needs no more.
    if public or not found or any(hit.result == "fail" for hit in found):
        return found
    signs = list(find_signs(text, sale_from=weights.sale_from, any_from=weights.any_from))
    return sorted([*(hit for hit in found if hit.code != "reads_like_a_demand"), *signs]) if signs else found


_find = remembered(_read)


def _hits(passage: Passage, law: Law) -> tuple[Hit, ...]:
    found = _find(
        passage.words.text,
        public=passage.kind in TO_SHOPPERS,
        weights=Thresholds(*(law.number(f"notice.apportion.{name}") for name in Thresholds._fields)),
    )
    return _told(found) if passage.kind in _TOLD else found


def _told(found: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """What a report tells of: others demanded it, so that nobody is blocked for it, and a person looks."""
    return tuple(replace(hit, result="review", code="doubtful_demand") for hit in found if hit.result == "fail")


def _said(code: str, words: list[str]) -> Finding:
    return _demanded(code, words) or _weighed(code, words) or _pressed(code, words)


def _demanded(code: str, words: list[str]) -> Finding | None:
    match code:
        case "floor_on_people":
            return fail("floor_on_people", words=words)
        case "quota_on_people":
            return fail("quota_on_people", words=words)
        case "task_assigned":
            return fail("task_assigned", words=words)
        case "counted_or_sanctioned":
            return fail("counted_or_sanctioned", words=words)
        case "everyone_compelled":
            return fail("everyone_compelled", words=words)
        case _:
            return None


def _weighed(code: str, words: list[str]) -> Finding | None:
    """What only the weight of the text tells: never more than that a person must look."""
    match code:
        case "doubtful_demand":
            return review("doubtful_demand", words=words)
        case "reads_like_a_demand":
            return review("reads_like_a_demand", words=words)
        case _:
            return None


def _pressed(code: str, words: list[str]) -> Finding:
    match code:
        case "asked_to_lead":
            return review("asked_to_lead", words=words)
        case "purchases_registered":
            return review("purchases_registered", words=words)
        case "pressed_without_number":
            return review("pressed_without_number", words=words)
        case _:
            return review("doubtful_wording", words=words)
