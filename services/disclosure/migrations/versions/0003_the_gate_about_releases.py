"""A release while the gate is asked about it, and what the gate said last."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table and two columns that may be empty."""
    for statement in TABLES.split(";\n\n"):
        op.execute(sa.text(statement))


TABLES = """
CREATE TABLE disclosure.draft (
  broadcast_id text NOT NULL,
  number bigint NOT NULL,
  stage text NOT NULL,
  answer_by timestamptz NOT NULL,
  contents bytea NOT NULL,
  basis bytea NOT NULL,
  CONSTRAINT pk_draft PRIMARY KEY (broadcast_id, number)
);

ALTER TABLE disclosure.course ADD COLUMN gate jsonb, ADD COLUMN held_at timestamptz
"""
