"""Officials, hosts, rooms, filings, slots, and what broadcast keeps of the other services."""

import sqlalchemy as sa
from alembic import op

from services.kit.migrate import create_plumbing_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the service."""
    create_plumbing_v1("broadcast")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(sa.text(statement))


TABLES = """
CREATE TABLE broadcast.account (
  account_id text NOT NULL,
  version bigint NOT NULL,
  person text NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL,
  organ jsonb,
  active boolean NOT NULL,
  CONSTRAINT pk_account PRIMARY KEY (account_id)
);
CREATE TABLE broadcast.force_majeure (
  id text NOT NULL,
  version bigint NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  verified boolean NOT NULL,
  lifted boolean NOT NULL,
  CONSTRAINT pk_force_majeure PRIMARY KEY (id)
);
CREATE TABLE broadcast.host (
  id text NOT NULL,
  version bigint NOT NULL,
  region_code text NOT NULL,
  region_path text[] NOT NULL,
  account_id text,
  person text NOT NULL,
  name text NOT NULL,
  position text NOT NULL,
  facts jsonb NOT NULL,
  entered_by text NOT NULL,
  entered_at timestamptz NOT NULL,
  CONSTRAINT pk_host PRIMARY KEY (id),
  CONSTRAINT uq_host_person_region_code UNIQUE (person, region_code)
);
CREATE INDEX ix_host_region_path ON broadcast.host USING gin (region_path);
CREATE TABLE broadcast.listing (
  listing_id text NOT NULL,
  version bigint NOT NULL,
  region_code text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  event_id text NOT NULL,
  decided_version bigint NOT NULL,
  lots jsonb NOT NULL,
  withdrawn boolean NOT NULL,
  CONSTRAINT pk_listing PRIMARY KEY (listing_id)
);
CREATE TABLE broadcast.lot_decision (
  lot_id text NOT NULL,
  listing_id text,
  decision_id text NOT NULL,
  stage text NOT NULL,
  outcome text NOT NULL,
  ruleset text NOT NULL,
  decided_at timestamptz NOT NULL,
  CONSTRAINT pk_lot_decision PRIMARY KEY (lot_id)
);
CREATE TABLE broadcast.official (
  id text NOT NULL,
  version bigint NOT NULL,
  account_id text,
  person text NOT NULL,
  post_zh text NOT NULL,
  post_en text NOT NULL,
  organ jsonb NOT NULL,
  region_code text NOT NULL,
  region_path text[] NOT NULL,
  jurisdiction text[] NOT NULL,
  civil_servant boolean NOT NULL,
  left_office_on date,
  entered_by text NOT NULL,
  entered_at timestamptz NOT NULL,
  CONSTRAINT pk_official PRIMARY KEY (id),
  CONSTRAINT uq_official_person_post_zh_region_code UNIQUE (person, post_zh, region_code)
);
CREATE INDEX ix_official_region_path ON broadcast.official USING gin (region_path);
CREATE TABLE broadcast.room (
  id text NOT NULL,
  version bigint NOT NULL,
  region_code text NOT NULL,
  region_path text[] NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  first boolean NOT NULL,
  CONSTRAINT pk_room PRIMARY KEY (id)
);
CREATE INDEX ix_room_region_path ON broadcast.room USING gin (region_path);
CREATE UNIQUE INDEX uq_room_first ON broadcast.room (region_code) WHERE first;
CREATE TABLE broadcast.slot (
  id text NOT NULL,
  broadcast_id text NOT NULL,
  resource_kind text NOT NULL,
  resource_id text NOT NULL,
  during tstzrange NOT NULL,
  active boolean NOT NULL,
  CONSTRAINT pk_slot PRIMARY KEY (id),
  CONSTRAINT ck_slot_resource_kind CHECK (resource_kind IN ('room','person')),
  CONSTRAINT ck_slot_during CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
    AND NOT upper_inf(during) AND isfinite(lower(during)) AND isfinite(upper(during))),
  CONSTRAINT ex_slot_one_at_a_time EXCLUDE USING gist (
    resource_kind WITH =, resource_id WITH =, during WITH &&) WHERE (active)
);
CREATE INDEX ix_slot_broadcast_id ON broadcast.slot (broadcast_id);
CREATE TABLE broadcast.slow_sales (
  id text NOT NULL,
  version bigint NOT NULL,
  region_code text NOT NULL,
  category_code text NOT NULL,
  season text NOT NULL,
  certified_at timestamptz NOT NULL,
  CONSTRAINT pk_slow_sales PRIMARY KEY (id)
);
CREATE TABLE broadcast.declaration (
  id text NOT NULL,
  official_id text NOT NULL,
  declared_on date NOT NULL,
  recused boolean NOT NULL,
  facts jsonb NOT NULL,
  signed_document_sha256 text,
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT pk_declaration PRIMARY KEY (id),
  CONSTRAINT fk_declaration_official_id FOREIGN KEY(official_id) REFERENCES broadcast.official (id)
);
CREATE INDEX ix_declaration_official_id_declared_on_id ON broadcast.declaration (official_id, declared_on, id);
CREATE TABLE broadcast.filing (
  id text NOT NULL,
  version bigint NOT NULL,
  broadcast_id text NOT NULL,
  state text NOT NULL,
  region_code text NOT NULL,
  region_path text[] NOT NULL,
  approving_region text,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  room_id text,
  official_id text,
  presenter_person text,
  presenter_account text,
  event_id text,
  content jsonb NOT NULL,
  pinned jsonb NOT NULL,
  slow_sales_ids text[] NOT NULL,
  content_sha256 text,
  facts jsonb,
  submitted_version bigint,
  asked_version bigint,
  approval jsonb,
  reason_zh text,
  reason_en text,
  written_by text NOT NULL,
  applicant_account text,
  applicant_person text,
  approver_account text,
  approver_person text,
  demonstration boolean NOT NULL,
  submitted_at timestamptz,
  scheduled_at timestamptz,
  published_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT pk_filing PRIMARY KEY (id),
  CONSTRAINT ck_filing_state CHECK (state IN (
    'draft','submitted','returned','approved','scheduled','in_review','blocked','withdrawn','cancelled')),
  CONSTRAINT ck_filing_range CHECK (starts_at < ends_at),
  CONSTRAINT uq_filing_broadcast_id UNIQUE (broadcast_id),
  CONSTRAINT fk_filing_room_id FOREIGN KEY(room_id) REFERENCES broadcast.room (id),
  CONSTRAINT fk_filing_official_id FOREIGN KEY(official_id) REFERENCES broadcast.official (id)
);
CREATE INDEX ix_filing_approving_region_state ON broadcast.filing (approving_region, state);
CREATE INDEX ix_filing_calendar ON broadcast.filing (starts_at, id) WHERE published_at IS NOT NULL;
CREATE INDEX ix_filing_region_path ON broadcast.filing USING gin (region_path);
CREATE INDEX ix_filing_updated_at ON broadcast.filing (updated_at);
CREATE TABLE broadcast.decision (
  decision_id text NOT NULL,
  filing_id text NOT NULL,
  filing_version bigint NOT NULL,
  binding boolean NOT NULL,
  public boolean NOT NULL,
  stage text NOT NULL,
  outcome text NOT NULL,
  at timestamptz NOT NULL,
  decided_at timestamptz NOT NULL,
  valid_until timestamptz,
  ruleset text NOT NULL,
  not_passed jsonb NOT NULL,
  CONSTRAINT pk_decision PRIMARY KEY (decision_id),
  CONSTRAINT fk_decision_filing_id FOREIGN KEY(filing_id) REFERENCES broadcast.filing (id)
);
CREATE INDEX ix_decision_filing_id_binding_decided_at ON broadcast.decision (filing_id, binding, decided_at);
CREATE TABLE broadcast.notice (
  id text NOT NULL,
  account_id text NOT NULL,
  filing_id text NOT NULL,
  kind text NOT NULL,
  reason_zh text,
  reason_en text,
  created_at timestamptz NOT NULL,
  read_at timestamptz,
  CONSTRAINT pk_notice PRIMARY KEY (id),
  CONSTRAINT fk_notice_filing_id FOREIGN KEY(filing_id) REFERENCES broadcast.filing (id)
);
CREATE INDEX ix_notice_account_id_id ON broadcast.notice (account_id, id);
CREATE TABLE broadcast.step (
  id text NOT NULL,
  filing_id text NOT NULL,
  version bigint NOT NULL,
  at timestamptz NOT NULL,
  move text NOT NULL,
  from_state text,
  to_state text NOT NULL,
  by text NOT NULL,
  account_id text,
  reason_zh text,
  reason_en text,
  decision_id text,
  CONSTRAINT pk_step PRIMARY KEY (id),
  CONSTRAINT fk_step_filing_id FOREIGN KEY(filing_id) REFERENCES broadcast.filing (id)
);
CREATE INDEX ix_step_filing_id_version ON broadcast.step (filing_id, version);
"""
