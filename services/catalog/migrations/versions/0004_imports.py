"""Spreadsheets that are imported: the jobs, how far they have come, and what is wrong with their cells."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three new tables; nothing else changes."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


TABLES = """
CREATE TABLE catalog.import_job (
  id TEXT NOT NULL,
  state TEXT NOT NULL,
  dry_run BOOLEAN NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  file_kept BOOLEAN NOT NULL,
  scopes TEXT[] NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  finished_at TIMESTAMP WITH TIME ZONE,
  counts JSONB NOT NULL,
  remarks JSONB NOT NULL,
  problem JSONB,
  faults INTEGER NOT NULL,
  faults_sha256 TEXT,
  CONSTRAINT pk_import_job PRIMARY KEY (id),
  CONSTRAINT ck_import_job_state CHECK (state IN ('waiting', 'done', 'checked', 'faulty', 'refused'))
);
CREATE INDEX ix_import_job_waiting ON catalog.import_job (id) WHERE state = 'waiting';
CREATE INDEX ix_import_job_kept ON catalog.import_job (id) WHERE file_kept OR faults_sha256 IS NOT NULL;
CREATE INDEX ix_import_job_scopes ON catalog.import_job USING gin (scopes);
CREATE TABLE catalog.import_progress (
  job_id TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  phase TEXT NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER NOT NULL,
  beat_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_import_progress PRIMARY KEY (job_id),
  CONSTRAINT fk_import_progress_job_id FOREIGN KEY(job_id) REFERENCES catalog.import_job (id)
);
CREATE TABLE catalog.import_fault (
  job_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  sheet TEXT NOT NULL,
  row INTEGER NOT NULL,
  cell TEXT NOT NULL,
  value TEXT NOT NULL,
  en TEXT NOT NULL,
  zh TEXT NOT NULL,
  CONSTRAINT pk_import_fault PRIMARY KEY (job_id, position),
  CONSTRAINT fk_import_fault_job_id FOREIGN KEY(job_id) REFERENCES catalog.import_job (id)
);
"""
