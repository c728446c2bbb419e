"""An official's declaration of interests that changes after the approval is a changed fact: it is asked again."""

from datetime import date
from typing import Any

from services.contracts.broadcast import FilingApproved, OfficialDeclared
from tests.apps import instant
from tests.compliance.cases import APPROVED, Case

OFFICIAL = "official-of-dangshan"
LATER = instant("2020-02-27T10:00:00")
TOKEN = "5" * 64


def declared(version: int, declared_on: str | None = "2020-02-27", **declaration: Any) -> OfficialDeclared:
    """What broadcast tells after a declaration was made, or the last one withdrawn."""
    document: dict[str, Any] = {
        "declared_on": declared_on,
        "recused": False,
        "relations": [],
        "former_posts": [],
        "grants": [],
    }
    return OfficialDeclared(
        entity_id=OFFICIAL,
        version=version,
        occurred_at=LATER,
        clock_set=True,
        person="p-official",
        region_code="341321",
        declared_on=date.fromisoformat(declared_on) if declared_on else None,
        declaration=document | declaration if declared_on else {},
    )


async def approved(case: Case, official_version: int | None = 1) -> None:
    """A filing that passed its binding question."""
    await case.prepare()
    await case.list_lots()
    facts = case.approved_facts()
    await case.service.hear(
        case.filing(FilingApproved, 2, facts=facts, official_id=OFFICIAL, official_version=official_version)
    )
    assert [each["outcome"] for each in await case.decisions("filing")] == ["pass"]


async def asked_again(case: Case) -> list[dict[str, Any]]:
    """What was announced about the filing after its first answer, once everything due was asked."""
    await case.ask_what_is_due()
    return (await case.decisions("filing"))[1:]


async def test_a_declaration_made_after_the_approval_is_read_at_once(case: Case) -> None:
    await approved(case)
    await case.service.hear(declared(2, recused=True))
    (again,) = await asked_again(case)
    assert (again["outcome"], again["binding"]) == ("fail", True)
    assert [(each["rule"], each["reason_code"]) for each in again["not_passed"]] == [("official.conflict", "recused")]
    assert again["about"]["version"] == 2


async def test_when_the_last_one_is_withdrawn_none_stands(case: Case) -> None:
    await approved(case)
    await case.service.hear(declared(2, declared_on=None))
    (again,) = await asked_again(case)
    assert [each["reason_code"] for each in again["not_passed"]] == ["not_declared"]


async def test_a_newer_declaration_heals_what_a_wrong_one_broke_and_tells_nobody_who_is_meant(case: Case) -> None:
    await approved(case)
    relation = {"relation": "spouse", "person": TOKEN, "employer_uscc": "93341321MA8DM0A15D"}
    await case.service.hear(declared(2, relations=[relation]))
    await case.ask_what_is_due()
    await case.service.hear(declared(3))
    broken, healed = await asked_again(case)
    assert [broken["outcome"], healed["outcome"]] == ["fail", "pass"]
    assert TOKEN not in str(await case.decision(broken["entity_id"]))


async def test_what_says_nothing_new_and_what_is_older_changes_nothing(case: Case) -> None:
    await approved(case, official_version=4)
    await case.service.hear(declared(3, recused=True))
    assert await asked_again(case) == []
    await case.service.hear(declared(5, recused=True))
    await case.service.hear(declared(4))
    (again,) = await asked_again(case)
    assert again["outcome"] == "fail"


async def test_a_declaration_of_a_later_day_is_not_known_to_a_question_of_before(case: Case) -> None:
    await approved(case)
    early = declared(2, "2020-03-30", recused=True).model_copy(update={"occurred_at": APPROVED})
    await case.service.hear(early)
    assert await asked_again(case) == []


async def test_somebody_elses_declaration_asks_nothing(case: Case) -> None:
    await approved(case)
    other = declared(2, recused=True).model_copy(update={"entity_id": "another", "person": "p-another"})
    await case.service.hear(other)
    assert await case.ask_what_is_due() == 0
