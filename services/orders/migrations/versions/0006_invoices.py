"""Invoices that buyers ask for and sellers issue."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.execute(sa.text(CHANGES))


CHANGES = """
CREATE TABLE orders.invoice (
  order_id text NOT NULL,
  account_id text NOT NULL,
  title text,
  tax_number text,
  asked_at timestamptz NOT NULL,
  number text,
  issued_at timestamptz,
  issued_by text,
  CONSTRAINT pk_invoice PRIMARY KEY (order_id),
  CONSTRAINT fk_invoice_order_id_leg FOREIGN KEY (order_id) REFERENCES orders.leg (order_id),
  CONSTRAINT ck_invoice_issued CHECK ((number IS NULL) = (issued_at IS NULL))
)
"""
