"""Buyers sign in with a phone and a code, and may have their account erased."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


STATEMENTS = """
ALTER TABLE accounts.account
  ADD COLUMN phone text CONSTRAINT uq_account_phone UNIQUE
    CONSTRAINT ck_account_phone CHECK (phone ~ '^[0-9a-f]{64}$'),
  ADD COLUMN erased_at timestamptz,
  ADD CONSTRAINT ck_account_erased CHECK (
    erased_at IS NULL OR (phone IS NULL AND password_hash IS NULL AND NOT active));
ALTER TABLE accounts.sign_in_failure
  DROP CONSTRAINT ck_sign_in_failure_kind,
  ADD CONSTRAINT ck_sign_in_failure_kind CHECK (kind IN ('name', 'address', 'code', 'code_address'));
CREATE TABLE accounts.phone_code (
  phone text CONSTRAINT pk_phone_code PRIMARY KEY,
  code_hmac text NOT NULL,
  tries integer NOT NULL CONSTRAINT ck_phone_code_tries CHECK (tries >= 0),
  sent_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL);
CREATE INDEX ix_phone_code_expires_at ON accounts.phone_code (expires_at)
"""


def upgrade() -> None:
    """New columns are empty for every account that exists, and the old code leaves them so."""
    for statement in STATEMENTS.split(";"):
        op.execute(statement)
