"""To which region the things in the log belong, for feeds; the leaves themselves do not say it."""

import sqlalchemy as sa
from sqlmodel import Field

from services.disclosure.models.base import Base, key_column, text_column


class EntityRegion(Base, table=True):
    """The region of something that has leaves, and the line of regions above it."""

    __tablename__ = "entity_region"
    __table_args__ = (sa.Index(None, "region_path", postgresql_using="gin"),)

    kind: str = key_column()
    entity_id: str = key_column()
    region_code: str = text_column()
    region_path: list[str] = Field(sa_type=sa.ARRAY(sa.Text), nullable=False)
