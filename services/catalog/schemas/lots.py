"""The body of a lot: every fact that the gate knows of a lot, by the same names, and what a buyer reads beside it."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from services.catalog.schemas.common import Count, Fen, Months, Price, Prose, UnitGrams, Units, UsccText
from services.contracts.values import Exemption, RegionCode
from services.kit.fields import Day, Flag, Grams, Id, In, Instant, Line, Name, Sha256, Share

CertificateKind = Literal[
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
TextKind = Literal["title", "description", "tag", "keyword", "cover", "thumbnail", "label", "other"]
MediaKind = Literal["cover", "thumbnail", "product_image", "clip", "poster", "other"]
GapPayer = Literal["producer", "published_budget", "undisclosed_public", "supplier_by_order", "farmer"]


AttributeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
AttributeChoice = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_]+$")]


class PlotIn(In):
    """Where the goods grew."""

    township_code: Annotated[str, Field(pattern=r"^[0-9]{9}$")] | None = None
    region_code: RegionCode | None = None
    area_square_metres: Count | None = None


class CertificateIn(In):
    """A paper that speaks for the goods."""

    kind: CertificateKind
    number: Name | None = None
    lot_number: Name | None = None
    product_name: Name | None = None
    issuer: Name | None = None
    issuer_uscc: UsccText | None = None
    issued_on: Day | None = None
    expires_on: Day | None = None
    quantity_grams: Grams | None = None
    origin_region_code: RegionCode | None = None
    qualified_laboratory: Flag | None = None
    conforming: Flag | None = None
    number_verified: Flag | None = None
    document_sha256: Sha256 | None = None


class LabelIn(In):
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
    photo_sha256: Sha256 | None = None


class PriceChangeIn(In):
    """A price that was in force in the same shop."""

    price_fen: Fen | None = None
    since_at: Instant | None = None
    until_at: Instant | None = None


class SamplingIn(In):
    """An official sampling of this supplier and category."""

    sampled_on: Day | None = None
    conforming: Flag | None = None
    closed: Flag | None = None


class TextIn(In):
    """A piece of text that appears with the goods, typed in: nothing is read from pictures by a machine."""

    kind: TextKind
    text: Prose
    language: Literal["zh", "en"] | None = None
    name: Name | None = None
    evidence_id: Name | None = None
    exemption: Exemption | None = Field(None, description="Why an absolute term in the text is lawful; with evidence.")
    case_id: Name | None = None


class MediaIn(In):
    """A picture or clip, with what a person declares to be in it."""

    kind: MediaKind
    sha256: Sha256
    official_shown: Flag | None = None
    emblem_shown: Flag | None = None
    flag_shown: Flag | None = None
    goods_shown: Flag | None = None
    child_shown: Flag | None = None


class LotOffer(In):
    """The least that makes an offer."""

    producer_id: Id
    lot_number: Annotated[Name, Field(max_length=100)]
    price_fen: Price
    price_unit: Annotated[Name, Field(max_length=20)]
    net_grams: UnitGrams
    offered_units: Units


class LotGoods(In):
    """What it is, and when and where it grew."""

    variety: Name | None = None
    display_name: Name | None = None
    origin_region_code: RegionCode | None = Field(None, description="The listing's region when left out.")
    specification: Name | None = None
    grade: Name | None = None
    processed: Flag | None = None
    packaging: Literal["unpacked", "packed_at_farm", "prepacked", "bulk"] | None = None
    reissued_by_aggregator: Flag | None = None
    harvested_on: Day | None = None
    opens_on: Day | None = Field(None, description="Taken from the specialty's opening days when left out.")
    opening_day_expected: Flag | None = None
    season_months: Months | None = Field(None, description="The specialty's when left out.")
    cold_stored: Flag | None = None
    storage_record_sha256: Sha256 | None = None
    shelf_life_days: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None
    best_before_on: Day | None = None
    plots: Annotated[list[PlotIn], Field(max_length=100)] | None = None
    yield_grams: Grams | None = None
    verified_capacity_grams: Grams | None = None
    sold_grams: Grams | None = None
    recalled_inputs: Flag | None = None
    declared_warehouses: Annotated[list[RegionCode], Field(max_length=50)] | None = None


class LotPrice(In):
    """What it costs, what was paid for it, and who bears a gap."""

    detail_price_fen: Fen | None = None
    was_price_fen: Fen | None = None
    lowest_price_7d_fen: Fen | None = None
    price_history: Annotated[list[PriceChangeIn], Field(max_length=100)] | None = None
    weight_basis: Literal["net", "gross"] | None = None
    gross_grams: UnitGrams | None = None
    freight_fen: Fen | None = None
    freight_terms: Line | None = None
    compares_market_price: Flag | None = None
    comparison_source: Line | None = None
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
    clearance_statement_sha256: Sha256 | None = None
    subsidy_fen: Fen | None = None
    subsidy_budget_line: Line | None = None
    gap_payer: GapPayer | None = None


class LotRecord(In):
    """Papers, stock and what has been heard of it."""

    certificates: Annotated[list[CertificateIn], Field(max_length=50)] | None = None
    label: LabelIn | None = None
    samplings: Annotated[list[SamplingIn], Field(max_length=50)] | None = None
    recall_open: Flag | None = None
    offered_grams: Grams | None = Field(None, description="Units times net grams when left out.")
    verified_stock_grams: Grams | None = None
    promised_dispatch_hours: Count | None = None
    complaints_7d: Count | None = None
    complaint_share_7d_bp: Share | None = None
    return_policy: Literal["seven_days", "fresh_exempt", "other"] | None = None


Attributes = Annotated[dict[AttributeName, StrictBool | StrictInt | AttributeChoice], Field(max_length=40)]


class LotIn(LotRecord, LotPrice, LotGoods, LotOffer):
    """One producer's offer. A fact left out is asked for by the gate, never by this form."""

    attributes: Attributes | None = Field(
        None,
        description="What goods of this kind are described by: `GET /categories/{code}/attributes` has the schema.",
    )
    description_zh: Prose = ""
    description_en: Prose = ""
    texts: Annotated[list[TextIn], Field(max_length=50)] = Field(default_factory=list)
    media: Annotated[list[MediaIn], Field(max_length=30)] = Field(default_factory=list)
    delivery_region_codes: Annotated[list[RegionCode], Field(max_length=400)] = Field(
        default_factory=list, description="Where it is delivered; empty means everywhere in the mainland."
    )
    delivery_note: Annotated[str, Field(max_length=2_000)] = ""
