"""To which region things in the log belong, and releases in the order in which they came."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table with what is known already, and the index."""
    for statement in TABLES.split(";\n\n"):
        op.execute(sa.text(statement))


TABLES = """
CREATE TABLE disclosure.entity_region (
  kind text NOT NULL,
  entity_id text NOT NULL,
  region_code text NOT NULL,
  region_path text[] NOT NULL,
  CONSTRAINT pk_entity_region PRIMARY KEY (kind, entity_id)
);

CREATE INDEX ix_entity_region_region_path ON disclosure.entity_region USING gin (region_path);

CREATE INDEX ix_release_released_at_broadcast_id_number
  ON disclosure.release (released_at, broadcast_id, number);

INSERT INTO disclosure.entity_region
SELECT DISTINCT 'disclosure', c.broadcast_id, c.region_code, c.region_path
FROM disclosure.course c JOIN disclosure.release r USING (broadcast_id)
"""
