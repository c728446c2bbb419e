"""Whether a word that would be absolute claims nothing where it stands: a denial, a goal, a question, a title."""

from services.compliance.rules.text.patterns import any_of, compiled, lexicon
from services.compliance.rules.text.window import Around

_WORDS = lexicon("absolute")
# The fields in which something may be first.
SCOPES = any_of(_WORDS["scopes"])
SCOPE = compiled(SCOPES)
_DENIAL = compiled(any_of(_WORDS["denials"]))
_NOT_DENIAL = compiled(any_of(_WORDS["not_denials"]))
# 不是最甜的不上架 claims what it seems to deny.
_ONLY_SUCH = compiled(
    r"[^,。;!?\n]{0,6},?(?:我们?|咱们?|俺们?|绝|坚决|一律|都|就)?不(?:卖|上架|发|要|装|送|摘|收|出|给)"
)
_WORD_ITSELF = compiled(any_of(_WORDS["words_of_words"]))
_LAW_TALK, _ELSEWHERE = compiled(any_of(_WORDS["law_talk"])), compiled(any_of(_WORDS["elsewhere"]))
# 广告法不让说最好，但它就是最好: the law is named to get round it.
_EVASION = compiled(r"但|可是|可它|可这|不过|懂的|你懂|就是")
_WANTED = compiled(r"(?:有朋友|有人|有的|顾客|客人|网友|观众)[^,。;!?\n]{0,4}[要问求]\Z")
_DISOWNED = compiled(
    r"[^。!?\n]{0,4}吗?[?,](?:我们?|咱们?|俺们?|我可|我们可)?(?:说)?(?:不敢|不是|谈不上|算不上|没有|可不)|(?:我们?|咱们?|俺们?|主播|本县)(?:可|都|也|从来?|一向)?(?:不这么|不这样|没这么|不敢这么|不敢)(?:说|讲|吹|认|比)"
    r"|指的?是?[^。!?\n]{0,10}不是[说指]"
)
# 一个柚子最好吃的是中间: one thing held against itself.
_OF_ONE = compiled(r"一[个颗只根片瓣][^,。;!?\n最]{1,4}\Z")
_CONTEST = compiled(r"[^,。;!?\n”]{0,12}”[^,。;!?\n]{0,3}(?:评选活动|评选|活动|征集|投票|征文|摄影|路线|大赛报名|歌会)")
_MAYBE_EXCUSED = compiled(
    any_of(
        (
            "没有",
            "一",
            "要",
            "问",
            "求",
            *(word for name in ("denials", "goals", "questions", "own") for word in _WORDS[name]),
        )
    )
)
# A number that tells one field or store from another praises none.
NUMBERED = compiled(r"[号批次样品仓柜棚编库]\Z|(?<![a-z])(?:plot|field|block|orchard|lot|batch|store|greenhouse) ?\Z")
# 大果最贵,小果最便宜: sizes and grades held against each other.
_TIER = compiled(
    r"(?:[特大中小]果|[一二三特][等级]果?|[甲乙丙丁abc][款档级]|[大中小]号|[高中低]档)的?(?:价格?|单价)?\Z"
)
_DEAREST = compiled("贵|便宜|实惠|大|小|多|少")
# Who takes a word back does not say it: 我刚才说了个“最甜”,更正一下.
_TAKEN_BACK = compiled(r"[^。;!?\n]{0,4}[”\"],?[^。;!?\n]{0,6}(?:更正|收回|说错|口误|不能说|不能这么说|不该说)")
_EATEN_SOON = compiled(r"[0-9一二两三四五六七八九十半]{1,3}个?(?:天|日|小时|分钟|钟头)内[食吃喝用饮][^,。;!?\n]{0,2}\Z")
TALK = compiled(any_of((*_WORDS["law_talk"], *_WORDS["elsewhere"], "《")))
GOAL = compiled(any_of(_WORDS["goals"]))
_DONE = compiled(any_of(_WORDS["done"]))
_QUESTION = compiled(any_of(_WORDS["questions"]))
_OWN = compiled(any_of(_WORDS["own"]))


class Term(Around):
    """A candidate in its clause and sentence.

    `scoped`: its clause names the field in which something would be first, as 全国 does. `talk`: the text speaks of
    titles, rules of wording or races somewhere.
    """

    __slots__ = ("scoped", "talk")

    def __init__(self, text: str, start: int, end: int, *, talk: bool = True) -> None:
        super().__init__(text, start, end)
        self.scoped = SCOPE.search(self.before) is not None
        self.talk = talk


def unsaid(term: Term) -> bool:
    """Whether the word is taken back at once, or tells when to eat: 两日内食最好味."""
    if _TAKEN_BACK.match(term.text, term.end):
        return True
    if not term.scoped and _TIER.search(term.before) and _DEAREST.match(term.after):
        return True
    return not term.scoped and _EATEN_SOON.search(term.before) is not None


def excused(term: Term, *, own: bool = True) -> bool:
    """Whether the words around show that nothing is claimed: a denial, a title, a goal, a question, one's own kinds."""
    if not term.before and not term.after:
        return False
    return _excused_before(term, own=own) or _excused_behind(term) or _excused_by_subject(term)


def _excused_before(term: Term, *, own: bool) -> bool:
    before = term.before
    if not _MAYBE_EXCUSED.search(before):
        return False
    among = own and not term.scoped and (_OWN.search(before) or _OF_ONE.search(before)) is not None
    asked = _QUESTION.search(before) or _WANTED.search(before)
    return among or asked is not None or _denied(term) or _aimed(before)


def _excused_behind(term: Term) -> bool:
    return (
        _WORD_ITSELF.search(term.text, term.end, term.end + 14) is not None
        or _DISOWNED.search(term.text, term.end, term.end + 26) is not None
        or _CONTEST.match(term.after) is not None
    )


def _excused_by_subject(term: Term) -> bool:
    """Whether the title of a work, the rules of wording or a school's race is spoken of."""
    if not term.talk:
        return False
    of_law = _LAW_TALK.search(term.sentence) is not None and not _EVASION.search(term.sentence)
    return of_law or _ELSEWHERE.search(term.sentence) is not None or term.in_title


def _denied(term: Term) -> bool:
    before = term.before
    if before.endswith("没有") and not before.endswith("有没有"):
        return True
    if not _DENIAL.search(before):
        return False
    if before.endswith(("不是", "不是全国", "不是全县")) and _ONLY_SUCH.match(term.after):
        return False
    return _NOT_DENIAL.search(before) is None


def _aimed(before: str) -> bool:
    """Whether a goal is named that is not yet reached: 力争做到, not 努力种出了."""
    goals = list(GOAL.finditer(before))
    return bool(goals) and _DONE.search(before, goals[-1].end()) is None
