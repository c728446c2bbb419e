"""Reviewers and inspectors beside the first one of the case, each of an organ of their own."""

from datetime import datetime
from typing import Any

from tests.compliance.cases import APPROVED, FILED, Case
from tests.compliance.rules.documents import changed, document

COMPANY = {"texts[+]": {"kind": "description", "text": "由某某果业有限公司供货"}}
RULE, REASON = "adm.company_text", "legal_entity"
PROPOSE, REASONED = (
    "/decisions/{}/overrides",
    {"reason_zh": "该名称为虚构示例，并非真实企业。", "reason_en": "No real company."},
)
ORGANS = {"first": "安徽省市场监督管理局", "second": "全国复核中心", "third": "国家公平竞争办公室"}


def reviewer(
    case: Case, who: str = "first", *scopes: str, key: str = "k", at: datetime | None = APPROVED, **claims: Any
) -> dict[str, str]:
    """The headers of one of three reviewers of three organs."""
    given = {"account_id": f"reviewer-{who}", "person": f"p-reviewer-{who}", "organ": ORGANS[who]} | claims
    return case.headers("reviewer", *scopes, at=at, **given) | {"Idempotency-Key": f"{who}-{key}"}


def inspector(case: Case, *scopes: str, key: str = "k", **claims: Any) -> dict[str, str]:
    """The headers of the inspector."""
    given = {"account_id": "inspector", "person": "p-inspector", "organ": "全国监督处"} | claims
    headers = case.tokens.headers("inspector", at=APPROVED, scopes=scopes or ("340000",), **given)
    return headers | {"Idempotency-Key": f"inspector-{key}"}


def proposal(**changes: Any) -> dict[str, Any]:
    """A proposal to override the company's name in the text."""
    return {"rule": RULE, "reason_code": REASON, **REASONED} | changes


async def named_company(case: Case) -> dict[str, Any]:
    """A lot that fails softly, because its description seems to name a company."""
    await case.prepare()
    await list_with_company(case)
    lot = (await case.decisions("lot"))[-1]
    assert (lot["outcome"], [each["hard"] for each in lot["not_passed"]]) == ("fail", [False])
    return lot


async def list_with_company(
    case: Case, version: int = 1, *, at: datetime = FILED, changes: dict[str, Any] | None = None
) -> None:
    """The listing with such a description."""
    facts = changed(document(), changes or {})
    texts = [{"kind": "description", "text": "由某某果业有限公司供货"}]
    listing = case.listing(version, facts=facts, occurred_at=at)
    (lot,) = listing.lots
    lot = lot.model_copy(update={"facts": {**lot.facts, "texts": texts}})
    await case.service.hear(listing.model_copy(update={"lots": (lot,)}))


async def proposed(case: Case, decision_id: str, **changes: Any) -> dict[str, Any]:
    """The first person's word."""
    return await case.post(PROPOSE.format(decision_id), proposal(**changes), reviewer(case))


async def confirmed(case: Case, override_id: str) -> dict[str, Any]:
    """The second person's yes."""
    return await case.post(f"/overrides/{override_id}/confirm", REASONED, reviewer(case, "second"), 200)
