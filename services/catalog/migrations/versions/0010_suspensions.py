"""An admitted producer may be suspended."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE catalog.producer ADD COLUMN suspension JSONB",
    "CREATE INDEX ix_producer_suspended ON catalog.producer (id) WHERE suspension IS NOT NULL",
)


def upgrade() -> None:
    """One column that may be empty: the code of before does not see it."""
    for statement in STATEMENTS:
        op.execute(statement)
