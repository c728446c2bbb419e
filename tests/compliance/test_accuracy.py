"""How right the text rules are stands open to everybody, where their errors stand too."""

from typing import get_args

from tests.apps import ServiceUnderTest
from tests.compliance.rules.corpus_report import RULES, Split


async def test_the_accuracy_of_the_text_rules_is_public_and_may_be_cached(service: ServiceUnderTest) -> None:
    answer = await service.client.get("/rules/accuracy")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=300")
    told = answer.json()
    assert [each["rule"] for each in told["rules"]] == list(RULES)
    assert {tuple(part["part"] for part in each["parts"]) for each in told["rules"]} == {get_args(Split)}
    again = await service.client.get("/rules/accuracy", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_no_rule_is_called_accuracy(service: ServiceUnderTest) -> None:
    rules = (await service.client.get("/rules")).json()["items"]
    assert "accuracy" not in {rule["id"] for rule in rules}
    assert (await service.client.get(f"/rules/{rules[0]['id']}")).json()["id"] == rules[0]["id"]
