"""Finds superlatives that are told without one: that nothing anywhere compares, and doubtful words that agree."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import compiled

_SAME = r"[^。!?\n]"
# 放眼全球…就到这里封顶了, 找遍全国找不出第二家.
_BEYOND = compiled(
    rf"(?:放眼|找遍|走遍|翻遍|搜遍|问遍|吃遍|尝遍|比遍|把)(?:了)?(?:全|整个|大江|大半个|五湖|天南|所有)?(?:国|球"
    rf"|世界|网|省|中国|南北|四海|的?产区)?{_SAME}{{0,24}}?"
    r"(?:找不出|找不到|挑不出|没有第二|没第二|再没有|比不[了过上]|超不过|能超过它|封顶|剩下的那一个|望尘莫及"
    r"|没有对手|没对手)"
    r"|(?:全国|全世界|全球|全网|天底下|全天下)(?:你)?(?:去)?(?:找|挑|选|问|比)[^。!?\n]{0,12}(?:不出|不到"
    r"|没有)(?:第二|比|更)"
    r"|前无古人后无来者|没有哪一[个粒颗款种枚][^。!?\n]{0,8}(?:超过|比得|能比|赢)|后面(?:都|就)?没有?第二名"
    r"|world.?s ?(?:most )?[a-z]{3,10}est(?![a-z])|lowest price (?:on|in|of|ever|across)|(?:sweetest|freshest"
    r"|tastiest|crispest|juiciest|purest|richest)[a-z ,]{0,20}(?:in|on) (?:the )?(?:whole )?(?:world|china"
    r"|country|internet|market)"
)
_DENIED = compiled(r"不敢|不是|没有说|不说|不吹|不比|不能说|谁敢|not |never |n't")
_WARNED = compiled("别[把拿]|不要|不必|未必|不一定")
_BACK = 10
_ENOUGH = 60
_STOPS = "。!?\n"


def find_beyond(text: str) -> Iterator[Hit]:
    """Claims in a normalised text that nothing compares, unless they are denied."""
    for found in islice(_BEYOND.finditer(text), _ENOUGH):
        if not _DENIED.search(text, max(0, found.start() - _BACK), found.start()):
            yield Hit(found.start(), found.end(), "fail", "absolute")


def agreeing(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits; doubtful words of which two different ones stand in one sentence bear each other out."""
    doubtful = sorted(hit for hit in hits if hit.code == "doubtful")
    failing = {
        hit
        for one, other in pairwise(doubtful)
        if text[one.start : one.end] != text[other.start : other.end]
        and not _WARNED.search(text, max(0, one.start - _BACK), one.start)
        and not any(mark in _STOPS for mark in text[one.end : other.start])
        for hit in (one, other)
    }
    return [replace(hit, result="fail", code="absolute") if hit in failing else hit for hit in hits]
