"""Short and romanised names of regions: the kind in English, the name itself in pinyin with reviewed exceptions."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict

_OVERRIDES = Path(__file__).with_name("region_overrides.csv")

# The longest ending comes first. A 新区 or 林区 is one only where listed: 清新区 is the district Qingxin.
_KINDS = {
    "特别行政区": "Special Administrative Region",
    "自治区": "Autonomous Region",
    "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner",
    "地区": "Prefecture",
    "省": "Province",
    "盟": "League",
    "市": "City",
    "县": "County",
    "区": "District",
    "旗": "Banner",
}
_WHOLE_KINDS = {
    "北京市": ("市", "Municipality"),
    "天津市": ("市", "Municipality"),
    "上海市": ("市", "Municipality"),
    "重庆市": ("市", "Municipality"),
    "浦东新区": ("新区", "New Area"),
    "滨海新区": ("新区", "New Area"),
    "沈北新区": ("新区", "New Area"),
    "两江新区": ("新区", "New Area"),
    "神农架林区": ("林区", "Forestry District"),
    "六枝特区": ("特区", "Special District"),
    "井陉矿区": ("矿区", "Mining District"),
    "峰峰矿区": ("矿区", "Mining District"),
    "鹰手营子矿区": ("矿区", "Mining District"),
    "白云鄂博矿区": ("矿区", "Mining District"),
}
_PEOPLES = {
    "各": "Multi-ethnic",
    "蒙古": "Mongol",
    "维吾尔": "Uygur",
    "柯尔克孜": "Kirgiz",
    "哈萨克": "Kazak",
    "塔吉克": "Tajik",
    "锡伯": "Xibe",
    "达斡尔": "Daur",
    "鄂温克": "Ewenki",
    "鄂伦春": "Oroqen",
    "朝鲜": "Korean",
    "满": "Manchu",
    "回": "Hui",
    "藏": "Tibetan",
    "壮": "Zhuang",
    "苗": "Miao",
    "彝": "Yi",
    "布依": "Bouyei",
    "侗": "Dong",
    "瑶": "Yao",
    "白": "Bai",
    "土家": "Tujia",
    "哈尼": "Hani",
    "傣": "Dai",
    "黎": "Li",
    "傈僳": "Lisu",
    "佤": "Va",
    "畲": "She",
    "拉祜": "Lahu",
    "水": "Sui",
    "东乡": "Dongxiang",
    "纳西": "Naxi",
    "景颇": "Jingpo",
    "土": "Tu",
    "仫佬": "Mulao",
    "羌": "Qiang",
    "布朗": "Blang",
    "撒拉": "Salar",
    "毛南": "Maonan",
    "仡佬": "Gelao",
    "普米": "Pumi",
    "怒": "Nu",
    "保安": "Bonan",
    "裕固": "Yugur",
    "独龙": "Derung",
}
# These appear in names of autonomous regions without 族.
_BARE_PEOPLES = ("蒙古", "维吾尔", "柯尔克孜", "哈萨克", "塔吉克", "锡伯")
_PARTS_OF_BANNERS = ("左", "右", "前", "中", "后", "联合", "左翼", "右翼")
_CONSONANT_FREE = ("a", "o", "e")

# In place names these are read so nearly everywhere; the exceptions are in the table of overrides.
load_single_dict({ord("长"): "cháng", ord("都"): "dū", ord("什"): "shí", ord("朝"): "cháo"})
load_phrases_dict({"龙潭": [["lóng"], ["tán"]]})


@dataclass(frozen=True, slots=True)
class Names:
    """How a region is written: `short_*` without its kind, and the whole romanised name."""

    name_en: str
    short_zh: str
    short_en: str


def names(name_zh: str, code: str, overrides: dict[tuple[str, str], str]) -> Names:
    """The short and romanised names of a region, from its Chinese name.

    A name of one character keeps its kind, as speakers do: 蔚县 is Yuxian County, never Yu.
    """
    ending, kind = _kind(name_zh)
    bare = name_zh.removesuffix(ending)
    stem, peoples = _without_peoples(bare, autonomous=ending.startswith("自治") or bare.endswith("回族"))
    if bare.endswith("达斡尔族"):
        stem, peoples = _without_peoples(bare, autonomous=True)
    spoken = name_zh if len(stem) == 1 else stem
    english = _override(name_zh, stem, code, overrides) or _pinyin(spoken)
    short_zh = name_zh if len(stem) == 1 or (ending == "旗" and stem.endswith(_PARTS_OF_BANNERS)) else stem
    people_words = _listed(peoples) if english not in peoples else ""
    return Names(" ".join(filter(None, (english, people_words, kind))), short_zh, english)


def read_overrides() -> dict[tuple[str, str], str]:
    """The reviewed exceptions, by Chinese name and prefix of the code."""
    with _OVERRIDES.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return {(row["name_zh"], row["code"]): row["name_en"] for row in rows}


def _kind(name_zh: str) -> tuple[str, str]:
    if name_zh in _WHOLE_KINDS:
        return _WHOLE_KINDS[name_zh]
    return next((ending, kind) for ending, kind in _KINDS.items() if name_zh.endswith(ending))


def _without_peoples(bare: str, *, autonomous: bool) -> tuple[str, list[str]]:
    """The place and the peoples of an autonomous name; a people that is all of the name is the place."""
    peoples: list[str] = []
    stem = bare
    while autonomous:
        found = _last_people(stem)
        if found is None:
            break
        written, people = found
        peoples.insert(0, people)
        if stem == written:
            return stem.removesuffix("族"), peoples
        stem = stem.removesuffix(written)
    return stem, peoples


def _last_people(text: str) -> tuple[str, str] | None:
    for people, english in sorted(_PEOPLES.items(), key=lambda item: -len(item[0])):
        if text.endswith(people + "族"):
            return people + "族", english
        if people in _BARE_PEOPLES and text.endswith(people) and text != "内蒙古":
            return people, english
    return None


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _override(name_zh: str, stem: str, code: str, overrides: dict[tuple[str, str], str]) -> str | None:
    for text in (name_zh, stem):
        for prefix in (code[:2], ""):
            if (text, prefix) in overrides:
                return overrides[text, prefix]
    return None


def _pinyin(text: str) -> str:
    syllables: Iterable[str] = lazy_pinyin(text, style=Style.NORMAL, v_to_u=True)
    joined = ""
    for syllable in syllables:
        joined += "'" + syllable if joined and syllable.startswith(_CONSONANT_FREE) else syllable
    return joined.capitalize()
