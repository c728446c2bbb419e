"""Clearances that can be revoked, and webhooks that tell other platforms of changed answers."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns that the old code leaves empty, and tables that it does not know."""
    op.execute("ALTER TABLE compliance.decision ADD COLUMN keys text[], ADD COLUMN cleared_until timestamptz")
    op.execute(
        "CREATE INDEX ix_decision_cleared_keys ON compliance.decision USING gin (keys) WHERE cleared_until IS NOT NULL"
    )
    op.execute("""
        CREATE TABLE compliance.clearance_revocation (
          decision_id text CONSTRAINT pk_clearance_revocation PRIMARY KEY,
          revoked_at timestamptz NOT NULL,
          ends_at timestamptz NOT NULL,
          reason_zh text NOT NULL,
          reason_en text NOT NULL,
          revoked_by text)""")
    op.execute("CREATE INDEX ix_clearance_revocation_ends_at ON compliance.clearance_revocation (ends_at)")
    op.execute("""
        CREATE TABLE compliance.webhook (
          id text CONSTRAINT pk_webhook PRIMARY KEY,
          account_id text NOT NULL,
          url text NOT NULL,
          kinds text[] NOT NULL CONSTRAINT ck_webhook_kinds CHECK (cardinality(kinds) > 0),
          region_codes text[] NOT NULL,
          trial boolean NOT NULL,
          sealed_secret text NOT NULL,
          sealed_earlier text,
          earlier_until timestamptz,
          created_at timestamptz NOT NULL,
          last_success_at timestamptz,
          paused_at timestamptz,
          paused_because text)""")
    op.execute("CREATE INDEX ix_webhook_account_id ON compliance.webhook (account_id)")
    op.execute("""
        CREATE TABLE compliance.delivery (
          webhook_id text NOT NULL CONSTRAINT fk_delivery_webhook_id REFERENCES compliance.webhook (id)
            ON DELETE CASCADE,
          message_id text NOT NULL,
          kind text NOT NULL,
          body bytea NOT NULL,
          state text NOT NULL CONSTRAINT ck_delivery_state CHECK (state IN ('waiting', 'delivered', 'given_up')),
          created_at timestamptz NOT NULL,
          attempts integer NOT NULL,
          next_attempt_at timestamptz,
          last_attempt_at timestamptz,
          last_status integer,
          last_error text,
          CONSTRAINT pk_delivery PRIMARY KEY (webhook_id, message_id),
          CONSTRAINT ck_delivery_next CHECK ((state = 'waiting') = (next_attempt_at IS NOT NULL)))""")
    op.execute(
        "CREATE INDEX ix_delivery_next_attempt_at ON compliance.delivery (next_attempt_at) WHERE state = 'waiting'"
    )
    op.execute("CREATE INDEX ix_delivery_created_at ON compliance.delivery (webhook_id, created_at, message_id)")
