"""Edits wait here until the public log hears of them."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE catalog.edit_untold (
  id TEXT NOT NULL,
  region_code TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  CONSTRAINT pk_edit_untold PRIMARY KEY (id)
)""",
    "INSERT INTO catalog.edit_untold SELECT id, region_code, sha256 FROM catalog.edit",
    # No way of writing an edit can forget to tell of it.
    """
CREATE FUNCTION catalog.edit_is_to_be_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO catalog.edit_untold VALUES (NEW.id, NEW.region_code, NEW.sha256);
  RETURN NULL;
END $$""",
    """
CREATE TRIGGER edit_is_to_be_told AFTER INSERT ON catalog.edit
  FOR EACH ROW EXECUTE FUNCTION catalog.edit_is_to_be_told()""",
)


def upgrade() -> None:
    """Add the table and the trigger that fills it."""
    for statement in STATEMENTS:
        op.execute(statement)
