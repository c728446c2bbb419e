"""Facts about what is promoted, who supplies it, how suppliers were found and under which marks."""

from typing import Literal

from services.compliance.rules.facts.values import (
    Code,
    Count,
    Day,
    Flag,
    Id,
    Line,
    Many,
    Name,
    Region,
    Share,
    Token,
    Uscc,
    fact,
)


@fact
class Subject:
    """What is promoted: a region's specialty, or something that may not be."""

    subject_kind: Literal["region_category", "enterprise", "brand", "sku", "person"] | None = None
    region_code: Region | None = None
    category_code: Code | None = None
    display_name: Name | None = None
    season: Name | None = None
    specialty_id: Id | None = None
    listing_id: Id | None = None
    content_sha256: Line | None = None


@fact
class SupplierPerson:
    """Somebody behind a supplier by name, and by identity where a number was given; both are tokens."""

    name: Token | None = None
    person: Token | None = None


@fact
class Supplier:
    """One producer behind the specialty; identifying values are opaque tokens."""

    uscc: Uscc | None = None
    name: Name | None = None
    trade_name: Name | None = None
    kind: (
        Literal[
            "enterprise",
            "sole_trader",
            "cooperative",
            "rural_collective",
            "household",
            "association",
            "institution",
            "other",
        ]
        | None
    ) = None
    region_code: Region | None = None
    legal_rep: Token | None = None
    controller: Token | None = None
    phone: Token | None = None
    account: Token | None = None
    address: Token | None = None
    shareholders: Many[Token] | None = None
    executives: Many[Token] | None = None
    people: Many[SupplierPerson] | None = None
    members: Count | None = None
    open_membership: Flag | None = None
    offered_share_bp: Share | None = None
    paid_share_bp: Share | None = None


@fact
class OpenCall:
    """The public invitation to all qualified producers."""

    published_on: Day | None = None
    closed_on: Day | None = None
    emergency: Flag | None = None
    url: Line | None = None
    document_sha256: Line | None = None


@fact
class Mark:
    """A mark under which the goods are offered, and who may use it."""

    mark_id: Id | None = None
    mark_type: (
        Literal["none", "gi_product", "gi_certification", "gi_collective", "regional_public_brand", "ordinary"] | None
    ) = None
    mark_no: Code | None = None
    number_verified: Flag | None = None
    name: Name | None = None
    display_name: Name | None = None
    holder_uscc: Uscc | None = None
    holder_name: Name | None = None
    holder_state_owned: Flag | None = None
    licensees: Count | None = None
    licence_open: Flag | None = None
    naturally_formed: Flag | None = None
    largest_firm_share_bp: Share | None = None
    authorised_suppliers: Many[Uscc] | None = None
    area_region_codes: Many[Region] | None = None
    registered_on: Day | None = None
    expires_on: Day | None = None
