"""Facts about the event, its declarations, what it did to the goods, and the evidence of unsold stock."""

from typing import Literal

from services.compliance.rules.facts.values import (
    Code,
    Day,
    Days,
    Flag,
    Grams,
    Hash,
    Id,
    Instant,
    Level,
    Line,
    Many,
    Name,
    Rate,
    Region,
    Share,
    Token,
    fact,
)
from services.contracts.people import OrganLevel

AuthorityKind = Literal[
    "government",
    "emergency_command",
    "flood_command",
    "earthquake_command",
    "relief_committee",
    "weather_station",
    "weather_bureau",
    "seismic_bureau",
    "health_department",
    "agriculture_department",
    "emergency_department",
    "other_department",
    "township_government",
    "village",
    "enterprise",
    "association",
    "media",
    "other",
]
NotForceMajeure = Literal[
    "market_glut", "price_fall", "competition", "late_ripening", "trade_dispute", "poor_quality", "none"
]
EventType = Literal[
    "natural", "public_health", "accident", "animal_disease", "crop_pest", "social_safety", NotForceMajeure
]
Mechanism = Literal["damage", "transport", "market_closed", "labour", "lockdown", "downgrade"]


@fact
class Authority:
    """The body that declared; an organ's name is public, so it is written out."""

    name: Name | None = None
    kind: AuthorityKind | None = None
    level: OrganLevel | None = None
    region_code: Region | None = None
    parent_government: Name | None = None
    authorised_to_publish: Flag | None = None


@fact
class Declaration:
    """One official declaration; grade, warning level and response level are three scales, never one."""

    id: Id | None = None
    kind: Literal["response", "disaster", "epidemic", "lockdown", "warning", "statement"] | None = None
    system: (
        Literal[
            "weather",
            "flood_drought",
            "relief",
            "earthquake",
            "public_health",
            "animal_disease",
            "crop_pest",
            "plant_quarantine",
            "accident",
            "social_safety",
        ]
        | None
    ) = None
    event_grade: Level | None = None
    warning_level: Level | None = None
    response_level: Level | None = None
    authority: Authority | None = None
    joint_authorities: Many[Authority] | None = None
    doc_no: Name | None = None
    title: Name | None = None
    url: Line | None = None
    file_hash: Hash | None = None
    stored_file_hash: Hash | None = None
    relayed: Flag | None = None
    signed_by: Token | None = None
    issued_at: Instant | None = None
    lifted_at: Instant | None = None


@fact
class EventRegion:
    """A region struck by the event, under the code that was in force on that day."""

    code: Region | None = None
    valid_on: Day | None = None
    partial: Flag | None = None


@fact
class Impact:
    """What the event did to a category of goods."""

    category_code: Code | None = None
    mechanism: Mechanism | None = None
    downgrade_record: Flag | None = None
    route_region_codes: Many[Region] | None = None
    market: Name | None = None
    document_sha256: Hash | None = None


@fact
class Quarantine:
    """A zone in which an animal or plant disease restricts movement."""

    zone: Literal["infected", "threatened"] | None = None
    region_code: Region | None = None
    township_codes: Many[Code] | None = None
    category_codes: Many[Code] | None = None
    sealed_at: Instant | None = None
    lifted_at: Instant | None = None


@fact
class Event:
    """An event in the registry, as it stands."""

    id: Id | None = None
    event_type: EventType | None = None
    cause: NotForceMajeure | None = None
    hazard: Code | None = None
    point_hazard: Flag | None = None
    title: Name | None = None
    occurred_at: Instant | None = None
    affected_season: Name | None = None
    regions: Many[EventRegion] | None = None
    impacts: Many[Impact] | None = None
    declarations: Many[Declaration] | None = None
    quarantines: Many[Quarantine] | None = None
    version: Days | None = None


@fact
class Source:
    """One source of slow-sales evidence."""

    org: Name | None = None
    office: Name | None = None
    independent_of_applicant: Flag | None = None
    as_of_on: Day | None = None
    document_sha256: Hash | None = None
    indicators: Many[Literal["progress", "price", "unsold", "disruption"]] | None = None


@fact
class Sales:
    """The evidence that stock is unsold because it cannot be sold."""

    id: Id | None = None
    region_code: Region | None = None
    category_code: Code | None = None
    season: Name | None = None
    progress_gap_bp: Rate | None = None
    price_gap_bp: Rate | None = None
    unsold_grams: Grams | None = None
    season_grams: Grams | None = None
    usual_unsold_share_bp: Share | None = None
    days_to_spoil: Days | None = None
    sold_grams_per_day: Grams | None = None
    disruption_documents: Many[Hash] | None = None
    mechanism: Mechanism | None = None
    downgrade_record: Flag | None = None
    sources: Many[Source] | None = None
    certified_by: Token | None = None
    certified_at: Instant | None = None
