"""What the gate last said of a running room, and when it was asked."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns that may be empty."""
    op.execute("ALTER TABLE broadcast.live_room ADD COLUMN on_air jsonb, ADD COLUMN on_air_asked_at timestamptz")
