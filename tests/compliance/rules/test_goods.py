"""Properties of the rules about goods: names, places and zones, whatever they are called."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.compliance.rules import decide, parse_facts
from services.compliance.rules.law import released_parameters
from services.compliance.rules.plots import county_of, lies_in
from services.compliance.rules.text.alike import contains_name, imitates, sounds_like
from services.contracts.regions import ancestors, covers, current, history, region, regions
from tests.compliance.rules.documents import changed, document

DAY = date(2026, 11, 22)
_LATEST = datetime.fromisoformat("2026-11-22T09:00:00+08:00")
PROTECTED = sorted(released_parameters()["adm.mark.protected_names"].values[-1].value)
WORDS = sorted(released_parameters()["adm.mark.imitating_words"].values[-1].value)
_signs = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=6)


@given(st.sampled_from(PROTECTED))
def test_the_exact_protected_name_is_never_an_imitation(name: str) -> None:
    for protected in PROTECTED:
        assert not imitates(name, protected, frozenset(WORDS))
        assert not sounds_like(name, protected, [])


@given(_signs.filter(lambda name: len(name) >= 3))
def test_no_name_imitates_itself(name: str) -> None:
    assert not imitates(name, name, frozenset(WORDS))
    assert not sounds_like(name, name, [])
    assert contains_name(name, name)


@given(st.sampled_from(PROTECTED), st.sampled_from(WORDS), st.data())
def test_a_listed_word_slipped_in_anywhere_inside_is_an_imitation(name: str, word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(name) - 1))
    assert imitates(name[:at] + word + name[at:], name, frozenset(WORDS))


@given(st.sampled_from(PROTECTED), st.sampled_from(["（礼盒）", " 5斤装", "·一级", "精品箱"]))
def test_what_is_said_of_the_box_is_no_imitation(name: str, said: str) -> None:
    assert not imitates(name + said, name, frozenset(WORDS))


@given(_signs, _signs)
def test_any_two_names_can_be_compared(one: str, other: str) -> None:
    assert imitates(one, other, frozenset(WORDS)) in (True, False)
    assert not (sounds_like(one, other, []) and contains_name(one, other))


def test_names_of_the_greatest_length_are_compared_too() -> None:
    assert not imitates("源" * 300, "婺源源源绿茶源源源源", frozenset(WORDS))
    assert imitates("阳" * 290 + "阳澄湖镇大闸蟹", "阳澄湖大闸蟹", frozenset(WORDS))


COUNTIES = [row.code for row in regions(DAY) if row.level == "county"]
CHANGED = sorted({row.code for row in history() if row.valid_to is not None and current(row.code)})


@given(st.sampled_from(COUNTIES))
def test_every_county_lies_in_itself_and_in_all_that_stands_above_it(code: str) -> None:
    assert lies_in(code, code, DAY) == "inside"
    assert {lies_in(code, above, DAY) for above in ancestors(code, DAY)} <= {"inside"}


@given(st.sampled_from(COUNTIES), st.sampled_from(COUNTIES))
def test_a_county_lies_in_another_only_by_the_tree(code: str, other: str) -> None:
    assert (lies_in(code, other, DAY) == "inside") == covers(other, code, DAY)
    if code != other and other not in ancestors(code, DAY):
        assert lies_in(code, other, DAY) == "outside"


@given(st.sampled_from(CHANGED))
def test_a_township_under_a_former_code_lies_in_the_county_of_today(code: str) -> None:
    heir = current(code)
    assert heir is not None
    assert lies_in(county_of(f"{code}101"), heir, DAY) == "inside"


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([code for code in COUNTIES if region(code, DAY)]))
def test_goods_with_plots_and_papers_of_their_county_are_of_true_origin(code: str) -> None:
    moved: dict[str, Any] = {
        "subject.region_code": code,
        "lot.origin_region_code": code,
        "lot.plots[0].region_code": code,
        "lot.plots[0].township_code": f"{code}101",
        "lot.certificates[0].origin_region_code": code,
        "lot.declared_warehouses": [code],
    }
    answer = decide(parse_facts(changed(document(), moved)), "listing", _LATEST, ["adm.origin"])
    assert answer.outcome == "pass"


@settings(max_examples=60, deadline=None)
@given(st.integers(-30, 60))
def test_a_lifted_zone_is_held_for_fourteen_days_and_then_forgotten(days: int) -> None:
    lifted = datetime.fromisoformat("2020-04-20T12:00:00+08:00")
    at = lifted + timedelta(days=days)
    zone = {
        "zone": "infected",
        "region_code": "341321",
        "category_codes": ["meat.pork"],
        "sealed_at": "2020-01-01T00:00:00+08:00",
        "lifted_at": lifted.isoformat(),
    }
    facts = changed(document(), {"lot.category_code": "meat.pork", "event.quarantines": [zone]})
    answer = decide(parse_facts(facts), "listing", at, ["fm.biosecurity"])
    assert answer.outcome == ("fail" if days < 0 else "review" if days < 14 else "pass")


def test_who_is_not_authorised_is_called_by_name() -> None:
    changes = {"marks[0].authorised_suppliers": ["93341321MA8DM0A15D"], "suppliers[3].name": "砀山演示四号"}
    answer = decide(parse_facts(changed(document(), changes)), "listing", _LATEST, ["adm.mark"])
    assert "砀山演示四号" in answer.result_of("adm.mark")["reason"]["zh"]
    changes["suppliers[3].name"] = "(absent)"
    answer = decide(parse_facts(changed(document(), changes)), "listing", _LATEST, ["adm.mark"])
    assert "93341321MA8DM0K26L" in answer.result_of("adm.mark")["reason"]["zh"]


def test_a_paper_from_elsewhere_is_called_by_its_number() -> None:
    changes: dict[str, Any] = {"lot.certificates[0].origin_region_code": "341322"}
    answer = decide(parse_facts(changed(document(), changes)), "listing", _LATEST, ["adm.origin"])
    assert "HG-0001" in answer.result_of("adm.origin")["reason"]["zh"]


def test_goods_without_a_variety_are_called_by_their_kind() -> None:
    crab = {"lot.category_code": "aquatic.crab", "lot.harvested_on": "2024-09-24", "lot.opens_on": "2024-09-25"}
    unnamed = changed(document(), {**crab, "lot.variety": "(absent)"})
    at = datetime.fromisoformat("2024-09-26T09:00:00+08:00")
    answer = decide(parse_facts(unnamed), "listing", at, ["adm.season"])
    assert "“大闸蟹”" in answer.result_of("adm.season")["reason"]["zh"]
    named = changed(document(), {**crab, "lot.variety": "中华绒螯蟹"})
    answer = decide(parse_facts(named), "listing", at, ["adm.season"])
    assert "“中华绒螯蟹”" in answer.result_of("adm.season")["reason"]["zh"]
