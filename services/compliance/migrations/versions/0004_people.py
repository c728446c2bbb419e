"""What people do beside the gate: overrides, appeals, referrals, and a trail that nobody can change afterwards."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE compliance.trail (
  id text CONSTRAINT pk_trail PRIMARY KEY,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  region_code text,
  decision_id text,
  rule text,
  reason_code text,
  record_id text,
  by_role text NOT NULL,
  by_organ text,
  by_region_code text,
  reason_zh text,
  reason_en text,
  is_public boolean NOT NULL,
  account_id text,
  person text);
CREATE INDEX ix_trail_subject ON compliance.trail (subject_id, id);

CREATE TABLE compliance.override (
  id text CONSTRAINT pk_override PRIMARY KEY,
  state text NOT NULL CONSTRAINT ck_override_state CHECK (state IN ('proposed', 'confirmed', 'declined', 'lapsed')),
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  decision_id text NOT NULL,
  region_code text,
  region_line text[] NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  rule text NOT NULL,
  reason_code text NOT NULL,
  basis jsonb NOT NULL,
  valid_until timestamptz NOT NULL,
  proposed_at timestamptz NOT NULL,
  proposer_account text NOT NULL,
  proposer_person text NOT NULL,
  proposer_organ jsonb NOT NULL,
  reason_zh text NOT NULL,
  reason_en text,
  answered_at timestamptz,
  answerer_account text,
  answerer_person text,
  answerer_organ jsonb,
  answer_zh text,
  answer_en text,
  fact jsonb,
  new_decision_id text,
  CONSTRAINT ck_override_two_people CHECK (answerer_person <> proposer_person),
  CONSTRAINT ck_override_two_organs CHECK (answerer_organ ->> 'name' <> proposer_organ ->> 'name'),
  CONSTRAINT ck_override_speaks CHECK ((fact IS NOT NULL) = (state = 'confirmed')),
  CONSTRAINT ck_override_answered CHECK (
    state NOT IN ('confirmed', 'declined') OR answerer_person IS NOT NULL AND answerer_organ IS NOT NULL));
CREATE INDEX ix_override_subject ON compliance.override (subject_id, id);
CREATE INDEX ix_override_proposed ON compliance.override (id) WHERE state = 'proposed';
CREATE UNIQUE INDEX uq_override_proposed ON compliance.override (subject_id, rule, reason_code)
  WHERE state = 'proposed';

CREATE TABLE compliance.appeal (
  id text CONSTRAINT pk_appeal PRIMARY KEY,
  version bigint NOT NULL,
  state text NOT NULL CONSTRAINT ck_appeal_state CHECK (state IN ('open', 'upheld', 'granted', 'withdrawn')),
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  parent_id text,
  decision_id text NOT NULL CONSTRAINT fk_appeal_decision_id REFERENCES compliance.decision (id),
  region_code text,
  region_line text[] NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  rule text NOT NULL,
  reason_code text NOT NULL,
  hard boolean NOT NULL,
  grounds_zh text NOT NULL,
  grounds_en text,
  files jsonb NOT NULL,
  appellant_account text NOT NULL,
  appellant_person text NOT NULL,
  appellant_role text NOT NULL,
  appellant_organ jsonb,
  opened_at timestamptz NOT NULL,
  decide_by timestamptz NOT NULL,
  calendar text NOT NULL,
  clock_set boolean NOT NULL,
  decided_at timestamptz,
  decider_account text,
  decider_person text,
  decider_organ jsonb,
  decision_zh text,
  decision_en text,
  effect text CONSTRAINT ck_appeal_effect CHECK (effect IN
    ('stands', 'resolution', 'override', 'correct_facts', 'moot')),
  override_id text,
  new_decision_id text,
  CONSTRAINT ck_appeal_outsider CHECK (decider_person <> appellant_person),
  CONSTRAINT ck_appeal_hard CHECK (NOT hard OR effect NOT IN ('resolution', 'override')));
CREATE INDEX ix_appeal_subject ON compliance.appeal (subject_id, id);
CREATE INDEX ix_appeal_open ON compliance.appeal (decide_by, id) WHERE state = 'open';
CREATE UNIQUE INDEX uq_appeal_once ON compliance.appeal (decision_id, rule, reason_code) WHERE state <> 'withdrawn';

CREATE TABLE compliance.referral (
  id text CONSTRAINT pk_referral PRIMARY KEY,
  version bigint NOT NULL,
  state text NOT NULL CONSTRAINT ck_referral_state CHECK (state IN ('open', 'forwarded', 'closed')),
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  decision_id text NOT NULL,
  region_code text,
  region_line text[] NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  rule text NOT NULL,
  evidence_sha256 text NOT NULL,
  quotes text[] NOT NULL,
  grounds jsonb NOT NULL,
  opened_at timestamptz NOT NULL,
  clock_set boolean NOT NULL,
  changed_at timestamptz NOT NULL,
  forwarded_to text,
  reason_zh text,
  reason_en text,
  CONSTRAINT uq_referral_once UNIQUE (subject_id, rule, evidence_sha256),
  CONSTRAINT ck_referral_forwarded CHECK (state <> 'forwarded' OR forwarded_to IS NOT NULL));
CREATE INDEX ix_referral_state ON compliance.referral (state, id);

ALTER TABLE compliance.standing ADD COLUMN overridable boolean NOT NULL DEFAULT false;
ALTER TABLE compliance.standing ADD COLUMN waits_since timestamptz;
CREATE INDEX ix_standing_overridable ON compliance.standing (deadline_at) WHERE overridable;
"""

# The service may add to the trail and read it. Whoever owns the table is stopped by the trigger, TRUNCATE included.
APPEND_ONLY = """
CREATE FUNCTION compliance.trail_stays() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE insufficient_privilege USING MESSAGE = 'The trail is append-only: ' || TG_OP || ' is refused.'; END $$;
CREATE TRIGGER trail_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance.trail
  FOR EACH STATEMENT EXECUTE FUNCTION compliance.trail_stays();
REVOKE UPDATE, DELETE, TRUNCATE ON compliance.trail FROM compliance_app;
"""

# What was done before there was a trail, as far as our records tell it; a row keeps the id of what it tells of.
EARLIER = """
INSERT INTO compliance.trail (id, at, recorded_at, action, subject_kind, subject_id, region_code, by_role, by_organ,
  by_region_code, is_public, account_id, person)
SELECT id, registered_at, registered_at, 'event.registered', 'event', id, region_codes[1], 'registrar',
  registrar_organ ->> 'name', registrar_organ ->> 'region_code', true, registered_by, registrar_person
FROM compliance.force_majeure;
INSERT INTO compliance.trail (id, at, recorded_at, action, subject_kind, subject_id, region_code, by_role, by_organ,
  by_region_code, is_public, account_id, person)
SELECT e.id || '-' || md5(v.person || v.content_version), v.verified_at, v.verified_at, 'event.verified', 'event', e.id,
  e.region_codes[1], 'verifier', v.organ ->> 'name', v.organ ->> 'region_code', true, v.account_id, v.person
FROM compliance.verification v JOIN compliance.force_majeure e ON e.id = v.force_majeure_id;
INSERT INTO compliance.trail (id, at, recorded_at, action, subject_kind, subject_id, region_code, by_role, by_organ,
  by_region_code, is_public, account_id, person)
SELECT id, submitted_at, submitted_at, 'evidence.submitted', 'evidence', id, region_code, 'operator',
  submitter_organ ->> 'name', submitter_organ ->> 'region_code', true, submitted_by, submitter_person
FROM compliance.slow_sales;
INSERT INTO compliance.trail (id, at, recorded_at, action, subject_kind, subject_id, region_code, by_role, by_organ,
  by_region_code, is_public, account_id, person)
SELECT id || '-certified', certified_at, certified_at, 'evidence.certified', 'evidence', id, region_code, 'certifier',
  certifier_organ ->> 'name', certifier_organ ->> 'region_code', true, certified_by, certifier_person
FROM compliance.slow_sales WHERE certified_at IS NOT NULL;
INSERT INTO compliance.trail (id, at, recorded_at, action, subject_kind, subject_id, region_code, decision_id, rule,
  reason_code, by_role, by_organ, by_region_code, reason_zh, reason_en, is_public, account_id, person)
SELECT r.id, r.resolved_at, r.resolved_at, 'review.' || (r.fact ->> 'outcome'), r.subject_kind, r.subject_id,
  d.region_code, r.decision_id, r.fact ->> 'rule', r.fact ->> 'reason_code', 'reviewer',
  r.fact ->> 'resolved_by_organ', r.fact ->> 'resolved_by_region_code', r.reason_zh, r.reason_en, true,
  r.reviewer_account, r.reviewer_person
FROM compliance.resolution r LEFT JOIN compliance.decision d ON d.id = r.decision_id;
"""


def upgrade() -> None:
    for part in (TABLES, APPEND_ONLY, EARLIER):
        for statement in part.split(";\n"):
            if statement.strip():
                op.execute(statement)
