"""What is found carries the day, the week and the month of its publication among its words."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rows that stand already are given theirs."""
    op.execute(
        """
        UPDATE catalog.search_entry SET words = words || array_to_tsvector(ARRAY[
          '@td' || to_char(published_at AT TIME ZONE 'UTC', 'YYYYMMDD'),
          '@tw' || to_char(published_at AT TIME ZONE 'UTC', 'IYYYIW'),
          '@tm' || to_char(published_at AT TIME ZONE 'UTC', 'YYYYMM')])"""
    )
