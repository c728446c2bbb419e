"""Whether an official or a state organ is made a selling point."""

from collections.abc import Iterator

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
from services.compliance.rules.facts import Facts, Media
from services.compliance.rules.law import Law
from services.compliance.rules.passages import PROMOTIONAL, Passage, by_code, passages, places, remembered, unread
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


@rule(
    "text.official_image",
    title=("不得以国家机关及其人员名义推销", "No official or organ as selling point"),
    stages=("listing", "onair"),
    reads=("texts", "media", "context"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国广告法", "第九条第一项、第二项、第五十七条", since="2015-09-01"),
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
