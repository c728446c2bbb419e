"""Spreadsheets that are given out: made apart from the request, fetched until they expire."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE catalog.export_job (
  id TEXT NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  sheet TEXT NOT NULL,
  language TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT[] NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  attempts INTEGER NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER NOT NULL,
  beat_at TIMESTAMP WITH TIME ZONE,
  finished_at TIMESTAMP WITH TIME ZONE,
  expires_at TIMESTAMP WITH TIME ZONE,
  bytes BIGINT,
  sha256 TEXT,
  CONSTRAINT pk_export_job PRIMARY KEY (id),
  CONSTRAINT ck_export_job_state CHECK (state IN ('waiting', 'done', 'given_up'))
)""",
    "CREATE INDEX ix_export_job_waiting ON catalog.export_job (id) WHERE state = 'waiting'",
    "CREATE INDEX ix_export_job_kept ON catalog.export_job (expires_at) WHERE sha256 IS NOT NULL",
    "CREATE INDEX ix_export_job_created_by_id ON catalog.export_job (created_by, id)",
)


def upgrade() -> None:
    """One table; the code of before does not know it."""
    for statement in STATEMENTS:
        op.execute(statement)
