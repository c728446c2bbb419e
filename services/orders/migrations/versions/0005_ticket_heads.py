"""Heads of the chain over a lot's tickets: what was published of the order of arrival, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table and the view that the chain is computed over."""
    for statement in CHANGES.split(";\n"):
        if statement.strip():
            op.execute(sa.text(statement.replace(":", r"\:")))


CHANGES = """
CREATE TABLE orders.ticket_head (
  broadcast_id text NOT NULL,
  lot_id text NOT NULL,
  ticket bigint NOT NULL,
  head text NOT NULL,
  sealed_at timestamptz NOT NULL,
  CONSTRAINT pk_ticket_head PRIMARY KEY (broadcast_id, lot_id, ticket)
);
CREATE VIEW orders.ticket AS
SELECT o.broadcast_id, o.lot_id, o.ticket,
  floor(extract(epoch FROM o.created_at) * 1000)::bigint AS placed_ms,
  encode(sha256(convert_to(o.id || '|' || o.ticket || '|' ||
    floor(extract(epoch FROM o.created_at) * 1000)::bigint, 'UTF8')), 'hex') AS leaf
FROM orders."order" o;
"""
