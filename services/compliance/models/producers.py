"""Producers as far as the gate must know more of them than listings tell: whether one is suspended, and by whom."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.compliance.models.base import Base, optional_json_column


class ProducerCopy(Base, table=True):
    """A producer as catalog last told it; `suspension` is the one in force."""

    __tablename__ = "producer_copy"
    __table_args__ = (sa.Index("ix_producer_copy_uscc", "uscc"),)

    producer_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    uscc: str | None = Field(default=None, sa_type=sa.Text)
    suspension: dict[str, Any] | None = optional_json_column()
