"""Classes of produce and what they are described by: typed, bounded, named in both languages."""

import pytest

from services.contracts.attributes import all_attributes, attributes_of, problems, schema_of
from services.contracts.categories import category


@pytest.mark.parametrize("code", sorted(all_attributes()))
def test_every_class_is_a_kind_of_goods_and_every_attribute_has_both_names(code: str) -> None:
    assert category(code) is not None
    for each in attributes_of(code):
        assert each.zh
        assert each.en
        assert each.kind != "choice" or len(each.options) >= 2
        assert each.kind != "integer" or (each.least < each.most and each.scale in (1, 100, 1_000))


def test_a_kind_takes_the_attributes_of_everything_above_it() -> None:
    assert [each.name for each in attributes_of("fruit.pear.su")] == [each.name for each in attributes_of("fruit")]
    assert attributes_of("seedling") == ()
    assert schema_of("fruit.pear.su")["properties"]["ripeness"]["enum"] == ["firm", "ready", "soft"]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"solids_bp": 1250, "ripeness": "ready", "waxed": False}, []),
        ({"solids_bp": 4001}, ["solids_bp"]),
        ({"solids_bp": True}, ["solids_bp"]),
        ({"ripeness": "perfect"}, ["ripeness"]),
        ({"waxed": "yes"}, ["waxed"]),
        ({"crop_year": 2026}, ["crop_year"]),
    ],
    ids=["fits", "too-sweet", "no-number", "no-choice", "no-flag", "of-another-class"],
)
def test_what_does_not_fit_is_named(values: dict[str, object], wrong: list[str]) -> None:
    assert [name for name, _, _ in problems("fruit.pear.su", values)] == wrong
