"""The first tables of catalog: marks, producers, specialties, listings with their versions, documents, search."""

from alembic import op

from services.kit.migrate import create_plumbing_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_plumbing_v1("catalog")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


TABLES = """
CREATE TABLE catalog.document (
  sha256 TEXT NOT NULL,
  uploaded_by TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  scopes TEXT[] NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_document PRIMARY KEY (sha256, uploaded_by),
  CONSTRAINT ck_document_bytes CHECK (bytes BETWEEN 1 AND 10485760)
);
CREATE TABLE catalog.held_filing (
  filing_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  broadcast_id TEXT NOT NULL,
  state TEXT NOT NULL,
  holding BOOLEAN NOT NULL,
  lot_ids TEXT[] NOT NULL,
  pinned JSONB NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_held_filing PRIMARY KEY (filing_id)
);
CREATE INDEX ix_held_filing_lot_ids ON catalog.held_filing USING gin (lot_ids) WHERE holding;
CREATE TABLE catalog.mark (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  region_code TEXT NOT NULL,
  region_path TEXT[] NOT NULL,
  document JSONB NOT NULL,
  created_by TEXT NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_mark PRIMARY KEY (id)
);
CREATE INDEX ix_mark_region_path ON catalog.mark USING gin (region_path);
CREATE TABLE catalog.producer (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  region_code TEXT NOT NULL,
  region_path TEXT[] NOT NULL,
  uscc TEXT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  seller_type TEXT NOT NULL,
  public JSONB NOT NULL,
  tokens JSONB NOT NULL,
  created_by TEXT NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_producer PRIMARY KEY (id),
  CONSTRAINT uq_producer_uscc UNIQUE (uscc),
  CONSTRAINT ck_producer_seller_type CHECK (seller_type IN ('registered', 'farmer_exempt'))
);
CREATE INDEX ix_producer_region_path ON catalog.producer USING gin (region_path);
CREATE TABLE catalog.search_entry (
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  listing_id TEXT,
  card JSONB NOT NULL,
  words TSVECTOR NOT NULL,
  published_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_search_entry PRIMARY KEY (id),
  CONSTRAINT ck_search_entry_kind CHECK (kind IN ('specialty', 'listing', 'lot'))
);
CREATE INDEX ix_search_entry_listing_id ON catalog.search_entry (listing_id);
CREATE INDEX ix_search_entry_newest ON catalog.search_entry (published_at DESC, id DESC);
CREATE INDEX ix_search_entry_words ON catalog.search_entry USING gin (words);
CREATE TABLE catalog.specialty (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  region_code TEXT NOT NULL,
  category_code TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  description_zh TEXT NOT NULL,
  description_en TEXT NOT NULL,
  season_months INTEGER[] NOT NULL,
  opening_days JSONB NOT NULL,
  mark_ids TEXT[] NOT NULL,
  created_by TEXT NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_specialty PRIMARY KEY (id),
  CONSTRAINT uq_specialty_region_code_category_code_name_zh UNIQUE (region_code, category_code, name_zh)
);
CREATE TABLE catalog.listing (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  specialty_id TEXT NOT NULL,
  region_code TEXT NOT NULL,
  region_path TEXT[] NOT NULL,
  category_code TEXT NOT NULL,
  draft JSONB NOT NULL,
  card JSONB NOT NULL,
  submitted_version INTEGER,
  in_force_version INTEGER,
  announced_version INTEGER,
  listed_lots INTEGER NOT NULL,
  withdrawn_reason TEXT,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_listing PRIMARY KEY (id),
  CONSTRAINT ck_listing_state CHECK (state IN ('draft', 'submitted', 'listed', 'in_review', 'blocked', 'withdrawn')),
  CONSTRAINT fk_listing_specialty_id FOREIGN KEY(specialty_id) REFERENCES catalog.specialty (id)
);
CREATE INDEX ix_listing_newest ON catalog.listing (updated_at DESC, id DESC);
CREATE INDEX ix_listing_region_path ON catalog.listing USING gin (region_path);
CREATE INDEX ix_listing_specialty_id ON catalog.listing (specialty_id);
CREATE TABLE catalog.listing_version (
  listing_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  facts JSONB NOT NULL,
  page JSONB NOT NULL,
  body JSONB NOT NULL,
  submitted_by TEXT NOT NULL,
  submitter_person TEXT NOT NULL,
  submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE,
  demonstration BOOLEAN NOT NULL,
  CONSTRAINT pk_listing_version PRIMARY KEY (listing_id, version),
  CONSTRAINT ck_listing_version_state CHECK (state IN ('submitted', 'listed', 'in_review', 'blocked')),
  CONSTRAINT fk_listing_version_listing_id FOREIGN KEY(listing_id) REFERENCES catalog.listing (id)
);
CREATE TABLE catalog.lot (
  id TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  producer_id TEXT NOT NULL,
  lot_number TEXT NOT NULL,
  CONSTRAINT pk_lot PRIMARY KEY (id),
  CONSTRAINT uq_lot_listing_id_producer_id_lot_number UNIQUE (listing_id, producer_id, lot_number),
  CONSTRAINT fk_lot_listing_id FOREIGN KEY(listing_id) REFERENCES catalog.listing (id),
  CONSTRAINT fk_lot_producer_id FOREIGN KEY(producer_id) REFERENCES catalog.producer (id)
);
CREATE TABLE catalog.listing_document (
  listing_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  CONSTRAINT pk_listing_document PRIMARY KEY (listing_id, version, sha256),
  CONSTRAINT fk_listing_document_listing_id_version FOREIGN KEY(listing_id, version)
    REFERENCES catalog.listing_version (listing_id, version)
);
CREATE INDEX ix_listing_document_sha256 ON catalog.listing_document (sha256);
CREATE TABLE catalog.lot_version (
  lot_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  listing_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  price_fen BIGINT NOT NULL,
  net_grams BIGINT NOT NULL,
  offered_units BIGINT NOT NULL,
  content_sha256 TEXT NOT NULL,
  unchanged_since INTEGER,
  facts JSONB NOT NULL,
  body JSONB NOT NULL,
  decision_id TEXT,
  decision JSONB,
  CONSTRAINT pk_lot_version PRIMARY KEY (lot_id, version),
  CONSTRAINT fk_lot_version_listing_id_version FOREIGN KEY(listing_id, version)
    REFERENCES catalog.listing_version (listing_id, version),
  CONSTRAINT ck_lot_version_state CHECK (state IN ('submitted', 'listed', 'in_review', 'blocked')),
  CONSTRAINT ck_lot_version_price_fen CHECK (price_fen BETWEEN 1 AND 100000000),
  CONSTRAINT ck_lot_version_net_grams CHECK (net_grams BETWEEN 1 AND 100000000),
  CONSTRAINT ck_lot_version_offered_units CHECK (offered_units BETWEEN 1 AND 10000000),
  CONSTRAINT ck_lot_version_answered CHECK ((state = 'submitted') = (decision_id IS NULL)),
  CONSTRAINT fk_lot_version_lot_id FOREIGN KEY(lot_id) REFERENCES catalog.lot (id)
);
CREATE INDEX ix_lot_version_listing_id_version ON catalog.lot_version (listing_id, version);
"""
