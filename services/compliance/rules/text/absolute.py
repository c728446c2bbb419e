"""Finds absolute terms (广告法 第九条第三项) and their innocent senses (广告绝对化用语执法指南 第五条、第六条)."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from services.compliance.rules.text.beyond import agreeing, find_beyond
from services.compliance.rules.text.excuses import GOAL, NUMBERED, SCOPE, SCOPES, TALK, Term, excused, unsaid
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import Anchored, any_of, compiled, lexicon
from services.contracts.values import Exemption

_WORDS = lexicon("absolute")
_HAN = "\u4e00-\u9fff"
# A rough and a precise way to say that nothing compares: 谁家也比不上, 比哪儿都甜, 没有比这更好的.
_NOBODY = (
    rf"(?:谁|哪)[{_HAN}]{{0,5}}(?:也|都)(?:比不|赶不|追不|没法|没得|不如|不能比)"
    r"|(?:再|再也|都)?(?:找|挑|选|寻)不(?:到|出|着)(?:第二|更|比|这么|这样)"
    r"|没有?(?:见|吃|喝|尝|买|遇|碰)[过到见]{0,2}[^,。;!?\n]{0,3}比[^,。;!?\n]{1,6}更"
    r"|没有?(?:哪个|哪家|哪里|任何|一个|一家)[^,。;!?\n]{0,6}(?:能|敢|可以)?[跟和与同][^,。;!?\n]{1,4}(?:比|媲美|相提并论|抗衡)"
    r"|没有?(?:一个|一家|哪个|哪家|谁|哪儿)[^,。;!?\n]{0,4}(?:打得?过|赶得?上|超得?过|胜得?过|比得[上过了])"
    r"|有(?:哪|谁)[^,。;!?\n]{0,8}能?比[^,。;!?\n]{0,8}更"
    r"|(?:没有?|无)(?:人|谁|哪|一家|任何|别)[^,。;!?\n]{0,4}(?:能比|可比|比得|敢比|能敌|能及|超得过)"
    r"|没有?(?:比|哪[^,。;!?\n]{1,6}比)[^,。;!?\n]{1,8}更"
    r"|比(?:谁|哪|任何|所有|别家|别处|其他|其它|全国|全世界)[^,。;!?\n]{0,8}都[^,。;!?\n]{0,2}"
    r"(?:甜|好|香|鲜|脆|便宜|强|低|划算|实惠|正宗)"
)
_ENGLISH = (
    r"(?<![a-z])(?:the (?:very |world's |country's |nation's |whole )?(?:best|finest|sweetest|freshest|tastiest|purest"
    r"|cheapest|lowest|highest|most delicious|most authentic|number one)(?! before)(?![a-z])"
    r"|(?:world|china|country|nation)'?s? ?(?:best|finest|sweetest|number one|no1)(?![a-z])"
    r"|number one(?![a-z])|world-class|unrivall?ed|second to none|national[- ]level (?:pear|product|quality|food))"
)
_CANDIDATE = Anchored(
    (
        *_WORDS["strong"],
        *_WORDS["weak"],
        *_WORDS["scopes"],
        *"最z第d弟nt国唯惟独之榜魁居首冠销特超醉谁哪再都找挑选寻没无比有",
    ),
    rf"(?P<most>最{{1,3}}|zu[iìíǐ] ?(?=[{_HAN}]))"
    rf"|(?P<first>第(?:一|1(?![0-9.])|—|-(?=[{_HAN}])|i(?![a-z])|yi(?![a-z]))|di一|弟一(?=品牌|名|好|甜|[,!。]))"
    r"|(?P<number>n[o0][.:·]? ?[1一](?![0-9])|top[.·]? ?[1一](?![0-9]))"
    rf"|(?P<strong>{any_of(_WORDS['strong'])})"
    r"|(?P<level>国家级)"
    r"|(?P<only>唯一|惟一|唯1|独一无二)"
    r"|(?P<chief>之首|之冠|榜首|魁首|居首|首位|冠军|销量王)"
    rf"|(?P<newest>(?:{SCOPES})首(?:创|家|个|款|例|座|批))"
    r"|(?P<grade>特级|特等|超特级)"
    r"|(?P<spelled>zui ?(?:hao|jia|tian)|醉(?:好吃|好喝|佳|甜|低价|美味|便宜|划算|新鲜))"
    rf"|(?P<nobody>{_NOBODY})"
    rf"|(?P<weak>{any_of(_WORDS['weak'])})",
)
_LATIN = compiled("[a-z]{3}")
_IN_ENGLISH = compiled(_ENGLISH)
_ENGLISH_DENIAL = compiled(r"(?:not?|never|n't)[a-z ,]{0,30}\Z")
_PLAIN = compiled(any_of(_WORDS["most_plain"]))
_PRAISE = compiled(any_of(_WORDS["most_praise"]))
_GENERAL = frozenset(_WORDS["most_general"])
_GOODS = compiled(any_of(_WORDS["goods"]))
_RANKED = compiled(any_of(_WORDS["most_ranked"]))
# Nature and measures are no goods: 海拔最高处, 最高的那座山, 最大的果子有八两.
_NATURE = compiled(r"海拔|气温|温度|地势|水位|纬度|风力|山|峰")
_NATURAL = compiled(r"的?[那这一]?[座棵栋条]?(?:处|点|气温|温度|海拔|山|峰|楼|院|坡|悬崖|瀑布|水库|河)")
_MEASURED = compiled(
    r"[^,。;!?\n]{0,10}[0-9一二三四五六七八九十两半]{1,4}(?:\.[0-9])?(?:多)?(?:两|斤|克|米|厘米|毫米|公斤|度)"
)
_RANKED_PLAIN = compiled(rf"的?(?:{any_of(_WORDS['ranked_plain_after'])}|[0-9一二三四五六七八九十])")
_RANKED_GOODS = compiled(
    r"的?(?:[^,。;!?\n的]{0,4})(?:产区|产地|基地|市场|集散地|[县省乡镇村]|种植|生产|供应|出口|果园|工厂|平台|品牌)"
)
_BETTER = compiled(rf"好(?:{any_of(_WORDS['better_to'])})")
_FOR_KEEPING = compiled(r"(?:为了?|以)(?:更好地?)?(?:保证|保持|确保|获得|得到|达到|享受|保留|锁住)|尝到\Z")
_ASKED_TO = compiled(r"请|建议|尽快|冷藏|食用|保存|存放|趁")
_ONE_OF_OURS = compiled(r"[^,。;!?\n的]{1,4}的?[那这](?:一?[款种个箱批袋]|几[款种个])")
_PRICED = compiled(r"[^,。;!?\n]{0,8}(?:[0-9一二三四五六七八九十两]{1,4}(?:\.[0-9]{1,2})?(?:元|块)|多少钱|[一每]斤)")
_TIP = compiled(any_of(_WORDS["tips"]))
_NO_TIP = compiled(r"选择|礼|品质|品牌|产区|产地|代表|美味|口碑")
_OBJECT = compiled(rf"[^,。;!?\n的]{{0,6}}的?是?{any_of(_WORDS['other_objects'])}(?![参气])")
_PICKING = compiled(any_of(_WORDS["picking"]))
_NOT_GOODS = compiled(rf"的?{any_of(_WORDS['not_goods_after'])}")
_LEVEL_TITLE = compiled(any_of(_WORDS["level_titles"]))
_AWARD = compiled(any_of(_WORDS["awards"]))
_VALUE = compiled(rf"(?:{any_of(_WORDS['values_first'])})\Z")
_ORDINAL = compiled(any_of(_WORDS["ordinals"]))
_ORDINAL_RANKED = compiled(any_of(_WORDS["ordinals_ranked"]))
_PERSON = compiled(r"志愿|选手|学员|队员|游客|顾客|员工|大学生|学生|村民|党员|朋友|客人|买家")
_IN_ORDER = compiled(r"[批个家座例所条届]")
_FIRST_PRAISE = compiled(rf"{any_of(_WORDS['first_praise'])}(?![厂园场队村店行农季期号区社站])")
_UNIQUE_PLAIN = compiled(any_of(_WORDS["unique_plain"]))
_CODED = compiled(r"[码号][^,。;!?\n]{0,4}\Z|(?:编码|编号|二维码|溯源)")
_CHAMPION = compiled(r"(?:销量|销售|人气|口碑|甜度|糖度|品质|单品|全网|平台|类目|品类|好评|回购|风味|水果|果品)\Z")
_STANDING = compiled(r"(?:排名?|位|列|稳|高|独|蝉联|名列|荣登)\Z")
_AT_THE_TOP = compiled(rf"(?:排名?|位|列|居|占|处|名列)[在于]?(?:{SCOPES})?(?:同类|行业)?\Z")
_STANDARD = compiled(r"(?:gb|ny|db[0-9]{0,4}|ly|sb|gh|qb|ls)/?t? ?/?[0-9]|标准[编号]{0,2}[:为]?[a-z]|[tq]/[a-z0-9]")
_GRADE_PLAIN = compiled(r"教师|警|战|厨|英雄|护理|公路|运动|工程|飞行|保|建筑|资质")
_TIME = compiled(
    r"(?:19|20)[0-9]{2}(?:年|[-/.])|[0-9]{1,2}月|[0-9一二三四五六七八九十两]{1,3}年|[今去前]年|上年|半年|季度|截至|同期|本季|当季|产季"
)
_PLACE = compiled(rf"{SCOPES}|[{_HAN}]{{2,6}}[省市县区镇乡村州旗]")
_FACT = compiled(any_of(_WORDS["facts"]))
_SOURCE = compiled(rf"{any_of(_WORDS['sources'])}|据[^,。;!?\n]{{1,16}}(?:显示|介绍|统计|测|局|厅|部|所|院)")
_LATEST = compiled(r"价|折|优惠|元|块|钱|史上|历史|全网|促销|到手")
# Prices that the law lets one compare: 近七日最低成交价.
_PAST_PRICE = compiled(r"(?:近|过去|前|此前|之前|最近)[^,。;!?\n]{0,8}(?:日|天|个月|周)内?[^,。;!?\n]{0,4}\Z")
_LITERAL_CEILING = compiled(r"[库房屋间棚店顶内]的?\Z")
_INVINCIBLE = compiled(r"(?:仁者|所向|手下)\Z")
_SEQUENCE = compiled(r"[,、:是]|\Z")
_LISTED = compiled(r"\A[“\"' ]?\Z")
# A text that fails so often needs no more proof.
_ENOUGH = 60

Verdict = Literal["fail", "review"] | None


def find_absolute(text: str, slang: frozenset[str] = frozenset()) -> list[Hit]:
    """Absolute terms in a normalised text, in order.

    Result `fail` where nothing excuses one, `review` where a person must look. `slang`: words of the trade that say it.
    """
    hits = [hit for word in slang if word in text for hit in _slang(text, word)]
    if _LATIN.search(text):
        hits += _in_english(text)
    fails, talk = 0, TALK.search(text) is not None
    for found in _CANDIDATE.finditer(text):
        hit = _JUDGES[found.lastgroup or ""](Term(text, found.start(), found.end(), talk=talk))
        if hit is not None and (hit.result == "fail" or len(hits) < _ENOUGH):
            hits.append(hit)
            fails += hit.result == "fail"
        if fails >= _ENOUGH:
            break
    return sorted({*agreeing(text, hits), *find_beyond(text)})


def _in_english(text: str) -> Iterator[Hit]:
    """The same in the translated text of a listing."""
    for found in itertools.islice(_IN_ENGLISH.finditer(text), _ENOUGH):
        if not _ENGLISH_DENIAL.search(text, max(0, found.start() - 40), found.start()):
            yield Hit(found.start(), found.end(), "fail", "absolute")


def _slang(text: str, word: str) -> Iterator[Hit]:
    start = text.find(word)
    for _ in range(_ENOUGH):
        if start < 0:
            return
        hit = _strong(Term(text, start, start + len(word)))
        if hit is not None:
            yield hit
        start = text.find(word, start + len(word))


def exemption_fits(text: str, hit: Hit, exemption: Exemption) -> bool:
    """Whether the words around the term have the form of the exemption that was claimed for them."""
    around = Term(text, hit.start, hit.end)
    needs = _FORMS.get(exemption)
    return needs is None or needs(around)


def _fits_time_and_place(around: Term) -> bool:
    return _TIME.search(around.sentence) is not None and _PLACE.search(around.sentence) is not None


_FORMS: Mapping[Exemption, Callable[[Term], bool]] = {
    "time_and_place": _fits_time_and_place,
    "grade": lambda around: _STANDARD.search(around.sentence) is not None,
    "consumption_tip": lambda around: _TIP.search(around.sentence) is not None,
    "award": lambda around: _AWARD.search(around.sentence) is not None or "奖" in around.sentence,
    "other_object": lambda around: (
        _OBJECT.match(around.after) is not None or _NOT_GOODS.match(around.after) is not None
    ),
    "goal": lambda around: GOAL.search(around.before) is not None,
}


def _most(around: Term) -> Hit | None:
    rest = around.after
    if unsaid(around):
        return None
    plain, praise, ranked = (_length(pattern.match(rest)) for pattern in (_PLAIN, _PRAISE, _RANKED))
    if plain and plain >= max(praise, ranked):
        return None
    if ranked > praise:
        return _most_ranked(around, ranked)
    if praise:
        return _most_praised(around, praise)
    if not rest or excused(around):
        return None
    scoped = around.scoped
    return around.hit("absolute" if scoped else "doubtful", "fail" if scoped else "review", more=min(2, len(rest)))


def _most_praised(around: Term, length: int) -> Hit | None:
    rest = around.after
    if _BETTER.match(rest) or (_OBJECT.match(rest) and not around.scoped):
        return None
    tip = _TIP.search(around.before[-12:] + "," + rest[:8])
    if tip and not _NO_TIP.search(rest[:8]) and not around.scoped:
        return None
    if not around.scoped and _among_ours(around):
        return None
    if excused(around):
        return None
    if _PICKING.search(around.before[-8:]) and not around.scoped:
        return around.hit("doubtful", "review", more=length)
    if around.after[:length] in _GENERAL and not (_about_goods(around, length) or around.scoped):
        return around.hit("doubtful", "review", more=length)
    return _awarded(around) or around.hit("absolute", "fail", more=length)


def _among_ours(around: Term) -> bool:
    """A tip on keeping, or one of the kinds on offer: 为保证最佳口感，请…, 最甜的那款, 最便宜的一斤两块."""
    kept = _FOR_KEEPING.search(around.before) and _ASKED_TO.search(around.sentence)
    priced = around.after[:1] in "贵便实划" and _PRICED.match(around.after)
    return bool(kept or priced or _ONE_OF_OURS.match(around.after))


def _about_goods(around: Term, length: int) -> bool:
    """Whether the clause speaks of goods, or of nothing else: 最好的梨, 口感最好, 最好."""
    rest = around.after[length:].lstrip("的了!~”")
    return not rest or _GOODS.search(rest[:10]) is not None or _GOODS.search(around.before[-10:]) is not None


def _most_ranked(around: Term, length: int) -> Hit | None:
    behind, scoped = around.after[length:], around.scoped
    if _NATURAL.match(behind) or _NATURE.search(around.before[-6:]):
        return None
    if around.after[:1] == "低":
        cheap = _lowest_price(around, behind) and not excused(around, own=False)
        return around.hit("absolute", "fail", more=length) if cheap else None
    if not scoped and (_RANKED_PLAIN.match(behind) or _MEASURED.match(behind)):
        return None
    if scoped or _RANKED_GOODS.match(behind):
        return None if excused(around) else _ranked(around, more=length)
    if around.after[:1] in "大高悠古集密广" and not excused(around):
        return around.hit("doubtful", "review", more=length)
    return None


def _lowest_price(around: Term, behind: str) -> bool:
    """Whether a price is called the lowest; a past one that the law lets one compare is not."""
    if _PAST_PRICE.search(around.before):
        return False
    if behind[:1] in ("价", "折"):
        return True
    ends = behind[:2] in ("", "了", "的", "了吧", "啦")
    if ends and (
        around.scoped or (len(around.before) < 4 and "价" in around.text[max(0, around.start - 30) : around.start])
    ):
        return True
    return _LATEST.search(around.before[-8:]) is not None and not _RANKED_PLAIN.match(behind)


def _first(around: Term) -> Hit | None:
    rest, before = around.after, around.before
    scoped = SCOPE.search(before[-14:]) is not None
    special = _ORDINAL_RANKED.match(rest)
    if special and _PERSON.match(rest, special.end()):
        return None
    if special and (
        special.group() in ("大", "名") or scoped or (special.group() == "位" and _STANDING.search(before))
    ):
        return None if excused(around) or rest.startswith("名字") else _ranked(around, more=special.end())
    if _ORDINAL.match(rest):
        return None
    bare = _bare_first(around)
    if bare is not None:
        return bare.hit
    if excused(around):
        return None
    if scoped or _FIRST_PRAISE.match(rest):
        return _ranked(around, more=min(2, len(rest)))
    return around.hit("doubtful", "review", more=min(2, len(rest)))


class _Settled:
    """A verdict that may be no hit."""

    def __init__(self, hit: Hit | None) -> None:
        self.hit = hit


def _bare_first(around: Term) -> _Settled | None:
    """第一 with nothing behind it: an item of a list, a value of the house, or a rank."""
    rest, before = around.after, around.before
    if rest[:1] not in ("", "的", "了", "、", "”", '"', ")", "(", "·", " "):
        return None
    if _LISTED.match(before) or (not SCOPE.search(before) and _VALUE.search(before)):
        return _Settled(None)
    return _Settled(None if excused(around) else _ranked(around))


def _number(around: Term) -> Hit | None:
    if NUMBERED.search(around.before):
        return None
    return None if excused(around) else _ranked(around)


def _strong(around: Term) -> Hit | None:
    innocent = (
        _NOT_GOODS.match(around.after)
        or (around.word.endswith("级") and _LEVEL_TITLE.match(around.after))
        or (around.word == "无敌" and _INVINCIBLE.search(around.before))
        or (around.word == "首选" and _TIP.match(around.after))
    )
    if innocent or excused(around):
        return None
    return _awarded(around) or around.hit("absolute", "fail")


def _level(around: Term) -> Hit | None:
    if _LEVEL_TITLE.match(around.after.lstrip('“"')) or excused(around):
        return None
    return _awarded(around) or around.hit("absolute", "fail")


def _only(around: Term) -> Hit | None:
    if _UNIQUE_PLAIN.match(around.after) or _UNIQUE_PLAIN.match(around.after.removeprefix("的")):
        return None
    if _CODED.search(around.before) or _CODED.search(around.after[:6]) or excused(around):
        return None
    if around.word == "独一无二":
        return around.hit("absolute", "fail")
    if around.scoped or re.match(
        r"的?一?[个家]?[^,。;!?\n]{0,4}(?:产|基地|授权|指定|品牌|果|梨|茶|瓜|桃|橙|枣|米|通过|获得|获批|入选|官方|正宗|生长|保留|采用|拥有|出自|来自|种植|栽培|能种|能长|不打|不用|没有添加|没打|坚持|传承)",
        around.after,
    ):
        return _ranked(around)
    return around.hit("doubtful", "review")


def _chief(around: Term) -> Hit | None:
    if around.word == "冠军" and not _CHAMPION.search(around.before):
        return None
    if around.word == "首位" and not _AT_THE_TOP.search(around.before):
        return None
    return None if excused(around) else _ranked(around)


def _newest(around: Term) -> Hit | None:
    return None if excused(around) else _ranked(around)


def _grade(around: Term) -> Hit | None:
    if _GRADE_PLAIN.match(around.after) or _STANDARD.search(around.sentence) or excused(around):
        return None
    return around.hit("grade_without_standard", "review")


def _weak(around: Term) -> Hit | None:
    literal = around.word == "天花板" and _LITERAL_CEILING.search(around.before)
    if literal or _NOT_GOODS.match(around.after) or excused(around):
        return None
    scoped = SCOPE.search(around.before[-6:]) is not None
    return around.hit("absolute" if scoped else "doubtful", "fail" if scoped else "review")


def _plainly(around: Term) -> Hit | None:
    return None if excused(around) else around.hit("absolute", "fail")


_JUDGES: Mapping[str, Callable[[Term], Hit | None]] = {
    "most": _most,
    "first": _first,
    "number": _number,
    "strong": _strong,
    "level": _level,
    "only": _only,
    "chief": _chief,
    "newest": _newest,
    "grade": _grade,
    "spelled": _plainly,
    "nobody": _plainly,
    "weak": _weak,
}


def _awarded(around: Term) -> Hit | None:
    """An award that bears the term: with year and source it is a fact, without them a person looks."""
    sentence = around.sentence
    if not _AWARD.search(sentence) or not _TIME.search(sentence):
        return None
    return around.hit("award_without_evidence", "review")


def _ranked(around: Term, more: int = 0) -> Hit | None:
    """A rank: free with time, place and source, a person's question without the source, an absolute term otherwise."""
    sentence = around.sentence
    timed, placed = _TIME.search(sentence), _PLACE.search(sentence)
    counted = around.word.startswith("第") and _IN_ORDER.match(around.after)
    if timed and placed and (counted or _FACT.search(sentence) or _AWARD.search(sentence)):
        if _SOURCE.search(sentence):
            return None
        return around.hit("rank_without_source", "review", more=more)
    return around.hit("absolute", "fail", more=more)


def _length(found: re.Match[str] | None) -> int:
    return found.end() if found else 0
