"""API keys may be made for webhooks."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more scope; the old code makes keys with the two it knows."""
    op.execute("ALTER TABLE accounts.api_key DROP CONSTRAINT ck_api_key_scopes")
    op.execute("""
        ALTER TABLE accounts.api_key ADD CONSTRAINT ck_api_key_scopes
        CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['checks:write', 'decisions:read', 'webhooks:write'])""")
