"""An identity outside may open an account; of it a token is kept."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of connections."""
    op.execute("""
CREATE TABLE accounts.outside_identity (
  token text CONSTRAINT pk_outside_identity PRIMARY KEY
    CONSTRAINT ck_outside_identity_token CHECK (token ~ '^[0-9a-f]{64}$'),
  account_id text NOT NULL CONSTRAINT uq_outside_identity_account_id UNIQUE
    CONSTRAINT fk_outside_identity_account_id REFERENCES accounts.account (id),
  connected_at timestamptz NOT NULL)""")
