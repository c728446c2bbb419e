"""Findings as cases before inspectors, every act on them, and the files that were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables; neither an act nor a file that was sent can be changed, not even by the service."""
    for statement in TABLES.split(";\n\n"):
        if statement.strip():
            op.execute(sa.text(statement))


TABLES = """
CREATE TABLE disclosure.finding_case (
  id text NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  standing boolean NOT NULL,
  broadcast_id text NOT NULL,
  abuse text NOT NULL,
  severity bigint NOT NULL,
  region_code text NOT NULL,
  region_path text[] NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  ended_at timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  findings jsonb NOT NULL,
  engine jsonb NOT NULL,
  figures jsonb NOT NULL,
  release_number bigint,
  proposed_by text,
  referred_to text,
  CONSTRAINT pk_finding_case PRIMARY KEY (id),
  CONSTRAINT uq_finding_case_once UNIQUE (broadcast_id, abuse)
);

CREATE INDEX ix_finding_case_order ON disclosure.finding_case (severity DESC, opened_at, id);

CREATE INDEX ix_finding_case_region_path ON disclosure.finding_case USING gin (region_path);

CREATE TABLE disclosure.case_act (
  case_id text NOT NULL,
  number bigint NOT NULL,
  at timestamptz NOT NULL,
  action text NOT NULL,
  by_account text,
  by_organ text,
  reason_zh text,
  reason_en text,
  release_number bigint,
  CONSTRAINT pk_case_act PRIMARY KEY (case_id, number)
);

CREATE TABLE disclosure.referral_file (
  case_id text NOT NULL,
  number bigint NOT NULL,
  made_at timestamptz NOT NULL,
  sha256 text NOT NULL,
  body bytea NOT NULL,
  CONSTRAINT pk_referral_file PRIMARY KEY (case_id, number)
);

CREATE FUNCTION disclosure.case_stays_written() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'What was done about a finding stays as it was written.'; END $$;

CREATE TRIGGER act_stays_written BEFORE UPDATE OR DELETE ON disclosure.case_act FOR EACH ROW
  EXECUTE FUNCTION disclosure.case_stays_written();

CREATE TRIGGER file_stays_written BEFORE UPDATE OR DELETE ON disclosure.referral_file FOR EACH ROW
  EXECUTE FUNCTION disclosure.case_stays_written();

REVOKE DELETE ON disclosure.case_act FROM disclosure_app;

REVOKE DELETE ON disclosure.referral_file FROM disclosure_app
"""
