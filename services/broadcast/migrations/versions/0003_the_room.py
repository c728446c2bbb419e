"""The live room: its state, segments, shelf, record and studio tokens, and what it keeps of goods and stock."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nothing of the old code reads or writes them."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(sa.text(statement))


TABLES = """
ALTER TABLE broadcast.lot_decision ADD COLUMN valid_until timestamptz;
CREATE TABLE broadcast.live_room (
  broadcast_id text NOT NULL,
  filing_id text NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  rehearsing boolean NOT NULL,
  media_kind text NOT NULL,
  opened_at timestamptz,
  ended_at timestamptz,
  last_at timestamptz NOT NULL,
  pinned_lot_id text,
  explaining_lot_id text,
  caption_zh text,
  caption_en text,
  slow_mode_seconds integer NOT NULL,
  why_halted jsonb,
  halted_by_organ text,
  not_opened jsonb,
  asked_version bigint,
  asked_at timestamptz,
  answered_at timestamptz,
  decision_id text,
  decision_outcome text,
  decision_valid_until timestamptz,
  record_seq bigint NOT NULL,
  record_hash text NOT NULL,
  CONSTRAINT pk_live_room PRIMARY KEY (broadcast_id),
  CONSTRAINT uq_live_room_filing_id UNIQUE (filing_id),
  CONSTRAINT fk_live_room_filing_id FOREIGN KEY (filing_id) REFERENCES broadcast.filing (id),
  CONSTRAINT ck_live_room_state CHECK (state IN ('closed','opening','open','halted','ended')),
  CONSTRAINT ck_live_room_opened CHECK (state <> 'open' OR opened_at IS NOT NULL),
  CONSTRAINT ck_live_room_rehearsing CHECK (NOT rehearsing OR state = 'closed'),
  CONSTRAINT ck_live_room_passed CHECK (state <> 'open' OR decision_outcome IS NOT DISTINCT FROM 'pass')
);
CREATE INDEX ix_live_room_running ON broadcast.live_room (broadcast_id)
  WHERE state IN ('opening','open','halted');
CREATE TABLE broadcast.live_segment (
  id text NOT NULL,
  broadcast_id text NOT NULL,
  number integer NOT NULL,
  kind text NOT NULL,
  rehearsal boolean NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT pk_live_segment PRIMARY KEY (id),
  CONSTRAINT uq_live_segment_broadcast_id_number UNIQUE (broadcast_id, number),
  CONSTRAINT fk_live_segment_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES broadcast.live_room (broadcast_id),
  CONSTRAINT ck_live_segment_kind CHECK (kind IN ('region','market')),
  CONSTRAINT ck_live_segment_range CHECK (ended_at IS NULL OR started_at <= ended_at),
  CONSTRAINT ex_live_segment_one_at_a_time EXCLUDE USING gist (
    broadcast_id WITH =, tstzrange(started_at, ended_at) WITH &&)
);
CREATE TABLE broadcast.shelf_item (
  broadcast_id text NOT NULL,
  lot_id text NOT NULL,
  listing_id text NOT NULL,
  place integer NOT NULL,
  price_fen bigint NOT NULL,
  goods jsonb NOT NULL,
  limit_units integer,
  units_per_buyer integer,
  is_open boolean NOT NULL,
  CONSTRAINT pk_shelf_item PRIMARY KEY (broadcast_id, lot_id),
  CONSTRAINT fk_shelf_item_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES broadcast.live_room (broadcast_id),
  CONSTRAINT ck_shelf_item_price CHECK (price_fen > 0),
  CONSTRAINT ck_shelf_item_limit CHECK (limit_units IS NULL OR limit_units > 0),
  CONSTRAINT ck_shelf_item_per_buyer CHECK (units_per_buyer IS NULL OR units_per_buyer > 0)
);
CREATE TABLE broadcast.room_record (
  broadcast_id text NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  stream_ms bigint NOT NULL,
  kind text NOT NULL,
  body jsonb NOT NULL,
  hash text NOT NULL,
  CONSTRAINT pk_room_record PRIMARY KEY (broadcast_id, seq),
  CONSTRAINT fk_room_record_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES broadcast.live_room (broadcast_id)
);
CREATE FUNCTION broadcast.room_record_stands() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'an entry of a room''s record is never changed' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER room_record_stands BEFORE UPDATE ON broadcast.room_record
  FOR EACH ROW EXECUTE FUNCTION broadcast.room_record_stands();
CREATE TABLE broadcast.studio_token (
  token_sha256 text NOT NULL,
  broadcast_id text NOT NULL,
  account_id text NOT NULL,
  role text NOT NULL,
  made_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT pk_studio_token PRIMARY KEY (token_sha256),
  CONSTRAINT fk_studio_token_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES broadcast.live_room (broadcast_id)
);
CREATE INDEX ix_studio_token_broadcast_id_account_id ON broadcast.studio_token (broadcast_id, account_id);
CREATE TABLE broadcast.rehearsal_event (
  id text NOT NULL,
  broadcast_id text NOT NULL,
  at timestamptz NOT NULL,
  account_id text,
  action text NOT NULL,
  lot_id text,
  CONSTRAINT pk_rehearsal_event PRIMARY KEY (id),
  CONSTRAINT fk_rehearsal_event_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES broadcast.live_room (broadcast_id)
);
CREATE INDEX ix_rehearsal_event_broadcast_id_at ON broadcast.rehearsal_event (broadcast_id, at);
CREATE TABLE broadcast.goods (
  lot_id text NOT NULL,
  listing_version bigint NOT NULL,
  listing_id text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  lot jsonb NOT NULL,
  seller jsonb NOT NULL,
  supplier jsonb NOT NULL,
  media jsonb NOT NULL,
  CONSTRAINT pk_goods PRIMARY KEY (lot_id, listing_version)
);
CREATE TABLE broadcast.lot_golive (
  lot_id text NOT NULL,
  decision_id text NOT NULL,
  outcome text NOT NULL,
  decided_at timestamptz NOT NULL,
  valid_until timestamptz,
  not_passed jsonb NOT NULL,
  CONSTRAINT pk_lot_golive PRIMARY KEY (lot_id)
);
CREATE TABLE broadcast.stock (
  broadcast_id text NOT NULL,
  version bigint NOT NULL,
  units jsonb NOT NULL,
  short jsonb NOT NULL,
  CONSTRAINT pk_stock PRIMARY KEY (broadcast_id)
);
"""
