"""A granted appeal may lift the suspension of a producer."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE compliance.appeal DROP CONSTRAINT ck_appeal_effect",
    """
ALTER TABLE compliance.appeal ADD CONSTRAINT ck_appeal_effect CHECK (effect IN
  ('stands', 'resolution', 'override', 'correct_facts', 'suspension_lifted', 'moot'))""",
)


def upgrade() -> None:
    """One more word; what the old code writes still fits."""
    for statement in STATEMENTS:
        op.execute(statement)
