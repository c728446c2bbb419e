"""Finds officials who vouch for goods by what they do: who tastes, chooses or buys, who sells himself, who is meant.

`official_image` finds a word of endorsement beside a title. Here the words around a title show the same by grammar.
"""

from collections.abc import Iterator

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import Anchored, any_of, compiled, lexicon

_WORDS = lexicon("officials")
_SAME = r"[^。!?;\n]"
# What an official does with the goods, which a seller tells for no other reason than that he is one.
_USES = compiled(
    any_of(_WORDS["uses"])
    + r"|[吃尝喝啃囤][了过着](?![^,。;!?\n]{0,4}(?:苦|亏|惊|醋|心|闭门|力|头|差|败))|(?<![吃尝])吃的(?!饭|苦|亏)"
    r"|[爱常都也天]吃(?!力|苦|亏)"
    r"|[选拣挑买订][过的嘅](?!址|路|头|点|品种|苗|人|机|设备|材料)|(?:买|拎|扛|订|要"
    r"|提)[走了]{1,2}(?:[0-9一二两三四五六七八九十几好]{1,3}[箱斤件盒袋份只个筐]|不少|很多)"
    r"|[煮泡炖喝囤尝]的|一尝|带过?的那?[款个]|点\(?赞|题[的了]?[字写词]"
    r"|(?:拿|举|抱|捧|提)着?的?就是|都要?(?:带|买|订|拎|提|囤)|说[了过]?[,:]?(?:这|咱|它"
    r"|本)[^。!?;\n]{0,10}(?:好[,。!吃喝]|好\Z|甜|香|地道|正宗|不错|退钱|兜底|包赔|放心)"
    r"|(?:拍|录|当|做)了?(?:广告|封面|海报|模特|主图)|卖爆|爆款(?![0-9])|过年都?(?:提|送|买|备)"
)
_ORGAN_USES = compiled(
    any_of(_WORDS["organ_uses"])
    + r"|(?:食堂|大院|机关)[^,。;!?\n]{0,4}(?:采购|用的|都用|用[米油肉菜面蛋奶]|在用|同款|订)|都?在我们?(?:家"
    r"|这里|这儿|店)?(?:里)?(?:订|买|采购)|年货|选品|(?<!质)把关,?(?:闭眼|放心|买)|盖章认证|送礼|宴"
)
_USES_REACH = 22
# Who else may do it, and that he does not: 县长喊你来买, 书记请大家尝一尝.
_SOMEBODY_ELSE = compiled(
    r"你|您|大家|各位|网友|顾客|消费者|客人|游客|群众|村民|乡亲|果农|农户|不|没|未|勿|禁|拒|别|假冒|冒用|谣|电话"
    r"|热线|投诉|抽检|公布|批准|登记|备案"
)
_TITLE = (
    rf"(?:副?[{''.join(_WORDS['heads'])}]长|书记|主任|主席|{any_of(_WORDS['other_officials'])})"
    r"(?!助理|的?(?:同学|亲戚|邻居))"
)
# An official in the first person who points at the basket: 我是镇长, … 三号链接, 放心拍.
_HIMSELF = Anchored(
    ("我", "作", "身", "本", "俺", "咱"),
    rf"(?:我(?:就|便)?是|我(?:作为|身为)|作为|身为|本|俺是|咱是){_SAME}{{0,12}}?{_TITLE}",
)
_SELLING = compiled(
    r"链接|小黄车|购物车|放心(?:买|下单|购|拍|吃)|大家(?:赶紧|快)?(?:下单|拍)|下单|替[他它她]们?吆喝|库存|上车"
    r"|拍一?单|我担保|我保证|有问题(?:就|来)?找我"
)
_SELLS_NOT = compiled(
    r"不(?:卖|挂|带|推|做|讲价|谈价|讲商品|介绍商品|能说|回答|参与|负责)|不(?:会|能|得)(?:卖|推|带|挂|为)"
    r"|没有(?:链接|商品|小黄车)|(?:讲完|说完)[^。\n]{0,12}(?:走|离|退|再)|规定不"
)
_HIMSELF_REACH = 150
# Who is meant though no title is said: 县里的大领导, 我在县政府上班, 新闻里看见的那位.
_MEANT = compiled(
    rf"(?:大领导|大人物|县领导|市领导|行政夹克|咱县的?领导|县里的?领导|领导){_SAME}{{0,14}}(?:竖(?:起)?大?拇指"
    rf"|一尝|尝了|天天(?:往|来)|的选择|也(?:买|爱|吃|囤|订)|都(?:买|爱|吃|囤|订|说好))"
    rf"|(?:县里?|市|区|镇|乡)(?:政府|委|府|机关)(?:大院)?(?:里)?(?:上班|的大院|大院|招待所"
    rf"|食堂){_SAME}{{0,16}}(?:人手|都[买订吃]|特供|专供|定点|也[买订吃]|还订|同款|选用)"
    rf"|[县市区镇乡]府招待所{_SAME}{{0,6}}(?:特供|专供|定点|同款|用[的料米油])"
    rf"|(?:局里|机关|单位里|县里|市里)(?:的)?(?:定点|指定)(?!的?(?:地点|医院|账户|快递|仓|网点|区域))"
    rf"|机关干部{_SAME}{{0,6}}(?:发的|都在|都[买吃订])"
    rf"|(?:新闻|电视)[里上]{_SAME}{{0,4}}(?:那位|看见的|看到的|常见的)[^。\n]{{0,80}}(?:拎|买|尝|吃)"
    rf"|[”\"'][。!]?[-—–]{{1,3}}{_SAME}{{0,14}}{_TITLE}"
    r"|(?:政府|官方|国家)(?:信用)?担保|政府(?:唯一)?指定用[米油水菜粮]|(?:监督管理|监管|农业|商务"
    r"|卫生)部门[^,。;!?\n]{0,6}(?:推荐|力荐|担保)"
    rf"|(?:国家|中央|省|市|县)领导人?{_SAME}{{0,6}}(?:品尝|吃过|尝过|喝过|都吃|都喝|过年|送礼|回购)|(?:军区|军队"
    rf"|部队|武警|机关|政府|国宾馆|大会堂){_SAME}{{0,3}}(?:特供|专供|宴会用|国宴)"
    r"|政府(?:推荐|力荐|推介)(?!性|目录|名录|名单|的?工艺)|官方指定(?!的?(?:地点|账户|账号|网点|快递|仓|收货"
    r"|区域|场所|检测|医院|集配|窗口|联系人|专人|渠道|平台|售后|客服|直播间|时间|店))"
    r"|(?<![a-z])xz(?:推荐|同款|力荐|亲选)|[显现限线先]长(?:同款|推荐|力荐|亲选|代言|严选)(?![款型])"
)
_DENYING = compiled(
    any_of(word for word in _WORDS["denying"] if word not in ("非", "无", "没有"))
    + r"|(?<![看见听说])没有(?![?吗])|非|发票|票据"
)
_DENIAL_REACH = 20
_AFTER_REACH = 16
_DISOWNED_AFTER = compiled(r"(?:假冒|虚假|冒用|谣言|不实|勿信|请勿|不要信|违规|违法|举报|下架)")


def uses_named(text: str) -> bool:
    """Whether anything in the text tells what somebody did with the goods; without it no place need be looked at."""
    return _USES.search(text) is not None or _ORGAN_USES.search(text) is not None


def find_used(text: str, start: int, end: int, *, organ: bool) -> int | None:
    """Where the words end that tell what the official at the place did with the goods; None if nothing tells it."""
    last = min(len(text), end + _USES_REACH)
    stop = next((place for place in range(end, last) if text[place] in ("。!?;\n," if organ else "。!?;\n")), last)
    found = (_ORGAN_USES if organ else _USES).search(text, end, stop)
    # 吃不吃 asks, and tells nothing.
    if (
        found is None
        or text.startswith(("不", "没"), found.end())
        or _SOMEBODY_ELSE.search(text, end, found.end())
        or _denied(text, start, found.end())
    ):
        return None
    return found.end()


def find_vouching(text: str) -> Iterator[Hit]:
    """Officials who sell in the first person, and those who are meant without a title, in a normalised text."""
    for himself in _HIMSELF.finditer(text):
        last = min(len(text), himself.end() + _HIMSELF_REACH)
        sold = _SELLING.search(text, himself.end(), last)
        if sold and not _SELLS_NOT.search(text, himself.end(), last) and not _denied(text, himself.start(), sold.end()):
            yield Hit(himself.start(), sold.end(), "fail", "endorsement")
    for meant in _MEANT.finditer(text):
        if not _denied(text, meant.start(), meant.end()):
            yield Hit(meant.start(), meant.end(), "fail", "endorsement")


def _denied(text: str, start: int, end: int) -> bool:
    before = _DENYING.search(text, max(0, start - _DENIAL_REACH), start)
    return before is not None or _DISOWNED_AFTER.search(text, end, end + _AFTER_REACH) is not None
