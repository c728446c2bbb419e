"""Filings go on air, are halted and end; a room knows since when the gate owes it an answer."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Allow three more states, and add a column that may be empty."""
    op.execute("""
        ALTER TABLE broadcast.filing
          DROP CONSTRAINT ck_filing_state,
          ADD CONSTRAINT ck_filing_state CHECK (state IN (
            'draft','submitted','returned','approved','scheduled','in_review','blocked','live','halted','ended',
            'withdrawn','cancelled'))""")
    op.execute("ALTER TABLE broadcast.live_room ADD COLUMN unanswered_since timestamptz")
