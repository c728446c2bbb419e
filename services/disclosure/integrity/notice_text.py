"""Reads a notice for one thing: are people made to spend, and at least how much.

The full reading of notices is the gate's; here a plain one is enough, because orders are flagged only where the pattern
in the orders bears it out.
"""

import re
from dataclasses import dataclass

_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_DIGITS |= {char: number for number, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_NUMERAL = r"(\d{1,6}(?:\.\d+)?|[零一二三四五六七八九两〇十百千壹贰叁肆伍陆柒捌玖拾佰仟]{1,7})"
_NUMBER = _NUMERAL + r"\s*(?:元|块|圆)"
_LEAST = r"(?:不低于|不少于|不得少于|不得低于|至少|最低|起码|须满|必须满|满)"
_SPEND = r"(?:购买|购|消费|下单|认购|采购|订购|买|认领|支持)"
_PEOPLE = r"(?:每人|[/／]人|人均|每名|每位|各单位|各科室|各部门|全体|全员|每个|干部职工|教职工|每户|各股室|各镇|各学校)"
_FLOORS = (
    re.compile(rf"{_LEAST}[^，。；;,]{{0,6}}?{_NUMBER}"),
    re.compile(rf"{_NUMBER}\s*(?:以上|及以上|起|打底)"),
    re.compile(rf"{_PEOPLE}[^。；;]{{0,10}}?{_SPEND}[^。；;，,]{{0,6}}?{_NUMBER}"),
    re.compile(rf"(?:每人|人均|每名|每位|每户)[^。；;，,]{{0,6}}?{_NUMBER}"),
    re.compile(rf"{_NUMBER}\s*(?:[/／]|每)\s*(?:人|名|户)"),
)
# So many boxes each is a demand as well; what that costs is seen in the orders.
_BOXES = re.compile(rf"{_PEOPLE}[^。；;，,]{{0,10}}?{_LEAST}[^，。；;,]{{0,6}}?{_NUMERAL}\s*(?:箱|单|件|份|盒|袋)")
_GIVEN = re.compile(r"补贴|补助|发放|奖励|报销|优惠券|消费券|代金券|福利费|工会经费|免费|赠送|不超过|预算")
_VOLUNTARY = re.compile(
    r"自愿|不设金额|严禁摊派|不得摊派|不作(?:统一|硬性)?要求|量力而行|不作为考核|不影响任何考核|不强制|杜绝摊派"
)
_PRESSED = re.compile(r"必须|务必|考核|通报|截图|上报|说明原因|完成情况")
_SENTENCE = re.compile(r"[。；;！!\n]")


@dataclass(frozen=True)
class Demand:
    """A notice that makes people spend: the least amount in fen (0 where none is named), and whom it names."""

    floor_fen: int
    employers: tuple[int, ...]


def demand(text: str, mentions: str, issuer: int) -> Demand | None:
    """The demand of a notice; None for an appeal, and for numbers that are not about spending."""
    flat = text.replace(" ", "").translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    if _VOLUNTARY.search(flat) or ("倡议" in flat and not _PRESSED.search(flat)):
        return None
    for sentence in _SENTENCE.split(flat):
        if not (re.search(_SPEND, sentence) and re.search(_PEOPLE, sentence)) or _GIVEN.search(sentence):
            continue
        floors = [found.group(1) for pattern in _FLOORS if (found := pattern.search(sentence))]
        if floors or _BOXES.search(sentence):
            named = tuple(int(each) for each in re.findall(r"e:(-?\d+)", mentions))
            employers = named or ((issuer,) if issuer else ())
            return Demand(round(number(floors[0]) * 100) if floors else 0, employers)
    return None


def number(text: str) -> float:
    """A number in Arabic or Chinese numerals; 0 for what is neither."""
    if text[0].isdigit():
        return float(text)
    total, current = 0, 0
    for char in text:
        if char in _UNITS:
            total += (current or 1) * _UNITS[char]
            current = 0
        else:
            current = _DIGITS.get(char, 0)
    # 一百五 is a hundred and fifty: a bare digit after a unit counts a tenth of that unit.
    if current and len(text) > 1 and text[-2] in "百千佰仟" and text[-1] in _DIGITS:
        return float(total + current * _UNITS[text[-2]] // 10)
    return float(total + current)
