"""Acts of the trail wait here until the public log hears of them."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE TABLE compliance.trail_untold (id text CONSTRAINT pk_trail_untold PRIMARY KEY)",
    "INSERT INTO compliance.trail_untold SELECT id FROM compliance.trail",
    # No way of writing an act down can forget to tell of it.
    """
CREATE FUNCTION compliance.act_is_to_be_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO compliance.trail_untold VALUES (NEW.id);
  RETURN NULL;
END $$""",
    """
CREATE TRIGGER act_is_to_be_told AFTER INSERT ON compliance.trail
  FOR EACH ROW EXECUTE FUNCTION compliance.act_is_to_be_told()""",
)


def upgrade() -> None:
    """Add the table and the trigger that fills it."""
    for statement in STATEMENTS:
        op.execute(statement)
