"""Rooms as broadcast tells of them, with the last question about each."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more copy; the old code does not know it."""
    op.execute("""
        CREATE TABLE compliance.room_copy (
          broadcast_id text CONSTRAINT pk_room_copy PRIMARY KEY,
          version bigint NOT NULL,
          state text,
          asked_version bigint,
          asked_payload text)""")
