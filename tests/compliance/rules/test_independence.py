"""The answer about connected suppliers names the edges that joined them, and never what they share."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compliance.rules import decide, parse_facts
from services.compliance.rules.facts import Supplier
from services.compliance.rules.independence import IDENTITIES, independence
from tests.compliance.rules.documents import changed, document

WORDS = {
    "legal_rep": ("同一法定代表人", "the same legal representative"),
    "controller": ("同一实际控制人", "the same controller"),
    "phone": ("同一联系电话", "the same telephone"),
    "account": ("同一收款账户", "the same account"),
    "address": ("同一地址", "the same address"),
}


def answer(**changes: Any) -> dict[str, Any]:
    asked = parse_facts(changed(document(), changes))
    at = datetime.fromisoformat("2020-03-02T09:00:00+08:00")
    return decide(asked, "listing", at, ["adm.suppliers"]).result_of("adm.suppliers")


@pytest.mark.parametrize("field", IDENTITIES)
def test_the_edge_says_which_two_share_what_and_not_the_token(field: str) -> None:
    secret = "token-of-somebody"
    shared = {f"suppliers[{i}].{field}": secret for i in (0, 1)} | {"suppliers[3].phone": "t-c"}
    result = answer(**shared)
    zh, en = WORDS[field]
    assert f"砀山演示一号梨果专业合作社与砀山演示二号梨果专业合作社：{zh}" in result["reason"]["zh"]
    assert f"砀山演示一号梨果专业合作社 and 砀山演示二号梨果专业合作社: {en}" in result["reason"]["en"]
    assert {item["fact"] for item in result["evidence"]} >= {f"suppliers[0].{field}", f"suppliers[1].{field}"}
    assert secret not in str(result)


def test_three_firms_with_one_controller_are_one_and_each_edge_is_told() -> None:
    # The first one's representative controls all three; what they share is the controller.
    one = {f"suppliers[{i}].controller": "p-a" for i in range(3)}
    result = answer(**one, **{"suppliers[3]": "(absent)"})
    assert (result["result"], result["hard"], result["reason_code"]) == ("fail", True, "one_controller")
    assert result["reason"]["zh"].count("同一实际控制人") == 2
    assert [item["fact"] for item in result["evidence"]][:2] == ["suppliers[0].controller", "suppliers[1].controller"]


def test_a_representative_who_controls_another_is_told_as_such() -> None:
    controls = {"suppliers[0].controller": "p-x", "suppliers[1].controller": "p-a"}
    result = answer(**controls, **{"suppliers[3].phone": "t-c"})
    assert "一方的法定代表人就是另一方的实际控制人" in result["reason"]["zh"]


def test_a_supplier_without_a_name_is_called_by_its_place() -> None:
    result = answer(**{"suppliers[1].phone": "t-a", "suppliers[3].phone": "t-c", "suppliers[1].name": "(absent)"})
    assert "砀山演示一号梨果专业合作社与第2家供货者：同一联系电话" in result["reason"]["zh"]


def test_twenty_of_one_hand_fit_into_a_sentence() -> None:
    many = [{"kind": "enterprise", "name": f"演示{i}号", "controller": "p-one"} for i in range(20)]
    result = answer(suppliers=many)
    assert result["reason"]["zh"].endswith("另有13处。")
    assert len(result["evidence"]) == 20


tokens = st.sampled_from(["a", "b", "c", "d", "e", "f"]) | st.none()
suppliers = st.lists(st.builds(Supplier, **dict.fromkeys(("uscc", *IDENTITIES), tokens)), max_size=8)


@given(suppliers)
def test_every_link_joins_two_and_all_links_together_explain_the_groups(drawn: list[Supplier]) -> None:
    found = independence(drawn)
    assert sorted(index for group in found.groups for index in group) == list(range(len(drawn)))
    assert len(found.links) == len(drawn) - len(found.groups)
    for link in found.links:
        assert getattr(drawn[link.one], link.field_of_one) == getattr(drawn[link.other], link.field_of_other)
        assert any({link.one, link.other} <= set(group) for group in found.groups)


@given(suppliers, st.randoms())
def test_the_order_of_the_suppliers_does_not_change_who_is_one(drawn: list[Supplier], random: Any) -> None:
    order = list(range(len(drawn)))
    random.shuffle(order)
    mixed = independence([drawn[index] for index in order])
    assert {frozenset(group) for group in independence(drawn).groups} == {
        frozenset(order[index] for index in group) for group in mixed.groups
    }
