"""Producers as catalog tells them, so that the gate knows who is suspended."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more copy; the old code does not know it."""
    op.execute("""
        CREATE TABLE compliance.producer_copy (
          producer_id text CONSTRAINT pk_producer_copy PRIMARY KEY,
          version bigint NOT NULL,
          uscc text,
          suspension jsonb)""")
    op.execute("CREATE INDEX ix_producer_copy_uscc ON compliance.producer_copy (uscc)")
