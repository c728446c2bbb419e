"""Facts about people in a case, the official who speaks, and the filing."""

from typing import Literal

from services.compliance.rules.facts.values import (
    Count,
    Day,
    Fen,
    Flag,
    Hash,
    Id,
    Instant,
    Line,
    Many,
    Name,
    Rate,
    Region,
    Token,
    Uscc,
    fact,
)
from services.contracts.people import OrganKind, OrganLevel, PayerKind, Role

# Beside the roles of accounts, those that people have in a case.
CaseRole = Literal[
    Role,
    "event_registrar",
    "event_verifier",
    "slow_sales_certifier",
    "applicant",
    "presenter",
    "gate_reviewer",
]


@fact
class FormerOffice:
    """An office held before, and when it ended (absent: still held); `leading` or of county rank and above."""

    organ: Name | None = None
    organ_uscc: Uscc | None = None
    left_on: Day | None = None
    leading: Flag | None = None


@fact
class Person:
    """Who acts in the case and in which role; the person is a token, the organ is public."""

    role: CaseRole | None = None
    person: Token | None = None
    organ: Name | None = None
    organ_kind: OrganKind | None = None
    organ_level: OrganLevel | None = None
    organ_region_code: Region | None = None
    post: Name | None = None
    superior: Token | None = None
    former_offices: Many[FormerOffice] | None = None
    signed_slow_sales_evidence: Flag | None = None
    signed_declaration: Flag | None = None
    head_of_government: Flag | None = None
    confirmed_declaration: Flag | None = None


@fact
class Relation:
    """A declared relation of the official; names are tokens too."""

    relation: (
        Literal["self", "spouse", "child", "child_spouse", "lineal", "collateral", "close_in_law", "other"] | None
    ) = None
    person: Token | None = None
    name: Token | None = None
    region_code: Region | None = None
    employer_uscc: Uscc | None = None


@fact
class Grant:
    """Public money that the official approved for a supplier."""

    supplier_uscc: Uscc | None = None
    approved_on: Day | None = None
    amount_fen: Fen | None = None


@fact
class ConflictDeclaration:
    """The official's declaration of interests; empty when none was made. `recused`: steps back, or has to.

    `relations_compared` says what comparing the relations with those who gain showed, and stands in place of
    `relations` wherever these may not be told.
    """

    declared_on: Day | None = None
    recused: Flag | None = None
    relations: Many[Relation] | None = None
    relations_compared: Literal["none", "unclear", "match"] | None = None
    former_posts: Many[FormerOffice] | None = None
    grants: Many[Grant] | None = None


@fact
class Official:
    """The official who speaks for a region."""

    person: Token | None = None
    post: Name | None = None
    organ: Name | None = None
    organ_kind: OrganKind | None = None
    level: OrganLevel | None = None
    region_code: Region | None = None
    jurisdiction: Many[Region] | None = None
    civil_servant: Flag | None = None
    left_office_on: Day | None = None
    ai_generated: Flag | None = None
    declaration: ConflictDeclaration | None = None


@fact
class Segment:
    """A part of a broadcast, planned or run; the official speaks in `region`, the host sells in `market`."""

    kind: Literal["region", "market"] | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    announced: Flag | None = None
    official_on_screen: Flag | None = None
    host: Token | None = None
    pinned_lots: Many[Id] | None = None
    price_shown: Flag | None = None
    buy_call: Flag | None = None
    pooled_card: Flag | None = None


@fact
class Approval:
    """One approval of the filing."""

    person: Token | None = None
    organ: Name | None = None
    organ_level: OrganLevel | None = None
    organ_region_code: Region | None = None
    authority_over_post: Flag | None = None
    decided_at: Instant | None = None
    content_sha256: Hash | None = None
    decision: Literal["approved", "returned"] | None = None


@fact
class Payment:
    """Who pays for what around the broadcast."""

    item: Literal["travel", "venue", "meals", "gifts", "production", "other"] | None = None
    payer_kind: PayerKind | None = None
    payer: Token | None = None
    payer_uscc: Uscc | None = None
    amount_fen: Fen | None = None


@fact
class Influencer:
    """A person of reach who takes part, and what it costs."""

    person: Token | None = None
    named_in_filing: Flag | None = None
    fee_fen: Fen | None = None
    fee_payer_kind: PayerKind | None = None
    fee_published: Flag | None = None


@fact
class Promotion:
    """An order to buy traffic or attention."""

    platform: Name | None = None
    amount_fen: Fen | None = None
    payer_kind: PayerKind | None = None
    ordered_at: Instant | None = None


@fact
class Notice:
    """A notice attached to the filing; its words are in `texts`."""

    sha256: Hash | None = None
    allocates_supply: Flag | None = None
    fair_competition_review_no: Name | None = None
    ends_on: Day | None = None


@fact
class Host:
    """A host who is no official and sells in the market segment."""

    person: Token | None = None
    position: Name | None = None
    official: Flag | None = None
    age_years: Count | None = None
    guardian_consent: Flag | None = None
    real_name_verified: Flag | None = None
    training_passed_on: Day | None = None
    tasted: Flag | None = None
    ai_generated: Flag | None = None


@fact
class Filing:
    """The broadcast as filed: when, where, by whom, at what cost and whose word."""

    id: Id | None = None
    broadcast_id: Id | None = None
    region_code: Region | None = None
    event_id: Id | None = None
    listing_ids: Many[Id] | None = None
    lot_ids: Many[Id] | None = None
    segments: Many[Segment] | None = None
    segment_mode: Literal["strict", "legacy_pooled"] | None = None
    hosts: Many[Host] | None = None
    staff_count: Count | None = None
    cost_fen: Fen | None = None
    funding_line: Line | None = None
    submitted_at: Instant | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    emergency: Flag | None = None
    paired_assistance: Flag | None = None
    approvals: Many[Approval] | None = None
    content_sha256: Hash | None = None
    notices: Many[Notice] | None = None
    initiator_kind: PayerKind | None = None
    initiator: Token | None = None
    payments: Many[Payment] | None = None
    commission_rate_bp: Rate | None = None
    tipping: Flag | None = None
    tips_fen: Fen | None = None
    account_owner_kind: Literal["government", "platform", "personal", "enterprise", "other"] | None = None
    bonus_links: Flag | None = None
    sales_tied_to_appraisal: Flag | None = None
    association_officer_is_supplier: Flag | None = None
    venue_supplier_uscc: Uscc | None = None
    sponsors: Many[Uscc] | None = None
    agencies: Many[Uscc] | None = None
    promotions: Many[Promotion] | None = None
    influencers: Many[Influencer] | None = None
