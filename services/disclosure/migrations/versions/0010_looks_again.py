"""When a record is to be looked at again because of what came while its release waited for the gate."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add a column that may be empty."""
    op.execute(sa.text("ALTER TABLE disclosure.course ADD COLUMN again_at timestamptz"))
