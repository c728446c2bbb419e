"""What regions answer to findings, and how reviewers decided."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table; a reply that was decided cannot be changed, not even by the service."""
    for statement in TABLES.split(";\n\n"):
        op.execute(sa.text(statement))


TABLES = """
CREATE TABLE disclosure.reply (
  id text NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  broadcast_id text NOT NULL,
  abuse text NOT NULL,
  entity text NOT NULL,
  release bigint NOT NULL,
  items bigint NOT NULL,
  region_code text NOT NULL,
  region_path text[] NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  text_zh text NOT NULL,
  text_en text,
  files jsonb NOT NULL,
  organ text,
  account_id text NOT NULL,
  person text NOT NULL,
  replied_at timestamptz NOT NULL,
  decide_by timestamptz NOT NULL,
  decided_by_account text,
  decided_by_person text,
  decided_by_organ text,
  decided_at timestamptz,
  reason_zh text,
  reason_en text,
  CONSTRAINT pk_reply PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_reply_open ON disclosure.reply (broadcast_id, abuse) WHERE state = 'open';

CREATE INDEX ix_reply_decide_by ON disclosure.reply (decide_by, id);

CREATE INDEX ix_reply_region_path ON disclosure.reply USING gin (region_path);

CREATE FUNCTION disclosure.reply_is_decided() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'A reply is decided once, and is neither changed afterwards nor removed.'; END $$;

CREATE TRIGGER reply_is_decided BEFORE UPDATE ON disclosure.reply FOR EACH ROW
  WHEN (OLD.state <> 'open' OR NEW.text_zh <> OLD.text_zh OR NEW.text_en IS DISTINCT FROM OLD.text_en
    OR NEW.files <> OLD.files)
  EXECUTE FUNCTION disclosure.reply_is_decided();

CREATE TRIGGER reply_stays BEFORE DELETE ON disclosure.reply FOR EACH ROW
  EXECUTE FUNCTION disclosure.reply_is_decided();

REVOKE DELETE ON disclosure.reply FROM disclosure_app
"""
