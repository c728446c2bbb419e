"""Bodies of slow-sales evidence: what stock cannot be sold, how that is known, and who certified it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.compliance.rules.facts.force_majeure import Mechanism
from services.compliance.schemas.fields import Code, Days, Rate
from services.contracts.values import RegionCode
from services.kit.fields import Day, Flag, Grams, Id, In, Name, Out, Sha256, Share


class SourceIn(In):
    """One source of the evidence."""

    org: Name
    office: Name | None = None
    independent_of_applicant: Flag | None = None
    as_of_on: Day | None = None
    document_sha256: Sha256 | None = None
    indicators: Annotated[list[Literal["progress", "price", "unsold", "disruption"]], Field(max_length=4)] | None = None


class SlowSalesIn(In):
    """Evidence that the stock of one category in one region and season cannot be sold."""

    region_code: RegionCode
    category_code: Code
    season: Name
    progress_gap_bp: Rate | None = None
    price_gap_bp: Rate | None = None
    unsold_grams: Grams | None = None
    season_grams: Grams | None = None
    usual_unsold_share_bp: Share | None = None
    days_to_spoil: Days | None = None
    sold_grams_per_day: Grams | None = None
    disruption_documents: Annotated[list[Sha256], Field(max_length=50)] | None = None
    mechanism: Mechanism | None = None
    downgrade_record: Flag | None = None
    sources: Annotated[list[SourceIn], Field(max_length=50)] = Field(default_factory=list)


class MayCertify(Out):
    """Whether who asks may certify a piece of evidence, and if not, why."""

    slow_sales_id: Id
    may_certify: bool
    why_not_zh: str | None
    why_not_en: str | None


class SlowSalesOut(Out):
    """Evidence as everyone may see it. `document` is the fact exactly as the rules read it."""

    id: Id
    version: int
    region_code: RegionCode
    category_code: str
    season: str
    certified: bool
    certified_at: datetime | None
    certified_by_organ: str | None
    submitted_by_organ: str | None
    submitted_at: datetime
    document: dict[str, Any]
