"""Finds officials and organs used as a selling point (domain section 3, F; 广告法 第九条)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import Anchored, any_of, compiled, lexicon
from services.compliance.rules.text.sentences import Clause, sentences
from services.compliance.rules.text.vouching import find_used, find_vouching, uses_named

_WORDS = lexicon("officials")
_HEADS = "".join(_WORDS["heads"])
_PERSON = Anchored(
    (*_WORDS["heads"], *_WORDS["other_officials"], *"副书县市区镇乡街人办委局宪具xszqj"),
    rf"(?:副[{_HEADS}]|[{_HEADS}])长(?!{any_of(_WORDS['not_heads'])})"
    rf"|书记(?!工作队)(?<![{''.join(_WORDS['not_secretaries_before'])}]书记)(?![{''.join(_WORDS['not_secretaries_after'])}])"
    # Hidden in the letters of its sound: xian长, 县zhang, 书ji.
    # 宪长 and 县(长) are read as they sound.
    r"|[宪具]长(?<![工家道用农器玩文餐厨模面炊渔寝茶]具长)|县\(长\)"
    r"|(?:xian|shi|zhen|xiang|qu|ju) ?(?:长|zhang(?![a-z]))|[县市镇乡区局] ?zhang(?![a-z])"
    r"|书 ?ji(?![a-z])|shu ?(?:记|ji(?![a-z]))"
    rf"|{any_of(_WORDS['other_officials'])}(?!工作队|项目|驻村)"
    r"|(?:县|市|区|镇|乡|街道|人大|办|委|局)[^,;。\n 村]{0,4}主任",
)
_VILLAGE = compiled(any_of(_WORDS["village_heads"]))
_ORGAN = Anchored(
    (*_WORDS["organs"], *"局政厅"),
    rf"{any_of(_WORDS['organs'])}(?!{any_of(_WORDS['not_organs_after'])})"
    r"|厅(?<![餐客大展歌舞茶饭门影业]厅)(?![堂里内级上])"
    r"|政府(?=专供|特供|监制|监销|指定)"
    rf"|局(?<![{''.join(_WORDS['not_bureaus_before'])}]局)(?!{any_of(_WORDS['not_bureaus_after'])})",
)
_ENDORSING = Anchored(
    (*_WORDS["endorsing"], "指"), rf"{any_of(_WORDS['endorsing'])}|指定(?!的?{any_of(_WORDS['designated_innocent'])})"
)
# What an official says of the goods some clauses further on: 副县长来过果园,当场就给咱代言了.
_SPOKEN_FOR = compiled(
    r"代言|说好吃|说地道|赞不绝口|大拇指|力荐|撑腰|打包票|拍胸脯|作保|担保|背书|(?:强烈|大力|隆重|特别|特向[^,。;!?\n]{0,8}|向[^,。;!?\n]{2,8})推荐"
)
_OTHERS_SPEAK = compiled(r"消费者|网友|顾客|客户|游客|明星|演员|歌手|不|没|未|勿|禁|谢绝|拒绝|婉拒|绝|免")
_SPOKEN_REACH = 34
_DISOWNED_AFTER = compiled(r"[^。!?\n]{0,16}(?:假冒|虚假|冒用|谣言|不实|勿信|请勿相信|不要相信|违规|违法|举报|下架)")
# Emblems of the state on the goods, or called as a witness: 盒面印国徽, 国旗见证.
_EMBLEM = compiled(
    r"(?:印|贴|绣|烫|盖)[着有了上]?[^,。;!?\n]{0,4}(?:国徽|国旗|军徽|党徽|警徽)|(?:国徽|国旗|军徽|党徽|警徽|国歌)(?:见证|为证|作证|认证|作保|担保)"
)
_ENGLISH = compiled(
    r"(?<![a-z])(?:mayor|governor|county government|city government|magistrate|party secretary)(?:'?s)?[ -]"
    r"(?:choice|approved|recommended|endorsed|favou?rite|certified)"
    r"|(?<![a-z])(?:recommended|approved|endorsed|chosen|guaranteed) by (?:the |our )?(?:deputy |vice )?"
    r"(?:county |city |local )?(?:mayor|governor|government|magistrate)"
    r"|i'm the (?:deputy |vice )?(?:mayor|governor|county head)[^;\n]{0,80}(?:guarantee|recommend|vouch)"
)
_VAGUE = compiled(any_of(_WORDS["vague"]))
_DENYING = compiled(any_of(_WORDS["denying"]))

# A text that fails so often needs no more proof.
_ENOUGH = 60
# How far before an official a denial may stand: 本品未经任何国家机关推荐.
_DENIAL_REACH = 24

Speaker = Literal["person", "village", "organ"]


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    speaker: Speaker


def find_official_image(text: str, *, within: int, names: Iterable[str] = (), naming: bool = False) -> list[Hit]:
    """Officials or organs at most `within` characters from a word of endorsement, in a normalised text.

    `names` are officials known by name. `naming`: an official who is merely named calls for a person's look, as in
    a product's title.
    """
    plain = {*_plainly(text), *islice(find_vouching(text), _ENOUGH)}
    return sorted(plain | set(_of_speakers(text, within=within, names=names, naming=naming)))


def _plainly(text: str) -> Iterator[Hit]:
    """An emblem of the state, or an official in the translated text, where nothing before denies it."""
    for pattern in (_EMBLEM, _ENGLISH):
        for found in islice(pattern.finditer(text), _ENOUGH):
            if not _DENYING.search(text, max(0, found.start() - _DENIAL_REACH), found.end()):
                yield Hit(found.start(), found.end(), "fail", "endorsement")


def _of_speakers(text: str, *, within: int, names: Iterable[str], naming: bool) -> list[Hit]:
    """Officials and organs beside a word of endorsement, and those who are merely named."""
    speakers = sorted(_speakers(text, frozenset(name for name in names if len(name) > 1)), key=lambda p: p.start)
    if not speakers:
        return list(_vaguely(text))
    endorsements = [(found.start(), found.end()) for found in _ENDORSING.finditer(text)]
    spoken = _SPOKEN_FOR.search(text) is not None or uses_named(text)
    if not endorsements and not spoken and not (naming and any(place.speaker == "person" for place in speakers)):
        return list(_vaguely(text))
    clauses = [clause for sentence in sentences(text) for clause in sentence.clauses]
    starts = [clause.start for clause in clauses]
    hits: set[Hit] = set()
    fails = 0
    for speaker in speakers:
        clause = clauses[max(0, bisect_left(starts, speaker.start + 1) - 1)]
        found = list(_of_speaker(text, clause, speaker, endorsements, within, naming=naming))
        hits.update(found)
        fails += sum(hit.result == "fail" for hit in found)
        # Without a word of endorsement nothing fails, and a person who reads the first names reads the others.
        if fails >= _ENOUGH or (not endorsements and len(hits) >= _ENOUGH):
            break
    return sorted(hits | set(_vaguely(text)))


def _vaguely(text: str) -> Iterator[Hit]:
    """An authority that is named without saying which."""
    for vague in _VAGUE.finditer(text):
        if not _DENYING.search(text, max(0, vague.start() - _DENIAL_REACH), vague.start()):
            yield Hit(vague.start(), vague.end(), "review", "vague_authority")


def _speakers(text: str, names: frozenset[str]) -> Iterator[_Place]:
    village = [(found.start(), found.end()) for found in _VILLAGE.finditer(text)]
    yield from (_Place(start, end, "village") for start, end in village)
    taken = {position for start, end in village for position in range(start, end)}
    for found in _PERSON.finditer(text):
        if found.start() not in taken:
            yield _Place(found.start(), found.end(), "person")
    yield from (_Place(found.start(), found.end(), "organ") for found in _ORGAN.finditer(text))
    for name in sorted(names):
        start = text.find(name)
        while start >= 0:
            yield _Place(start, start + len(name), "person")
            start = text.find(name, start + len(name))


def _of_speaker(
    text: str,
    clause: Clause,
    speaker: _Place,
    endorsements: list[tuple[int, int]],
    within: int,
    *,
    naming: bool,
) -> Iterator[Hit]:
    near = _nearest_endorsement(speaker, endorsements, within)
    denied = _DENYING.search(text, max(clause.start, speaker.start - _DENIAL_REACH), speaker.start) is not None
    if near is not None and not denied and _together(text, clause, speaker, near):
        start, end = min(near[0], speaker.start), max(near[1], speaker.end)
        between = _DENYING.search(text, speaker.end, max(speaker.end, near[0]))
        denied = between is not None or _DISOWNED_AFTER.match(text, end) is not None
        if not denied:
            village = speaker.speaker == "village"
            yield Hit(start, end, "review" if village else "fail", "village_head" if village else "endorsement")
            return
    spoken = None if denied or speaker.speaker == "village" else _spoken_for(text, speaker)
    if spoken is None and not denied and speaker.speaker != "village":
        spoken = find_used(text, speaker.start, speaker.end, organ=speaker.speaker == "organ")
    if spoken is not None:
        yield Hit(speaker.start, spoken, "fail", "endorsement")
        return
    if naming and speaker.speaker == "person" and not denied:
        yield Hit(speaker.start, speaker.end, "review", "official_named")


def _spoken_for(text: str, speaker: _Place) -> int | None:
    """Where the words end with which the official vouches for the goods, in the same sentence; None if he does not."""
    last = min(len(text), speaker.end + _SPOKEN_REACH)
    end = next((place for place in range(speaker.end, last) if text[place] in "。!?;\n"), last)
    found = _SPOKEN_FOR.search(text, speaker.end, end)
    if (
        found is None
        or _OTHERS_SPEAK.search(text, speaker.end, found.start())
        or _DISOWNED_AFTER.match(text, found.end())
    ):
        return None
    return found.end()


def _nearest_endorsement(speaker: _Place, endorsements: list[tuple[int, int]], within: int) -> tuple[int, int] | None:
    index = bisect_left(endorsements, (speaker.start, 0))
    near = [
        place
        for place in endorsements[max(0, index - 1) : index + 2]
        if max(place[0] - speaker.end, speaker.start - place[1]) <= within
    ]
    return min(near, key=lambda place: max(place[0] - speaker.end, speaker.start - place[1]), default=None)


def _together(text: str, clause: Clause, speaker: _Place, near: tuple[int, int]) -> bool:
    """Whether both stand in one sentence; an organ and its praise even in one clause, or a hotline would be praise."""
    between = text[min(speaker.end, near[1]) : max(speaker.start, near[0])]
    if speaker.speaker == "organ":
        return clause.start <= near[0] < clause.end
    return not any(mark in between for mark in "。!?;\n")
