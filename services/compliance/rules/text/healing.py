"""Finds cures that are told without a word of curing: who was ill, what was eaten, and what was gone afterwards.

`claims` finds verbs and functions. Here a complaint, a meal and a good end stand in one sentence, in this order.
"""

from collections.abc import Iterator
from itertools import chain, islice

from services.compliance.rules.text.patterns import Anchored, any_of, compiled, lexicon

_WORDS = lexicon("claims")
_CURES = lexicon("healing")
_SAME = r"[^。;!?\n]"
_WEAK = tuple(organ + state for organ in _WORDS["organs"] for state in ("不好", "不舒服", "差", "弱"))
_COMPLAINTS = (
    *_WORDS["diseases"],
    *_CURES["complaints"],
    *_WEAK,
    *(part + ache for part in _WORDS["body"] for ache in "疼痛酸胀"),
)
_COMPLAINT = any_of(_COMPLAINTS)
_EATING = any_of((*_WORDS["eating"], *_CURES["using"]))
_END = any_of((*_CURES["good_ends"], *_WORDS["well_after"]))
_STORY = Anchored(_COMPLAINTS, rf"{_COMPLAINT}[^。;!\n]{{0,28}}?{_EATING}{_SAME}{{0,36}}?{_END}")
# It keeps away: 咳喘肺病绕着走, 感冒不敢上门.
_KEPT_AWAY = Anchored(
    _COMPLAINTS, rf"{_COMPLAINT}(?:病|毒)?(?:都|也|就|见了(?:它|都|也)?|全|统统){{0,2}}{any_of(_CURES['kept_away'])}"
)
_EATEN_WELL = Anchored(
    (*_WORDS["eating"], *_CURES["using"]),
    rf"{_EATING}{_SAME}{{0,20}}?(?:,{_SAME}{{0,14}}?)?{any_of(_CURES['good_ends_alone'])}",
)
_FEWER_DRUGS = compiled(
    rf"(?:扎|打)(?:[一二三四五六七八九十两几0-9]{{1,2}})?针{_SAME}{{0,34}}(?:只[扎打]|不用[扎打]|少[扎打]"
    rf"|不[扎打]了|省了)"
    rf"|(?:那|这|每天)?[一1几]针{_SAME}{{0,3}}(?:就|都|也)?(?:省了|免了|不用[打扎])"
    rf"|(?:支架|手术|透析){_SAME}{{0,20}}[吃喝]了{_SAME}{{0,16}}不用(?:做|装|放)"
    rf"|[吃喝]{_SAME}{{0,12}}(?:数字|数值|箭头|仪器|指针)(?:都|也)?(?:不带动|不动|不升|没动|纹丝不动|不飙|好看)"
    rf"|(?:血糖仪|血压计|仪器|化验单|体检单|单子){_SAME}{{0,30}}[吃喝]{_SAME}{{0,14}}(?:不带动|不升|降|下来|正常"
    rf"|好看|没箭头)"
)
_DISGUISED = compiled(
    r"(?<![糖果面豆辣])[酱浆匠姜](?:血糖|血压|血脂|三高|尿酸)|jiang ?(?:压|糖|脂|血|三|火)|降三(?:·|↑|g|gao)"
    r"|降(?:xue|ya|tang)|治(?:ai|bing)|(?:三|3)gao"
    r"|[医治](?:咳|痰|喘|胃|痛风|失眠|便秘|湿疹|感冒|头痛)(?!院|生|理|务)|冇病|唔使睇医生"
    r"|救命(?:菇|草|茶|汤|果|花|叶)(?!子)"
)
_VIRILE = compiled(
    r"男人(?:们)?(?:都)?懂的?[^。\n]{0,30}(?:嫂子|老婆|媳妇|晚上|夜里|第二天)|(?:嫂子|老婆"
    r"|媳妇)(?:第二天)?[^。;!?\n]{0,8}(?:煎俩?蛋|加菜|夸|受不了|满意得|笑得合不拢)"
)
_HARDSHIP = compiled(
    rf"(?:女儿|儿子|孩子|娃|闺女|小孙子|小孙女)(?:都|就|也)?(?:要|得|只能)?(?:被)?送(?:人|给别人|走)(?!上学)"
    rf"|(?:要|得|只能)把{_SAME}{{0,6}}送人"
)
_OF_OLD = compiled("饥荒|灾荒|荒年|年代|旧社会|传说|歌里|戏里|鸡|猪|牛|羊|鱼|兽医|苗|树|叶片|果园|病虫")


def find_cures(text: str) -> Iterator[tuple[int, int]]:
    """Where cures are told in a normalised text; the caller asks whether they are denied."""
    patterns = (_STORY, _KEPT_AWAY, _EATEN_WELL, _FEWER_DRUGS, _DISGUISED, _VIRILE)
    for found in chain.from_iterable(islice(pattern.finditer(text), _ENOUGH) for pattern in patterns):
        if not _OF_OLD.search(text, max(0, found.start() - _BACK), found.end()):
            yield found.span()


def find_given_away(text: str) -> Iterator[tuple[int, int]]:
    """Where a family is said to give a child away unless the goods are sold."""
    yield from (found.span() for found in islice(_HARDSHIP.finditer(text), _ENOUGH))


_ENOUGH = 60
_BACK = 16
