"""Bodies about marks and producers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from services.catalog.schemas.admission import AdmissionOut, SuspensionOut
from services.catalog.schemas.common import Count, FieldWarning, RegionName, UsccText
from services.contracts.values import RegionCode
from services.kit.fields import Day, Flag, Id, In, Instant, Line, Name, Out, Sha256, Share

MarkType = Literal["none", "gi_product", "gi_certification", "gi_collective", "regional_public_brand", "ordinary"]
ProducerKind = Literal[
    "enterprise",
    "sole_trader",
    "cooperative",
    "rural_collective",
    "household",
    "association",
    "institution",
    "other",
]


class MarkIn(In):
    """A mark under which goods are offered; the field names are those of the fact `marks[]`."""

    region_code: RegionCode
    mark_type: MarkType
    name: Name
    display_name: Name | None = None
    mark_no: Annotated[Name, Field(max_length=64)] | None = None
    number_verified: Flag | None = None
    holder_uscc: UsccText | None = None
    holder_name: Name | None = None
    holder_state_owned: Flag | None = None
    licensees: Count | None = None
    licence_open: Flag | None = None
    naturally_formed: Flag | None = None
    largest_firm_share_bp: Share | None = None
    authorised_suppliers: Annotated[list[UsccText], Field(max_length=1_000)] | None = None
    area_region_codes: Annotated[list[RegionCode], Field(max_length=200)] | None = None
    registered_on: Day | None = None
    expires_on: Day | None = None


class MarkOut(Out):
    """A mark."""

    id: Id
    version: int
    region: RegionName
    mark: MarkIn
    updated_at: datetime


class Licence(In):
    """The business licence as a person read it."""

    name: Name | None = None
    expires_on: Day | None = None
    long_term: Flag | None = None
    image_sha256: Sha256 | None = None


class ProducerIn(In):
    """Who grows or makes it.

    `name`, `address` and `contact` are shown on the seller's panel, as the law requires. `legal_rep`, `controller`,
    `phone`, `account`, `identity_number`, `shareholders` and `executives` become opaque tokens on arrival and are
    not kept.
    """

    region_code: RegionCode
    name: Name
    name_en: Name | None = None
    kind: ProducerKind | None = Field(None, description="Taken from the code's prefix when left out.")
    uscc: UsccText | None = None
    seller_type: Literal["registered", "farmer_exempt"] | None = None
    trade_name: Name | None = None
    address: Line | None = None
    contact: Line | None = None
    legal_rep: Name | None = None
    controller: Name | None = None
    phone: Name | None = None
    account: Name | None = None
    identity_number: Name | None = None
    shareholders: Annotated[list[Name], Field(max_length=200)] | None = None
    executives: Annotated[list[Name], Field(max_length=200)] | None = None
    members: Count | None = None
    open_membership: Flag | None = None
    licence: Licence | None = None
    verified_at: Instant | None = None
    abnormal_operation: Flag | None = None
    serious_dishonesty: Flag | None = None
    identity_verified: Flag | None = None
    village_proof_sha256: Sha256 | None = None

    @model_validator(mode="after")
    def be_somebody(self) -> "ProducerIn":
        if self.uscc is None and self.seller_type != "farmer_exempt":
            raise ValueError(
                "Give a unified social credit code, or seller_type farmer_exempt for a farm household.",
                "请填写统一社会信用代码；农户自产自销的，请将 seller_type 填为 farmer_exempt。",
            )
        return self


class ClaimIn(In):
    """What a register of enterprises signed about a producer: a compact JWS."""

    claim: Annotated[str, Field(min_length=20, max_length=8_000)]


class ProducerOut(Out):
    """A producer as everyone may see it: what the seller's panel shows and what was verified, never a token."""

    id: Id
    version: int
    region: RegionName
    name: str
    name_en: str | None
    kind: ProducerKind
    uscc: str | None
    seller_type: Literal["registered", "farmer_exempt"]
    trade_name: str | None
    address: str | None
    contact: str | None
    members: int | None
    open_membership: bool | None
    licence: Licence | None
    verified_at: datetime | None
    verified_by: str | None = Field(None, description="The register outside that vouched; null where an office did.")
    abnormal_operation: bool | None
    serious_dishonesty: bool | None
    identity_verified: bool | None
    village_proof_sha256: Sha256 | None = Field(
        None, description="Told only to the offices of the producer's region: the paper names a person."
    )
    warnings: list[FieldWarning] = Field(default_factory=list)
    admission: AdmissionOut
    suspension: SuspensionOut | None = Field(None, description="In force: the gate lets nothing of theirs pass.")
    updated_at: datetime
