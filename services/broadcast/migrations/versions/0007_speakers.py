"""Of each message the network of its stay and the age of its account, as the gate looks for choruses."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns with defaults; the old code neither reads nor writes them."""
    op.execute("""
        ALTER TABLE broadcast.chat_message
          ADD COLUMN network_token text NOT NULL DEFAULT '0',
          ADD COLUMN account_age_days integer NOT NULL DEFAULT -1""")
