"""Finds who trades under a name without a form of enterprise: shops of persons, names one must look for, accounts.

What a name is cannot be seen from its characters; that somebody trades under it can be seen from the words beside it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import any_of, compiled, lexicon

_WORDS = lexicon("traders")
_HAN = "\u4e00-\u9fff"
_OPEN, _CLOSE, _INSIDE = "[“\"'《【]", "[”\"'》】]", "[^“”\"'《》【】,;。\n]"
_SHOP = any_of(_WORDS["shops"])
_PERSON = any_of(_WORDS["persons"])
# 佟记豆腐坊, 大碗叔家的店, 阿婆的小铺.
_PERSONS_SHOP = compiled(
    rf"(?<![登标日笔书传忘切牢游铭印速])[{_HAN}][记氏](?!者|录|得|住|忆|事|载|号|账)[{_HAN}]{{0,4}}?{_SHOP}"
    rf"|[{_HAN}]{{1,3}}{_PERSON}家?的?(?:网店|小店|店铺|店(?![家里])|小铺|铺子|果铺|小卖部)(?!里|都|们)"
    rf"|[{_HAN}]{{1,4}}(?:小店|店铺|果园|农场|山货行|货行|商号)(?:这个|这家)?(?:店铺|账号|直播间|店)"
)
_NOBODYS_SHOP = compiled(
    r"(?:每|各|一|哪|谁|这|那|几|多|别|人|大|自|无|有|家|路边|街边|村口|镇上|村里|学校"
    r"|隔壁)[家个位]?(?:的)?[\u4e00-\u9fff]{0,2}?(?:店|铺|小卖部)"
)
# 认准蓝标“某某”, 关注俺家小店“某某”, 我们这个园子叫“某某”.
_LOOK_FOR = compiled(
    rf"(?:认准|只认|请认|找准|记住|记准|认清){_INSIDE}{{0,8}}{_OPEN}({_INSIDE}{{1,10}}){_CLOSE}"
    rf"|(?:小店|店铺|店名|网店|园子|果园|农场|厂子|作坊|牌子|品牌|铺子|店|起名字?|名字|取名|箱子上|罐子上|包装上"
    rf"|瓶身上)(?:就)?(?:叫做?|名叫|名为|是|印着|写着)?{_OPEN}({_INSIDE}{{1,10}}){_CLOSE}"
    rf"|(?:叫|叫做){_OPEN}({_INSIDE}{{1,8}}){_CLOSE}(?=[^。\n]{{0,40}}(?:箱|罐|封箱带|包装|标签|钢印|logo|商标"
    rf"|关注|下单))"
)
_NO_TRADER = compiled(any_of(_WORDS["no_traders"]))
_BRAND_SHOP = compiled(
    r"(?<!公用)(?<!区域)(?<!无)(?<!非)(?<!不是)品牌(?:直营|自营|旗舰|官方店|授权店|专营|直供店)"
    r"|(?<!非)(?<!不是)(?:特产|果品|水果|茶叶|官方|品牌|粮油)店(?:自营|直营|直发)"
)
# 绿源坊的董事长: companies have them, cooperatives and villages have not.
_CHIEF = compiled(rf"([{_HAN}]{{2,8}}?)的?(?:董事长|创始人|总经理|首席执行官|ceo|掌柜|老板娘?)(?![们树])")
_NO_CHIEF = compiled(rf"(?:{any_of(_WORDS['no_chiefs'])})\Z")
# 云溪县第二粮油加工厂 is a name; 第一车间 is none.
_NUMBERED = compiled(
    rf"[县市区镇省州]第[一二三四五六七八九十0-9]{{1,2}}[{_HAN}]{{0,6}}?(?:加工厂|食品厂|茶厂|酒厂|罐头厂|厂|公司"
    rf"|农场|门市部)(?![长房区门里前])"
)
_RIDDLE = compiled(
    rf"(?:名字|店名|企业名|厂名|牌子|字号)[^。\n]{{0,8}}(?:带|有|含)(?:着|个"
    rf"|一个)?{_OPEN}?[{_HAN}]{_CLOSE}?字[^。\n]{{0,30}}(?:{_OPEN}?[{_HAN}]{_CLOSE}?字|链接|店|买|认准|搜)"
)
_HIDDEN_FORM = compiled(r"有限公[丝思斯私]|有限gong|公si(?![a-z])|[\u4e00-\u9fff]gong ?si(?![a-z])|有限c司|有限公\.?s")
_TITLE_BRAND = compiled(
    rf"(?:\A"
    rf"|(?<=[ 】\n]))[{_HAN}]{{2,4}}"
    rf"(?<![品招授名车挂门王铭打金银铜路标吊告示冒杂老大首头])牌(?=[{_HAN}]{{2}})(?![照子匾价号])"
)
_FIGURE = "[0-9一二三四五六七八九零〇幺洞拐壹贰叁肆伍陆柒捌玖]"
_READ_OUT = compiled(
    # A telephone number read out in groups, and letters of an account spelt one by one.
    rf"(?<![0-9一二三四五六七八九])[1一幺壹][3-9三四五六七八九]{_FIGURE}?"
    rf"[,、 .-]{_FIGURE}{{2,4}}[,、 .-]{_FIGURE}{{2,4}}"
    rf"|拨{_FIGURE}{{3,4}}[,、 ]?(?:再|然后|接着|最后)"
    rf"|(?:电话|手机|号码|热线)[^。\n]{{0,6}}{_FIGURE}{{2,4}}[,、 -]{_FIGURE}{{2,4}}[,、 -]{_FIGURE}{{2,4}}"
    r"|(?:微信|薇信?|威信|v信|vx|名片|加我|加一?下[^,。\n]{0,6}|售后[^,。\n]{0,4})[^。\n]{0,14}(?:搜|拼音|字母"
    r"|号是|备注)[^。\n\u4e00-\u9fff]{0,3}[a-z][a-z0-9 _-]{3}"
    r"|拼音[^。\n\u4e00-\u9fff]{0,3}[a-z][- ][a-z0-9][- ][a-z0-9][- ][a-z0-9]"
)
_HOTLINE = compiled(r"12[0-9]{3}|1[12][0-9](?![0-9])|一二三(?:一五|四五|一六)")
# Beside these words a name that is said again and again is no figure of speech.
_TRADE = compiled(any_of((*_WORDS["trade"], *_WORDS["founded"])))
_FOUNDED = compiled(any_of(_WORDS["founded"]))
_NO_TRADER_AT_ALL = compiled("地理标志|地标|公用品牌|传说|品种名")
_PLAIN = (
    (_BRAND_SHOP, "brand"),
    (_NUMBERED, "legal_entity"),
    (_RIDDLE, "brand"),
    (_HIDDEN_FORM, "legal_entity"),
    (_TITLE_BRAND, "brand"),
)
_BACK = 8
_ENOUGH = 60


def find_traders(text: str, *spared: Collection[str]) -> Iterator[Hit]:
    """Traders in a normalised text; `spared` are shared marks, places and goods, which name nobody."""
    for pattern, code in _PLAIN:
        yield from (Hit(found.start(), found.end(), "fail", code) for found in islice(pattern.finditer(text), _ENOUGH))
    for found in islice(_PERSONS_SHOP.finditer(text), _ENOUGH):
        if not _NOBODYS_SHOP.match(text, found.start()):
            yield Hit(found.start(), found.end(), "fail", "room_or_style")
    yield from _looked_for(text, spared)
    for found in islice(_CHIEF.finditer(text), _ENOUGH):
        if not _NO_CHIEF.search(text, max(0, found.start() - _BACK), found.end(1)):
            yield Hit(found.start(), found.end(), "fail", "legal_entity")
    for found in islice(_READ_OUT.finditer(text), _ENOUGH):
        if not _HOTLINE.search(text, found.start(), found.end()):
            yield Hit(found.start(), found.end(), "fail", "contact")


def _looked_for(text: str, spared: Sequence[Collection[str]]) -> Iterator[Hit]:
    """Names in quotation marks that shoppers are told to look for, unless they are a mark's, a place's or a dish's."""
    for found in islice(_LOOK_FOR.finditer(text), _ENOUGH):
        name = next(group for group in found.groups() if group)
        around = max(0, found.start() - 2 * _BACK), min(len(text), found.end() + _BACK)
        if not any(name in names for names in spared) and not _NO_TRADER.search(text, *around):
            yield Hit(found.start(), found.end(), "fail", "brand")


def borne_out(text: str, hits: Iterable[Hit]) -> Iterator[Hit]:
    """Names of which a person would have to judge, made certain by the words of trade in the same text.

    A suspected name that is said twice and more beside a founder, a box or a seal is one that somebody trades under.
    """
    suspected = [
        hit for hit in hits if hit.result == "review" and hit.code in ("maybe_entity", "industry_tail", "repeated_word")
    ]
    if not suspected or _NO_TRADER_AT_ALL.search(text):
        return
    trade, founded = _TRADE.search(text) is not None, _FOUNDED.search(text) is not None
    for hit in suspected:
        name = text[hit.start : hit.end]
        if not (founded if hit.code == "repeated_word" else trade):
            continue
        if _said_again(text, name, hit):
            yield Hit(hit.start, hit.end, "fail", "legal_entity" if hit.code == "industry_tail" else "brand")


def _said_again(text: str, name: str, hit: Hit) -> bool:
    """Whether the name, or what of it can be a trade name, is said again."""
    return text.count(name) > 1 or (len(name) > 3 and text.count(name[:-2]) > 1) or hit.code == "repeated_word"
