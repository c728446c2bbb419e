"""What officials declared of their interests, as broadcast tells it: a later declaration is a changed fact."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more copy; the old code does not know it."""
    op.execute("""
        CREATE TABLE compliance.official_copy (
          official_id text CONSTRAINT pk_official_copy PRIMARY KEY,
          version bigint NOT NULL,
          person text NOT NULL,
          declared_on date,
          declaration jsonb NOT NULL)""")
