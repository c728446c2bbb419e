"""What others told of a broadcast, when its record is due, and its releases."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables; a release cannot be changed, not even by the service."""
    for statement in TABLES.split(";\n\n"):
        if statement.strip():
            op.execute(sa.text(statement))


TABLES = """
CREATE TABLE disclosure.copy (
  kind text NOT NULL,
  id text NOT NULL,
  version bigint NOT NULL,
  about text,
  region_code text,
  payload jsonb NOT NULL,
  CONSTRAINT pk_copy PRIMARY KEY (kind, id)
);

CREATE INDEX ix_copy_about ON disclosure.copy (about) WHERE about IS NOT NULL;

CREATE INDEX ix_copy_kind_region_code ON disclosure.copy (kind, region_code) WHERE region_code IS NOT NULL;

CREATE TABLE disclosure.fact (
  broadcast_id text NOT NULL,
  kind text NOT NULL,
  id text NOT NULL,
  version bigint NOT NULL,
  payload jsonb NOT NULL,
  CONSTRAINT pk_fact PRIMARY KEY (broadcast_id, kind, id)
);

CREATE TABLE disclosure.course (
  broadcast_id text NOT NULL,
  region_code text NOT NULL,
  region_path text[] NOT NULL,
  filing jsonb,
  filing_version bigint NOT NULL,
  room jsonb,
  room_version bigint NOT NULL,
  ended_at timestamptz,
  summary_due_on date,
  full_due_on date,
  summary_at timestamptz,
  full_at timestamptz,
  due_at timestamptz,
  CONSTRAINT pk_course PRIMARY KEY (broadcast_id)
);

CREATE INDEX ix_course_due_at ON disclosure.course (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX ix_course_ended_at ON disclosure.course (ended_at, broadcast_id) WHERE ended_at IS NOT NULL;

CREATE INDEX ix_course_region_path ON disclosure.course USING gin (region_path);

CREATE TABLE disclosure.release (
  broadcast_id text NOT NULL,
  number bigint NOT NULL,
  stage text NOT NULL,
  released_at timestamptz NOT NULL,
  sha256 text NOT NULL,
  body bytea NOT NULL,
  basis bytea NOT NULL,
  CONSTRAINT pk_release PRIMARY KEY (broadcast_id, number)
);

CREATE FUNCTION disclosure.release_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'A release is corrected by a new one, never changed or removed.'; END $$;

CREATE TRIGGER release_is_for_ever BEFORE UPDATE OR DELETE ON disclosure.release FOR EACH ROW
  EXECUTE FUNCTION disclosure.release_is_for_ever();

REVOKE DELETE ON disclosure.release FROM disclosure_app
"""
