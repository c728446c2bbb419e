"""Lines of chat: what they say when spelling, filling and emoji are taken away, and whether they praise or shop."""

import re
from dataclasses import dataclass

import numpy as np

from services.disclosure.integrity.arrays import Ints, Mask
from services.disclosure.integrity.tables import Text

_NOT_HAN = re.compile(r"[^\u3400-\u9fff]")
_FILLING = re.compile(r"[啊呀呢吧哦哈嘛啦了哟嗯呵嘿真的太好很非常特别就是都也还我们这位这个的]")
_FOLD = str.maketrans("岛涨記書長們為務實說讚", "导长记书长们为务实说赞")
_PERSON = re.compile(
    r"领导|县长|书记|镇长|乡长|市长|局长|区长|主任|干部|父母官|县委|政府|公仆|州长|部长|处长|官员|当官|好官|长官|青天"
)
_VIRTUE = re.compile(
    r"为人民|为民|人民|百姓|群众|办实事|实干|担当|辛苦|感谢|骄傲|爱民|亲民|敬佩|尊敬|敬业|伟大|好样|榜样|点赞|魄力|心系|无私|奉献"
    r"|英明|楷模|厉害|水平|负责|接地气|一心|造福|致富|服务|支持|好领导|好官|好书记|好县长|棒|好|赞|牛|强|帅|暖心|贴心|务实|带头|靠谱"
)
_NO_PRAISE = re.compile(r"骗|假|作秀|形式|差劲|不好|丢人|滚|什么时候|在哪|是谁|叫什么|几点|吗|谁|怎么|为什么|来了$")
_WHOLE = re.compile(
    r"为人民服务|好官|人民的?好|为民办实事|一心为民|心系百姓|心里装着百姓|为老百姓|公仆|父母官|亲民爱民|带领大家致富"
)
_GOODS = re.compile(
    r"多少钱|几斤|发货|包邮|快递|下单|买|拍|箱|斤|甜|吃|链接|优惠|券|价|规格|库存|收到|新鲜|坏|赔|尺寸|口感|果|梨|米|薯|品种|糖度|发票|[?？吗]"
)


@dataclass(frozen=True)
class Lines:
    """Distinct texts as lines: `of` maps the code of a text to its line; what each line is."""

    of: Ints
    count: int
    praise: Mask
    goods: Mask


def folded(text: str) -> str:
    """Han characters alone, homophones and traditional forms folded, filling left out."""
    han = _NOT_HAN.sub("", text).translate(_FOLD)
    # The same predicate said of the governor, the leader or “our leader” is one line.
    said = _PERSON.sub("", _FILLING.sub("", han))
    return said if len(said) >= 2 else _FILLING.sub("", han) or han


def praises(text: str) -> bool:
    """A good word for an official, and no talk of goods."""
    han = _NOT_HAN.sub("", text).translate(_FOLD)
    if not han or _GOODS.search(text):
        return bool(han and _WHOLE.search(han) and not re.search(r"多少钱|发货|下单|[?？]", text))
    if _WHOLE.search(han):
        return True
    # A short line about an official that asks nothing and blames nothing is praise, in whatever words.
    short = len(han) <= 16 and not _NO_PRAISE.search(han)
    return bool(_PERSON.search(han) and (_VIRTUE.search(han) or short) and not re.search(r"骗|作秀|差劲", han))


def lines_of(text: Text) -> Lines:
    """Every distinct text is read once; texts that differ in filling alone are one line."""
    keys = [folded(name) or name for name in text.names]
    order = {key: number for number, key in enumerate(sorted(set(keys)))}
    of = np.array([order[key] for key in keys], dtype=np.int64)
    praise = np.array([praises(name) for name in text.names], dtype=bool)
    goods = np.array([bool(_GOODS.search(name)) for name in text.names], dtype=bool)
    size = len(order)
    return Lines(of, size, _any(of, praise, size), _any(of, goods, size))


def _any(of: Ints, mask: Mask, size: int) -> Mask:
    return np.bincount(of[mask], minlength=size) > 0
