"""Whether this organ may speak about these goods, and whether the official ever stands beside something to buy."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

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
from services.compliance.rules.facts import Facts, Segment
from services.compliance.rules.law import Law
from services.compliance.rules.naming import category_words, the_goods
from services.compliance.rules.passages import Passage, passages
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.normalise import normalise
from services.compliance.rules.text.official_image import find_official_image
from services.contracts.categories import category

_STATE_ORGANS = frozenset(
    {
        "peoples_government",
        "party_committee",
        "government_department",
        "party_department",
        "inspection_body",
        "other_state_organ",
    }
)
_BARRED_FROM_FOOD = frozenset({"government_department", "inspection_body", "food_association"})
# No department and no government: the law is silent, so a person looks.
_EDGE = {
    "party_department": Words("党的工作部门", "a party department"),
    "institution": Words("事业单位", "a public institution"),
    "village_committee": Words("村委会（村干部不是公务员）", "a village committee (no civil servants)"),
}
_SPOKEN = frozenset(
    {"title", "description", "tag", "keyword", "cover", "thumbnail", "script", "caption", "clip", "push"}
)
_SHOWN_AS_SELLING_POINT = frozenset({"title", "cover", "thumbnail"})
# How far apart, in characters, the organ and the endorsing word still belong together.
_REACH = 8
_DENIALS = ("不得", "不代表", "不作", "不做", "并非", "不是", "严禁", "禁止", "不以", "不对", "不向", "不为")
_CLAUSE_END = re.compile(r"[,;。!?\n]")
_POSTS_END = re.compile(r"[、，,;；/\s]")
# What must be told of a segment before it can be said that nothing is sold beside the official.
_TOLD = {"region": ("pinned_lots", "price_shown", "buy_call"), "market": ("official_on_screen",)}
_Span = tuple[datetime, datetime]


@rule(
    "official.organ",
    title=("机关与品类限制", "This organ may appear for this product"),
    stages=("filing",),
    reads=("official", "subject", "lot", "filing", "texts", "suppliers", "context"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国食品安全法", "第七十三条第二款、第一百四十条", since="2015-10-01"),
        ground("中华人民共和国产品质量法", "第二十五条、第六十七条", since="2018-12-29"),
    ),
)
def organ_may_speak(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """No department recommends food, no organ a producer's processed goods; a government's leader may present."""
    return each(facts, law, _organ_kind, _named_producer, _endorsing_words)


def _organ_kind(facts: Facts, _: Law) -> Finding:
    official = need(facts.official, "official")
    kind = need(official.organ_kind, "official.organ_kind")
    goods = the_goods(facts)
    row, organ = category(goods), official.organ or "—"
    # An unknown kind of goods is treated as food: most of what is promoted is.
    if kind in _BARRED_FROM_FOOD and (row is None or row.food):
        return fail("department_and_food", organ=organ, category=category_words(goods)).at("official.organ_kind")
    if kind in _EDGE:
        return review("organ_on_the_edge", organ=organ, kind=_EDGE[kind]).at("official.organ_kind")
    if kind in ("enterprise", "other", "other_state_organ", "other_association", "inspection_body", "food_association"):
        return review("unusual_organ", organ=organ).at("official.organ_kind")
    segments = need(need(facts.filing, "filing").segments, "filing.segments")
    if not any(segment.kind == "region" for segment in segments):
        return review("no_region_segment").at("filing.segments")
    return passed("organ_may_speak", organ=organ)


def _named_producer(facts: Facts, _: Law) -> Iterator[Finding]:
    """产品质量法 knows only processed goods as products; raw fruit lies outside of it."""
    official, row = facts.official, category(the_goods(facts))
    if official is None or official.organ_kind not in _STATE_ORGANS or row is None:
        return
    processed = row.processed or bool(facts.lot and facts.lot.processed)
    if not processed:
        return
    if facts.lot is not None and facts.lot.named_producer_shown:
        yield fail("named_producer", name=facts.lot.display_name or "—").at("lot.named_producer_shown")
    listed = facts.context.supplier_names if facts.context else None
    names = list(listed or ())
    if listed is None:
        names = [supplier.name for supplier in need(facts.suppliers, "suppliers") if supplier.name]
    for passage, start, end in _mentions(facts, names, _SPOKEN):
        yield fail("named_producer", name=passage.words.text[start:end]).at(_evidence(passage, start, end))


def _endorsing_words(facts: Facts, law: Law) -> Iterator[Finding]:
    official = facts.official
    organs = sorted(law.words("official.organ.organ_words"))
    if official is not None and official.organ and len(official.organ) > 1:
        organs.append(official.organ)
    words = sorted(law.words("official.organ.endorsing_words"))
    for passage, start, end in _mentions(facts, words, _SPOKEN):
        text = passage.words.text
        # A denial rules its own clause only: 不是我吹，县政府推荐 denies nothing.
        clause = _CLAUSE_END.split(text[max(0, start - 2 * _REACH) : start])[-1]
        denied = any(denial in clause for denial in _DENIALS)
        if not denied and any(_close(text, start, end, normalise(organ).text) for organ in organs):
            yield fail("organ_endorses", quote=text[start:end]).at(_evidence(passage, start, end))


def _close(text: str, start: int, end: int, organ: str) -> bool:
    """Whether the organ is named within reach of the span."""
    reach = _REACH + len(organ)
    return organ in text[max(0, start - reach) : end + reach]


def _mentions(facts: Facts, words: Iterable[str], kinds: frozenset[str]) -> Iterator[tuple[Passage, int, int]]:
    """Every place where one of the words stands in a text of these kinds; spaces and wide letters hide nothing."""
    need(facts.texts, "texts")
    wanted = sorted({plain for word in words if len(plain := normalise(word).text.strip()) > 1})
    for passage in passages(facts, kinds):
        text = passage.words.text
        for word in wanted:
            start = text.find(word)
            while start >= 0:
                yield passage, start, start + len(word)
                start = text.find(word, start + len(word))


def _evidence(passage: Passage, start: int, end: int) -> Evidence:
    return passage.evidence(Hit(start, end, "fail", "mentioned"))


@rule(
    "official.segment",
    title=("官员时段不挂商品", "Official never on screen with something to buy"),
    stages=("filing", "onair", "post"),
    reads=("filing", "room", "media", "texts", "official", "context"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国广告法", "第九条第二项、第五十七条", since="2015-09-01"),
        ground("直播电商监督管理办法", "第三十五条", since="2026-02-01"),
    ),
)
def official_beside_nothing_to_buy(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """The official presents a region; pins, prices and calls to buy belong to the host's segment."""
    screen = _planned_overlap if law.stage == "filing" else _real_overlap
    return each(facts, law, screen, _mode, _pictures, _headline)


def _planned_overlap(facts: Facts, law: Law) -> Iterator[Finding]:
    segments = need(need(facts.filing, "filing").segments, "filing.segments")
    spans: list[_Span] = []
    for index, segment in enumerate(segments):
        kind = need(segment.kind, f"filing.segments[{index}].kind")
        start = need(segment.starts_at, f"filing.segments[{index}].starts_at")
        end = need(segment.ends_at, f"filing.segments[{index}].ends_at")
        if _shown_together(segment, kind, facts):
            spans.append((start, end))
            continue
        # What nobody said of a segment does not hide what was said of another.
        silent = [name for name in _TOLD[kind] if getattr(segment, name) is None]
        yield from (missing(f"filing.segments[{index}].{name}") for name in silent)
    official = [(s.starts_at, s.ends_at) for s in segments if s.kind == "region" and s.starts_at and s.ends_at]
    goods = [(s.starts_at, s.ends_at) for s in segments if s.kind == "market" and s.starts_at and s.ends_at]
    yield _judge_overlap(_seconds([*spans, *_common(official, goods)]), facts, law, "filing.segments")


def _shown_together(segment: Segment, kind: str, facts: Facts) -> bool:
    if kind == "market":
        return bool(segment.official_on_screen)
    selling = bool(segment.pinned_lots) or bool(segment.price_shown) or bool(segment.buy_call)
    return selling or (bool(segment.pooled_card) and not _is_pooled(facts))


def _real_overlap(facts: Facts, law: Law) -> Finding:
    timeline = need(need(facts.room, "room").timeline, "room.timeline")
    official: list[_Span] = []
    goods: list[_Span] = []
    for index, shown in enumerate(timeline):
        start = need(shown.starts_at, f"room.timeline[{index}].starts_at")
        kind = need(shown.kind, f"room.timeline[{index}].kind")
        span = (start, shown.ends_at or law.at)
        if kind == "official":
            official.append(span)
        elif not (shown.pooled and _is_pooled(facts)):
            goods.append(span)
    return _judge_overlap(_seconds(_common(official, goods)), facts, law, "room.timeline")


def _merged(spans: list[_Span]) -> list[_Span]:
    """The same time in spans that do not touch, in order; spans that end before they begin cover nothing."""
    merged: list[_Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _common(ones: list[_Span], others: list[_Span]) -> list[_Span]:
    """Where a span of the one list meets one of the other, in one pass over both."""
    one, other, met, i, j = _merged(ones), _merged(others), [], 0, 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            met.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return met


def _seconds(spans: list[_Span]) -> int:
    """The seconds that the spans cover together, each second once, a begun one as a whole one."""
    total = sum((end - start for start, end in _merged(spans)), timedelta(0))
    return -(-total // timedelta(seconds=1))


def _judge_overlap(seconds: int, facts: Facts, law: Law, path: str) -> Finding:
    """The seconds add up over the broadcast: many short pins are as good an advertisement as one long one."""
    most = law.number("official.segment.overlap_seconds")
    if seconds > most:
        finding = fail("goods_beside_official", seconds=seconds, most_seconds=most).at(path)
        return finding.soft() if _is_pooled(facts) else finding
    if seconds > 0:
        return review("goods_flashed_beside_official", seconds=seconds, most_seconds=most).at(path)
    return passed("never_together")


def _is_pooled(facts: Facts) -> bool:
    return facts.filing is not None and facts.filing.segment_mode == "legacy_pooled"


def _mode(facts: Facts, _: Law) -> Iterator[Finding]:
    if _is_pooled(facts):
        yield review("pooled_mode").at("filing.segment_mode")


def _pictures(facts: Facts, law: Law) -> Iterator[Finding]:
    for index, media in enumerate(need(facts.media, "media")):
        # The recorded broadcast shows the official by right; its thumbnail and clips advertise with them.
        fronts = {"cover", "thumbnail", "poster", "banner"} | ({"replay_thumbnail"} if law.stage == "post" else set())
        if media.kind not in fronts and media.kind != "clip":
            continue
        if not need(media.official_shown, f"media[{index}].official_shown"):
            continue
        if media.kind != "clip":
            yield fail("official_in_picture").at(f"media[{index}]")
        elif need(media.published, f"media[{index}].published"):
            yield fail("official_in_clip").at(f"media[{index}]")


def _headline(facts: Facts, law: Law) -> Iterator[Finding]:
    official = need(facts.official, "official")
    names, posts = [official.organ or ""], [official.post or ""]
    if facts.context is not None:
        names += facts.context.official_names or ()
        posts += facts.context.official_posts or ()
    # 县委副书记、县长 are two posts, and a title will name but one. The finder below knows the usual ones, and knows
    # them from 本县长期 as well.
    names += [part for post in posts for part in _POSTS_END.split(post) if not _finds(part, law)]
    for passage, start, end in _mentions(facts, names, _SHOWN_AS_SELLING_POINT):
        yield fail("official_in_title", quote=passage.words.text[start:end]).at(_evidence(passage, start, end))
    # 县长请您吃梨 borrows an office, whichever official of the county then speaks.
    for passage in passages(facts, _SHOWN_AS_SELLING_POINT):
        for hit in _finds(passage.words.text, law):
            yield fail("official_in_title", quote=passage.words.text[hit.start : hit.end]).at(passage.evidence(hit))


def _finds(text: str, law: Law) -> list[Hit]:
    within = law.number("text.official_image.distance")
    found = find_official_image(text, within=within, naming=True)
    return [hit for hit in found if hit.code in ("endorsement", "official_named")]
