"""Finds the words of apportionment in a normalised text: who, what is asked, how much, and what happens otherwise."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.compliance.rules.text.patterns import NUMBER, NUMERALS, any_of, compiled, lexicon
from services.compliance.rules.text.words import GOODS, KINDS


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A word of one kind at a place of the normalised text."""

    start: int
    end: int
    kind: str


_WORDS = lexicon("notices")
_MONEY = "[万千]?元|块钱|块|圆|(?<=万)(?=起(?!步))|(?<=[万千百])(?=以上)"
_TIMES = "条|次|遍|[部台个]手机|个(?=[,;。\n、)]|以上|$)|个(?:群|微信群|小号|赞|号|收藏|心|好评|评论|订单|账号)"
_PEOPLE = "个?人(?!民|均|才[0-9])|名|位|个(?:家长|亲友|亲属|朋友|家庭)|户"
_PERIOD = "分钟|小时|个钟头"
_UNIT = f"(?P<money>{_MONEY})|(?P<goods>{GOODS})|(?P<times>{_TIMES})|(?P<people>{_PEOPLE})|(?P<period>{_PERIOD})"
_AMOUNT = compiled(rf"(?<![第0-9.{NUMERALS}])[“\"]?{NUMBER}[”\"]? ?(?:多|余|来|好几)?(?:{_UNIT})")
# Who must spend “满300元” has no choice; a shopper who may is promised something for it.
_FLOOR_BEFORE = compiled(
    rf"{any_of(_WORDS['floors'])}[^,;。\n]{{0,10}}\Z"
    r"|(?:消费|购买|下单|买|拍|观看|看|点|集|拉)[够满]\Z|(?:购买|消费|观看|下单)时?长?(?:达到|达)\Z"
)
_FLOOR_AFTER = compiled(
    r"\+|(?:及|或|\(含\)|含)?(?:以上|保底|起步|打底|往上|起(?![售拍批订发送购付运点床]))|,?(?:上不封顶|多买不限|多者不限|不设上限)"
)
_CAP_BEFORE = compiled(rf"(?:{any_of(_WORDS['caps'])}[^,;。\n]{{0,8}}|限(?:购|拍|领|买|订)?)\Z")
_CAP_AFTER = compiled(r"(?:\(含\)|含)?(?:以内|以下|之内|封顶|为限)")
_HEADCOUNT_FLOOR = compiled(
    r"(?:少于|低于|小于)[^,;。\n]{0,4}(?:在岗|在编|职工|干部|编制|总|员工|党员)[^,;。\n]{0,4}数"
    r"|(?:不低于|不少于|至少|按)[^,;。\n]{0,6}(?:工资|月薪|薪酬|津贴|车补)[^,;。\n]{0,4}(?:[0-9.]{1,5}%|百分之)"
    r"|(?:不低于|不少于|至少)[^,;。\n]{0,8}(?:工资|薪)"
    r"|按[^,;。\n]{0,10}(?:额|款|量|数|收入|工资)的?(?:[0-9.]{1,5}[%‰]|百分之|千分之|[一二三四五六七八九]成)"
    r"|[0-9.]{1,5}%的?(?:下单|认购|购买|参与|观看|收看|转发|点赞|关注)率"
    r"|(?:下单|认购|购买|参与|观看|收看|转发|点赞|关注|覆盖|动员|到播|在线)率[^,;。\n]{0,6}(?:[0-9]{1,3}(?:\.[0-9]{1,2})?%|百分之)"
)

# People say the sum without the unit: 每户出两百.
_BARE_MONEY = compiled(
    r"(?:(?<=[出交掏拿])|(?<=每人)|(?<=人均)|(?<=每户))(?:[0-9]{2,4}|[一二两三四五六七八九]百|[一二三四五六七八九]十)"
    r"(?![0-9一二三四五六七八九十百千万亿年月日号人名个户箱斤件点岁份台块元%分次条字米步本张页题例株棵桶袋盒瓶套天])"
)

UNITS = ("money", "goods", "times", "people", "period")


class Marks:
    """All marks of a text, by kind and in order."""

    __slots__ = ("_by_kind", "_starts")

    def __init__(self, text: str) -> None:
        self._by_kind: dict[str, list[Mark]] = {
            kind: sorted(
                Mark(found.start(), found.end(), kind) for pattern in patterns for found in pattern.finditer(text)
            )
            for kind, patterns in KINDS.items()
        }
        self._by_kind |= _amounts(text)
        self._starts = {kind: [mark.start for mark in marks] for kind, marks in self._by_kind.items()}

    def within(self, start: int, end: int, *kinds: str) -> list[Mark]:
        """The marks of these kinds that begin in the stretch, in order."""
        found: list[Mark] = []
        for kind in kinds:
            starts = self._starts[kind]
            found += self._by_kind[kind][bisect_left(starts, start) : bisect_left(starts, end)]
        return sorted(found) if len(kinds) > 1 else found

    def any(self, start: int, end: int, *kinds: str) -> bool:
        """Whether a mark of one of these kinds begins in the stretch."""
        return any(bisect_left(self._starts[kind], start) < bisect_left(self._starts[kind], end) for kind in kinds)

    def has(self, *kinds: str) -> bool:
        """Whether the text has a mark of one of these kinds."""
        return any(self._by_kind[kind] for kind in kinds)


def nearest_before(marks: Iterable[Mark], position: int) -> Mark | None:
    """The mark that begins last before the position."""
    return max((mark for mark in marks if mark.start < position), key=lambda mark: mark.start, default=None)


def _amounts(text: str) -> dict[str, list[Mark]]:
    """Floors, caps and plain amounts; the kind is the role, then the unit: `floor`, `floor.people`, `amount.money` …"""
    found: dict[str, list[Mark]] = {f"{role}.{unit}": [] for role in ("floor", "amount") for unit in UNITS}
    previous_end = 0
    for match in _AMOUNT.finditer(text):
        role, start, end = _role(text, previous_end, match.start(), match.end())
        previous_end = match.end()
        if role != "cap":
            kind = f"{role}.{match.lastgroup}"
            found[kind].append(Mark(start, end, kind))
    found["floor.goods"] += [Mark(m.start(), m.end(), "floor.goods") for m in _HEADCOUNT_FLOOR.finditer(text)]
    found["floor.goods"].sort()
    found["amount.money"] += [Mark(m.start(), m.end(), "amount.money") for m in _BARE_MONEY.finditer(text)]
    found["amount.money"].sort()
    return found


def _role(text: str, previous_end: int, start: int, end: int) -> tuple[str, int, int]:
    window = max(previous_end, start - 18)
    before = text[window:start]
    capped = _CAP_BEFORE.search(before)
    floored = _FLOOR_BEFORE.search(before)
    after = _FLOOR_AFTER.match(text, end)
    if floored and (not capped or floored.start() >= capped.start()):
        return "floor", window + floored.start(), end
    if capped or _CAP_AFTER.match(text, end):
        return "cap", start, end
    return ("floor", start, after.end()) if after else ("amount", start, end)


def merged(marks: Sequence[Mark]) -> tuple[int, int]:
    """The stretch from the first to the last of the marks, which are not empty."""
    return min(mark.start for mark in marks), max(mark.end for mark in marks)
