"""Payments, refunds, parcels, complaints, the history of orders, baskets, and which address is the usual one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables; complaints cannot be deleted by the service itself."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(sa.text(statement))


TABLES = """
ALTER TABLE orders.address ADD COLUMN is_default boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX uq_address_default ON orders.address (account_id) WHERE is_default AND gone_at IS NULL;
CREATE TABLE orders.basket_line (
  account_id TEXT NOT NULL,
  broadcast_id TEXT NOT NULL,
  lot_id TEXT NOT NULL,
  units BIGINT NOT NULL,
  price_fen BIGINT NOT NULL,
  put_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_basket_line PRIMARY KEY (account_id, broadcast_id, lot_id),
  CONSTRAINT ck_basket_line_units CHECK (units > 0)
);
CREATE TABLE orders.callback (
  source TEXT NOT NULL,
  message_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_callback PRIMARY KEY (source, message_id)
);
CREATE TABLE orders.step (
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  broadcast_id TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  kind TEXT NOT NULL,
  by TEXT NOT NULL,
  facts JSONB NOT NULL,
  CONSTRAINT pk_step PRIMARY KEY (id)
);
CREATE INDEX ix_step_order_id_id ON orders.step (order_id, id);
CREATE TABLE orders.payment (
  checkout_id TEXT NOT NULL,
  broadcast_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  number TEXT,
  pay_url TEXT,
  state TEXT NOT NULL,
  seen_version BIGINT NOT NULL,
  total_fen BIGINT NOT NULL,
  payer TEXT,
  method TEXT,
  wrong TEXT,
  paid_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ask_at TIMESTAMP WITH TIME ZONE NOT NULL,
  asked BIGINT NOT NULL,
  CONSTRAINT pk_payment PRIMARY KEY (checkout_id),
  CONSTRAINT ck_payment_state CHECK (state IN ('asked', 'open', 'failed', 'paid', 'late', 'closed')),
  CONSTRAINT uq_payment_provider_number UNIQUE (provider, number),
  CONSTRAINT fk_payment_checkout_id FOREIGN KEY(checkout_id) REFERENCES orders.checkout (id)
);
CREATE INDEX ix_payment_ask_at ON orders.payment (ask_at) WHERE state IN ('asked','open','failed');
CREATE INDEX ix_payment_broadcast_id ON orders.payment (broadcast_id);
CREATE TABLE orders.leg (
  order_id TEXT NOT NULL,
  broadcast_id TEXT NOT NULL,
  checkout_id TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  refund_fen BIGINT NOT NULL,
  late BOOLEAN NOT NULL,
  captured_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_leg PRIMARY KEY (order_id),
  CONSTRAINT ck_leg_amount CHECK (amount_fen > 0),
  CONSTRAINT ck_leg_refund CHECK (refund_fen BETWEEN 0 AND amount_fen),
  CONSTRAINT fk_leg_checkout_id FOREIGN KEY(checkout_id) REFERENCES orders.payment (checkout_id)
);
CREATE INDEX ix_leg_broadcast_id ON orders.leg (broadcast_id);
CREATE INDEX ix_leg_checkout_id ON orders.leg (checkout_id);
CREATE TABLE orders.complaint (
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  order_id TEXT NOT NULL,
  broadcast_id TEXT NOT NULL,
  region_code TEXT NOT NULL,
  lot_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  words TEXT,
  photos TEXT[] NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL,
  acknowledge_until TIMESTAMP WITH TIME ZONE NOT NULL,
  decide_until TIMESTAMP WITH TIME ZONE NOT NULL,
  refund_until TIMESTAMP WITH TIME ZONE NOT NULL,
  acknowledged_at TIMESTAMP WITH TIME ZONE,
  acknowledged_by TEXT,
  decided_at TIMESTAMP WITH TIME ZONE,
  decided_by TEXT,
  upheld BOOLEAN,
  decision_words TEXT,
  refund_id TEXT,
  refunded_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_complaint PRIMARY KEY (id),
  CONSTRAINT ck_complaint_kind CHECK (kind
    IN ('spoiled', 'damaged', 'short_weight', 'wrong_item', 'not_as_described', 'not_delivered', 'refund', 'other')),
  CONSTRAINT fk_complaint_order_id FOREIGN KEY(order_id) REFERENCES orders.leg (order_id)
);
CREATE INDEX ix_complaint_broadcast_id ON orders.complaint (broadcast_id);
CREATE INDEX ix_complaint_open ON orders.complaint (decide_until) WHERE decided_at IS NULL;
CREATE INDEX ix_complaint_order_id ON orders.complaint (order_id);
CREATE INDEX ix_complaint_region_code_id ON orders.complaint (region_code, id);
CREATE TABLE orders.refund (
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  order_id TEXT NOT NULL,
  broadcast_id TEXT NOT NULL,
  region_code TEXT NOT NULL,
  account_id TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  reason TEXT NOT NULL,
  words TEXT,
  photos TEXT[] NOT NULL,
  has_photo BOOLEAN NOT NULL,
  initiator TEXT NOT NULL,
  state TEXT NOT NULL,
  requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
  decide_until TIMESTAMP WITH TIME ZONE NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE,
  decided_by TEXT,
  decision_words TEXT,
  first_responsibility BOOLEAN NOT NULL,
  complaint_id TEXT,
  attempt BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  send_at TIMESTAMP WITH TIME ZONE,
  last_error TEXT,
  refunded_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_refund PRIMARY KEY (id),
  CONSTRAINT ck_refund_state CHECK (state IN ('requested', 'withdrawn', 'refused', 'approved', 'refunded')),
  CONSTRAINT ck_refund_reason CHECK (reason
    IN ('spoiled', 'damaged', 'not_as_described', 'wrong_item', 'changed_mind', 'duplicate', 'other')),
  CONSTRAINT ck_refund_initiator CHECK (initiator IN ('buyer','seller','platform')),
  CONSTRAINT ck_refund_amount CHECK (amount_fen > 0),
  CONSTRAINT fk_refund_order_id FOREIGN KEY(order_id) REFERENCES orders.leg (order_id)
);
CREATE INDEX ix_refund_broadcast_id ON orders.refund (broadcast_id);
CREATE INDEX ix_refund_decide_until ON orders.refund (decide_until) WHERE state = 'requested';
CREATE INDEX ix_refund_order_id ON orders.refund (order_id);
CREATE INDEX ix_refund_region_code_id ON orders.refund (region_code, id);
CREATE INDEX ix_refund_send_at ON orders.refund (send_at) WHERE state = 'approved';
CREATE TABLE orders.shipment (
  id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  broadcast_id TEXT NOT NULL,
  carrier TEXT NOT NULL,
  waybill TEXT,
  state TEXT NOT NULL,
  from_region TEXT NOT NULL,
  to_region TEXT NOT NULL,
  declared_grams BIGINT NOT NULL,
  weight_grams BIGINT,
  courier TEXT,
  route_km BIGINT,
  sign_kind TEXT,
  sign_km BIGINT,
  scans JSONB NOT NULL,
  label_at TIMESTAMP WITH TIME ZONE,
  pickup_at TIMESTAMP WITH TIME ZONE,
  signed_at TIMESTAMP WITH TIME ZONE,
  sent_by TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  book_at TIMESTAMP WITH TIME ZONE,
  tries BIGINT NOT NULL,
  last_error TEXT,
  CONSTRAINT pk_shipment PRIMARY KEY (id),
  CONSTRAINT ck_shipment_state CHECK (state IN ('asked', 'under_way', 'signed', 'refused')),
  CONSTRAINT uq_shipment_carrier_waybill UNIQUE (carrier, waybill),
  CONSTRAINT fk_shipment_order_id FOREIGN KEY(order_id) REFERENCES orders.leg (order_id)
);
CREATE INDEX ix_shipment_book_at ON orders.shipment (book_at) WHERE state = 'asked';
CREATE INDEX ix_shipment_broadcast_id ON orders.shipment (broadcast_id);
CREATE INDEX ix_shipment_order_id ON orders.shipment (order_id);
REVOKE DELETE, TRUNCATE ON orders.complaint FROM orders_app;
REVOKE UPDATE, DELETE, TRUNCATE ON orders.step FROM orders_app;
"""
