"""Lots, counted units, sales and their stock, addresses, checkouts and orders."""

import sqlalchemy as sa
from alembic import op

from services.kit.migrate import create_plumbing_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the service."""
    create_plumbing_v1("orders")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(sa.text(statement))


TABLES = """
CREATE TABLE orders.address (
  id text NOT NULL,
  account_id text NOT NULL,
  consignee text,
  phone text,
  region_code text NOT NULL,
  detail text,
  household text NOT NULL,
  recipient text NOT NULL,
  created_at timestamptz NOT NULL,
  gone_at timestamptz,
  CONSTRAINT pk_address PRIMARY KEY (id)
);
CREATE INDEX ix_address_account_id_id ON orders.address (account_id, id);
CREATE TABLE orders.goods_page (
  sha256 text NOT NULL,
  document text NOT NULL,
  kept_at timestamptz NOT NULL,
  CONSTRAINT pk_goods_page PRIMARY KEY (sha256)
);
CREATE TABLE orders.listing (
  listing_id text NOT NULL,
  version bigint NOT NULL,
  decided_version bigint NOT NULL,
  lots jsonb NOT NULL,
  withdrawn boolean NOT NULL,
  CONSTRAINT pk_listing PRIMARY KEY (listing_id)
);
CREATE TABLE orders.lot (
  lot_id text NOT NULL,
  version bigint NOT NULL,
  listing_id text NOT NULL,
  region_code text NOT NULL,
  category_code text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  lot_number text NOT NULL,
  producer_uscc text NOT NULL,
  price_fen bigint NOT NULL,
  net_grams bigint NOT NULL,
  offered_units bigint NOT NULL,
  freight_fen bigint NOT NULL,
  facts jsonb NOT NULL,
  CONSTRAINT pk_lot PRIMARY KEY (lot_id, version)
);
CREATE TABLE orders.lot_units (
  lot_id text NOT NULL,
  offered bigint NOT NULL,
  allocated bigint NOT NULL,
  CONSTRAINT pk_lot_units PRIMARY KEY (lot_id),
  CONSTRAINT ck_lot_units_allocated CHECK (allocated BETWEEN 0 AND offered)
);
CREATE TABLE orders.sale (
  broadcast_id text NOT NULL,
  filing_id text NOT NULL,
  filing_version bigint NOT NULL,
  filing_state text NOT NULL,
  region_code text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  starts_at timestamptz,
  ends_at timestamptz,
  listings jsonb NOT NULL,
  units jsonb NOT NULL,
  lot_ids text[] NOT NULL,
  shelf jsonb NOT NULL,
  stock_state text NOT NULL,
  version bigint NOT NULL,
  room_version bigint NOT NULL,
  room_state text NOT NULL,
  segment_kind text,
  rehearsing boolean NOT NULL,
  decision_valid_until timestamptz,
  why_halted jsonb,
  opened_at timestamptz,
  ended_at timestamptz,
  CONSTRAINT pk_sale PRIMARY KEY (broadcast_id),
  CONSTRAINT ck_sale_stock_state CHECK (stock_state IN ('waiting','allocated','short','released'))
);
CREATE INDEX ix_sale_lot_ids ON orders.sale USING gin (lot_ids);
CREATE INDEX ix_sale_region_code_broadcast_id ON orders.sale (region_code, broadcast_id);
CREATE TABLE orders.stock (
  broadcast_id text NOT NULL,
  lot_id text NOT NULL,
  lot_version bigint NOT NULL,
  listing_id text NOT NULL,
  allocated bigint NOT NULL,
  available bigint NOT NULL,
  reserved bigint NOT NULL,
  sold bigint NOT NULL,
  tickets bigint NOT NULL,
  version bigint NOT NULL,
  told_version bigint NOT NULL,
  unit_grams bigint NOT NULL,
  freight_fen bigint NOT NULL,
  price_fen bigint,
  open boolean NOT NULL,
  limit_units bigint,
  units_per_buyer bigint,
  decision_id text,
  valid_until timestamptz,
  page_sha256 text,
  CONSTRAINT pk_stock PRIMARY KEY (broadcast_id, lot_id),
  CONSTRAINT ck_stock_available CHECK (available >= 0),
  CONSTRAINT ck_stock_taken CHECK (reserved >= 0 AND sold >= 0),
  CONSTRAINT ck_stock_whole CHECK (allocated = available + reserved + sold)
);
CREATE TABLE orders.checkout (
  id text NOT NULL,
  broadcast_id text NOT NULL,
  account_id text NOT NULL,
  idempotency_key text NOT NULL,
  body_sha256 text NOT NULL,
  state text NOT NULL,
  version bigint NOT NULL,
  address_id text NOT NULL,
  total_fen bigint NOT NULL,
  placed jsonb NOT NULL,
  reserved_until timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT pk_checkout PRIMARY KEY (id),
  CONSTRAINT ck_checkout_state CHECK (state IN ('reserved', 'paid', 'expired', 'cancelled')),
  CONSTRAINT uq_checkout_account_id_idempotency_key UNIQUE (account_id, idempotency_key),
  CONSTRAINT fk_checkout_address_id FOREIGN KEY(address_id) REFERENCES orders.address (id)
);
CREATE INDEX ix_checkout_broadcast_id ON orders.checkout (broadcast_id);
CREATE INDEX ix_checkout_reserved_until ON orders.checkout (reserved_until) WHERE state = 'reserved';
CREATE TABLE orders."order" (
  broadcast_id text NOT NULL,
  id text NOT NULL,
  checkout_id text NOT NULL,
  account_id text NOT NULL,
  household text NOT NULL,
  lot_id text NOT NULL,
  lot_version bigint NOT NULL,
  ticket bigint NOT NULL,
  units bigint NOT NULL,
  unit_grams bigint NOT NULL,
  unit_price_fen bigint NOT NULL,
  freight_fen bigint NOT NULL,
  amount_fen bigint NOT NULL,
  page_sha256 text NOT NULL,
  state text NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT pk_order PRIMARY KEY (broadcast_id, id),
  CONSTRAINT ck_order_state CHECK (
    state IN ('reserved', 'paid', 'shipped', 'signed', 'refunded', 'expired', 'cancelled')),
  CONSTRAINT ck_order_units CHECK (units > 0),
  CONSTRAINT ck_order_amount CHECK (amount_fen = units * unit_price_fen + freight_fen),
  CONSTRAINT uq_order_broadcast_id_lot_id_ticket UNIQUE (broadcast_id, lot_id, ticket),
  CONSTRAINT fk_order_checkout_id FOREIGN KEY(checkout_id) REFERENCES orders.checkout (id)
);
CREATE INDEX ix_order_account_id_id ON orders."order" (account_id, id);
CREATE INDEX ix_order_checkout_id ON orders."order" (checkout_id);
CREATE INDEX ix_order_household ON orders."order" (household);
"""
