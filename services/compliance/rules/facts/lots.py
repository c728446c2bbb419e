"""Facts about one lot of goods and about the seller who offers it."""

from typing import Literal

from services.compliance.rules.facts.values import (
    Code,
    Count,
    Day,
    Days,
    Fen,
    Flag,
    Grams,
    Hash,
    Id,
    Instant,
    Line,
    Many,
    Month,
    Name,
    Region,
    Share,
    Token,
    Township,
    Uscc,
    fact,
)


@fact
class Plot:
    """Where the goods grew."""

    township_code: Township | None = None
    region_code: Region | None = None
    area_square_metres: Count | None = None


@fact
class Certificate:
    """A paper that speaks for the goods."""

    kind: (
        Literal[
            "conformity",
            "quarantine",
            "plant_quarantine",
            "test_report",
            "quick_test",
            "food_licence",
            "workshop_registration",
            "prepacked_filing",
            "organic",
            "green_food",
            "origin",
            "other",
        ]
        | None
    ) = None
    number: Name | None = None
    lot_number: Name | None = None
    product_name: Name | None = None
    issuer: Name | None = None
    issuer_uscc: Uscc | None = None
    issued_on: Day | None = None
    expires_on: Day | None = None
    quantity_grams: Grams | None = None
    origin_region_code: Region | None = None
    qualified_laboratory: Flag | None = None
    conforming: Flag | None = None
    number_verified: Flag | None = None
    document_sha256: Hash | None = None


@fact
class Label:
    """What the label of prepacked food shows, read from its photograph by a person."""

    name: Flag | None = None
    specification: Flag | None = None
    net_content: Flag | None = None
    production_date: Flag | None = None
    ingredients: Flag | None = None
    producer: Flag | None = None
    producer_address: Flag | None = None
    producer_contact: Flag | None = None
    shelf_life: Flag | None = None
    standard_code: Flag | None = None
    storage: Flag | None = None
    additives: Flag | None = None
    licence_number: Flag | None = None
    photo_sha256: Hash | None = None


@fact
class PriceChange:
    """A price that was in force in the same shop."""

    price_fen: Fen | None = None
    since_at: Instant | None = None
    until_at: Instant | None = None


@fact
class Sampling:
    """A failed official sampling of this supplier and category."""

    sampled_on: Day | None = None
    conforming: Flag | None = None
    closed: Flag | None = None


@fact
class Lot:
    """One producer's offer."""

    id: Id | None = None
    lot_number: Name | None = None
    supplier_uscc: Uscc | None = None
    producer_kind: Literal["enterprise", "cooperative", "rural_collective", "household", "sole_trader"] | None = None
    reissued_by_aggregator: Flag | None = None
    content_sha256: Hash | None = None
    # What it is.
    category_code: Code | None = None
    variety: Name | None = None
    display_name: Name | None = None
    origin_region_code: Region | None = None
    specification: Name | None = None
    grade: Name | None = None
    processed: Flag | None = None
    packaging: Literal["unpacked", "packed_at_farm", "prepacked", "bulk"] | None = None
    named_producer_shown: Flag | None = None
    # Price.
    price_unit: Name | None = None
    price_fen: Fen | None = None
    detail_price_fen: Fen | None = None
    was_price_fen: Fen | None = None
    lowest_price_7d_fen: Fen | None = None
    price_history: Many[PriceChange] | None = None
    weight_basis: Literal["net", "gross"] | None = None
    net_grams: Grams | None = None
    gross_grams: Grams | None = None
    freight_fen: Fen | None = None
    freight_terms: Line | None = None
    compares_market_price: Flag | None = None
    comparison_source: Line | None = None
    # Cost.
    farm_gate_fen: Fen | None = None
    agreed_farm_gate_fen: Fen | None = None
    farmer_paid_fen: Fen | None = None
    packing_fen: Fen | None = None
    carriage_fen: Fen | None = None
    loss_fen: Fen | None = None
    cost_evidence_on: Day | None = None
    seasonal: Flag | None = None
    overstock: Flag | None = None
    near_expiry: Flag | None = None
    clearance_statement_sha256: Hash | None = None
    subsidy_fen: Fen | None = None
    subsidy_budget_line: Line | None = None
    gap_payer: Literal["producer", "published_budget", "undisclosed_public", "supplier_by_order", "farmer"] | None = (
        None
    )
    # Season and storage.
    harvested_on: Day | None = None
    opens_on: Day | None = None
    opening_day_expected: Flag | None = None
    season_months: Many[Month] | None = None
    cold_stored: Flag | None = None
    storage_record_sha256: Hash | None = None
    shelf_life_days: Days | None = None
    best_before_on: Day | None = None
    # Origin.
    plots: Many[Plot] | None = None
    yield_grams: Grams | None = None
    verified_capacity_grams: Grams | None = None
    sold_grams: Grams | None = None
    recalled_inputs: Flag | None = None
    declared_warehouses: Many[Region] | None = None
    # Papers and record.
    certificates: Many[Certificate] | None = None
    label: Label | None = None
    samplings: Many[Sampling] | None = None
    recall_open: Flag | None = None
    # Stock.
    offered_units: Count | None = None
    offered_grams: Grams | None = None
    verified_stock_grams: Grams | None = None
    promised_dispatch_hours: Count | None = None
    complaints_7d: Count | None = None
    complaint_share_7d_bp: Share | None = None
    return_policy: Literal["seven_days", "fresh_exempt", "other"] | None = None


@fact
class Panel:
    """The seller's panel that the law wants on the page."""

    shown: Flag | None = None
    name: Flag | None = None
    address: Flag | None = None
    contact: Flag | None = None
    hops: Count | None = None
    obstructed: Flag | None = None


@fact
class Seller:
    """Who really sells, as verified."""

    uscc: Uscc | None = None
    seller_type: Literal["registered", "farmer_exempt"] | None = None
    name: Name | None = None
    licence_name: Name | None = None
    licence_expires_on: Day | None = None
    licence_long_term: Flag | None = None
    licence_image_sha256: Hash | None = None
    verified_at: Instant | None = None
    abnormal_operation: Flag | None = None
    serious_dishonesty: Flag | None = None
    identity_verified: Flag | None = None
    identity: Token | None = None
    village_proof_sha256: Hash | None = None
    panel: Panel | None = None
    suspended: Flag | None = None
    suspended_on: Day | None = None
    suspended_by: Name | None = None
