"""Nobody deletes the record of a room that has ended before its time, not even the service."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the database itself refuse; what is lost of a room that still runs is noticed by its recorder."""
    for statement in STATEMENTS:
        op.execute(sa.text(statement))


STATEMENTS = (
    """
CREATE FUNCTION broadcast.room_record_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM broadcast.live_room r WHERE r.broadcast_id = OLD.broadcast_id
    AND r.ended_at > now() - interval '3 years') THEN
    RAISE EXCEPTION 'The record of a broadcast is kept for three years.';
  END IF;
  RETURN OLD;
END $$""",
    """
CREATE TRIGGER room_record_is_kept BEFORE DELETE ON broadcast.room_record
  FOR EACH ROW EXECUTE FUNCTION broadcast.room_record_is_kept()""",
)
