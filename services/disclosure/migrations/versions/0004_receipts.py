"""Receipts of buyers, and whose salts are not kept any more."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables, and leave in copies of accounts only what the records need of them."""
    for statement in (*TABLES.split(";\n\n"), FORGET_NAMES):
        op.execute(sa.text(statement))


TABLES = """
CREATE TABLE disclosure.receipt_tree (
  broadcast_id text NOT NULL,
  release bigint NOT NULL,
  size bigint NOT NULL,
  nodes bytea NOT NULL,
  CONSTRAINT pk_receipt_tree PRIMARY KEY (broadcast_id, release)
);

ALTER TABLE disclosure.receipt_tree ALTER COLUMN nodes SET STORAGE EXTERNAL;

CREATE TABLE disclosure.receipt (
  broadcast_id text NOT NULL,
  order_id text NOT NULL,
  release bigint NOT NULL,
  buyer text NOT NULL,
  place bigint NOT NULL,
  salt bytea NOT NULL,
  status bytea NOT NULL,
  CONSTRAINT pk_receipt PRIMARY KEY (broadcast_id, order_id, release)
);

CREATE INDEX ix_receipt_broadcast_id_buyer ON disclosure.receipt (broadcast_id, buyer);

CREATE TABLE disclosure.erased_account (
  account_id text NOT NULL,
  erased_at timestamptz NOT NULL,
  CONSTRAINT pk_erased_account PRIMARY KEY (account_id)
);

ALTER TABLE disclosure.draft ADD COLUMN receipts bytea
"""

FORGET_NAMES = """
UPDATE disclosure.copy SET payload = jsonb_strip_nulls(jsonb_build_object(
  'roles', payload -> 'roles', 'created_at', payload -> 'created_at', 'phone_bound', payload -> 'phone_bound',
  'name', CASE WHEN (payload -> 'roles') - 'buyer' <> '[]' THEN payload -> 'name' END))
WHERE kind = 'account'
"""
