"""Citizens' reports with their files, words and history; when a filing is on air; decisions about reports."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE compliance.decision
  DROP CONSTRAINT ck_decision_origin,
  DROP CONSTRAINT ck_decision_kept,
  ADD CONSTRAINT ck_decision_origin CHECK (origin IN ('sunfair', 'platform', 'trial', 'report')),
  ADD CONSTRAINT ck_decision_kept CHECK ((origin IN ('sunfair', 'report')) = (deleted_after IS NULL)),
  ADD CONSTRAINT ck_decision_report_is_not_public CHECK (origin <> 'report' OR NOT binding AND NOT is_public);

ALTER TABLE compliance.filing_copy
  ADD COLUMN broadcast_id text,
  ADD COLUMN starts_at timestamptz,
  ADD COLUMN ends_at timestamptz;
UPDATE compliance.filing_copy SET
  broadcast_id = asked_payload::jsonb ->> 'broadcast_id',
  starts_at = (asked_payload::jsonb ->> 'starts_at')::timestamptz,
  ends_at = (asked_payload::jsonb ->> 'ends_at')::timestamptz
  WHERE asked_payload IS NOT NULL;
CREATE INDEX ix_filing_copy_broadcast_id ON compliance.filing_copy (broadcast_id);

CREATE TABLE compliance.report (
  id text CONSTRAINT pk_report PRIMARY KEY,
  code_hash text NOT NULL CONSTRAINT uq_report_code_hash UNIQUE,
  kind text NOT NULL CONSTRAINT ck_report_kind CHECK (kind IN
    ('apportionment', 'below_cost', 'fake_goods', 'bought_praise', 'conflict', 'retaliation', 'other')),
  region_code text NOT NULL,
  region_line text[] NOT NULL,
  subject_kind text CONSTRAINT ck_report_subject_kind CHECK (subject_kind IN ('broadcast', 'filing', 'listing')),
  subject_id text,
  subject_key text,
  organ text,
  barred text[] NOT NULL,
  received_at timestamptz NOT NULL,
  acknowledge_by timestamptz NOT NULL,
  decide_by timestamptz NOT NULL,
  state text NOT NULL CONSTRAINT ck_report_state CHECK (state IN
    ('received', 'acknowledged', 'asked', 'upheld', 'not_upheld', 'forwarded', 'merged')),
  entries integer NOT NULL,
  decision_id text,
  finding text CONSTRAINT ck_report_finding CHECK (finding IN ('pass', 'review', 'fail')),
  acknowledged_at timestamptz,
  decided_at timestamptz,
  decided_by_organ text,
  reason_zh text,
  reason_en text,
  forwarded_to text,
  merged_into text,
  published_text text,
  corrected_at timestamptz,
  correction_zh text,
  correction_en text,
  forgotten_at timestamptz,
  CONSTRAINT ck_report_decided CHECK (
    (state IN ('received', 'acknowledged', 'asked')) = (decided_at IS NULL)
    AND (decided_at IS NULL OR acknowledged_at IS NOT NULL)));
CREATE INDEX ix_report_open ON compliance.report (acknowledge_by) WHERE decided_at IS NULL;
CREATE INDEX ix_report_subject_key ON compliance.report (subject_key) WHERE subject_key IS NOT NULL;
CREATE INDEX ix_report_received_at ON compliance.report (received_at);

CREATE TABLE compliance.report_entry (
  report_id text CONSTRAINT fk_report_entry_report_id REFERENCES compliance.report (id),
  position integer,
  at timestamptz NOT NULL,
  by text NOT NULL CONSTRAINT ck_report_entry_by CHECK (by IN ('reporter', 'organ', 'gate')),
  action text NOT NULL,
  account_id text,
  organ text,
  CONSTRAINT pk_report_entry PRIMARY KEY (report_id, position),
  CONSTRAINT ck_report_entry_reporter CHECK (by <> 'reporter' OR account_id IS NULL AND organ IS NULL));
CREATE FUNCTION compliance.report_entry_stays() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'The history of a report is only added to.'; END $$;
CREATE TRIGGER report_entry_stays BEFORE UPDATE OR DELETE ON compliance.report_entry
  FOR EACH STATEMENT EXECUTE FUNCTION compliance.report_entry_stays();

CREATE TABLE compliance.report_words (
  report_id text CONSTRAINT fk_report_words_report_id REFERENCES compliance.report (id),
  position integer,
  role text CONSTRAINT ck_report_words_role CHECK (role IN ('told', 'notice', 'question')),
  text text NOT NULL,
  CONSTRAINT pk_report_words PRIMARY KEY (report_id, position, role));

CREATE TABLE compliance.report_file (
  report_id text CONSTRAINT fk_report_file_report_id REFERENCES compliance.report (id),
  position integer,
  media_type text NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  typed_text text,
  CONSTRAINT pk_report_file PRIMARY KEY (report_id, position));
CREATE INDEX ix_report_file_sha256 ON compliance.report_file (sha256);
"""


def upgrade() -> None:
    # The one statement that has semicolons of its own stands between dollars on one line.
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
