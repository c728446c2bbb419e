"""Steps of filings stay as they are, and wait here until the public log hears of them."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE TABLE broadcast.step_untold (id text CONSTRAINT pk_step_untold PRIMARY KEY)",
    "INSERT INTO broadcast.step_untold SELECT id FROM broadcast.step",
    # No way of writing a step down can forget to tell of it.
    """
CREATE FUNCTION broadcast.step_is_to_be_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO broadcast.step_untold VALUES (NEW.id);
  RETURN NULL;
END $$""",
    """
CREATE TRIGGER step_is_to_be_told AFTER INSERT ON broadcast.step
  FOR EACH ROW EXECUTE FUNCTION broadcast.step_is_to_be_told()""",
    """
CREATE FUNCTION broadcast.step_stays() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE insufficient_privilege USING MESSAGE = 'Steps are append-only: ' || TG_OP || ' is refused.'; END $$""",
    """
CREATE TRIGGER step_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON broadcast.step
  FOR EACH STATEMENT EXECUTE FUNCTION broadcast.step_stays()""",
    "REVOKE UPDATE, DELETE, TRUNCATE ON broadcast.step FROM broadcast_app",
)


def upgrade() -> None:
    """One table and triggers; the code of before only ever added steps."""
    for statement in STATEMENTS:
        op.execute(statement)
