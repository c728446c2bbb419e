"""Accounts, sessions, refresh tokens, one-time codes, API keys, signing keys and failed sign-ins."""

from alembic import op

from services.kit.migrate import create_plumbing_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE accounts.account (
  id text CONSTRAINT pk_account PRIMARY KEY,
  username text NOT NULL CONSTRAINT uq_account_username UNIQUE
    CONSTRAINT ck_account_username CHECK (username ~ '^[a-z0-9][a-z0-9._-]{2,63}$'),
  name text NOT NULL CONSTRAINT ck_account_name CHECK (length(name) BETWEEN 1 AND 200),
  person text NOT NULL CONSTRAINT ck_account_person CHECK (person ~ '^[0-9a-f]{64}$'),
  identified boolean NOT NULL,
  roles text[] NOT NULL CONSTRAINT ck_account_roles CHECK (cardinality(roles) > 0 AND roles <@ ARRAY[
    'buyer', 'operator', 'official', 'host', 'moderator', 'registrar', 'verifier', 'certifier', 'approver',
    'reviewer', 'inspector', 'platform', 'administrator']),
  scopes text[] NOT NULL CONSTRAINT ck_account_scopes CHECK (cardinality(scopes) <= 40),
  organ jsonb,
  post text,
  superior_account_id text CONSTRAINT fk_account_superior_account_id REFERENCES accounts.account (id)
    CONSTRAINT ck_account_own_superior CHECK (superior_account_id <> id),
  head_of_government boolean NOT NULL,
  may_set_clock boolean NOT NULL,
  active boolean NOT NULL,
  password_hash text CONSTRAINT ck_account_password_hash CHECK (password_hash LIKE '$argon2id$%'),
  version bigint NOT NULL CONSTRAINT ck_account_version CHECK (version >= 1),
  revocations bigint NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT ck_account_who_acts_is_known CHECK (identified OR NOT roles && ARRAY[
    'operator', 'official', 'registrar', 'verifier', 'certifier', 'approver', 'reviewer', 'inspector']));
CREATE INDEX ix_account_person ON accounts.account (person);
CREATE INDEX ix_account_superior_account_id ON accounts.account (superior_account_id);
CREATE INDEX ix_account_changed_at ON accounts.account (changed_at);

CREATE TABLE accounts.browser_session (
  session_sha256 text CONSTRAINT pk_browser_session PRIMARY KEY,
  account_id text NOT NULL CONSTRAINT fk_browser_session_account_id REFERENCES accounts.account (id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  CONSTRAINT ck_browser_session_ends_at CHECK (expires_at <= ends_at));
CREATE INDEX ix_browser_session_account_id ON accounts.browser_session (account_id);
CREATE INDEX ix_browser_session_expires_at ON accounts.browser_session (expires_at);

CREATE TABLE accounts.refresh_family (
  id text CONSTRAINT pk_refresh_family PRIMARY KEY,
  account_id text NOT NULL CONSTRAINT fk_refresh_family_account_id REFERENCES accounts.account (id),
  created_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  revoked_at timestamptz);
CREATE INDEX ix_refresh_family_account_id ON accounts.refresh_family (account_id);
CREATE INDEX ix_refresh_family_ends_at ON accounts.refresh_family (ends_at);

CREATE TABLE accounts.refresh_token (
  token_sha256 text CONSTRAINT pk_refresh_token PRIMARY KEY,
  family_id text NOT NULL CONSTRAINT fk_refresh_token_family_id
    REFERENCES accounts.refresh_family (id) ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  used_at timestamptz);
CREATE INDEX ix_refresh_token_family_id ON accounts.refresh_token (family_id);

CREATE TABLE accounts.one_time_code (
  code_sha256 text CONSTRAINT pk_one_time_code PRIMARY KEY,
  account_id text NOT NULL CONSTRAINT fk_one_time_code_account_id REFERENCES accounts.account (id),
  purpose text NOT NULL CONSTRAINT ck_one_time_code_purpose CHECK (purpose IN ('invitation', 'reset')),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL);
CREATE INDEX ix_one_time_code_account_id ON accounts.one_time_code (account_id);

CREATE TABLE accounts.api_key (
  id text CONSTRAINT pk_api_key PRIMARY KEY,
  account_id text NOT NULL CONSTRAINT fk_api_key_account_id REFERENCES accounts.account (id),
  name text NOT NULL,
  prefix text NOT NULL CONSTRAINT ck_api_key_prefix CHECK (length(prefix) = 12),
  key_sha256 text NOT NULL CONSTRAINT uq_api_key_key_sha256 UNIQUE,
  scopes text[] NOT NULL CONSTRAINT ck_api_key_scopes
    CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['checks:write', 'decisions:read']),
  test boolean NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz);
CREATE INDEX ix_api_key_account_id ON accounts.api_key (account_id);

CREATE TABLE accounts.signing_key (
  kid text CONSTRAINT pk_signing_key PRIMARY KEY,
  sealed_pem text NOT NULL,
  public_jwk jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  CONSTRAINT ck_signing_key_ends_at CHECK (starts_at < ends_at));
CREATE INDEX ix_signing_key_starts_at ON accounts.signing_key (starts_at);

CREATE TABLE accounts.sign_in_failure (
  kind text NOT NULL CONSTRAINT ck_sign_in_failure_kind CHECK (kind IN ('name', 'address')),
  token text NOT NULL,
  count integer NOT NULL CONSTRAINT ck_sign_in_failure_count CHECK (count >= 1),
  last_at timestamptz NOT NULL,
  blocked_until timestamptz,
  CONSTRAINT pk_sign_in_failure PRIMARY KEY (kind, token));
CREATE INDEX ix_sign_in_failure_last_at ON accounts.sign_in_failure (last_at);
"""


def upgrade() -> None:
    """The plumbing, then our own tables."""
    create_plumbing_v1("accounts")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
