"""The answer about an official's interests never tells whose interest it is, or in whom."""

from datetime import datetime
from typing import Any

import pytest

from services.compliance.rules import decide, parse_facts
from services.compliance.rules.facts import FormerOffice, Relation
from tests.compliance.rules.documents import changed, document

KINDS = ["self", "spouse", "child", "child_spouse", "lineal", "collateral", "close_in_law"]


def answer_with(**changes: Any) -> dict[str, Any]:
    facts = changed(document(), {path.replace("__", "."): value for path, value in changes.items()})
    answer = decide(parse_facts(facts), "filing", datetime.fromisoformat("2020-03-02T09:00:00+08:00"))
    return answer.result_of("official.conflict")


def related(**relation: Any) -> dict[str, Any]:
    return answer_with(**{"official.declaration.relations": [relation]})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("owner", ["p-a", "p-c", "p-d2"])
def test_every_relation_to_every_supplier_gives_one_and_the_same_answer(kind: str, owner: str) -> None:
    found = related(relation=kind, person=owner)
    assert found["result"] == "fail"
    assert found == related(relation="spouse", person="p-b")


def test_an_own_share_and_an_employer_give_that_answer_too() -> None:
    one = related(relation="spouse", person="p-b")
    assert answer_with(**{"suppliers[2].shareholders": ["p-official"]}) == one
    assert related(relation="child", person="p-x", employer_uscc="93341321MA8DM0K26L") == one


def test_a_doubt_about_one_relation_looks_like_a_doubt_about_another() -> None:
    one = related(relation="spouse", name="n-li", region_code="341321")
    assert one["result"] == "review"
    assert one == related(relation="other", person="p-a") == related(relation="child")


@pytest.mark.parametrize("kind", KINDS)
def test_no_token_no_kind_and_no_place_of_a_relation_is_in_the_answer(kind: str) -> None:
    said = str(related(relation=kind, person="p-b", name="n-li", employer_uscc="93341321MA8DM0B2XE"))
    for secret in ("p-b", "n-li", "93341321MA8DM0B2XE", "relations", "suppliers[", "二号"):
        assert secret not in said


def test_the_facts_of_relations_and_posts_are_all_compared() -> None:
    assert set(Relation.__dataclass_fields__) == {"relation", "person", "name", "region_code", "employer_uscc"}
    assert set(FormerOffice.__dataclass_fields__) == {"organ", "organ_uscc", "left_on", "leading"}
