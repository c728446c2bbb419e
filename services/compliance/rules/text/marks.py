"""Finds the words of apportionment in a normalised text: who, what is asked, how much, and what happens otherwise."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.compliance.rules.text.patterns import NUMBER, any_of, compiled, lexicon


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A word of one kind at a place of the normalised text."""

    start: int
    end: int
    kind: str


_WORDS = lexicon("notices")
_MONEY = "元|块钱|块|圆"
_GOODS = (
    "(?:箱|盒|份(?![额子])|件(?!事)|单(?![位独果价个身日])|袋|斤|公斤|千克|kg|吨|提|瓶|罐|套|桶"
    "|篮|包(?![邮装])|筐|颗|枚|板|票|笔|订单|礼包|株)(?!装)"
)
_TIMES = "条|次|遍|个(?:赞|好评|评论|订单|账号)"
_PEOPLE = "个?人(?!民|均)|名|位|个(?:家长|亲友|亲属|朋友|家庭)|户"
_PERIOD = "分钟|小时|个钟头"
_UNIT = f"(?P<money>{_MONEY})|(?P<goods>{_GOODS})|(?P<times>{_TIMES})|(?P<people>{_PEOPLE})|(?P<period>{_PERIOD})"
_AMOUNT = compiled(rf"(?<![第0-9.]){NUMBER} ?(?:多|余)?(?:{_UNIT})")
_FLOOR_BEFORE = compiled(rf"{any_of(_WORDS['floors'])}[^,;。\n]{{0,10}}\Z")
_FLOOR_AFTER = compiled(
    r"(?:及|或|\(含\)|含)?(?:以上|起步|打底|往上|起(?![售拍批订发送购付运点床]))|,?(?:上不封顶|多买不限|多者不限|不设上限)"
)
_CAP_BEFORE = compiled(rf"{any_of(_WORDS['caps'])}[^,;。\n]{{0,8}}\Z")
_CAP_AFTER = compiled(r"(?:\(含\)|含)?(?:以内|以下|之内|封顶|为限)")
_HEADCOUNT_FLOOR = compiled(
    r"(?:少于|低于|小于)[^,;。\n]{0,4}(?:在岗|在编|职工|干部|编制|总|员工|党员)[^,;。\n]{0,4}数"
    r"|(?:不低于|不少于|至少|按)[^,;。\n]{0,6}(?:工资|月薪|薪酬|津贴|车补)[^,;。\n]{0,4}(?:[0-9.]{1,5}%|百分之)"
    r"|(?:不低于|不少于|至少)[^,;。\n]{0,8}(?:工资|薪)"
    r"|(?:下单|认购|购买|参与|观看|收看|转发|点赞|关注)率[^,;。\n]{0,6}(?:[0-9]{1,3}(?:\.[0-9]{1,2})?%|百分之)"
)

# People say the sum without the unit: 每户出两百.
_BARE_MONEY = compiled(
    r"(?<=[出交掏拿])(?:[0-9]{2,4}|[一二两三四五六七八九]百|[一二三四五六七八九]十)"
    r"(?![0-9一二三四五六七八九十百千万亿年月日号人名个户箱斤件点岁份台块元%])"
)

_WHO = any_of(
    (
        *(
            "干部",
            "职工",
            "教师",
            "老师",
            "党员",
            "团员",
            "同志",
            "人",
            "单位",
            "科室",
            "支部",
            "村",
            "镇",
            "乡",
            "局",
            "站所",
            "学校",
            "班",
        ),
        *(
            "家庭",
            "户",
            "企业",
            "商户",
            "家长",
            "学生",
            "同事",
            "员工",
            "网格员",
            "护士",
            "医生",
            "民警",
            "村民",
            "组",
            "系统",
            "部门",
        ),
        *(
            "社区",
            "街道",
            "小组",
            "帮扶",
            "在编",
            "在职",
            "在岗",
            "工作人员",
            "公职人员",
            "党支部",
            "处室",
            "股室",
            "院系",
            "家属",
            "机关",
            *("栋", "楼栋", "网格", "小区", "摊位", "摊", "商铺", "门面"),
        ),
    )
)
_PATTERNS: Mapping[str, str] = {
    "each": (
        rf"每[一1]?[个名位家]?{_WHO}|每[一1]?[位名户家](?=[^,;。\n])|每[0-9]{{1,3}}[名个]?(?:职工|干部|人|户)|人均|户均|人手|按[^,;。\n]{{0,8}}(?:编制数|人数|人头)"
        rf"|(?<![0-9一二三四五六七八九十])一[人家户](?={NUMBER})"
    ),
    "purchase": (
        rf"{any_of(word for word in _WORDS['purchase'] if word != '采购')}"
        r"|采购(?![组部商方]|包装|纸箱|设备|物资|材料|单位|合同|经理|服务|需求|对接|员|价)"
        r"|消费(?!者|扶贫|帮扶|助农|品|市场|升级|维权|券|季|节|金融|需求|环境|观念)|买(?![家卖点方手主断单])|拍一单|下[一两三][单笔]"
        # 购梨款 is bought with; 支持2箱 and 认2箱 are bought.
        rf"|(?<![收采认团抢网回选申代添征函限邮预])购[\u4e00-\u9fff]{{1,3}}款"
        rf"|(?:支持|(?<![确承])认)(?={NUMBER} ?{_GOODS})"
        rf"|(?<![收采认团抢网回选申代添征函限邮预])购(?={NUMBER})|[订吃喝]购?(?={NUMBER})|订购款|意思一下|完成(?={NUMBER})"
    ),
    "attention": any_of(word for word in _WORDS["attention"] if word != "评论")
    + r"|评论(?![区员])"
    + r"|点一?次赞|评一?条|关注一?次|(?:下载|注册|安装)[^,;。\n]{0,6}(?:app|客户端|账号|平台)"
    r"|转[^,;。\n]{0,3}朋友圈|在线[^,;。\n]{0,3}看",
    "sanction": any_of(word for word in _WORDS["sanctions"] if word != "通报")
    + r"|通报(?!如下|[:称指的])|从[^,;。\n]{0,10}扣|按(?:早退|缺勤|缺席|旷会|迟到)"
    + r"|别走(?!开)|不[能许准]走|再(?:散会|下班|放学)",
    "strong_task": any_of(_WORDS["strong_tasks"])
    + r"|应[购买订](?![买])[^,;。\n]{0,3}数"
    + r"|(?:上面|上头|局里|县里|镇里|乡里|学校|单位|领导)[^,;。\n]{0,2}[给下派定压分]的?数"
    + r"(?:量|目|字)?(?=[是为,;:。\n])",
    "training": any_of(_WORDS["training"]) + "(?!室)",
    "whole": any_of(_WORDS["whole"])
    + r"|每个(?=干部|职工|员工|人|教师|党员|社工)"
    + rf"|(?:全体|所有|全部)(?=[^,;。\n]{{0,6}}{any_of((*_WORDS['staff'], *_WORDS['others'], '人'))})",
    "consumer": rf"{any_of(word for word in _WORDS['consumers'] if word != '粉丝')}|(?<!新增)(?<!增加)粉丝(?![数量团])",
    "supplier": rf"(?<![向从在与和为帮助买]){any_of(_WORDS['suppliers'])}",
    "compulsion": any_of(_WORDS["compulsion"])
    + r"|(?<![需不想只主])要(?:积极|主动|认真|踊跃|组织|发动|购买|下单|带头|参与)",
    "payment": any_of(_WORDS["payment"]) + r"|从[^,;。\n]{0,10}扣|钱[^,;。\n]{0,8}[结付扣出交]",
    "past": any_of(_WORDS["past"]) + r"|已[^,;。\n]{0,2}(?:购买|认购|下单|销售|售出|完成|捐|帮销|采购|订购|消费)",
    "counting": any_of(_WORDS["counting"]) + r"|报[^,;。\n]{0,2}(?:局|镇|办公室|县)",
}
_LISTS: Mapping[str, str] = {
    "staff": "staff",
    "other": "others",
    "spec": "specs",
    "income": "income",
    "institution": "institutions",
    "personal_pay": "personal_pay",
    "supplies": "supplies",
    "cap": "caps",
    "appeal": "appeals",
    "gathering": "gathering",
    "task": "tasks",
    "strict": "strict_compulsion",
    "leading": "leading",
    "voluntary": "voluntary",
    "counted": "counted",
}
_KINDS = {kind: compiled(pattern) for kind, pattern in _PATTERNS.items()} | {
    kind: compiled(any_of(_WORDS[name])) for kind, name in _LISTS.items()
}
UNITS = ("money", "goods", "times", "people", "period")


class Marks:
    """All marks of a text, by kind and in order."""

    __slots__ = ("_by_kind", "_starts")

    def __init__(self, text: str) -> None:
        self._by_kind: dict[str, list[Mark]] = {
            kind: [Mark(found.start(), found.end(), kind) for found in pattern.finditer(text)]
            for kind, pattern in _KINDS.items()
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

    def count(self, kind: str) -> int:
        """How many marks of the kind the text has."""
        return len(self._by_kind[kind])


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
