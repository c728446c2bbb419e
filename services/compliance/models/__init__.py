"""The tables of compliance. What was decided is kept as the bytes that were sent; no column holds a raw identity."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.compliance.models.base import Base, json_column, optional_json_column
from services.compliance.models.parameters import Impact, ImpactLine, ParameterChange, Rulebook
from services.compliance.models.people import Appeal, Override, Referral, TrailEntry, TrailUntold
from services.compliance.models.platforms import Delivery, Revocation, Webhook
from services.compliance.models.producers import ProducerCopy
from services.compliance.models.reports import Report, ReportEntry, ReportFile, ReportWords
from services.kit.tables import Instant, Texts

__all__ = [
    "AccountCopy",
    "Appeal",
    "Base",
    "Batch",
    "BatchLine",
    "ClearanceKey",
    "Decision",
    "Declaration",
    "Delivery",
    "Due",
    "FilingCopy",
    "ForceMajeure",
    "Impact",
    "ImpactLine",
    "ListingCopy",
    "LotPlace",
    "OfficialCopy",
    "Override",
    "ParameterChange",
    "ProducerCopy",
    "Referral",
    "Report",
    "ReportEntry",
    "ReportFile",
    "ReportWords",
    "Resolution",
    "Revocation",
    "RoomCopy",
    "Rulebook",
    "SlowSales",
    "Standing",
    "TrailEntry",
    "TrailUntold",
    "Verification",
    "Webhook",
]


class Decision(Base, table=True):
    """An answer of the gate, as the bytes that were sent. `announced` is false for parts of a filing's decision."""

    __tablename__ = "decision"
    __table_args__ = (
        sa.Index("ix_decision_subject", "subject_kind", "subject_id", "id"),
        sa.Index("ix_decision_deleted_after", "deleted_after", postgresql_where=sa.text("deleted_after IS NOT NULL")),
        sa.Index(
            "ix_decision_cleared_keys",
            "keys",
            postgresql_using="gin",
            postgresql_where=sa.text("cleared_until IS NOT NULL"),
        ),
    )

    id: str = Field(sa_type=sa.Text, primary_key=True)
    origin: str = Field(sa_type=sa.Text)
    stage: str = Field(sa_type=sa.Text)
    subject_kind: str | None = Field(default=None, sa_type=sa.Text)
    subject_id: str | None = Field(default=None, sa_type=sa.Text)
    subject_version: int | None = Field(default=None, sa_type=sa.BigInteger)
    parent_id: str | None = Field(default=None, sa_type=sa.Text)
    region_code: str | None = Field(default=None, sa_type=sa.Text)
    binding: bool
    announced: bool
    is_public: bool
    outcome: str = Field(sa_type=sa.Text)
    at: datetime = Field(sa_type=Instant)
    decided_at: datetime = Field(sa_type=Instant)
    valid_until: datetime | None = Field(default=None, sa_type=Instant)
    ruleset: str = Field(sa_type=sa.Text)
    facts_sha256: str = Field(sa_type=sa.Text)
    answer_sha256: str = Field(sa_type=sa.Text)
    rules: list[str] | None = Field(default=None, sa_type=Texts)
    asked_by: str | None = Field(default=None, sa_type=sa.Text)
    copied_from: str | None = Field(default=None, sa_type=sa.Text)
    document: bytes = Field(sa_type=sa.LargeBinary)
    deleted_after: datetime | None = Field(default=None, sa_type=Instant)
    keys: list[str] | None = Field(default=None, sa_type=Texts)
    cleared_until: datetime | None = Field(default=None, sa_type=Instant)


class Standing(Base, table=True):
    """The decision that stands for one of our subjects, and the keys of the facts on which it rests.

    `overridable`: it fails, and no rule fails that two people could not override. `waits_since`: the moment of the
    first answer that holds the present version for a person.
    """

    __tablename__ = "standing"
    __table_args__ = (
        sa.Index("ix_standing_keys", "keys", postgresql_using="gin"),
        sa.Index("ix_standing_ask_again_at", "ask_again_at", postgresql_where=sa.text("ask_again_at IS NOT NULL")),
        sa.Index(
            "ix_standing_waiting",
            "deadline_at",
            "decision_id",
            postgresql_where=sa.text("binding AND outcome = 'review' AND active"),
        ),
        sa.Index("ix_standing_overridable", "deadline_at", postgresql_where=sa.text("overridable")),
    )

    subject_kind: str = Field(sa_type=sa.Text, primary_key=True)
    subject_id: str = Field(sa_type=sa.Text, primary_key=True)
    decision_id: str = Field(sa_column=sa.Column(sa.Text, sa.ForeignKey("compliance.decision.id"), nullable=False))
    parts: list[str] = Field(sa_type=Texts, nullable=False)
    version: int = Field(sa_type=sa.BigInteger)
    parent_id: str | None = Field(default=None, sa_type=sa.Text)
    region_code: str | None = Field(default=None, sa_type=sa.Text)
    region_line: list[str] = Field(sa_type=Texts, nullable=False)
    title_zh: str = Field(sa_type=sa.Text)
    title_en: str = Field(sa_type=sa.Text)
    binding: bool
    outcome: str = Field(sa_type=sa.Text)
    at: datetime = Field(sa_type=Instant)
    clock_set: bool
    active: bool
    overridable: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})
    waits_since: datetime | None = Field(default=None, sa_type=Instant)
    ask_again_at: datetime | None = Field(default=None, sa_type=Instant)
    deadline_at: datetime = Field(sa_type=Instant)
    keys: list[str] = Field(sa_type=Texts, nullable=False)


class Due(Base, table=True):
    """A subject whose question is to be asked (again) at `due_at`, and the clock to ask it by."""

    __tablename__ = "due"

    subject_kind: str = Field(sa_type=sa.Text, primary_key=True)
    subject_id: str = Field(sa_type=sa.Text, primary_key=True)
    due_at: datetime = Field(sa_type=Instant, index=True)
    clock_at: datetime | None = Field(default=None, sa_type=Instant)


class ListingCopy(Base, table=True):
    """A listing version as catalog submitted it."""

    __tablename__ = "listing_copy"

    listing_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger, primary_key=True)
    event_id: str = Field(sa_type=sa.Text)
    payload: str = Field(sa_type=sa.Text)
    withdrawn: bool


class LotPlace(Base, table=True):
    """The newest listing version in which a lot was submitted."""

    __tablename__ = "lot_place"

    lot_id: str = Field(sa_type=sa.Text, primary_key=True)
    listing_id: str = Field(sa_type=sa.Text)
    version: int = Field(sa_type=sa.BigInteger)


class FilingCopy(Base, table=True):
    """A filing as broadcast last told it. `asked_payload` is the state that was submitted or approved."""

    __tablename__ = "filing_copy"

    filing_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    state: str = Field(sa_type=sa.Text)
    asked_version: int | None = Field(default=None, sa_type=sa.BigInteger)
    asked_payload: str | None = Field(default=None, sa_type=sa.Text)
    asked_binding: bool = False
    received_at: datetime = Field(sa_type=Instant)
    waiting_for: list[str] = Field(sa_type=Texts, nullable=False)
    broadcast_id: str | None = Field(default=None, sa_type=sa.Text, index=True)
    starts_at: datetime | None = Field(default=None, sa_type=Instant)
    ends_at: datetime | None = Field(default=None, sa_type=Instant)


class AccountCopy(Base, table=True):
    """Who somebody is and for which organ they act, as accounts last told it."""

    __tablename__ = "account_copy"

    account_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    person: str = Field(sa_type=sa.Text, index=True)
    organ: dict[str, Any] | None = optional_json_column()
    post: str | None = Field(default=None, sa_type=sa.Text)
    superior: str | None = Field(default=None, sa_type=sa.Text)
    head_of_government: bool
    active: bool


class OfficialCopy(Base, table=True):
    """An official and the declaration of interests that stands, as broadcast last told it."""

    __tablename__ = "official_copy"

    official_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    person: str = Field(sa_type=sa.Text)
    declared_on: date | None = None
    declaration: dict[str, Any] = json_column()


class RoomCopy(Base, table=True):
    """A room as broadcast last told it, and the last question about it."""

    __tablename__ = "room_copy"

    broadcast_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    state: str | None = Field(default=None, sa_type=sa.Text)
    asked_version: int | None = Field(default=None, sa_type=sa.BigInteger)
    asked_payload: str | None = Field(default=None, sa_type=sa.Text)


class HeardComment(Base, table=True):
    """A message of a chat as it was said, for as long as a chorus of praise may be looked for in it."""

    __tablename__ = "heard_comment"
    __table_args__ = (sa.Index(None, "broadcast_id", "said_at"), sa.Index(None, "said_at"))

    message: str = Field(sa_type=sa.Text, primary_key=True)
    broadcast_id: str = Field(sa_type=sa.Text)
    account: str = Field(sa_type=sa.Text)
    network: str | None = Field(default=None, sa_type=sa.Text)
    account_age_days: int | None = None
    text: str = Field(sa_type=sa.Text)
    said_at: datetime = Field(sa_type=Instant, nullable=False)


class ForceMajeure(Base, table=True):
    """An event in the registry. `content_version` counts what must be verified, `version` every change."""

    __tablename__ = "force_majeure"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    content_version: int = Field(sa_type=sa.BigInteger)
    title_zh: str = Field(sa_type=sa.Text)
    title_en: str = Field(sa_type=sa.Text)
    event_type: str = Field(sa_type=sa.Text)
    occurred_at: datetime = Field(sa_type=Instant)
    region_codes: list[str] = Field(sa_type=Texts, nullable=False)
    region_line: list[str] = Field(sa_type=Texts, nullable=False)
    body: dict[str, Any] = json_column()
    registered_by: str = Field(sa_type=sa.Text)
    registrar_person: str = Field(sa_type=sa.Text)
    registrar_organ: dict[str, Any] | None = optional_json_column()
    registered_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class Declaration(Base, table=True):
    """One official declaration of an event; grade, warning level and response level are three scales."""

    __tablename__ = "declaration"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    force_majeure_id: str = Field(
        sa_column=sa.Column(sa.Text, sa.ForeignKey("compliance.force_majeure.id"), nullable=False, index=True)
    )
    kind: str = Field(sa_type=sa.Text)
    system: str | None = Field(default=None, sa_type=sa.Text)
    event_grade: int | None = Field(default=None, sa_type=sa.SmallInteger)
    warning_level: int | None = Field(default=None, sa_type=sa.SmallInteger)
    response_level: int | None = Field(default=None, sa_type=sa.SmallInteger)
    authority: dict[str, Any] | None = optional_json_column()
    joint_authorities: list[dict[str, Any]] = json_column()
    doc_no: str | None = Field(default=None, sa_type=sa.Text)
    title: str | None = Field(default=None, sa_type=sa.Text)
    url: str | None = Field(default=None, sa_type=sa.Text)
    file_hash: str | None = Field(default=None, sa_type=sa.Text)
    stored_file_hash: str | None = Field(default=None, sa_type=sa.Text)
    relayed: bool | None = None
    signed_by: str | None = Field(default=None, sa_type=sa.Text)
    issued_at: datetime | None = Field(default=None, sa_type=Instant)
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)


class Verification(Base, table=True):
    """A verifier's word on one content version of an event."""

    __tablename__ = "verification"

    force_majeure_id: str = Field(
        sa_column=sa.Column(sa.Text, sa.ForeignKey("compliance.force_majeure.id"), primary_key=True)
    )
    person: str = Field(sa_type=sa.Text, primary_key=True)
    content_version: int = Field(sa_type=sa.BigInteger, primary_key=True)
    account_id: str = Field(sa_type=sa.Text)
    organ: dict[str, Any] | None = optional_json_column()
    verified_at: datetime = Field(sa_type=Instant)


class SlowSales(Base, table=True):
    """Evidence of unsold stock, and who certified it."""

    __tablename__ = "slow_sales"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    region_code: str = Field(sa_type=sa.Text)
    region_line: list[str] = Field(sa_type=Texts, nullable=False)
    category_code: str = Field(sa_type=sa.Text)
    season: str = Field(sa_type=sa.Text)
    body: dict[str, Any] = json_column()
    submitted_by: str = Field(sa_type=sa.Text)
    submitter_person: str = Field(sa_type=sa.Text)
    submitter_organ: dict[str, Any] | None = optional_json_column()
    submitted_at: datetime = Field(sa_type=Instant)
    certified_by: str | None = Field(default=None, sa_type=sa.Text)
    certifier_person: str | None = Field(default=None, sa_type=sa.Text)
    certifier_organ: dict[str, Any] | None = optional_json_column()
    certified_at: datetime | None = Field(default=None, sa_type=Instant)


class Resolution(Base, table=True):
    """A reviewer's published word on one rule of one decision; `fact` is what the rules read of it."""

    __tablename__ = "resolution"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    subject_kind: str = Field(sa_type=sa.Text, index=True)
    subject_id: str = Field(sa_type=sa.Text, index=True)
    decision_id: str = Field(sa_type=sa.Text)
    fact: dict[str, Any] = json_column()
    reason_zh: str = Field(sa_type=sa.Text)
    reason_en: str | None = Field(default=None, sa_type=sa.Text)
    reviewer_account: str = Field(sa_type=sa.Text)
    reviewer_person: str = Field(sa_type=sa.Text)
    resolved_at: datetime = Field(sa_type=Instant)


class ClearanceKey(Base, table=True):
    """A key that signs clearances, sealed with the deployment's secret; kept for ever."""

    __tablename__ = "clearance_key"

    kid: str = Field(sa_type=sa.Text, primary_key=True)
    sealed_pem: str = Field(sa_type=sa.Text)
    public_jwk: dict[str, str] = json_column()
    created_at: datetime = Field(sa_type=Instant)


class Batch(Base, table=True):
    """A batch that was begun with a key, so that a cut stream can be resumed."""

    __tablename__ = "batch"

    actor: str = Field(sa_type=sa.Text, primary_key=True)
    key: str = Field(sa_type=sa.Text, primary_key=True)
    body_sha256: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(sa_type=Instant, index=True)


class BatchLine(Base, table=True):
    """One answered line of a batch: a decision, or a problem document."""

    __tablename__ = "batch_line"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["actor", "key"],
            ["compliance.batch.actor", "compliance.batch.key"],
            name="fk_batch_line_actor",
            ondelete="CASCADE",
        ),
    )

    actor: str = Field(sa_type=sa.Text, primary_key=True)
    key: str = Field(sa_type=sa.Text, primary_key=True)
    position: int = Field(sa_type=sa.Integer, primary_key=True)
    decision_id: str | None = Field(default=None, sa_type=sa.Text)
    problem: str | None = Field(default=None, sa_type=sa.Text)
