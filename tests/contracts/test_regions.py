"""The region tree: its counts, its history, who covers whom, and its names."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.contracts.regions import (
    Region,
    ancestors,
    approving_level,
    children,
    counts,
    covers,
    current,
    history,
    is_administration,
    known,
    provinces,
    region,
    search,
    subtree,
)

TODAY = date(2026, 11, 22)
MARCH_2020 = date(2020, 3, 2)
ALL_ROWS: list[Region] = list(history())
CODES = st.sampled_from(sorted({row.code for row in ALL_ROWS}))
DAYS = st.dates(date(2010, 1, 1), date(2027, 12, 31))


def _first_day_and_last(row: Region) -> tuple[date, date]:
    return row.valid_from, row.valid_to - timedelta(days=1) if row.valid_to else TODAY


@pytest.mark.parametrize(
    ("year", "prefectures", "counties"),
    [
        # The yearly figures of the Ministry of Civil Affairs, for the last day of the year.
        (2012, 333, 2852),
        (2013, 333, 2853),
        (2014, 333, 2854),
        (2015, 334, 2850),
        (2016, 334, 2851),
        (2017, 334, 2851),
        (2018, 333, 2851),
        (2019, 333, 2846),
        (2020, 333, 2844),
        (2021, 333, 2843),
        (2022, 333, 2843),
        (2023, 333, 2844),
        (2024, 333, 2846),
    ],
)
def test_every_year_ends_with_the_published_number_of_regions(year: int, prefectures: int, counties: int) -> None:
    assert counts(date(year, 12, 31)) == {"province": 34, "prefecture": prefectures, "county": counties}


def test_today_there_are_34_333_and_2847() -> None:
    assert counts(TODAY) == {"province": 34, "prefecture": 333, "county": 2847}
    assert len(provinces(TODAY)) == 34


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("341321", "341300"),
        ("469005", "460000"),
        ("429005", "420000"),
        ("419001", "410000"),
        ("659001", "650000"),
        ("500101", "500000"),
        ("500236", "500000"),
        ("110101", "110000"),
        ("120101", "120000"),
        ("310101", "310000"),
        ("441900", "440000"),
        ("341300", "340000"),
        ("340000", None),
        ("710000", None),
        ("469000", None),
        ("999999", None),
    ],
)
def test_the_level_above_is_the_prefecture_or_else_the_province(code: str, above: str | None) -> None:
    assert approving_level(code, MARCH_2020) == above


@pytest.mark.parametrize("prefix", ["469000", "429000", "419000", "659000", "110100", "500100", "500200", "000000"])
def test_a_prefix_without_a_government_is_no_region(prefix: str) -> None:
    assert not is_administration(prefix)
    assert region(prefix, TODAY) is None
    assert not covers(prefix, prefix, TODAY)
    assert ancestors(prefix, TODAY) == ()
    assert current(prefix) is None


def test_the_province_covers_its_counties_and_not_the_reverse() -> None:
    assert ancestors("341321", MARCH_2020) == ("341300", "340000")
    assert covers("340000", "341321", MARCH_2020)
    assert covers("420000", "422801", MARCH_2020)
    assert not covers("341321", "340000", MARCH_2020)
    assert not covers("341321", "341322", MARCH_2020)
    assert not covers("340000", "420527", MARCH_2020)


@pytest.mark.parametrize(("old", "new"), [("370181", "370114"), ("652101", "650402"), ("211121", "211104")])
@pytest.mark.parametrize("on", [date(2014, 6, 1), MARCH_2020, TODAY])
def test_old_and_new_codes_of_one_land_cover_each_other_on_any_day(old: str, new: str, on: date) -> None:
    assert covers(old, new, on)
    assert covers(new, old, on)
    assert current(old) == new


def test_several_changes_of_code_are_followed_to_the_end() -> None:
    assert current("542623") == "540481"
    assert current("632121") == "630203"
    assert covers("542600", "540481", MARCH_2020)
    assert covers("540400", "542623", MARCH_2020)


def test_a_divided_region_covers_its_parts_and_no_part_the_whole() -> None:
    assert covers("520321", "520304", MARCH_2020)
    assert not covers("520304", "520321", MARCH_2020)
    assert covers("520300", "520321", MARCH_2020)
    assert ancestors("520321", MARCH_2020) == ("520300", "520000")
    assert current("520321") is None


def test_a_merged_region_covers_what_went_into_it_and_not_the_reverse() -> None:
    assert covers("330105", "330103", TODAY)
    assert not covers("330105", "330103", MARCH_2020)
    assert not covers("330103", "330105", TODAY)


def test_a_new_region_belongs_to_what_it_came_from_only_until_it_begins() -> None:
    assert covers("330327", "330383", date(2018, 1, 1))
    assert not covers("330327", "330383", TODAY)
    assert not covers("330110", "330113", TODAY)


def test_a_former_prefecture_does_not_keep_what_it_lost() -> None:
    assert covers("512000", "512081", date(2014, 1, 1))
    assert not covers("512000", "510185", MARCH_2020)
    assert covers("510100", "512081", MARCH_2020)
    assert not covers("510100", "512081", date(2014, 1, 1))
    assert covers("371200", "370116", MARCH_2020)
    assert covers("370000", "371200", MARCH_2020)


def test_a_code_holds_from_its_first_day_until_the_day_it_ends() -> None:
    assert region("330103", date(2021, 4, 8)) is not None
    assert region("330103", date(2021, 4, 9)) is None
    assert region("330114", date(2021, 4, 8)) is None
    assert region("330114", date(2021, 4, 9)) is not None


def test_a_renamed_region_keeps_its_code_and_shows_the_name_of_the_day() -> None:
    before, after = region("130502", MARCH_2020), region("130502", TODAY)
    assert before is not None
    assert before.name_zh == "桥东区"
    assert after is not None
    assert after.name_zh == "襄都区"
    assert covers("130502", "130502", MARCH_2020)
    assert current("130502") == "130502"


def test_the_demonstration_regions_are_found_by_code_and_never_listed_unasked() -> None:
    assert ancestors("999901", MARCH_2020) == ("999900", "990000")
    assert [row.code for row in children("990000", MARCH_2020)] == ["999900"]
    assert covers("990000", "999901", MARCH_2020)
    assert search("演示", TODAY) == ()
    assert [row.code for row in search("演示县", TODAY, demo=True)] == ["999901"]
    assert "990000" not in {row.code for row in provinces(TODAY)}
    assert "990000" in {row.code for row in provinces(TODAY, demo=True)}


def test_search_finds_by_characters_pinyin_and_code() -> None:
    for text in ("砀山", "砀山县", "dangshan", "Dang Shan", "341321"):
        assert [row.code for row in search(text, TODAY)] == ["341321"]
    assert search("lvliang", TODAY)[0].code == "141100"
    assert search("Xi'an", TODAY)[0].code == "610100"
    assert {row.name_zh for row in search("suzhou", TODAY, limit=2)} == {"苏州市", "宿州市"}
    assert [row.code for row in search("370181", TODAY)] == ["370114"]
    assert search("  ", TODAY) == ()
    assert search("no such place", TODAY) == ()


def test_a_parent_is_in_force_for_as_long_as_its_child() -> None:
    for row in ALL_ROWS:
        for on in _first_day_and_last(row):
            assert row.parent is None or region(row.parent, on) is not None, row


def test_every_code_has_at_most_one_row_on_any_day() -> None:
    for earlier, later in pairwise(ALL_ROWS):
        if earlier.code == later.code:
            assert earlier.valid_to is not None
            assert earlier.valid_to <= later.valid_from


def test_succession_always_leads_later_and_ends_in_force() -> None:
    for row in ALL_ROWS:
        for successor in row.successors:
            heir = known(successor)
            assert heir is not None
            assert row.valid_to is not None
            assert heir.valid_to is None or heir.valid_to > row.valid_to


def test_levels_stand_under_higher_levels() -> None:
    above = {"county": {"prefecture", "province"}, "prefecture": {"province"}}
    for row in ALL_ROWS:
        if row.parent is None:
            assert row.level == "province"
        else:
            parent = known(row.parent)
            assert parent is not None
            assert parent.level in above[row.level]


@given(CODES, DAYS)
def test_ancestors_end_at_a_province(code: str, on: date) -> None:
    above = ancestors(code, on)
    assume(above)
    last = region(above[-1], on)
    assert last is not None
    assert last.level == "province"
    assert len(set(above)) == len(above) <= 2


@given(CODES, DAYS)
def test_a_region_covers_itself_and_is_covered_by_its_ancestors(code: str, on: date) -> None:
    assert covers(code, code, on)
    assert all(covers(above, code, on) for above in ancestors(code, on))


@given(CODES, DAYS)
def test_covering_is_transitive(code: str, on: date) -> None:
    for middle in _covering(code, on):
        for large in _covering(middle, on):
            assert covers(large, code, on)


def _covering(code: str, on: date) -> list[str]:
    """What covers the code, among all that the table connects with it in one step or two."""
    near = {code}
    for _ in range(2):
        rows = [row for row in ALL_ROWS if row.code in near or near & {*row.successors, *row.origins}]
        linked = (link for row in rows for link in (row.code, row.parent, *row.successors, *row.origins))
        near |= {link for link in linked if link}
    return [scope for scope in sorted(near) if covers(scope, code, on)]


@given(st.text(max_size=8), st.text(max_size=8), st.dates())
def test_no_text_or_day_is_refused(scope: str, code: str, on: date) -> None:
    assert not covers(scope, code, on) or is_administration(code)
    ancestors(code, on)
    current(code)
    search(code, on)


NAMES = {
    "砀山县": "Dangshan County",
    "长丰县": "Changfeng County",
    "浚县": "Xunxian County",
    "荥经县": "Yingjing County",
    "单县": "Shanxian County",
    "涡阳县": "Guoyang County",
    "洪洞县": "Hongtong County",
    "繁峙县": "Fanshi County",
    "大城县": "Daicheng County",
    "筠连县": "Junlian County",
    "郫都区": "Pidu District",
    "珲春市": "Hunchun City",
    "长治市": "Changzhi City",
    "殷都区": "Yindu District",
    "什邡市": "Shifang City",
    "伽师县": "Jiashi County",
    "六安市": "Lu'an City",
    "西安市": "Xi'an City",
    "东阿县": "Dong'e County",
    "吕梁市": "Lüliang City",
    "陕西省": "Shaanxi Province",
    "山西省": "Shanxi Province",
    "内蒙古自治区": "Inner Mongolia Autonomous Region",
    "西藏自治区": "Xizang Autonomous Region",
    "香港特别行政区": "Hong Kong Special Administrative Region",
    "北京市": "Beijing Municipality",
    "呼和浩特市": "Hohhot City",
    "乌鲁木齐市": "Urumqi City",
    "哈尔滨市": "Harbin City",
    "拉萨市": "Lhasa City",
    "锡林郭勒盟": "Xilingol League",
    "蔚县": "Yuxian County",
    "乐亭县": "Laoting County",
    "井陉县": "Jingxing County",
    "铅山县": "Yanshan County",
    "番禺区": "Panyu District",
    "荥阳市": "Xingyang City",
    "尉犁县": "Yuli County",
    "长子县": "Zhangzi County",
    "乐陵市": "Laoling City",
    "中牟县": "Zhongmu County",
    "渑池县": "Mianchi County",
    "都匀市": "Duyun City",
    "闵行区": "Minhang District",
    "漯河市": "Luohe City",
    "朝阳区": "Chaoyang District",
    "清新区": "Qingxin District",
    "浦东新区": "Pudong New Area",
    "神农架林区": "Shennongjia Forestry District",
    "恩施土家族苗族自治州": "Enshi Tujia and Miao Autonomous Prefecture",
    "东乡族自治县": "Dongxiang Autonomous County",
    "双江拉祜族佤族布朗族傣族自治县": "Shuangjiang Lahu, Va, Blang and Dai Autonomous County",
    "阿拉善左旗": "Alxa Left Banner",
    "津市市": "Jinshi City",
}


@pytest.mark.parametrize(("name_zh", "name_en"), NAMES.items())
def test_a_difficult_name_is_romanised_as_the_place_is_called(name_zh: str, name_en: str) -> None:
    assert {row.name_en for row in ALL_ROWS if row.name_zh == name_zh} == {name_en}


@pytest.mark.parametrize(
    ("name_zh", "short_zh"),
    [
        ("砀山县", "砀山"),
        ("蔚县", "蔚县"),
        ("恩施土家族苗族自治州", "恩施"),
        ("内蒙古自治区", "内蒙古"),
        ("城区", "城区"),
    ],
)
def test_a_short_name_is_what_people_say(name_zh: str, short_zh: str) -> None:
    assert {row.short_zh for row in ALL_ROWS if row.name_zh == name_zh} == {short_zh}


def test_a_subtree_is_the_region_and_all_that_lies_below_it() -> None:
    day = date(2026, 11, 28)
    assert subtree("341321", day) == ("341321",)
    assert {"341300", "341321", "341302"} <= set(subtree("341300", day))
    assert "500236" in subtree("500000", day)


def test_romanised_names_hold_nothing_but_letters_and_the_signs_of_names() -> None:
    assert all(re.fullmatch(r"[A-Z][A-Za-zü]*(?:['-][A-Za-zü]+)*", word) for row in ALL_ROWS for word in _words(row))


def _words(row: Region) -> list[str]:
    return [word.rstrip(",") for word in row.name_en.split() if word != "and"]
