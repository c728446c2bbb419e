"""The public log as it is answered."""

from datetime import datetime

from pydantic import BaseModel, Field


class LeafOut(BaseModel):
    """One leaf: its record, and whether a published checkpoint covers it already."""

    place: int | None = Field(description="Index in the tree, from 0; null while it waits for one.")
    kind: str
    id: str = Field(description="The entity that the leaf is about.")
    at: str
    sha256: str = Field(description="Hash of the document at `/ledger/documents/{sha256}`.")
    commitment: str | None = Field(description="Stands for what can be erased, under a salt.")
    published: bool


class LeavesOut(BaseModel):
    """Leaves, and the cursor of the following ones."""

    items: list[LeafOut]
    next: str | None = None


class WitnessOut(BaseModel):
    """A witness: its key, and what it did with the newest checkpoint."""

    name: str
    key: str
    cosigned_at: datetime | None = Field(description="When it signed the published checkpoint.")
    size: int | None = Field(description="The size that it has seen last.")
    refusal: str | None = Field(description="Why it did not sign when it was asked last.")


class LedgerOut(BaseModel):
    """The log: its name, its key, its published head, and its witnesses."""

    origin: str
    key: str = Field(description="The public key that signs checkpoints. Get it from somewhere else too.")
    earlier_keys: list[str]
    size: int
    root: str = Field(description="Root hash, base64.")
    published_at: datetime
    quorum: int = Field(description="So many witnesses must have signed before a checkpoint is published.")
    witnesses: list[WitnessOut]


class GrowthOut(BaseModel):
    """The proof that the log of `new` leaves begins with the log of `old` leaves."""

    old: int
    new: int
    hashes: list[str] = Field(description="Consistency proof (RFC 6962 §2.1.2), base64.")
