"""Whether words about goods use superlatives, promise health, tell hardship, or borrow the state's name."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from services.compliance.rules.core import (
    PLATFORM,
    Evidence,
    Finding,
    Words,
    each,
    fail,
    ground,
    missing,
    need,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import Facts, Media, Text
from services.compliance.rules.law import Law
from services.compliance.rules.naming import joined
from services.compliance.rules.passages import PROMOTIONAL, Passage, by_code, passages, places, remembered, unread
from services.compliance.rules.text.absolute import exemption_fits, find_absolute
from services.compliance.rules.text.claims import find_claims
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.normalise import normalise
from services.compliance.rules.text.official_image import find_official_image

# In the words about goods an official has no place at all; a script or a caption may greet one in a region segment.
_ABOUT_GOODS = PROMOTIONAL - {"script", "caption", "other"}
# Pictures that sell. A recording of a region segment shows its official rightly; `official.segment` judges clips.
_SELLING = frozenset(
    {"cover", "thumbnail", "replay_thumbnail", "product_image", "poster", "banner", "clip", "set", "costume"}
)
_SHOWN = {
    "official_shown": Words("官员形象", "an official"),
    "emblem_shown": Words("国徽", "the national emblem"),
    "flag_shown": Words("国旗", "the national flag"),
}


# What may be claimed for an absolute term, in the order of 广告绝对化用语执法指南 第五条、第六条.
_EXEMPTIONS = {
    "attitude": Words("服务态度、经营理念或主观愿望", "an attitude, philosophy or wish"),
    "goal": Words("目标追求", "a goal"),
    "other_object": Words("与商品性能、质量无直接关联", "something else than the goods"),
    "self_comparison": Words("同一品牌或企业的自我比较", "a comparison with one's own goods"),
    "consumption_tip": Words("使用方法、时间、保存期限等消费提示", "a tip on use or keeping"),
    "grade": Words("依据标准认定的分级用语", "a grade under a standard"),
    "name": Words("商品名称、规格型号、注册商标或者专利", "a name, model, registered mark or patent"),
    "award": Words("依据国家有关规定评定的奖项、称号", "an award under the state's rules"),
    "time_and_place": Words("限定时间、地域的客观情况或事实信息", "a fact limited in time and place"),
}
# An evidence id answers these by itself: the form is exempt already, and only the proof was wanting.
_PROVABLE = frozenset({"rank_without_source", "award_without_evidence", "grade_without_standard"})
_AD_LAW_OF_2018 = "中华人民共和国广告法（2018年修正）"


@rule(
    "text.absolute",
    title=("禁用绝对化用语", "No superlatives"),
    stages=("listing", "filing", "onair"),
    reads=("texts",),
    grounds=(
        PLATFORM,
        ground(_AD_LAW_OF_2018, "第九条第三项、第五十七条", since="2018-10-26", until="2021-04-29"),
        ground("中华人民共和国广告法", "第九条第三项、第五十七条", since="2021-04-29"),
        ground("广告绝对化用语执法指南", "第五条、第六条、第七条", since="2023-02-25"),
    ),
)
def no_superlatives(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Nothing is called the best; what only sounds so is free, and an exemption is worth its evidence."""
    return each(facts, law, _unread, _superlatives)


_find_absolute = remembered(find_absolute)


def _superlatives(facts: Facts, law: Law) -> Iterator[Finding]:
    slang, exemptions = law.words("text.absolute.slang"), law.words("text.absolute.exemptions")
    read = list(passages(facts, PROMOTIONAL))
    found = [
        (passage, _exempted(passage, hit, _fact(facts, passage), exemptions))
        for passage in read
        for hit in _find_absolute(passage.words.text, slang)
    ]
    for code, hits in by_code(found).items():
        words, evidence = places(hits)
        yield _superlative(code, words, _claimed(facts, hits)).at(*evidence)
    if not found and facts.texts is not None:
        yield passed("no_superlative", texts=len(read)).at(*(Evidence(f"texts[{p.index}]") for p in read))


def _fact(facts: Facts, passage: Passage) -> Text:
    return (facts.texts or ())[passage.index]


def _exempted(passage: Passage, hit: Hit, text: Text, exemptions: frozenset[str]) -> Hit:
    """The hit as the exemption that was claimed for its text leaves it."""
    if text.exemption is None or text.exemption not in exemptions:
        return replace(hit, code="proved") if text.evidence_id and hit.code in _PROVABLE else hit
    if not text.evidence_id:
        return replace(hit, code="exemption_without_evidence")
    fits = exemption_fits(passage.words.text, hit, text.exemption)
    return replace(hit, code="exempt" if fits else "exemption_does_not_fit")


def _claimed(facts: Facts, hits: Iterable[tuple[Passage, Hit]]) -> Words:
    """The exemptions that were claimed for the texts of these hits."""
    codes = dict.fromkeys(_fact(facts, passage).exemption for passage, _ in hits)
    return joined([_EXEMPTIONS[code] for code in codes if code is not None])


def _superlative(code: str, words: list[str], exemption: Words) -> Finding:
    return _claimed_exempt(code, words, exemption) or _unexempted(code, words)


def _claimed_exempt(code: str, words: list[str], exemption: Words) -> Finding | None:
    """What an exemption makes of the words; None where none was claimed."""
    match code:
        case "exempt":
            return passed("exempt_with_evidence", words=words, exemption=exemption)
        case "proved":
            return passed("proved_by_evidence", words=words)
        case "exemption_without_evidence":
            return review("exemption_without_evidence", words=words, exemption=exemption)
        case "exemption_does_not_fit":
            return review("exemption_does_not_fit", words=words, exemption=exemption)
        case _:
            return None


def _unexempted(code: str, words: list[str]) -> Finding:
    match code:
        case "absolute":
            return fail("absolute_term", words=words)
        case "rank_without_source":
            return review("rank_without_source", words=words)
        case "award_without_evidence":
            return review("award_without_evidence", words=words)
        case "grade_without_standard":
            return review("grade_without_standard", words=words)
        case _:
            return review("maybe_absolute", words=words)


@rule(
    "text.claims",
    title=("禁医疗功效、虚假卖惨", "No medical or unprovable hardship claims"),
    stages=("listing", "filing", "onair"),
    reads=("texts", "lot"),
    grounds=(
        PLATFORM,
        ground(_AD_LAW_OF_2018, "第十七条、第二十八条、第五十五条、第五十八条", since="2018-10-26", until="2021-04-29"),
        ground("中华人民共和国广告法", "第十七条、第二十八条、第五十五条、第五十八条", since="2021-04-29"),
        ground("中华人民共和国食品安全法", "第七十三条第一款", since="2015-10-01"),
    ),
)
def claims_are_provable(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Food heals nobody, hardship has a case behind it, and a quality that needs a certificate names it."""
    return each(facts, law, _unread, _claims)


_find_claims = remembered(find_claims)


def _claims(facts: Facts, law: Law) -> Iterator[Finding]:
    qualities = law.words("text.claims.qualities")
    certified = _certified(facts)
    read = list(passages(facts, PROMOTIONAL))
    found = [
        (passage, _supported(passage, hit, _fact(facts, passage), certified))
        for passage in read
        for hit in _find_claims(passage.words.text, qualities)
    ]
    for code, hits in by_code(found).items():
        words, evidence = places(hits)
        yield _claim(code, words).at(*evidence)
    if not found and facts.texts is not None:
        yield passed("nothing_claimed", texts=len(read)).at(*(Evidence(f"texts[{p.index}]") for p in read))


def _certified(facts: Facts) -> tuple[str, ...]:
    """The qualities for which the lot bears a numbered certificate."""
    kinds = {"organic": "有机", "green_food": "绿色"}
    papers = (facts.lot and facts.lot.certificates) or ()
    return tuple(kinds[paper.kind] for paper in papers if paper.kind in kinds and paper.number)


def _supported(passage: Passage, hit: Hit, text: Text, certified: tuple[str, ...]) -> Hit:
    """The hit as the case, the evidence or the certificate behind it leaves it."""
    if hit.code == "hardship" and text.case_id:
        return replace(hit, code="hardship_with_case")
    if hit.code == "nutrition_fold" and text.evidence_id:
        return replace(hit, code="nutrition_reported")
    papers = text.evidence_id or passage.words.text[hit.start : hit.end].startswith(certified)
    return replace(hit, code="certified") if hit.code == "unproven" and papers else hit


def _claim(code: str, words: list[str]) -> Finding:
    return _of_hardship(code, words) or _of_goods(code, words)


def _of_hardship(code: str, words: list[str]) -> Finding | None:
    match code:
        case "hardship":
            return fail("hardship_without_case", words=words)
        case "hardship_with_case":
            return review("hardship_with_case", words=words)
        case "hardship_general":
            return review("hardship_without_figures", words=words)
        case _:
            return None


def _of_goods(code: str, words: list[str]) -> Finding:
    match code:
        case "medical":
            return fail("medical_claim", words=words)
        case "nutrition_fold":
            return fail("nutrition_fold", words=words)
        case "nutrition_reported":
            return review("nutrition_reported", words=words)
        case "unproven":
            return review("quality_without_certificate", words=words)
        case "certified":
            return passed("quality_certified", words=words)
        case _:
            return review("health_hint", words=words)


@rule(
    "text.official_image",
    title=("不得以国家机关及其人员名义推销", "No official or organ as selling point"),
    stages=("listing", "onair"),
    reads=("texts", "media", "context"),
    hard=True,
    grounds=(
        PLATFORM,
        ground(_AD_LAW_OF_2018, "第九条第一项、第二项、第五十七条", since="2018-10-26", until="2021-04-29"),
        ground("中华人民共和国广告法", "第九条第一项、第二项、第五十七条", since="2021-04-29"),
        ground("中华人民共和国产品质量法", "第二十五条", since="2018-12-29"),
        ground("直播电商监督管理办法", "第三十五条", since="2026-02-01"),
    ),
)
def official_is_no_selling_point(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Neither words nor pictures about the goods borrow the name or the image of the state or its servants."""
    return each(facts, law, _unread, _in_words, _in_pictures)


def _unread(facts: Facts, _: Law) -> Iterator[Finding]:
    yield from unread(facts, PROMOTIONAL)


def _in_words(facts: Facts, law: Law) -> Iterator[Finding]:
    within = law.number("text.official_image.distance")
    names = tuple(normalise(name).text for name in (facts.context and facts.context.official_names) or ())
    read = list(passages(facts, PROMOTIONAL))
    found = [(passage, hit) for passage in read for hit in _hits(passage, within, names)]
    for code, hits in by_code(found).items():
        words, evidence = places(hits)
        yield _said(code, words, within).at(*evidence)
    if not found and facts.texts is not None:
        yield passed("words_about_goods", texts=len(read)).at(*(Evidence(f"texts[{p.index}]") for p in read))


_find = remembered(find_official_image)


def _hits(passage: Passage, within: int, names: tuple[str, ...]) -> tuple[Hit, ...]:
    return _find(passage.words.text, within=within, names=names, naming=passage.kind in _ABOUT_GOODS)


def _said(code: str, words: list[str], within: int) -> Finding:
    match code:
        case "endorsement":
            return fail("endorsement", words=words, within=within)
        case "village_head":
            return review("village_head", words=words)
        case "official_named":
            return review("official_named", words=words)
        case _:
            return review("vague_authority", words=words)


def _in_pictures(facts: Facts, _: Law) -> Iterator[Finding]:
    pictures = need(facts.media, "media")
    for index, picture in enumerate(pictures):
        if picture.kind is None:
            yield missing(f"media[{index}].kind")
        elif picture.kind in _SELLING:
            yield from _in_picture(index, picture)
    if not pictures:
        yield passed("no_picture")


def _in_picture(index: int, picture: Media) -> Iterator[Finding]:
    for name, what in _SHOWN.items():
        shown = getattr(picture, name)
        path = f"media[{index}].{name}"
        if shown is None:
            yield missing(path)
        elif shown:
            yield fail("shown_in_picture", what=what, picture=picture.id or f"media[{index}]").at(path)
        else:
            yield passed("picture_of_goods").at(path)
