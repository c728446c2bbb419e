"""Tells a demand from a prohibition, a correction, a quotation, news, and a description of forbidden conduct."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from services.compliance.rules.text.patterns import any_of, compiled, lexicon
from services.compliance.rules.text.sentences import Clause, Sentence

# demand: the writer wants it; disowned: the writer does not; doubtful: a prohibition may or may not reach this far.
Stance = Literal["demand", "doubtful", "disowned"]

_WORDS = lexicon("stance")
_UNLESS = "|".join(_WORDS["forbidding_unless"])
_FORBIDDING = compiled(
    rf"别(?=[^,;。\n]{{0,8}}(?:截图|晒单|接龙|统计|登记|排名|摊派|强迫|催|要求|逼|下任务))|取消(?!参|资格|评|入|奖|授|预|订单|供|当|该|其|本年|年度|绩效|津贴|补贴)|{any_of(_WORDS['forbidding'])}|(?<![舍少免])不(?:得|能|可|应)(?!{_UNLESS}|分(?![摊配解派]))"
    rf"|没有(?!完成|达到|落实|达成|下单)(?=[^,;。\n]{{0,6}}(?:任务|指标|要求|规定|强制|组织|统一|统计|登记|排名|通报|下达|摊派))"
)
# A prohibition of not doing is a demand: 严禁未下单, 不准不买, 不得拒绝.
_DOUBLE = compiled(
    r"(?:严禁|杜绝|不准|不许|不允许|不得|不能|决不允许|绝不允许|禁止)(?:有人|任何人|出现|发生|个别)?(?:不|未|没|拒|漏|缺席|少报|漏报|退出|退单|推诿|无故)"
    r"|严禁[^,;。\n]{0,6}(?:少报|漏报|代报|缺席|退单|退出)"
)
_FLIPS = compiled(any_of(_WORDS["flips"]))
_CARRIES = compiled(rf"(?:的|也|更|并|且|和)?{any_of(_WORDS['carries'])}")
_DOUBTFUL_CARRIES = compiled(any_of(_WORDS["doubtful_carries"]))
# Who writes 某县 tells a case.
_A_CASE = compiled(r"(?<!某)某(?:[县局镇乡校市区村]|单位|企业|公司|医院|学校)(?!某)")
_DISOWNED = compiled(
    rf"{any_of(_WORDS['disowned'])}|被(?:要求|强制|迫|逼|摊派|硬性)"
    r"|被[\u4e00-\u9fff]{0,4}(?:批评|叫停|举报|质疑|曝光|处分|否决|问责|查处|诟病|吐槽)"
)
# A form in which an office asks about itself: 是否下达过购买任务(是/否).
_SELF_CHECK = compiled(r"(?:是否|有无|有没有)[^;。\n]{0,16}(?:要求|下达|摊派|强制|规定|设|存在|发生)")
_FUTURE_SANCTIONS = compiled(any_of(_WORDS["future_sanctions"]) + "|(?:会|得|可能)被(?!追究|查处|处分)")
_REPORTS = compiled(any_of(_WORDS["reports"]))
_CONDITIONS = compiled(any_of(_WORDS["conditions"]))
_QUESTIONS = compiled(any_of(_WORDS["questions"]))
_SURVEYS = compiled(any_of(_WORDS["surveys"]))
# 50单以下 counts and introduces nothing.
_LIST_HEADS = compiled(rf"(?<![0-9元箱份件单袋斤人岁条次]){any_of(_WORDS['list_heads'])}")
_LIST_FORBIDS = compiled(any_of(_WORDS["list_forbids"]))
_CORRECTIONS = compiled(any_of(_WORDS["corrections"]))
_APOLOGIES = compiled(any_of(_WORDS["apologies"]))
_PAST_ORDERS = compiled(any_of(_WORDS["past_orders"]))
_NEW_ORDERS = compiled(any_of(_WORDS["new_orders"]))
_CONDEMNATIONS = compiled(rf"{any_of(_WORDS['condemnations'])}|(?:^|\n)某[年县]")
_QUOTED = compiled(r"“[^”\n]{1,200}”|\"[^\"\n]{1,200}\"")


_UNDOING = compiled(
    rf"{any_of(_WORDS['undoing'])}|不给(?![开办盖批发签续报你您])|摊派(?!购买|任务|到|给|下)"
    rf"|不(?:得|许|准)(?!{_UNLESS}|[未没漏退缺请看不]|有误|无故)"
)


def undoes(text: str, start: int, end: int) -> bool:
    """Whether words in the stretch tell, withdraw, deny or mean another duty than buying and watching."""
    return _UNDOING.search(text, start, end) is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """From which place on a clause is forbidden or doubtful, for every clause of a text."""

    _starts: tuple[int, ...]
    _turns: tuple[tuple[int, Stance], ...]
    # Quoted stretches of a text that condemns what it quotes, as starts and ends in turn.
    _quoted: tuple[int, ...] = ()

    def stance(self, position: int) -> Stance:
        """How the writer stands to what is written at the position of the normalised text."""
        if bisect_right(self._quoted, position) % 2:
            return "disowned"
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return "demand"
        turn, stance = self._turns[index]
        return stance if position >= turn else "demand"


def read_stance(text: str, found: Sequence[Sentence]) -> Reading:
    """The stance of every clause of a normalised text."""
    disowned = _listed_as_forbidden(text, found) | _reported_before_a_correction(text, found)
    survey = bool(found) and _SURVEYS.search(text, found[0].start, found[0].end) is not None
    starts: list[int] = []
    turns: list[tuple[int, Stance]] = []
    for number, sentence in enumerate(found):
        new_order = _NEW_ORDERS.search(text, sentence.start, sentence.end)
        whole = number in disowned or _disowned_as_a_whole(text, sentence, survey=survey)
        for clause, turn in zip(sentence.clauses, _clause_turns(text, sentence.clauses), strict=True):
            starts.append(clause.start)
            if new_order and clause.end > new_order.start():
                turns.append((new_order.start() if clause.start < new_order.start() else clause.end, "demand"))
            else:
                turns.append((clause.start, "disowned") if whole else turn)
    return Reading(tuple(starts), tuple(turns), _quoted_to_condemn(text))


def _quoted_to_condemn(text: str) -> tuple[int, ...]:
    """Where the quotations of a case study, an apology or a denial begin and end; a new order is no quotation."""
    if not _CONDEMNATIONS.search(text):
        return ()
    quoted = (found.span() for found in _QUOTED.finditer(text))
    return tuple(
        place for span in quoted if not _NEW_ORDERS.search(text, max(0, span[0] - 8), span[0]) for place in span
    )


def _clause_turns(text: str, clauses: Sequence[Clause]) -> Iterator[tuple[int, Stance]]:
    """Where a prohibition begins in each clause of one sentence; it may reach into the next."""
    governed: Stance = "demand"
    for clause in clauses:
        negator = _negator(text, clause)
        if negator is not None:
            governed = "disowned"
            yield negator, governed
            continue
        governed = _carried(text, clause) if governed != "demand" else governed
        yield clause.start, governed


def _negator(text: str, clause: Clause) -> int | None:
    position = clause.start
    for _ in range(4):
        found = _FORBIDDING.search(text, position, clause.end)
        if found is None:
            return None
        double = _DOUBLE.search(text, max(clause.start, found.start() - 4), clause.end)
        if double is None or not double.start() <= found.start() < double.end():
            return found.start()
        position = double.end()
    return None


def _carried(text: str, clause: Clause) -> Stance:
    if _FLIPS.search(text, clause.start, clause.end):
        return "demand"
    if _CARRIES.match(text, clause.start, clause.end):
        return "disowned"
    return "doubtful" if _DOUBTFUL_CARRIES.match(text, clause.start, clause.end) else "demand"


def _disowned_as_a_whole(text: str, sentence: Sentence, *, survey: bool) -> bool:
    start, end = sentence.start, sentence.end
    asks = survey or sentence.ends_with == "?" or text.startswith(("问:", "有人问:"), start)
    if asks and _QUESTIONS.search(text, start, end):
        return True
    if _A_CASE.search(text, start, end) or _SELF_CHECK.search(text, start, end):
        return True
    if _FUTURE_SANCTIONS.search(text, start, end):
        return False
    if _DISOWNED.search(text, start, end):
        return True
    return bool(_REPORTS.search(text, start, end) and _CONDITIONS.search(text, start, end))


def _listed_as_forbidden(text: str, found: Sequence[Sentence]) -> set[int]:
    """Numbers of the sentences that a heading such as “下列行为属于摊派：” introduces."""
    listed: set[int] = set()
    style: str | None = None
    own_style: str | None = None
    open_list = inline = False
    for number, sentence in enumerate(found):
        head = _LIST_HEADS.search(text, sentence.start, sentence.end)
        if head and _LIST_FORBIDS.search(text, sentence.start, sentence.end):
            open_list, style, own_style = True, None, sentence.item_style
            listed.add(number)
            inline = _named_at_once(text, sentence)
            continue
        if inline and number - 1 in listed and text[sentence.start - 1] == ";":
            listed.add(number)
            continue
        inline = False
        if number - 1 in listed and open_list and sentence.item_style is None and text[sentence.start - 1] != "\n":
            # What an item goes on to say on its own line belongs to it.
            listed.add(number)
            continue
        if open_list and sentence.item_style and style is None and sentence.item_style != own_style:
            style = sentence.item_style
        open_list = open_list and style is not None and sentence.item_style == style
        if open_list:
            listed.add(number)
    return listed


def _named_at_once(text: str, sentence: Sentence) -> bool:
    """Whether the heading names the first item in its own sentence, so that the others follow behind semicolons."""
    colon = text.rfind(":", sentence.start, sentence.end)
    return 0 < colon < sentence.end - 1 and sentence.ends_with == ";"


def _reported_before_a_correction(text: str, found: Sequence[Sentence]) -> set[int]:
    """Numbers of the sentences that tell of an earlier order which the text then withdraws."""
    corrected = [n for n, s in enumerate(found) if _CORRECTIONS.search(text, s.start, s.end)]
    if not corrected or not any(_APOLOGIES.search(text, s.start, s.end) for s in found):
        return set()
    return {
        number
        for number, sentence in enumerate(found[: corrected[-1] + 1])
        if _PAST_ORDERS.search(text, sentence.start, sentence.end)
    }
