"""Bodies about officials, their declarations, hosts and rooms."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.broadcast.schemas.fields import Body, Code, Count, Id, Identity, Name, OrganBody, Sha256
from services.contracts.values import Fen, RegionCode


class OfficialIn(Body):
    """An official who may speak for a region. Give the account, or else the identity of the person."""

    account_id: Id | None = None
    identity: Identity | None = None
    post_zh: Name
    post_en: Name
    organ: OrganBody
    jurisdiction: Annotated[list[RegionCode], Field(min_length=1, max_length=20)]
    civil_servant: bool
    left_office_on: date | None = None


class DeclarationPublic(BaseModel):
    """All that the public learns of a declaration of interests."""

    declared_on: date
    recused: bool


class OfficialOut(BaseModel):
    """An official as everybody may see them: by post, never by name."""

    id: str
    version: int
    post_zh: str
    post_en: str
    organ: OrganBody
    jurisdiction: list[str]
    civil_servant: bool
    left_office_on: date | None
    declaration: DeclarationPublic | None = Field(None, description="The latest one; none has been made when null.")


class RelationIn(Body):
    """A near relation, where they live and work; identity and name become tokens.

    `employer_uscc` names the firm where they work, or in which they hold a share or a post.
    """

    relation: Literal["self", "spouse", "child", "child_spouse", "lineal", "collateral", "close_in_law", "other"]
    identity: Identity | None = None
    name: Identity | None = None
    region_code: RegionCode | None = None
    employer_uscc: Code | None = None


class FormerPostIn(Body):
    """A post held before; no `left_on` means it is still held. `leading`: leading, or of county rank and above."""

    organ: Name
    organ_uscc: Code | None = None
    left_on: date | None = None
    leading: bool | None = None


class GrantIn(Body):
    """Public money that the official approved for a supplier."""

    supplier_uscc: Code
    approved_on: date
    amount_fen: Fen | None = None


class DeclarationIn(Body):
    """A declaration of interests, by the official, or recorded by an operator who holds the signed paper."""

    declared_on: date
    recused: bool = False
    relations: Annotated[list[RelationIn], Field(max_length=200)]
    former_posts: Annotated[list[FormerPostIn], Field(max_length=50)]
    grants: Annotated[list[GrantIn], Field(max_length=200)]
    signed_document_sha256: Sha256 | None = Field(None, description="The signed paper; an operator must give it.")


class DeclarationOut(BaseModel):
    """The receipt of a declaration."""

    id: str
    official_id: str
    declared_on: date
    recused: bool
    relations: int = Field(description="How many relations were declared; who they are is not shown.")
    former_posts: int
    grants: int
    signed_document_sha256: str | None = None
    recorded_at: datetime | None = None
    withdrawn_at: datetime | None = Field(None, description="It no longer counts since then.")
    withdrawn_reason: str | None = None


class DeclarationList(BaseModel):
    """Every declaration of an official, newest first, those withdrawn among them."""

    items: list[DeclarationOut]


class HostIn(Body):
    """A host, who is no official and sells in market segments."""

    region_code: RegionCode
    account_id: Id | None = None
    identity: Identity | None = None
    name: Name = Field(description="Shown to operators only.")
    position: Name = Field(description="Profession and position; public.")
    official: bool = False
    age_years: Annotated[Count, Field(le=150)] | None = None
    guardian_consent: bool | None = None
    real_name_verified: bool | None = None
    training_passed_on: date | None = None
    tasted: bool | None = None
    ai_generated: bool | None = None


class HostOut(BaseModel):
    """A host as operators of the region see them."""

    id: str
    version: int
    region_code: str
    name: str
    position: str
    official: bool
    age_years: int | None
    guardian_consent: bool | None
    real_name_verified: bool | None
    training_passed_on: date | None
    tasted: bool | None
    ai_generated: bool | None


class NewRoom(Body):
    """A further room for a region."""

    region_code: RegionCode
    name_zh: Name
    name_en: Name


class RoomOut(BaseModel):
    """A room: one broadcast at a time."""

    id: str
    version: int
    region_code: str
    name_zh: str
    name_en: str
    first: bool = Field(description="The region's first room, which filings take unless they name another.")
