"""Documents are listed by the regions for which they were uploaded."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index; nothing else changes."""
    op.execute("CREATE INDEX ix_document_scopes ON catalog.document USING gin (scopes)")
