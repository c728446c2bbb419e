"""Finds medical claims, hardship nobody can check, qualities without a certificate (广告法 第十七条、第二十八条)."""

import functools
import itertools
import re
from collections.abc import Iterator

from services.compliance.rules.text.healing import find_cures, find_given_away
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import NUMBER, NUMERALS, Anchored, any_of, compiled, lexicon
from services.compliance.rules.text.window import Around

_WORDS = lexicon("claims")
_REST = r"[^,。;!?\n]"
_PAINS = tuple(part + ache for part in _WORDS["body"] for ache in ("疼", "痛", "酸", "胀"))
_WEAK = tuple(organ + state for organ in _WORDS["organs"] for state in ("不好", "不舒服", "差", "弱"))
_DISEASES = any_of((*_WORDS["diseases"], *_PAINS, *_WEAK))
_EATING = any_of(_WORDS["eating"])
_FUNCTIONS = frozenset((*_WORDS["functions"], *_WORDS["instead_of_medicine"], *_WORDS["medicine_says"]))
# Words in which a function only seems to stand are found too, so that they are passed over whole: 交通便 in 交通便利.
_FUNCTION = compiled(any_of((*_FUNCTIONS, *_WORDS["functions_not"], *_WORDS["medicine_says_not"])))
_IMMUNITY = compiled("免疫力?|抵抗力")
_STRENGTHENING = compiled(rf"{any_of(_WORDS['immunity'])}(?:人体|自身|身体|孩子|宝宝|机体)?的?\Z")
# A short verb stands beside its disease: 治咳嗽, but not 降温易感冒.
_TREATS = Anchored(
    (*_WORDS["treating"], *"治防抗降控祛稳平抑克"),
    rf"{any_of(_WORDS['treating'])}(?!理){_REST}{{0,6}}{_DISEASES}|[治防抗降控祛稳平抑克][好住低除个了]?{_DISEASES}",
)
_TREATS_AT_ALL = compiled(
    rf"(?:能|可|可以|会|用于|用来|帮助|辅助|有助于|有助)(?:更好地?|有效)?(?:治疗|预防|医治|治愈)(?!{_REST}{{0,4}}{_DISEASES})"
)
_RELIEVED = compiled(
    rf"{_DISEASES}(?:{_REST}{{0,8}}{any_of(_WORDS['relieved'])}|了?,?就{_REST}{{0,6}}{_EATING}"
    rf"|{any_of(_WORDS['patients'])}{_REST}{{0,4}}{any_of(_WORDS['patients_may'])})"
)
_GOOD_FOR = compiled(
    rf"对{_REST}{{0,6}}(?:{any_of(_WORDS['organs'])}|{_DISEASES}){_REST}{{0,6}}(?<![不没])(?<!不太){any_of(_WORDS['good_for'])}(?![吃喝看])"
)
_WELL_AFTER = compiled(rf"{_EATING}{_REST}{{0,12}},?{_REST}{{0,8}}{any_of(_WORDS['well_after'])}")
_SAME = r"[^。;!?\n]"
# A story of healing: the complaint, what was eaten, and how well it went, over several clauses.
_HEALED = Anchored(
    (*_WORDS["diseases"], *_WORDS["body"], *_WORDS["organs"], "吃", "喝"),
    rf"{_DISEASES}[^。;!\n]{{0,24}}(?:{_EATING}|[一每]天[一两二三几]|来[一两点几个]|用[了它]|[一两半][杯碗口勺罐]){_SAME}{{0,16}}{any_of(_WORDS['healed'])}"
    rf"|[吃喝]好[的了]{_REST}{{0,6}}{_DISEASES}"
    rf"|{_DISEASES}的?{_REST}{{0,4}},?[来囤拍带整][一两几三0-9][斤箱盒包罐份袋瓶]",
)
# Symptoms that shoppers are called by, and what they are given: 血压高?囤点茶; 血糖高的举手.
_CALLED = compiled(
    r"(?:血糖|血压|血脂|尿酸|胆固醇|三高|便秘|失眠|痛风|贫血|湿气重?|胃不好|胃寒|宫寒|体寒|嗓子不好|咳嗽)(?:偏?高|稍高|不稳|重|大)?(?:的(?:人|朋友|家人|老人|姐妹|爸妈|长辈)?)?"
    r"[?,]?[^。;!?\n]{0,6}(?:囤点|囤|举手|看过来|快来|来[一两三几]|给[他她您爸妈]们?[囤买备来]|每天一|天天喝|常备|必备|备[一两点])"
)
# What is done away with by eating: 把咳了半个月的老毛病送走, 胰岛素都减了一半.
_DONE_AWAY = compiled(
    r"[把将][^。;!?\n]{0,12}(?:老毛病|病根|火气|燥火|虚火|湿气|寒气|毒素?|炎症|脂肪|血脂|血糖|尿酸)[^。;!?\n]{0,3}(?:送走|压下去|赶走|带走|拿下|清|排|降|刮|冲走|请走|扫)"
    r"|(?:胰岛素|降压药|降糖药|止疼片|安眠药|药量|吃的药|药)[都也就]?[^,。;!?\n医]{0,2}(?:减了|停了|减半|少吃了|省了|扔了|不用吃|不吃了|不用打)"
    r"|(?:医院|大夫|医生)[都也]?(?:不用去|不用看|不去了|不找了|没去过)"
    r"|(?:血管|肠道|肠子|气血|免疫力|抵抗力|皮肤|肺|肝|肾|脾胃)[都也]?"
    r"(?:通畅了?|干净了|通了|清爽了|足了|提上来|上来了|变好了?|养好了?|好起来|有力了)"
    r"|(?:跌打|烫伤|蚊虫|冻疮|伤口|湿疹|皮炎|痱子|疮)[^。;!?\n]{0,8}(?:抹|涂|擦|敷)[一了上点]"
    r"|(?:化疗|患者|病人|三高|糖尿病|高血压|痛风)人?群?的?(?:贴心|首选|放心|福音|最佳|理想)(?:选择|水果|食品|茶)?"
    rf"|{_EATING}[^。;!?\n]{{0,30}}(?:一测|一查|复查|再查|再测|体检|化验)[^。;!?\n]{{0,6}}(?:正常|降|没事|没了|好了|达标|下来)"
    r"|(?:癌症?|肿瘤|糖尿病|高血压|三高|痛风)(?:病人|患者)[^,。;!?\n]{0,4}(?:都在?|常|天天)(?:喝|吃)"
    rf"|{_EATING}[^。;!?\n]{{0,14}}(?:咳|疼|痛|肿|痒|堵|哑|胀)了?[^。;!?\n]{{0,10}}(?:好了|没了|消了|轻了|不咳|不疼|通了)"
    r"|天然的?(?:安眠药|降压药|降糖药|消炎药|止咳药|止疼药|抗生素|胰岛素|伟哥)|药用级"
    r"|(?:刮|通|清|疏通|软化|打扫|清洗)一?下?血管|(?:失眠|便秘|三高|痛风|糖尿病)人群的(?!问题|饮食)"
    r"|(?:便秘|失眠|胃不好|脾胃虚|宫寒|手脚冰凉|痛经|例假疼|术后|化疗后)的[^。;!?\n]{0,24}(?:[一每]天[一两二三]|[早晚]一|熬上|调理)"
    r"|(?:结节|囊肿|息肉|肌瘤)[^。;!?\n]{0,8}(?:用过|吃过|喝过|散|消|小了|没了)"
    r"|lose [0-9]{1,3} ?(?:pounds|kg|lbs|kilos)"
    r"|(?:测|量|查|体检)[^。;!?\n]{0,6}(?:数值|指标|血糖|血压|尿酸)[^。;!?\n]{0,4}(?:下去|下来|降|正常|达标|漂亮|好看)"
)
_NOT_ILL = compiled(
    rf"{_EATING}{_SAME}{{0,12}}(?:不再?|没再?|少|没有?|再也[不没]|没一?个人?|没人|无人)[犯得会患]?{_DISEASES}"
)
_TONIC = compiled(rf"(?:男人|男士|男同志|男性|老公|汉子|爷们){_SAME}{{0,20}}{any_of(_WORDS['tonic'])}")
_PROPERTY = compiled(r"性[平凉温寒热][,、]?味[甘酸苦辛咸]|[归入][心肝脾肺肾胃大肠经、]{1,8}经")
_PAINLESS = compiled(rf"{any_of(_WORDS['body'])}[也都就]?不{any_of(_WORDS['aches'])}")
_THAN_MEDICINE = compiled(
    rf"(?:比|胜过|赛过|强过|好过|省得|不如){_REST}{{0,3}}(?:[吃喝打用]?[药针]|看病){_REST}{{0,3}}(?:强|管用|灵|好使|好|实在)"
)
_ENGLISH = compiled(
    r"(?<![a-z])(?:cur(?:es?|ing)|treat(?:s|ing)?|prevent(?:s|ing)?|heal(?:s|ing)?|fight(?:s|ing)?"
    r"|lower(?:s|ing)?|reduc(?:es?|ing)|reliev(?:es?|ing)|against|good for)[a-z ,]{0,24}"
    r"(?:diabetes|cancer|blood pressure|blood sugar|blood lipid|cough|disease|flu(?![a-z])|insomnia|inflammation"
    r"|cholesterol|hypertension|constipation|illness|tumou?rs?)"
    r"|(?<![a-z])(?:boost(?:s|ing)?|strengthen(?:s|ing)?)[a-z ,]{0,12}immun"
    r"|(?<![a-z])anti-?(?:cancer|ag(?:e)?ing|inflammatory)|detox|medicinal"
)
_LATIN = compiled("[a-z]{3}")
_ENGLISH_DENIAL = compiled(r"(?:not?|never|cannot|n't|without)[a-z ,]{0,30}\Z")
_HINT = compiled(any_of(_WORDS["hints"]))
_NOT_EATEN = compiled(any_of(_WORDS["not_eaten"]))
_EATEN = compiled(_EATING)
_SICK_PEOPLE = compiled(any_of(_WORDS["sick_people"]))
_SEE_A_DOCTOR = compiled(
    r"(?<!不用)(?<!不必)(?<!免得)(?<!省得)(?<!不再)"
    + any_of(_WORDS["see_a_doctor"])
    + "(?!一查|复查|检查|体检|一量|再查)"
)
_DENIAL = compiled(any_of(_WORDS["denials"]))
_NOT_DENIAL = compiled(any_of(_WORDS["not_denials"]))
_REFUTED = compiled(any_of(_WORDS["refuted"]))
_ANSWERED_NO = compiled(rf"{_REST}{{0,8}}\?(?:答[:,]?|主播[:,]?)?(?:不|没|这可不|当然不|别)")

_TIMES = rf"(?:{NUMBER}|数|几|好几|上百|成)(?:多|余)?倍"
_NUTRIENTS = any_of(_WORDS["nutrients"])
_FOODS = any_of(_WORDS["foods"])
_FOLD = Anchored(
    (*_WORDS["nutrients"], *NUMERALS, *"0123456789数好上成"),
    rf"{_NUTRIENTS}[^。;!?\n]{{0,20}}{_TIMES}(?!赔)|{_TIMES}(?:于|的|多的)?{_REST}{{0,8}}{_NUTRIENTS}",
)
_EQUALS = compiled(
    rf"[一1][个颗斤口片杯盒只粒枚]{_REST}{{0,6}}(?:顶得?上?|等于|相当于|抵得?上?|赛过|胜过|比得上){_REST}{{0,3}}"
    rf"[0-9{NUMERALS}]{{1,4}}{_REST}{{0,3}}{_FOODS}"
)
_VICTIM = compiled(any_of(_WORDS["victims"]))
_VICTIM_NOT = compiled(any_of(_WORDS["victims_not"]))
_KIN = compiled(any_of(_WORDS["kin"]))
_AFFLICTED = compiled(any_of(_WORDS["afflicted"]))
_SCHOOLING = compiled(any_of(_WORDS["schooling"]))
_IN_NEED = compiled(any_of(_WORDS["in_need"]))
_DROPOUT = compiled(any_of(_WORDS["dropouts"]))
_ELDER = Anchored(
    (*_WORDS["elders"], *"6789六七八九"),
    rf"{any_of(_WORDS['elders'])}|[6789][0-9]岁|[六七八九]十[一二三四五六七八九几多来]?岁",
)
_DISTRESS = compiled(any_of(_WORDS["distress"]))
_HELPED = compiled(any_of(_WORDS["helped"]))
_HOUSEHOLD = compiled(any_of(_WORDS["households"]))
_HELPLESS = compiled(any_of(_WORDS["helpless"]))
_CRYING, _UNSOLD = compiled(any_of(_WORDS["crying"])), compiled(any_of(_WORDS["unsold"]))
_PLEA, _PLEA_FOR = compiled(any_of(_WORDS["pleas"])), compiled(any_of(_WORDS["pleas_for"]))
_DISTRESS_GENERAL = compiled(any_of(_WORDS["distress_general"]))
_MEASURED = compiled(
    r"[0-9一二三四五六七八九十百千万]{1,8}(?:\.[0-9]{1,4})?(?:万|千|百)?余?(?:亩|吨|斤|公斤|户|%|元|万|公顷|个|栋)"
)
_SOURCE = compiled(
    r"来源|统计|通报|公布|发布|公报|农业农村局|农业农村厅|应急管理|据[^,。;!?\n]{1,16}(?:显示|介绍|统计|局|厅|部|调查|核查)|核查|核灾|勘查|定损"
)
_REPORT = compiled(r"检测|检验|报告|编号|来源|测定")

_QUALITY = compiled(
    rf"有机(?=[,。!、“”\"]|\Z|{any_of(_WORDS['organic_follow'])})"
    rf"|绿色(?<![深浅墨翠碧嫩黄青草暗淡鲜橄灰]绿色)(?={any_of(_WORDS['green_follow'])})"
)
_CERTIFIED = compiled(
    r"(?:证书|编号|证号|登记号|标志号|报告号|证书号|有机码|认证号|批准号|批号|标签号)[^。;!?\n]{0,10}[a-z0-9-]{5}"
    r"|lb-?[0-9]{2}|[0-9]{3}op[0-9]|gf[0-9]{5}|agi[0-9]|cop-?[a-z0-9]"
)
_ORGANIC_NOT = compiled(r"[没还只就若如含具]\Z")
# A text that fails so often needs no more proof.
_ENOUGH = 60


def find_claims(text: str, qualities: frozenset[str] = frozenset()) -> list[Hit]:
    """Claims in a normalised text, in order. `qualities`: words that want a certificate's number.

    Codes that fail: medical, nutrition_fold, hardship. For review: health_hint, nutrition_reported, hardship_general,
    unproven.
    """
    hits: set[Hit] = set()
    for found in (_medical(text), _told(text), _folds(text), _hardship(text), _unproven(text, qualities)):
        hits.update(itertools.islice(found, _ENOUGH))
    return _widest(hits)


def _widest(hits: set[Hit]) -> list[Hit]:
    """The hits, without those that stand within another of the same kind."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not any(hit.code == other.code and hit.end <= other.end for other in kept[-3:]):
            kept.append(hit)
    return kept


def _medical(text: str) -> Iterator[Hit]:
    functions = (found for found in _FUNCTION.finditer(text) if found.group() in _FUNCTIONS)
    strengthened = (
        found
        for found in _IMMUNITY.finditer(text)
        if _STRENGTHENING.search(text, max(0, found.start() - 6), found.start())
    )
    phrases = (pattern.finditer(text) for pattern in (_TREATS, _TREATS_AT_ALL, _RELIEVED, _GOOD_FOR, _WELL_AFTER))
    for found in itertools.chain(functions, strengthened, *phrases):
        around = Around(text, found.start(), found.end())
        if not _innocent(around):
            yield around.hit("medical", "fail")
    yield from _hints(text)


def _hints(text: str) -> Iterator[Hit]:
    for found in itertools.chain(_HINT.finditer(text), _PROPERTY.finditer(text)):
        around = Around(text, found.start(), found.end())
        if not _denied(around) and not _NOT_EATEN.search(around.clause):
            yield around.hit("health_hint", "review")


def _told(text: str) -> Iterator[Hit]:
    """Healing told as a story, without aches, or in English."""
    patterns = (_HEALED, _THAN_MEDICINE, _NOT_ILL, _TONIC, _CALLED, _DONE_AWAY)
    told = (found.span() for found in itertools.chain.from_iterable(pattern.finditer(text) for pattern in patterns))
    for start, end in itertools.chain(told, find_cures(text)):
        around = Around(text, start, end)
        if not _denied(around) and not _SEE_A_DOCTOR.search(around.sentence):
            yield around.hit("medical", "fail")
    for found in _PAINLESS.finditer(text):
        around = Around(text, found.start(), found.end())
        if _EATEN.search(around.sentence) and not _denied(around):
            yield around.hit("medical", "fail")
    for found in _ENGLISH.finditer(text) if _LATIN.search(text) else ():
        if not _ENGLISH_DENIAL.search(text, max(0, found.start() - 40), found.start()):
            yield Hit(found.start(), found.end(), "fail", "medical")


def _innocent(around: Around) -> bool:
    """Whether nobody says that eating the goods heals: a denial, a warning, trees, animals, staff, sick people."""
    if _denied(around):
        return True
    sentence = around.sentence
    strong = _FUNCTION_STRONG.search(around.word) is not None
    if not strong and _SICK_PEOPLE.search(sentence) and not _EATEN.search(around.clause):
        return True
    if _NOT_EATEN.search(sentence) and not _EATEN.search(around.clause):
        return True
    return _SEE_A_DOCTOR.search(sentence) is not None and not strong


_FUNCTION_STRONG = compiled(
    r"抗癌|防癌|抑制肿瘤|肿瘤细胞|癌细胞|咳嗽都好|包治|壮阳|降血糖|降血压|疗效|药到病除|治愈|根治"
)


def _denied(around: Around) -> bool:
    before = around.before
    # 不能治咳嗽: the word found begins behind the first character of the denial.
    if before.endswith("不") and around.word.startswith(("能治", "能防", "能预防", "能医")):
        return True
    for denial in _DENIAL.finditer(before):
        if not _NOT_DENIAL.search(before, max(0, denial.start() - 2)):
            return True
    if (
        _REFUTED.search(around.text, around.end, around.end + 20)
        and "。" not in around.text[around.end : around.end + 8]
    ):
        return True
    return _ANSWERED_NO.match(around.text, around.end) is not None


def _folds(text: str) -> Iterator[Hit]:
    for pattern in (_FOLD, _EQUALS):
        for found in pattern.finditer(text):
            around = Around(text, found.start(), found.end())
            if _denied(around):
                continue
            reported = _REPORT.search(around.sentence)
            yield around.hit("nutrition_reported" if reported else "nutrition_fold", "review" if reported else "fail")


def _hardship(text: str) -> Iterator[Hit]:
    for found in _VICTIM.finditer(text):
        around = Around(text, found.start(), found.end())
        if not _VICTIM_NOT.search(around.sentence) and not _documented(around) and not _plainly_denied(around):
            yield around.hit("hardship", "fail")
    yield from _stories(text)
    for start, end in find_given_away(text):
        if not _VICTIM_NOT.search(Around(text, start, end).sentence):
            yield Hit(start, end, "fail", "hardship")
    for found in _DISTRESS_GENERAL.finditer(text):
        around = Around(text, found.start(), found.end())
        if not _documented(around) and not _VICTIM_NOT.search(around.sentence) and not _plainly_denied(around):
            yield around.hit("hardship_general", "review")


_STORIES: tuple[tuple[re.Pattern[str] | Anchored, re.Pattern[str]], ...] = (
    (_AFFLICTED, _KIN),
    (_SCHOOLING, _IN_NEED),
    (_ELDER, _DISTRESS),
    (_HOUSEHOLD, _HELPLESS),
    (_CRYING, _UNSOLD),
    (_PLEA, _PLEA_FOR),
)


def _stories(text: str) -> Iterator[Hit]:
    """Somebody's sickness, schooling, old age or hunger, told to sell."""
    for subject, need in _STORIES:
        for found in subject.finditer(text):
            around = Around(text, found.start(), found.end())
            told = need.search(around.sentence) and not _HELPED.search(around.sentence)
            if told and not _VICTIM_NOT.search(around.sentence) and not _documented(around):
                yield around.hit("hardship", "fail")
    for found in _DROPOUT.finditer(text):
        yield Hit(found.start(), found.end(), "fail", "hardship")


def _documented(around: Around) -> bool:
    """Whether figures and a source stand beside it: then it is a report about the region and no story."""
    return _MEASURED.search(around.sentence) is not None and _SOURCE.search(around.sentence) is not None


def _plainly_denied(around: Around) -> bool:
    return (
        re.search(r"(?:没有|未|避免|防止|以免|免得|不让|不是|不至于|不会|别让)[^,。;!?\n]{0,6}\Z", around.before)
        is not None
    )


def _unproven(text: str, qualities: frozenset[str]) -> Iterator[Hit]:
    named = _pattern_of(qualities).finditer(text) if qualities else ()
    for found in itertools.chain(_QUALITY.finditer(text), named):
        around = Around(text, found.start(), found.end())
        inside_other_word = found.group() == "有机" and _ORGANIC_NOT.search(around.before)
        if not inside_other_word and not _CERTIFIED.search(around.sentence) and not _denied_quality(around):
            yield around.hit("unproven", "review")


@functools.lru_cache(maxsize=16)
def _pattern_of(qualities: frozenset[str]) -> re.Pattern[str]:
    return re.compile(any_of(qualities))


def _denied_quality(around: Around) -> bool:
    return (
        re.search(
            r"(?:不是|并非|没有|未|不属于|不自称|不敢说|尚未|还没|正在申请|因此不|所以不|不宣传|非)[^,。;!?\n]{0,8}\Z",
            around.before,
        )
        is not None
    )
