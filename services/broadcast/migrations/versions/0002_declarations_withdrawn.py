"""Declarations of interests can be withdrawn; a filing knows as of which state of the official it was asked."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns that may be empty; the old code neither reads nor writes them."""
    op.execute("""
        ALTER TABLE broadcast.declaration
          ADD COLUMN withdrawn_by text,
          ADD COLUMN withdrawn_at timestamptz,
          ADD COLUMN withdrawn_reason text,
          ADD CONSTRAINT ck_declaration_withdrawn CHECK (
            (withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL))""")
    op.execute("ALTER TABLE broadcast.filing ADD COLUMN official_version bigint")
