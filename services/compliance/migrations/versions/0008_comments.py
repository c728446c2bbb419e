"""What is said in rooms, kept for half an hour."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more copy; the old code does not know it."""
    op.execute("""
        CREATE TABLE compliance.heard_comment (
          message text CONSTRAINT pk_heard_comment PRIMARY KEY,
          broadcast_id text NOT NULL,
          account text NOT NULL,
          network text,
          account_age_days integer,
          text text NOT NULL,
          said_at timestamptz NOT NULL)""")
    op.execute("CREATE INDEX ix_heard_comment_broadcast_id_said_at ON compliance.heard_comment (broadcast_id, said_at)")
    op.execute("CREATE INDEX ix_heard_comment_said_at ON compliance.heard_comment (said_at)")
