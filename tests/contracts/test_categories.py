"""The tree of goods holds together and covers the specialties."""

from typing import get_args

import pytest

from services.contracts.categories import (
    Admission,
    CertificateClass,
    Keeping,
    all_categories,
    category,
    category_ancestors,
    category_children,
    category_within,
)


def test_every_row_has_a_known_kind_of_admission_keeping_and_certificate() -> None:
    for each in all_categories():
        assert each.admission in get_args(Admission), each.code
        assert each.keeping in get_args(Keeping), each.code
        assert each.certificate_class in get_args(CertificateClass), each.code
        assert each.zh, each.code
        assert each.en, each.code
        assert each.illustration, each.code


def test_every_category_hangs_from_one_of_two_roots() -> None:
    assert {each.code for each in category_children(None)} == {"farm", "excluded"}
    for each in all_categories():
        assert each.parent is None or category_ancestors(each.code)[-1] in {"farm", "excluded"}


def test_a_code_repeats_its_parents_code() -> None:
    for each in all_categories():
        if "." in each.code:
            assert each.code.rpartition(".")[0] == each.parent


def test_a_kind_of_fruit_takes_over_what_holds_for_fruit() -> None:
    pear = category("fruit.pear.su")
    assert pear is not None
    assert (pear.food, pear.processed, pear.certificate_class, pear.keeping) == (True, False, "fruit", "cold_storable")
    assert category_within("fruit.pear.su", "fruit")
    assert not category_within("fruit.pear.su", "fruit.apple")


@pytest.mark.parametrize("kind", ["vegetable", "fruit", "tea_leaf", "livestock", "egg", "aquatic"])
def test_each_class_that_must_carry_a_certificate_has_goods(kind: str) -> None:
    assert any(each.certificate_class == kind for each in all_categories())


def test_made_tea_is_processed_food_and_fresh_leaf_is_not() -> None:
    made, leaf = category("processed.tea.green"), category("tea_leaf")
    assert made is not None
    assert leaf is not None
    assert (made.processed, made.admission, made.certificate_class) == (True, "review", "none")
    assert (leaf.processed, leaf.admission, leaf.certificate_class) == (False, "specialty", "tea_leaf")


def test_an_unknown_code_is_no_category() -> None:
    assert category("fruit.unheard_of") is None
    assert category_ancestors("fruit.unheard_of") == ()
