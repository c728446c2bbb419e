"""One spelling for many ways of writing the same, with the way back to the original."""

import functools
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from services.compliance.rules.text.patterns import compiled

_VARIANTS = str.maketrans(
    dict(
        zip(
            "購買員幹職學級長縣鎮鄉黨團體個處會費錢塊條評論點讚贊轉發關註觀單訂領銷資產認額務達標準須應該報統計罰獎懲約談責書記門"
            "辦區導隊組課題數據讓給從對參與強製項號開間視頻網絡紅傳媒業農場廠東館號電話碼聯繫衛鄰廣薦監製專供簽親選證織眾齊齡歲買賣圓"
            "兩萬億幾貳陸醫護師範務積極帶頭踴躍確實幫貧內實際執達閱讀際態現嚴擺攤"
            "請則為於後過還進們來時說麼這種樣無動戶參與願買償減滿發貨運費條領導長樓棟離歸續選擇決歡協議鋪龍",
            "购买员干职学级长县镇乡党团体个处会费钱块条评论点赞赞转发关注观单订领销资产认额务达标准须应该报统计罚奖惩约谈责书记门"
            "办区导队组课题数据让给从对参与强制项号开间视频网络红传媒业农场厂东馆号电话码联系卫邻广荐监制专供签亲选证织众齐龄岁买卖圆"
            "两万亿几贰陆医护师范务积极带头踊跃确实帮贫内实际执达阅读际态现严摆摊"
            "请则为于后过还进们来时说么这种样无动户参与愿买偿减满发货运费条领导长楼栋离归续选择决欢协议铺龙",
            strict=True,
        )
    )
)
_PUNCTUATION = str.maketrans({"﹐": ",", "。": "。", "「": "“", "」": "”", "『": "“", "』": "”", "﹑": "、", "﹔": ";"})
_TERMINAL = frozenset("。!?;:,、…")
_ITEM_NUMBERS = frozenset("一二三四五六七八九十0123456789")
_WRAPPED_LINE = 18
_CACHED = 8_192
_RUN = compiled(r"[^ \n]+")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in one spelling; `span` leads back to the characters that a reader sees."""

    original: str
    text: str
    _places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the normalised text (0 ≤ start < end) stands in the original."""
        return self._places[start], self._places[end - 1] + 1

    def quote(self, start: int, end: int) -> str:
        """The stretch as it was written."""
        first, last = self.span(start, end)
        return self.original[first:last]


def is_han(character: str) -> bool:
    """Whether the character is a Chinese one."""
    return "\u3400" <= character <= "\u9fff" or character == "〇"


def normalise(original: str) -> Normalised:
    """Full width to half width, variants to the common character, invisible and spacing characters removed.

    Takes time linear in the length. Line breaks stay where they end a paragraph and go where they only wrap a line.
    """
    if all(len(_spelling(character)) == 1 for character in set(original)):
        spelled = original.translate({ord(character): _spelling(character) for character in set(original)})
        return _without_spacing(original, spelled, range(len(original)))
    characters: list[str] = []
    places = array("l")
    for position, written in enumerate(original):
        spelling = _spelling(written)
        characters.append(spelling)
        places.extend([position] * len(spelling))
    return _without_spacing(original, "".join(characters), places)


@functools.lru_cache(_CACHED)
def _spelling(character: str) -> str:
    if character in "\n\r\u2028\u2029\u000b\u000c\u0085":
        return "\n"
    if character.isspace():
        return " "
    if character in "®™℠Ⓡ":
        return "®"
    if unicodedata.category(character) in {"Cf", "Cc", "Mn", "Me", "Cs", "Co"}:
        return ""
    spelled = unicodedata.normalize("NFKC", character).lower()
    return spelled.translate(_VARIANTS).translate(_PUNCTUATION).replace(" ", "")


def _without_spacing(original: str, text: str, places: Sequence[int]) -> Normalised:
    """All that is not blank, and one blank where it divides."""
    if " " not in text and "\n" not in text:
        return Normalised(original, text, places)
    kept: list[str] = []
    kept_places = array("l")
    line_length = 0
    before: tuple[int, int] | None = None
    for run in _RUN.finditer(text):
        start, end = run.span()
        if before is not None:
            gap = text[before[1] : start]
            divides = _dividing_blank(text[slice(*before)], gap, text[start:end], line_length)
            if divides:
                kept.append(divides)
                kept_places.append(places[before[1] + gap.index(divides)])
            line_length = 0 if divides == "\n" else line_length
        kept.append(text[start:end])
        kept_places.extend(places[start:end])
        line_length += end - start
        before = (start, end)
    return Normalised(original, "".join(kept), kept_places)


def _dividing_blank(left: str, gap: str, right: str, line_length: int) -> str:
    """The blank that stays between two runs: a line break, a space, or none."""
    single = len(left) == 1 or len(right) == 1
    if "\n" in gap:
        wrapped = line_length >= _WRAPPED_LINE and left[-1] not in _TERMINAL and not _starts_item(right)
        spaced_out = len(left) == len(right) == 1
        return "" if gap.count("\n") == 1 and (wrapped or spaced_out) else "\n"
    if is_han(left[-1]) and is_han(right[0]):
        return "" if single else " "
    divided = left[-1].isascii() and right[0].isascii() and left[-1].isalnum() and right[0].isalnum()
    return " " if divided and not single else ""


def _starts_item(run: str) -> bool:
    return run[0] == "(" or (len(run) > 1 and run[0] in _ITEM_NUMBERS and run[1] in "、.),:")
