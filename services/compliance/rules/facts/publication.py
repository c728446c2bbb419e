"""Facts about orders after the fact, complaints, disclosure, and what people resolved or overrode."""

from typing import Literal

from services.compliance.rules.facts.values import (
    Code,
    Count,
    Day,
    Fen,
    Flag,
    Grams,
    Hash,
    Id,
    Instant,
    Many,
    Name,
    Region,
    Share,
    Token,
    Uscc,
    fact,
)


@fact
class SupplierShare:
    """A supplier's part of the paid orders."""

    supplier_uscc: Uscc | None = None
    paid_share_bp: Share | None = None


@fact
class BulkDeal:
    """A signing or bulk order on air, and the earlier deal it resembles, if any."""

    order_id: Id | None = None
    contract_id: Id | None = None
    contract_checked: Flag | None = None
    units: Count | None = None
    buyer: Token | None = None
    seller_uscc: Uscc | None = None
    grams: Grams | None = None
    contract_signed_at: Instant | None = None
    paid_at: Instant | None = None
    delivered_at: Instant | None = None
    similar_deal_on: Day | None = None
    compared_with_earlier: Flag | None = None


@fact
class PriceBunch:
    """Orders in one narrow band of amounts."""

    floor_fen: Fen | None = None
    order_share_bp: Share | None = None
    public_sector_share_bp: Share | None = None


@fact
class Orders:
    """What the orders of a broadcast look like, in aggregates only."""

    counted_until_at: Instant | None = None
    paid: Count | None = None
    buyers: Count | None = None
    supplier_shares: Many[SupplierShare] | None = None
    bulk_deals: Many[BulkDeal] | None = None
    signed_too_fast: Count | None = None
    signed_before_first_scan: Count | None = None
    no_fault_refund_share_72h_bp: Share | None = None
    category_refund_baseline_bp: Share | None = None
    quality_refund_share_bp: Share | None = None
    price_bunches: Many[PriceBunch] | None = None
    most_names_per_payer: Count | None = None
    top_ten_buyers_share_bp: Share | None = None
    buyer_seller_same_device: Count | None = None
    parcels_scanned: Count | None = None
    parcels_outside_origin_share_bp: Share | None = None
    price_raised_after_48h: Flag | None = None
    farmer_receipts_verified: Flag | None = None


@fact
class Complaints:
    """How complaints were answered, as counted at one moment."""

    counted_until_at: Instant | None = None
    received: Count | None = None
    unacknowledged_after_24h: Count | None = None
    undecided_after_7d: Count | None = None
    refunds_late: Count | None = None
    retaliation: Flag | None = None
    deleted: Count | None = None
    limits_published: Flag | None = None


@fact
class Redaction:
    """Something withheld from a disclosure, and why."""

    item: Name | None = None
    ground: Name | None = None


@fact
class Disclosure:
    """The record of the broadcast as published; `smallest_cell`: people behind its smallest number, 0 when none is."""

    ended_at: Instant | None = None
    return_window_ends_on: Day | None = None
    summary_published_on: Day | None = None
    full_published_on: Day | None = None
    contents: Many[Code] | None = None
    smallest_cell: Count | None = None
    buyer_personal_data: Flag | None = None
    official_identifiers: Flag | None = None
    ranking: Flag | None = None
    redactions: Many[Redaction] | None = None


@fact
class Resolution:
    """A review closed by a person outside the chain; it holds while what it rested on is unchanged."""

    rule: Code | None = None
    reason_code: Code | None = None
    keys: Many[Id] | None = None
    content_sha256: Hash | None = None
    decision_id: Id | None = None
    resolved_by_organ: Name | None = None
    resolved_by_region_code: Region | None = None
    outcome: Literal["accepted", "refused"] | None = None
    resolved_at: Instant | None = None
    valid_until: Instant | None = None


@fact
class Override:
    """A soft fail that two people of different organs overrode; it holds while what it rested on is unchanged."""

    rule: Code | None = None
    reason_code: Code | None = None
    keys: Many[Id] | None = None
    content_sha256: Hash | None = None
    decision_id: Id | None = None
    proposed_by_organ: Name | None = None
    proposed_by_region_code: Region | None = None
    proposed_at: Instant | None = None
    confirmed_by_organ: Name | None = None
    confirmed_by_region_code: Region | None = None
    confirmed_at: Instant | None = None
    valid_until: Instant | None = None
