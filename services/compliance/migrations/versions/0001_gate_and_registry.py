"""Decisions and what stands, copies of what others said, the registry, evidence, resolutions, keys and batches."""

from alembic import op

from services.kit.migrate import create_plumbing_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE compliance.decision (
  id text CONSTRAINT pk_decision PRIMARY KEY,
  origin text NOT NULL CONSTRAINT ck_decision_origin CHECK (origin IN ('sunfair', 'platform', 'trial')),
  stage text NOT NULL CONSTRAINT ck_decision_stage CHECK (stage IN ('listing', 'filing', 'golive', 'onair', 'post')),
  subject_kind text,
  subject_id text,
  subject_version bigint,
  parent_id text,
  region_code text,
  binding boolean NOT NULL,
  announced boolean NOT NULL,
  is_public boolean NOT NULL,
  outcome text NOT NULL CONSTRAINT ck_decision_outcome CHECK (outcome IN ('pass', 'review', 'fail')),
  at timestamptz NOT NULL,
  decided_at timestamptz NOT NULL,
  valid_until timestamptz,
  ruleset text NOT NULL,
  facts_sha256 text NOT NULL CONSTRAINT ck_decision_facts_sha256 CHECK (facts_sha256 ~ '^[0-9a-f]{64}$'),
  answer_sha256 text NOT NULL CONSTRAINT ck_decision_answer_sha256 CHECK (answer_sha256 ~ '^[0-9a-f]{64}$'),
  rules text[],
  asked_by text,
  copied_from text,
  document bytea NOT NULL,
  deleted_after timestamptz,
  CONSTRAINT ck_decision_kept CHECK ((origin = 'sunfair') = (deleted_after IS NULL)),
  CONSTRAINT ck_decision_trial_opens_nothing CHECK (origin <> 'trial' OR NOT binding AND NOT is_public));
CREATE INDEX ix_decision_subject ON compliance.decision (subject_kind, subject_id, id);
CREATE INDEX ix_decision_deleted_after ON compliance.decision (deleted_after) WHERE deleted_after IS NOT NULL;

CREATE TABLE compliance.standing (
  subject_kind text,
  subject_id text,
  decision_id text NOT NULL CONSTRAINT fk_standing_decision_id REFERENCES compliance.decision (id),
  parts text[] NOT NULL,
  version bigint NOT NULL,
  parent_id text,
  region_code text,
  region_line text[] NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  binding boolean NOT NULL,
  outcome text NOT NULL CONSTRAINT ck_standing_outcome CHECK (outcome IN ('pass', 'review', 'fail')),
  at timestamptz NOT NULL,
  clock_set boolean NOT NULL,
  active boolean NOT NULL,
  ask_again_at timestamptz,
  deadline_at timestamptz NOT NULL,
  keys text[] NOT NULL,
  CONSTRAINT pk_standing PRIMARY KEY (subject_kind, subject_id));
CREATE INDEX ix_standing_keys ON compliance.standing USING gin (keys);
CREATE INDEX ix_standing_ask_again_at ON compliance.standing (ask_again_at) WHERE ask_again_at IS NOT NULL;
CREATE INDEX ix_standing_waiting ON compliance.standing (deadline_at, decision_id)
  WHERE binding AND outcome = 'review' AND active;

CREATE TABLE compliance.due (
  subject_kind text,
  subject_id text,
  due_at timestamptz NOT NULL,
  clock_at timestamptz,
  CONSTRAINT pk_due PRIMARY KEY (subject_kind, subject_id));
CREATE INDEX ix_due_due_at ON compliance.due (due_at);

CREATE TABLE compliance.listing_copy (
  listing_id text,
  version bigint,
  event_id text NOT NULL,
  payload text NOT NULL,
  withdrawn boolean NOT NULL,
  CONSTRAINT pk_listing_copy PRIMARY KEY (listing_id, version));

CREATE TABLE compliance.lot_place (
  lot_id text CONSTRAINT pk_lot_place PRIMARY KEY,
  listing_id text NOT NULL,
  version bigint NOT NULL);

CREATE TABLE compliance.filing_copy (
  filing_id text CONSTRAINT pk_filing_copy PRIMARY KEY,
  version bigint NOT NULL,
  state text NOT NULL,
  asked_version bigint,
  asked_payload text,
  asked_binding boolean NOT NULL,
  received_at timestamptz NOT NULL,
  waiting_for text[] NOT NULL);

CREATE TABLE compliance.account_copy (
  account_id text CONSTRAINT pk_account_copy PRIMARY KEY,
  version bigint NOT NULL,
  person text NOT NULL,
  organ jsonb,
  post text,
  superior text,
  head_of_government boolean NOT NULL,
  active boolean NOT NULL);
CREATE INDEX ix_account_copy_person ON compliance.account_copy (person);

CREATE TABLE compliance.force_majeure (
  id text CONSTRAINT pk_force_majeure PRIMARY KEY,
  version bigint NOT NULL,
  content_version bigint NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  event_type text NOT NULL,
  occurred_at timestamptz NOT NULL,
  region_codes text[] NOT NULL CONSTRAINT ck_force_majeure_region_codes CHECK (cardinality(region_codes) > 0),
  region_line text[] NOT NULL,
  body jsonb NOT NULL,
  registered_by text NOT NULL,
  registrar_person text NOT NULL,
  registrar_organ jsonb,
  registered_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT ck_force_majeure_version CHECK (version >= content_version AND content_version >= 1));

CREATE TABLE compliance.declaration (
  id text CONSTRAINT pk_declaration PRIMARY KEY,
  force_majeure_id text NOT NULL
    CONSTRAINT fk_declaration_force_majeure_id REFERENCES compliance.force_majeure (id),
  kind text NOT NULL,
  system text,
  event_grade smallint CONSTRAINT ck_declaration_event_grade CHECK (event_grade BETWEEN 1 AND 4),
  warning_level smallint CONSTRAINT ck_declaration_warning_level CHECK (warning_level BETWEEN 1 AND 4),
  response_level smallint CONSTRAINT ck_declaration_response_level CHECK (response_level BETWEEN 1 AND 4),
  authority jsonb,
  joint_authorities jsonb NOT NULL,
  doc_no text,
  title text,
  url text,
  file_hash text,
  stored_file_hash text,
  relayed boolean,
  signed_by text,
  issued_at timestamptz,
  lifted_at timestamptz,
  CONSTRAINT ck_declaration_lifted_at CHECK (lifted_at >= issued_at));
CREATE INDEX ix_declaration_force_majeure_id ON compliance.declaration (force_majeure_id);

CREATE TABLE compliance.verification (
  force_majeure_id text CONSTRAINT fk_verification_force_majeure_id REFERENCES compliance.force_majeure (id),
  person text,
  content_version bigint,
  account_id text NOT NULL,
  organ jsonb,
  verified_at timestamptz NOT NULL,
  CONSTRAINT pk_verification PRIMARY KEY (force_majeure_id, person, content_version));

CREATE TABLE compliance.slow_sales (
  id text CONSTRAINT pk_slow_sales PRIMARY KEY,
  version bigint NOT NULL,
  region_code text NOT NULL,
  region_line text[] NOT NULL,
  category_code text NOT NULL,
  season text NOT NULL,
  body jsonb NOT NULL,
  submitted_by text NOT NULL,
  submitter_person text NOT NULL,
  submitter_organ jsonb,
  submitted_at timestamptz NOT NULL,
  certified_by text,
  certifier_person text CONSTRAINT ck_slow_sales_certifier CHECK (certifier_person <> submitter_person),
  certifier_organ jsonb,
  certified_at timestamptz);

CREATE TABLE compliance.resolution (
  id text CONSTRAINT pk_resolution PRIMARY KEY,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  decision_id text NOT NULL,
  fact jsonb NOT NULL,
  reason_zh text NOT NULL,
  reason_en text,
  reviewer_account text NOT NULL,
  reviewer_person text NOT NULL,
  resolved_at timestamptz NOT NULL);
CREATE INDEX ix_resolution_subject_kind ON compliance.resolution (subject_kind);
CREATE INDEX ix_resolution_subject_id ON compliance.resolution (subject_id);

CREATE TABLE compliance.clearance_key (
  kid text CONSTRAINT pk_clearance_key PRIMARY KEY,
  sealed_pem text NOT NULL,
  public_jwk jsonb NOT NULL,
  created_at timestamptz NOT NULL);

CREATE TABLE compliance.batch (
  actor text,
  key text,
  body_sha256 text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT pk_batch PRIMARY KEY (actor, key));
CREATE INDEX ix_batch_created_at ON compliance.batch (created_at);

CREATE TABLE compliance.batch_line (
  actor text,
  key text,
  position integer,
  decision_id text,
  problem text,
  CONSTRAINT pk_batch_line PRIMARY KEY (actor, key, position),
  CONSTRAINT fk_batch_line_actor FOREIGN KEY (actor, key) REFERENCES compliance.batch (actor, key) ON DELETE CASCADE,
  CONSTRAINT ck_batch_line_one_answer CHECK ((decision_id IS NULL) <> (problem IS NULL)));
"""


def upgrade() -> None:
    create_plumbing_v1("compliance")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
