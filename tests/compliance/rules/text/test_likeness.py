"""The weigher: it brakes and it holds, never fails a text and never lets a finding go; its weights fit the corpus."""

import functools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compliance.rules import revision
from services.compliance.rules.passages import TO_SHOPPERS
from services.compliance.rules.text.apportion import find_apportionment
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.likeness import WEIGHTS, released_weights, weighed
from services.compliance.rules.text.normalise import normalise
from tools.train_likeness import corpus_hash, labelled, train

TEXTS = labelled()
CHENGGU = "要求全县帮扶干部通过线上下单或线下认购的方式，购买直播带货农产品每人不少于50元。"
WEIGH = functools.partial(weighed, public=False, doubtful_below=100, doubtful_undone_below=100, demand_from=-50)
ALL_HELD = functools.partial(weighed, doubtful_below=0, doubtful_undone_below=0, demand_from=-9_999)
thresholds = st.integers(-2_000, 2_000)
hits_of = st.lists(
    st.builds(
        lambda start, length, result: Hit(start, start + length, result, "task_assigned"),
        st.integers(0, 20),
        st.integers(1, 10),
        st.sampled_from(["review", "fail"]),
    ),
    max_size=4,
)


def test_the_weights_are_trained_on_the_corpus_as_it_stands() -> None:
    assert released_weights().corpus == corpus_hash(TEXTS), "run `python -m tools.train_likeness` and commit the file"


def test_the_weights_are_whole_numbers_in_a_small_file() -> None:
    document = json.loads(WEIGHTS.read_text("utf-8"))
    assert all(type(weight) is int for weight in (*document["runs"].values(), *document["pairs"].values()))
    assert WEIGHTS.stat().st_size <= 300_000


def test_the_same_texts_give_the_same_weights() -> None:
    some = TEXTS[:80]
    assert train(some) == train(list(some))


def test_another_label_is_another_corpus() -> None:
    changed = [TEXTS[0]._replace(label="pass"), *TEXTS[1:]]
    assert corpus_hash(changed) != corpus_hash(TEXTS)


def test_the_weights_are_part_of_the_revision() -> None:
    assert any(name.endswith("text/likeness.json") for name, _ in revision._files())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TEXTS), hits_of, st.tuples(thresholds, thresholds), thresholds, st.booleans())
def test_no_finding_goes_and_none_becomes_a_failure(
    labelled_text: object, hits: list[Hit], doubtful: tuple[int, int], demand_from: int, public: bool
) -> None:
    text = TEXTS[0].text + str(labelled_text)
    below, twice = doubtful
    found = weighed(
        text, hits, public=public, doubtful_below=below, doubtful_undone_below=twice, demand_from=demand_from
    )
    assert sum(hit.result == "fail" for hit in found) <= sum(hit.result == "fail" for hit in hits)
    if hits:
        assert sorted((hit.start, hit.end) for hit in found) == sorted((hit.start, hit.end) for hit in hits)
    assert {hit.code for hit in found} <= {"task_assigned", "doubtful_demand", "reads_like_a_demand"}


def test_a_text_without_explicit_words_never_fails() -> None:
    for text in TEXTS:
        public = text.kind in TO_SHOPPERS
        if not find_apportionment(text.text, public=public):
            found = ALL_HELD(text.text, [], public=public)
            assert all(hit.result == "review" and 0 <= hit.start < hit.end <= len(text.text) for hit in found)


def test_a_clear_demand_stays_a_failure() -> None:
    text = normalise(CHENGGU).text
    assert {hit.result for hit in WEIGH(text, find_apportionment(text))} == {"fail"}


def test_a_demand_buried_in_a_long_innocent_document_stays_a_failure() -> None:
    innocent = "本次直播坚持自愿原则，坏果包赔，快递由合作社统一安排，检测报告在县农业农村局网站公开。" * 60
    text = normalise(f"{innocent}\n{CHENGGU}\n{innocent}").text
    assert "fail" in {hit.result for hit in WEIGH(text, find_apportionment(text))}


def test_the_same_words_far_away_from_a_demand_are_doubtful() -> None:
    text = normalise("合作社每小时装箱不少于十二箱，坏的挑出来喂猪，工钱照旧，欢迎网友监督。").text
    [hit] = WEIGH(text, [Hit(3, 14, "fail", "floor_on_people")])
    assert (hit.result, hit.code, hit.start, hit.end) == ("review", "doubtful_demand", 3, 14)


def test_amounts_weigh_alike_however_they_are_written() -> None:
    scores = {released_weights().score(f"每人购买{amount}元") for amount in ("50", "100", "1,500", "五十")}
    assert len(scores) == 1


@pytest.mark.parametrize("text", ["", " ", "。", "a" * 3_000, "。" * 3_000, "1" * 3_000, "\U00020bb7" * 600])
def test_any_text_is_weighed(text: str) -> None:
    assert isinstance(released_weights().score(text), int)
    assert all(hit.result == "review" for hit in ALL_HELD(text, [], public=False))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "Dangshan Pear Festival", "138-0000-0000"])
def test_what_is_not_chinese_is_not_held(text: str) -> None:
    assert ALL_HELD(text, [], public=False) == []


def test_the_word_voluntary_does_not_make_a_floor_doubtful() -> None:
    text = normalise("各单位干部职工自愿购买，每人不少于50元。").text
    assert {hit.result for hit in WEIGH(text, find_apportionment(text))} == {"fail"}


def test_a_public_text_is_held_only_where_it_names_staff() -> None:
    shopper, staff = "宝宝们每人至少囤两箱,拼手速啦", "干部职工每人至少囤两箱,拼手速啦"
    assert ALL_HELD(shopper, [], public=True) == []
    assert ALL_HELD(staff, [], public=True)
