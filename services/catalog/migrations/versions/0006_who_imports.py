"""An import is signed like what is typed: by the office and the person who sent it."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns, empty for imports that are over."""
    op.execute("ALTER TABLE catalog.import_job ADD COLUMN office TEXT NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE catalog.import_job ADD COLUMN person TEXT NOT NULL DEFAULT ''")
