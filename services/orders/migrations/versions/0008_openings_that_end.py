"""What is offered for a time is sold until its last moment, by the clock of the database, and not longer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The till asks the same function for its refusals as before; code of before knows no such moment and sets none."""
    op.execute("ALTER TABLE orders.stock ADD COLUMN open_until timestamptz")
    # The driver reads a colon as the beginning of a parameter.
    op.execute(sa.text(REFUSAL.replace(":", r"\:")))


REFUSAL = """
CREATE OR REPLACE FUNCTION orders.refusal(s orders.sale, k orders.stock, at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN s.broadcast_id IS NULL OR k.lot_id IS NULL THEN 'not_here'
    WHEN s.room_state = 'ended' THEN 'ended'
    WHEN s.room_state = 'halted' THEN 'halted'
    WHEN s.room_state <> 'open' THEN 'closed'
    WHEN s.rehearsing THEN 'rehearsing'
    WHEN s.segment_kind IS DISTINCT FROM 'market' THEN 'region'
    WHEN s.decision_valid_until <= at THEN 'decision_over'
    WHEN k.price_fen IS NULL THEN 'off_shelf'
    WHEN k.valid_until <= at THEN 'lot_decision_over'
    WHEN EXISTS (SELECT FROM orders.listing l WHERE l.listing_id = k.listing_id
      AND (l.withdrawn OR l.lots ->> k.lot_id = 'blocked')) THEN 'stopped'
    WHEN NOT k.open OR k.open_until <= at THEN 'lot_closed'
  END
$$"""
