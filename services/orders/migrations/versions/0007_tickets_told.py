"""When the chains of a broadcast were announced last."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.execute(sa.text(TABLE))


TABLE = """
CREATE TABLE orders.tickets_told (
  broadcast_id text NOT NULL,
  version bigint NOT NULL,
  tickets bigint NOT NULL,
  closed boolean NOT NULL,
  told_at timestamptz NOT NULL,
  CONSTRAINT pk_tickets_told PRIMARY KEY (broadcast_id)
)
"""
