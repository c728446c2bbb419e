"""Values of parameters published between two releases, and what each would change."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The first revision bears the SHA-256 of the canonical form of an empty list: nothing is published yet.
TABLES = """
CREATE TABLE compliance.rulebook (
  id smallint CONSTRAINT pk_rulebook PRIMARY KEY CONSTRAINT ck_rulebook_one_row CHECK (id = 1),
  revision bigint NOT NULL,
  values_sha256 text NOT NULL);
INSERT INTO compliance.rulebook (id, revision, values_sha256)
  VALUES (1, 0, '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945');

CREATE TABLE compliance.parameter_change (
  id text CONSTRAINT pk_parameter_change PRIMARY KEY,
  version bigint NOT NULL,
  name text NOT NULL,
  value jsonb NOT NULL,
  from_on date NOT NULL,
  basis text NOT NULL CONSTRAINT ck_parameter_change_basis CHECK (basis IN ('platform', 'law')),
  source text NOT NULL,
  article text NOT NULL,
  reason_zh text NOT NULL,
  reason_en text NOT NULL,
  state text NOT NULL CONSTRAINT ck_parameter_change_state CHECK (state IN ('proposed', 'published', 'withdrawn')),
  proposed_by text NOT NULL,
  proposer_person text NOT NULL,
  proposer_organ jsonb NOT NULL,
  proposed_at timestamptz NOT NULL,
  published_by text,
  publisher_person text,
  publisher_organ jsonb,
  published_at timestamptz,
  published_on date,
  release text,
  withdrawn_by text,
  withdrawer_organ jsonb,
  withdrawn_at timestamptz,
  withdrawal_zh text,
  withdrawal_en text,
  changed_at timestamptz NOT NULL,
  CONSTRAINT ck_parameter_change_two_people CHECK (
    publisher_person IS NULL
    OR publisher_person <> proposer_person AND publisher_organ ->> 'name' <> proposer_organ ->> 'name'),
  CONSTRAINT ck_parameter_change_notice CHECK (basis = 'law' OR published_on IS NULL OR published_on + 7 <= from_on),
  CONSTRAINT ck_parameter_change_published CHECK (
    state <> 'published' OR publisher_person IS NOT NULL AND published_on IS NOT NULL AND release IS NOT NULL),
  CONSTRAINT ck_parameter_change_withdrawn CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)));
CREATE INDEX ix_parameter_change_name ON compliance.parameter_change (name, id);
CREATE INDEX ix_parameter_change_state ON compliance.parameter_change (state, id);
CREATE UNIQUE INDEX uq_parameter_change_from_on ON compliance.parameter_change (name, from_on)
  WHERE state = 'published';

CREATE TABLE compliance.impact (
  change_id text CONSTRAINT pk_impact PRIMARY KEY
    CONSTRAINT fk_impact_change_id REFERENCES compliance.parameter_change (id),
  revision bigint NOT NULL,
  as_of timestamptz NOT NULL,
  subjects bigint NOT NULL,
  asked bigint NOT NULL,
  busy_ms bigint NOT NULL,
  counts jsonb NOT NULL,
  done_kind text,
  done_id text,
  started_at timestamptz NOT NULL,
  done_at timestamptz,
  problem text);
CREATE INDEX ix_impact_waiting ON compliance.impact (started_at) WHERE done_at IS NULL AND problem IS NULL;

CREATE TABLE compliance.impact_line (
  change_id text CONSTRAINT fk_impact_line_change_id REFERENCES compliance.impact (change_id) ON DELETE CASCADE,
  subject_kind text,
  subject_id text,
  region_code text,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  decision_id text NOT NULL,
  outcome_then text NOT NULL,
  outcome_now text NOT NULL,
  public boolean NOT NULL,
  changes jsonb NOT NULL,
  CONSTRAINT pk_impact_line PRIMARY KEY (change_id, subject_kind, subject_id));
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
