"""Finds companies, brands, shops and streamers in promotional text (domain section 3, A, `adm.company_text`)."""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.compliance.rules.text.contacts import find_contacts
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.names import goods_names, place_names, trade_name, without_places
from services.compliance.rules.text.normalise import is_han
from services.compliance.rules.text.patterns import NUMERALS, any_of, compiled, lexicon
from services.compliance.rules.text.repeats import COMMON_WORDS, find_repeats
from services.compliance.rules.text.traders import borne_out, find_traders

_WORDS = lexicon("companies")
# 峻禾农业今年投了分拣线: an enterprise does what no kind of farming does.
_FARMING = compiled(
    "(?:农业|农牧|农品)(?=成立|创立|今年|去年|投资|投了|建了|拥有|自有|旗下|出品|荣誉|的(?:基地|果子|订单|分拣|车间|冷库))"
)
_KINDS_OF_FARMING = lexicon("traders")["kinds_of_farming"]
_STRONG = frozenset(_WORDS["strong_forms"])
_FORM = compiled(any_of((*_WORDS["strong_forms"], *_WORDS["weak_forms"])))
_TAIL = compiled(any_of(_WORDS["tails"]) + r"(?![级类化产]|安全|添加|行业|园区|大县|强县|协会|工业|加工|卫生|药品)")
_STOPS = frozenset(_WORDS["stops"])
# General words are matched too, so that the stop 供应 does not cut 供应链管理 in two.
_STOP = compiled(any_of((*_WORDS["stops"], *_WORDS["industries"], *_WORDS["generic"])))
# A single general character may be part of a name (老王, 大梨树); longer general words are not.
_GENERIC = compiled(any_of(word for word in (*_WORDS["generic"], *_WORDS["industries"]) if len(word) > 1))
_GENERIC_CHARACTERS = frozenset(word for word in _WORDS["generic"] if len(word) == 1)
_REGISTERED_SIGN = compiled("®")
_QUOTED_BRAND = compiled(r"[“\"'《【][^“”\"'《》【】,;。\n]{1,10}[”\"'》】]牌")
# The character comes first and what may not stand before it second, so that the search looks for one character.
_NOT_BEFORE = "".join(f"(?<!{word}牌)" for word in _WORDS["not_brands_before"])
_BRAND = compiled(rf"牌{_NOT_BEFORE}(?!{any_of(_WORDS['not_brands_after'])})")
_QUOTED_ENTITY = compiled(
    r"[“\"'《【][^“”\"'《》【】,;。\n]{1,10}[”\"'》】]的?[^“\"'《【,;。\n]{0,4}"
    + any_of((*_WORDS["strong_forms"], "小店", "网店", "店铺"))
)
# The translated text of a listing is read too, as far as a form of enterprise shows in it.
_ENGLISH_FORM = compiled(
    r"(?<![a-z])(?:co\.? ?,? ?ltd|company limited|limited company|inc\.|llc(?![a-z])|corporation)"
    r"|(?<=[a-z] )ltd(?![a-z])"
)
_ACCOUNT = compiled(
    r"(?:公众号|小程序|抖音|快手|淘宝|拼多多|小红书|视频号|微博)[上里]?(?:搜索?|查找|关注)[:“]?[\u4e00-\u9fff]{2,8}"
    r"|(?:搜索?|关注|打开)[^,;。\n]{0,2}(?:公众号|小程序|抖音|快手|淘宝|拼多多|小红书|视频号|微博)[:“]?[\u4e00-\u9fff]{2,8}"
)
_TRADEMARK = compiled(r"商标[:为是]?[“\"'《【]([^“”\"'《》【】,;。\n]{1,10})[”\"'》】]")
_QUOTED_MARK = compiled(r"[“\"'《【]([^“”\"'《》【】,;。\n]{1,10})[”\"'》】](?:注册|著名|驰名)?商标")
_SHARED_KIND = compiled(r"(?:地理标志|证明|集体)[^,;。\n]{0,6}\Z")
# Whoever asks to be followed by name sells in it: 我是“桂北小覃”,点关注; 搜“蜜桃阿朵”进我的粉丝群.
_QUOTED_PERSON = compiled(
    r"(?<!导航)(?:我是|我叫|认准|搜|搜索|搜一下|关注|主播|达人|团长)[:是叫]?[“\"'《【][^“”\"'《》【】,;。\n]{2,10}[”\"'》】][^。\n]{0,16}(?:关注|粉丝|群|账号|主页|橱窗|下单|直播)"
    r"|(?<!导航)(?:关注|进|加|搜)[我你]?的?[“\"'《【][^“”\"'《》【】,;。\n]{2,10}(?<!停车场)(?<![村路站口镇乡县])[”\"'》】]"
)
# A shop under a person's name: 老周水果铺, 阿婆家小店, 小陈果行.
_PERSON_SHOP = compiled(
    r"(?<![\u4e00-\u9fff])(?:老|小|阿|大)[\u4e00-\u9fff](?:家|记|氏)?的?[\u4e00-\u9fff]{0,4}?(?:水果铺|果铺|铺子|小铺|小店|水果店|干货铺|米铺|面铺|肉铺|果行|鲜果|果园|农场|山货|炒货|茶铺|粮铺|杂货铺|食坊|工坊)"
    r"|(?:咱|我们|口|边|旁|找|到|去)(?:老|阿)[\u4e00-\u9fff]{1,2}(?:干货铺|水果铺|米铺|面铺|肉铺|果铺)"
    r"|[\u4e00-\u9fff](?:记|氏)(?:老铺|果铺|茶庄|食坊|工坊|手作|糕点|酱园|炒货)"
)
_MEDIA = compiled(
    r"[“\"'《【][^“”\"'《》【】,;。\n]{2,10}[”\"'》】]的?(?:同一|同款|同厂|同源|同品质|供应商|代工|平替)|[“\"'《【][^“”\"'《》【】,;。\n]{1,8}(?:传媒|文化|电商|网络|mcn|供应链)[”\"'》】]|旗下(?:达人|主播|艺人)|[“\"'《【][^“”\"'《》【】,;。\n]{2,6}[”\"'》】]家的(?![人孩娃])"
)
# An account or a shop by its name in quotation marks: 搜“梨园张姐”快手号, 微店“山货铺子”.
_PLATFORMS = "抖音|快手|淘宝|拼多多|小红书|视频号|微博|微店|网店|公众号|小程序"
_QUOTED_ACCOUNT = compiled(
    rf"[“\"'《【][^“”\"'《》【】,;。\n]{{1,10}}[”\"'》】]的?(?:{_PLATFORMS})"
    rf"|(?:{_PLATFORMS})[账店]?[号铺]?[:名叫是搜]{{0,2}}[“\"'《【][^“”\"'《》【】,;。\n]{{1,10}}[”\"'》】]"
)
_PLAIN_MARK = compiled(r"注册商标[:为是]{1,2}(?!见|已|未|申请|正在|使用|由|归|无|经|的|受|证)([\u4e00-\u9fffa-z]{2,6})")
# Whose goods these are said to be: 某某同厂出品, 某某原料直供, 和某某货架上的是一条生产线.
_ROOM = compiled(
    r"直播间|同品质|同厂|同工厂|同产线|同源头|同供应链|原料直供|原料供应|代工厂|平替|货架上|专柜|(?:是|在)?同?一条生产线|同款(?!做法|吃法|口味|规格|包装|箱|泡沫|纸箱)|联名"
)
_CELEBRITY = compiled(any_of(_WORDS["celebrity_rooms"]))
# 某某推荐同款 names somebody as 某某同款 does.
_PRAISED = compiled(r"(?:推荐|力荐|带货|种草|安利)\Z")
_MAKER = compiled(r"(?:荣誉出品|出品)(?![区率量])")
_LEFT = 14
_VERBS = tuple(_WORDS["verbs_before"])
# 一座糖厂 counts a mill and names none.
_QUANTITY = re.compile(rf"(?:[0-9{NUMERALS}两几]{{1,8}}[座家间处]|[0-9{NUMERALS}第余约近]*)")
_COUNTED = compiled(rf"[^,。;!?\n]{{0,3}}[0-9{NUMERALS}两几]{{1,8}}[座家间处][^,。;!?\n]{{0,1}}\Z")


@dataclass(frozen=True, slots=True)
class Known:
    """Names that the gate knows: those that may not appear, and shared marks that may. All normalised."""

    registered: frozenset[str] = frozenset()
    trade_names: frozenset[str] = frozenset()
    ordinary_marks: frozenset[str] = frozenset()
    streamers: frozenset[str] = frozenset()
    shops: frozenset[str] = frozenset()
    shared_marks: frozenset[str] = frozenset()


def find_companies(text: str, known: Known, on: date, *, repeats: int, least_length: int) -> list[Hit]:
    """Companies, brands, shops, streamers and contact data in a normalised text, in order.

    An unknown word of `least_length` characters said `repeats` times calls for a person's look.
    """
    spared = _places_of(text, known.shared_marks)
    hits = {hit for hit in _all_hits(text, known, on) if hit.start not in spared}
    if not any(hit.result == "fail" for hit in hits):
        repeated = find_repeats(text, _familiar(on), known.shared_marks, repeats=repeats, least_length=least_length)
        hits |= set(repeated)
        hits |= set(borne_out(text, hits))
    return sorted(hits)


@functools.lru_cache(maxsize=16)
def _familiar(on: date) -> frozenset[str]:
    return place_names(on) | goods_names() | COMMON_WORDS


def known_trade_names(registered: Iterable[str], on: date) -> frozenset[str]:
    """The trade names in registered names (normalised)."""
    return frozenset(name for name in (trade_name(full, on) for full in registered) if name)


def _places_of(text: str, names: frozenset[str]) -> frozenset[int]:
    """The positions of all characters of whitelisted names."""
    if not names:
        return frozenset()
    return frozenset(
        place for found in _pattern_of(names).finditer(text) for place in range(found.start(), found.end())
    )


@functools.lru_cache(maxsize=256)
def _pattern_of(names: frozenset[str]) -> re.Pattern[str]:
    """The pattern of names that were told; they are the same for all texts of a listing."""
    return re.compile(any_of(names))


def _all_hits(text: str, known: Known, on: date) -> Iterator[Hit]:
    yield from _named(text, known)
    yield from _legal_forms(text, on)
    yield from _brands(text, known, on)
    yield from _rooms(text, on)
    yield from find_contacts(text)
    yield from find_traders(text, known.shared_marks, _familiar(on))
    yield from _tails(text, on)


def _named(text: str, known: Known) -> Iterator[Hit]:
    """Names that the gate was told: suppliers, their trade names, ordinary marks, streamers, shops."""
    codes = {
        "supplier_named": known.registered,
        "supplier_trade_name": known.trade_names - known.shared_marks,
        "ordinary_mark": known.ordinary_marks - known.shared_marks,
        "streamer": known.streamers,
        "shop": known.shops,
    }
    for code, names in codes.items():
        told = frozenset(name for name in names if len(name) > 1)
        if told:
            yield from (Hit(found.start(), found.end(), "fail", code) for found in _pattern_of(told).finditer(text))


def _legal_forms(text: str, on: date) -> Iterator[Hit]:
    """A form of enterprise with a name before it: 某某果业有限公司, 老王家庭农场."""
    yield from (Hit(found.start(), found.end(), "fail", "legal_entity") for found in _QUOTED_ENTITY.finditer(text))
    yield from (Hit(found.start(), found.end(), "fail", "legal_entity") for found in _ENGLISH_FORM.finditer(text))
    for found in _FORM.finditer(text):
        start, name = _name_before(text, found.start(), on)
        if len(name) >= 2 and found.group() in _STRONG:
            yield Hit(start, found.end(), "fail", "legal_entity")
        elif len(name) >= 2 or (name and found.group() in _STRONG):
            # One character is left of a name where a word such as 和 or 来 in it was taken for a limit.
            yield Hit(start, found.end(), "review", "maybe_entity")


def _tails(text: str, on: date) -> Iterator[Hit]:
    """An industry that ends a name of which the rest is unknown: 云雾尖茶业."""
    for found in _TAIL.finditer(text):
        start, name = _name_before(text, found.start(), on)
        if len(name) >= 2 and not _FORM.match(text, found.end()):
            yield Hit(start, found.end(), "review", "industry_tail")
    for found in _FARMING.finditer(text):
        start, name = _name_before(text, found.start(), on)
        if len(name) >= 2 and text.count(name) > 1 and not name.endswith(_KINDS_OF_FARMING):
            yield Hit(start, found.end(), "fail", "legal_entity")
    yield from (Hit(found.start(), found.end(), "review", "maybe_entity") for found in _ACCOUNT.finditer(text))
    for found in _MAKER.finditer(text):
        start, name = _name_before(text, found.start(), on)
        if len(name) >= 2:
            yield Hit(start, found.end(), "review", "industry_tail")


def _name_before(text: str, end: int, on: date) -> tuple[int, str]:
    """Where a name that ends here may begin, and what of it is neither place, quantity nor general word."""
    first = max(0, end - _LEFT)
    cut, name = _significant(text[first:end], on)
    return first + cut, name


@functools.lru_cache(maxsize=4_096)
def _significant(words: str, on: date) -> tuple[int, str]:
    """What of the words before a form may be a name, and where it begins."""
    start = len(words)
    while start and (is_han(words[start - 1]) or words[start - 1].isalnum()):
        start -= 1
    for stop in _STOP.finditer(words, start):
        start = stop.end() if stop.group() in _STOPS else start
    name = _GENERIC.sub("", without_places(words[start:], on))
    name = without_places(_QUANTITY.sub("", name, count=1), on)
    if name.endswith(_VERBS):
        # 其余归合作社, 不报厂家: what stands before the form is done with it.
        return start, ""
    if name in _GENERIC_CHARACTERS or name in goods_names() or name in place_names(on):
        return start, ""
    if len(name) == 1 and _COUNTED.match(words[start:]):
        return start, ""
    # One character left of a place is no place with a character behind it, but a name such as 仙居岭.
    return start, _GENERIC.sub("", words[start:]) if len(name) == 1 else name


def _brands(text: str, known: Known, on: date) -> Iterator[Hit]:
    for pattern in (_REGISTERED_SIGN, _QUOTED_BRAND):
        yield from (Hit(found.start(), found.end(), "fail", "brand") for found in pattern.finditer(text))
    for found in _BRAND.finditer(text):
        start, name = _name_before(text, found.start(), on)
        if len(name) >= 2:
            yield Hit(start, found.end(), "fail", "brand")
    yield from _trademarks(text, known)


def _trademarks(text: str, known: Known) -> Iterator[Hit]:
    """A name that the text itself calls a mark: 商标“果小甜”, “果小甜”商标."""
    for found in _QUOTED_MARK.finditer(text):
        if found.group(1) not in known.shared_marks:
            yield Hit(found.start(1), found.end(1), "fail", "brand")
    for found in _PLAIN_MARK.finditer(text):
        if not found.group(1).startswith(tuple(known.shared_marks) or ("\n",)):
            yield Hit(found.start(1), found.end(1), "fail", "brand")
    for found in _TRADEMARK.finditer(text):
        if found.group(1) in known.shared_marks:
            continue
        if _SHARED_KIND.search(text[max(0, found.start() - 12) : found.start()]):
            yield Hit(found.start(1), found.end(1), "review", "mark_not_listed")
        else:
            yield Hit(found.start(1), found.end(1), "fail", "brand")


def _rooms(text: str, on: date) -> Iterator[Hit]:
    """Somebody's room, or what somebody uses: 阿朵姐姐直播间, 某某同款."""
    for pattern in (_CELEBRITY, _QUOTED_ACCOUNT, _QUOTED_PERSON, _PERSON_SHOP, _MEDIA):
        yield from (Hit(found.start(), found.end(), "fail", "room_or_style") for found in pattern.finditer(text))
    for found in _ROOM.finditer(text):
        end = found.start() - 1 if text[found.start() - 1 : found.start()] == "的" else found.start()
        praise = _PRAISED.search(text, max(0, end - 4), end)
        end = praise.start() if praise else end
        start, name = _name_before(text, end, on)
        if name.endswith((*_WORDS["official_words"], *_WORDS["generic_rooms"])):
            continue
        if len(name) >= 2:
            yield Hit(start, found.end(), "fail", "room_or_style")
