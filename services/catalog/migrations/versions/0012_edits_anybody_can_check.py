"""Of an edit everything that its hash is made of can be shown: who made it stands in it as a commitment."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Edits of before keep the hash that they were logged with, and have no commitment."""
    op.execute(sa.text("ALTER TABLE catalog.edit ADD COLUMN by_sha256 text"))
