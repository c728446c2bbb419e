"""An opening may end by itself at a moment that was announced."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Openings that were made before end when somebody closes them, as they always did."""
    op.execute("ALTER TABLE broadcast.shelf_item ADD COLUMN open_until timestamptz")
