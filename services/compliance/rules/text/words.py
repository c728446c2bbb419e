"""Which stretches of a normalised text are words of apportionment: who, what is asked, and what happens otherwise.

The plain lists stand in `lexicons/notices.yaml`; here is what needs a pattern. Lists and patterns are searched one by
one, because a pattern of words alone is skipped over at once where none of them can begin.
"""

from collections.abc import Mapping

from services.compliance.rules.text.patterns import NUMBER, NUMERALS, any_of, compiled, lexicon

_WORDS = lexicon("notices")
_BURDENS = lexicon("burdens")
GOODS = (
    "(?:箱|盒|份(?![额子力温爱心责情善希光祝关支]|订单传)|件套|车|件(?!事)|单(?![位独果价个身日])|袋|斤|公斤|千克|kg"
    "|吨|提|瓶|罐|套|桶|篮|包(?![邮装])|筐|颗|枚|板|票|笔|订单|礼包|株|壶|坛|捆|串|兜|只(?![要有能是需卖想])|羽|串|张(?=[^,;。\\n]{0,3}单))(?!装)"
)
_WHO = any_of(_WORDS["bearers"])
_FLOORS = any_of(_WORDS["floors"])
_OUTSIDERS = any_of((*_WORDS["outsiders"], *_WORDS["suppliers"], *_WORDS["consumers"]))
_CAPTIVES = any_of((*_WORDS["staff"], *_WORDS["others"], "人"))
_BEARING_ONE = "(?:人|科室|科|支部|班|村|庄|组|家|家庭|户|单位|部门|宿舍|卫生室|网点|门店|摊位|学校|乡镇|局)"
# Up to the next comma: the reach of a phrase.
_REST = r"[^,;。\n]"
# What a small verb takes home when a number follows: 拿一箱, 整两袋, 补3单.
_SMALL_VERB = (
    "[拿整来弄搞拎抱捎抬扛加认订定买购拍下补抢囤入冲出凑吃喝接揽担摊派带报扫掏花]"
    "(?:个|回|走|够|满|到|上|它|他|了|购|家|回家|起码|至少|足)?"
)
# 购 alone is to buy, unless it ends another word: 收购, 采购, 认购.
_BUY = "(?<![收采认团抢网回选申代添征函限邮预])购"
_DONE = "(?:下单|购买|认购|订购|消费|观看|收看|点赞|转发|关注|参与|完成|成交|帮销|采购)"
_ALL = "(?:每[名个位人家户]|人人|全员|个个|家家|户户|全体|所有人?|全[班科所院校厂])"
_EACH_DOES = "(?:[买购拍转]|下单|点赞|观看|看直播|进直播|关注|认[购领])"
_SHORT_ACT = "(?:单|[买拍购整看转赞评下动]|参与|完成|到位|达标|关注|付款|上传|打卡|签到|直播间|进来|上线)"
_SPOKEN = (
    "(?:说了|发话|发了话|定了|定的|规定|让我|问|讲了|盯着|看着|给的|压|派下|派给|来电话|不高兴|交代|强调|下了死|点了名"
    "|很不满)"
)
_WAGES = any_of(_BURDENS["held_money"])
# What goods are counted and packed in, or when: 每箱5斤 burdens nobody.
_MEASURE = (
    "[箱盒袋件斤亩批瓶吨提颗只条场天日周月晚次棵株枚年季轮克升支包串束块元份单口桶罐筐篮套张分秒时小公千毫平立厘"
    "个名位人户家组班科村镇乡局校]"
)
_SUPERIOR = (
    "(?:领导|书记|县长|镇长|乡长|局长|主任|院长|校长|老板|总经理|行里|镇里|乡里|县里|市里|局里|街道|街办|上面|上头|上级"
    "|会上|组织上|单位|学校|公司)"
)

_HAN = "\u4e00-\u9fff"

_LISTS: Mapping[str, str] = {
    "appeal": "appeals",
    "attention": "attention",
    "business": "business",
    "cap": "caps",
    "compulsion": "compulsion",
    "consumer": "consumers",
    "counted": "counted",
    "counting": "counting",
    "gathering": "gathering",
    "income": "income",
    "institution": "institutions",
    "leading": "leading",
    "mild_sanction": "mild_sanctions",
    "nudge": "nudges",
    "other": "others",
    "past": "past",
    "payment": "payment",
    "personal_pay": "personal_pay",
    "promotion": "promotions",
    "purchase": "purchase",
    "reassured": "reassured",
    "sanction": "sanctions",
    "spec": "specs",
    "staff": "staff",
    "strict": "strict_compulsion",
    "strong_task": "strong_tasks",
    "supplies": "supplies",
    "task": "tasks",
    "topic": "topics",
    "universal": "universals",
    "voluntary": "voluntary",
    "weak_act": "weak_acts",
    "whole": "whole",
}
_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "other": (rf"各位(?!{_OUTSIDERS})",),
    "each": (
        rf"每[一1]?[个名位家]?{_WHO}|每[一1]?[个名位家户]{_REST}{{1,6}}?{_WHO}|每[一1]?[位名户家](?=[^,;。\n])",
        "每[0-9]{1,3}[名个]?(?:职工|干部|人|户)",
        rf"人均|户均|人手|一个编制|按{_REST}{{0,8}}(?:编制数|人数|人头)",
        # 一人两斤 and 一个科室五箱 distribute; 一家三口 does not.
        rf"(?<![0-9一二三四五六七八九十同])[一1](?:[人家户]|个{_BEARING_ONE})(?={_REST}{{0,6}}{NUMBER})(?![三四五六]口)",
        rf"各(?:自|家|人)(?={_REST}{{0,3}}{NUMBER})|谁都(?={_REST}{{0,4}}{NUMBER})",
        rf"{_WHO}(?={_FLOORS})",
        rf"(?:职工|教师|员工|党员|家庭|干部|职称|编制|领导|教工|柜员|村医|科级|股级)(?={NUMBER} ?{GOODS})",
        # Whoever bears a share: 每铺两箱, 平均每家, 一台车一件, 一条船四盒, 一个娃屋里拿一箱.
        rf"(?:平均)?每(?!{_MEASURE})[{_HAN}]{{1,4}}?(?={_REST}{{0,3}}{NUMBER} ?(?:{GOODS}|元))",
        (
            rf"(?<![0-9一二三四五六七八九十第])[一1][个台条套支所栋间户辆艘门][{_HAN}]{{1,4}}?[里家]?"
            rf"[买拿认订购出凑搭整领配]{{0,2}}(?={NUMBER} ?{GOODS})"
        ),
    ),
    "purchase": (
        "采购(?![组部商方]|包装|纸箱|设备|物资|材料|单位|合同|经理|服务|需求|对接|员|价)",
        "消费(?!者|扶贫|帮扶|助农|品|市场|升级|维权|券|季|节|金融|需求|环境|观念)|(?<!购)买(?![家卖点方手主断单])",
        "拍一[单下份箱]|(?:去|自己|快|先|再|都|赶紧)拍(?![照摄视片卖成])|下[一两三][单笔]|订购款|意思一下",
        # 购梨款 is bought with; 支持2箱 and 认2箱 are bought.
        rf"{_BUY}(?:[\u4e00-\u9fff]{{1,3}}款|(?={NUMBER}))|[订吃喝]购?(?={NUMBER})",
        rf"(?:支持|(?<![确承])认)(?={NUMBER} ?{GOODS})|完成(?={NUMBER} ?(?:{GOODS}|[万千]?元))",
    ),
    "attention": (
        "评论(?![区员])|点一?次赞|评一?条|刷“已拍”",
        rf"(?:叫|拉|喊|带|找|邀|凑|派|来){_REST}{{0,3}}{NUMBER}(?:个|名|位|来)?号?人",
        rf"关注(?={_REST}{{0,8}}(?:直播|账号|号|主播|公众号))|(?:新增|点|加)关注|关注[数量率]|关注一?次",
        rf"(?:所需|组织|抽调|派|安排|凑){_REST}{{0,4}}观众|观众{NUMBER}[名人]|头像{_REST}{{0,12}}(?:更换|换成|换上|统一|改为)",
        rf"(?:下载|注册|安装){_REST}{{0,6}}(?:app|客户端|账号|平台)|转{_REST}{{0,3}}朋友圈|在线{_REST}{{0,3}}看",
    ),
    "sanction": (
        rf"名单{_REST}{{0,4}}[报交发念导贴]|[截扔][个张]?[图屏]|通报(?!如下|[:称指的])",
        rf"从{_REST}{{0,10}}扣|(?:费用|钱|款)从{_REST}{{0,10}}(?:走|出|里扣)|工资{_REST}{{0,16}}[0-9]{{1,4}}元|缺[一1]人扣",
        rf"{_WAGES}{_REST}{{0,6}}(?:压着|先压|压一压|缓发|不发|停发|暂停|暂缓|别想|泡汤|没戏)",
        "按(?:早退|缺勤|缺席|旷会|迟到)|别走(?!开)|不[能许准]走|再(?:走|散会|下班|放学)",
    ),
    "strong_task": (
        rf"[压派分摊](?:给|到|下来|下){_REST}{{0,6}}{NUMBER} ?{GOODS}|应[购买订](?![买]){_REST}{{0,3}}数",
        rf"(?:上面|上头|局里|县里|镇里|乡里|学校|单位|领导){_REST}{{0,2}}[给下派定压分]的?数(?:量|目|字)?(?=[是为,;:。\n])",
        # The price of something is taken out of wages: nobody has agreed to that.
        rf"钱{_REST}{{0,8}}{_WAGES}[里中]{_REST}{{0,6}}[扣抵划]",
        rf"[应实](?:认购|购买|下单|订购|购|买)(?:{NUMBER}|数|量|份|额)",
    ),
    "weak_act": (rf"{_SMALL_VERB}(?={NUMBER} ?{GOODS})",),
    "proof": (
        any_of(_BURDENS["proofs"]),
        rf"(?:谁|哪个|哪位)[{_HAN}]{{0,3}}[进买下拍看转]了?,?(?:谁|哪个|哪位)[{_HAN}]{{0,3}}[没未]",
    ),
    "settled": (any_of(_BURDENS["settled"]),),
    # Who answers for whom, down to the household: 县领导包镇、镇干部包村、村干部包户.
    "chain": (
        rf"包[县镇乡村片组户班]{_REST}{{0,8}}包[镇村组户班人]|层层{_REST}{{0,8}}(?:落实|分解|签|压实|下达|包)",
        rf"{_WHO}{_REST}{{0,4}}(?:负责人|书记|一把手|主任|校长)?{_REST}{{0,2}}(?:包干|兜底|包销|负总责)",
    ),
    # 自愿放弃评优 is no free choice.
    "voluntary": ("(?<!全员)(?<!必须)(?<!都要)(?<!一律)(?<!百分百)自愿(?!放弃|承担|接受|扣|缴|负责|承诺)",),
    # Who has not done it: nobody names them but to press them.
    "refusal": (
        rf"(?:没|未|不)(?!得|要|用|会|想|能){_REST}{{0,6}}{_SHORT_ACT}{_REST}{{0,8}}(?:的|家庭|同志|人员|单位|者)",
        rf"(?:完不?成不?了?|拉不够|没拉够|没刷够|没到|未到|达不到|不够|不满){_REST}{{0,8}}的",
        rf"未完成{_REST}{{0,20}}(?:人员|名单|同志|的)|[未没](?:{_DONE})(?:的?原因|说明|理由|名单|人员)",
        r"[没未](?:购|买|下单|认购|转|看|赞|拍|参与|完成)(?:人数|人员|者|名单|户|单位|率)",
        rf"(?:谁|哪个|哪家|哪位|哪几个){_REST}{{0,4}}[没未不少拖](?!关系|事|知)|一[单次份箱个笔]{_REST}{{0,2}}[没未]",
        rf"(?:还没|还未|再不)[下买拍点转看进动认]|[交完拉卖拿凑]不[出成够完满]{_REST}{{0,4}}的",
        r"(?:还没|没|未|冇|没有)(?:下|拿|搭|认|接龙|报|看到转发|进|拍|买|动)(?:的|,|了|$)",
        rf"[还就只]{_REST}{{0,2}}[差剩欠缺]{_REST}{{0,3}}(?:{NUMBER}|你|咱|我们|几)|(?:只有|差的?|差着){NUMBER}[单份箱人]",
        rf"还有{NUMBER}(?:个人|人|位|个|家|户|名|单位){_REST}{{0,8}}[没未不差]",
        rf"(?<=[0-9{NUMERALS}个])人{_REST}{{0,3}}[才只仅]有?{NUMBER} ?{GOODS}",
        rf"(?:不[要买下拍看转拿]|没看够|没看满|不足{NUMBER}(?:分钟|元|单|份))的|系统里是红的|离{_REST}{{0,4}}目标{_REST}{{0,2}}差",
        rf"(?:{_DONE}|订单数?){_REST}{{0,6}}(?:低于|不足|少于|未达|不到|垫底|靠后|倒数|落后){_REST}{{0,10}}的",
    ),
    # Whom the writer addresses, and whose word is law to them, make captives of unnamed readers.
    "address": (
        rf"(?:(?<=\n)|\A)[^,:;。\n]{{0,30}}?(?:各|全[体院校镇局所县])(?!{_OUTSIDERS}|位{_OUTSIDERS}|路|类)[^,:;。\n]{{1,24}}:",
        rf"@{_REST}{{0,6}}(?:所有人|全体|all|各)|[部科室组局所站班行院队]全体|收到(?:请?回复|扣1|回1)",
        rf"{_SUPERIOR}{_REST}{{0,2}}{_SPOKEN}",
    ),
    # Orders that are short are a sale, even where nobody names it: 还差2单, 8个人才3单.
    "topic": (
        rf"还差{NUMBER} ?{GOODS}|(?:差|分到|任务|补|再下|再拍|保底|完成|才|只有){_REST}{{0,3}}{NUMBER}单|一单[没未都]",
    ),
    # What is written down of purchases and views: only a unit keeps such records of its people.
    "record": (
        rf"{_DONE}的?(?:情况|记录|凭证|结果|数量?|金额|截图|率|名单|数据|明细|台账|证明|进度|比例|笔数)",
        rf"凭{_REST}{{0,2}}订单|订单(?:截图|号|尾号|数|记录|凭证)|支持情况|付款记录",
    ),
    "business": ("卫生(?![院室局健所系])|(?<!除)值班",),
    "spec": ("每单(?!位)",),
    "promotion": ("(?<!打)折扣|满[0-9]{1,4}元?[减送赠返]",),
    # 每名党员都购买: nobody is left a choice, whichever word compels.
    "universal": (rf"{_ALL}{_REST}{{0,5}}(?:都|均|必须|务必|一律)(?:要|得|须)?{_EACH_DOES}(?![得到不])",),
    "training": (any_of(_WORDS["training"]) + "(?!室)", rf"(?:观看|收看){_REST}{{0,4}}《"),
    "whole": (rf"每个(?=干部|职工|员工|人|教师|党员|社工)|(?:全体|所有|全部)(?={_REST}{{0,6}}{_CAPTIVES})",),
    "consumer": (
        "(?<!贷款)(?<!授信)客户(?!经理)|(?<!新增)(?<!增加)粉丝(?![数量团净增])",
        "(?<!所需)(?<!组织|在线|抽调|安排|主力|充当|固定)观众(?!由|席|不少于|人数|[0-9])",
    ),
    "supplier": (
        rf"(?<![向从在与和为帮助买])(?<!每户|每家|辖区|沿街|各类){any_of(_WORDS['suppliers'])}|(?<!青年)志愿者(?![须要每])",
    ),
    "compulsion": ("(?<![需不想只主])要(?:积极|主动|认真|踊跃|组织|发动|购买|下单|带头|参与)",),
    "payment": (
        rf"从{_REST}{{0,10}}[扣划抵]|{_WAGES}[里中内上]?{_REST}{{0,6}}(?:走|一块收|一并收|代收|抵|划)|钱{_REST}{{0,8}}[结付扣出交]|{_WAGES}[里中]?{_REST}{{0,12}}[扣抵划]",
    ),
    "personal_pay": (
        rf"从{_REST}{{0,8}}(?:奖金|工资|补贴|津贴|绩效|薪|慰问金|过节费)|{_WAGES}[里中]?{_REST}{{0,12}}[扣抵划]|工资{_REST}{{0,16}}[0-9]{{1,4}}元",
    ),
    "past": (rf"已{_REST}{{0,2}}(?:购买|认购|下单|销售|售出|完成|捐|帮销|采购|订购|消费)",),
    "counting": (rf"报{_REST}{{0,2}}(?:局|镇|办公室|县)",),
}
KINDS = {
    kind: (
        *((compiled(any_of(_WORDS[_LISTS[kind]])),) if kind in _LISTS else ()),
        *(compiled(pattern) for pattern in _PATTERNS.get(kind, ())),
    )
    for kind in sorted({*_LISTS, *_PATTERNS})
}
