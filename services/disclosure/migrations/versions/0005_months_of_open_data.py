"""Months of open data; those of releases that are there already are still to be made."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table, and a row for every month that has a release."""
    for statement in TABLES.split(";\n\n"):
        op.execute(sa.text(statement))


TABLES = """
CREATE TABLE disclosure.open_month (
  month text NOT NULL,
  stale_at timestamptz,
  made_at timestamptz,
  made_with text,
  releases bigint NOT NULL,
  broadcasts bigint NOT NULL,
  files jsonb NOT NULL,
  CONSTRAINT pk_open_month PRIMARY KEY (month)
);

CREATE INDEX ix_open_month_stale_at ON disclosure.open_month (stale_at) WHERE stale_at IS NOT NULL;

INSERT INTO disclosure.open_month
SELECT DISTINCT to_char(c.ended_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), now(), NULL::timestamptz, NULL, 0, 0,
  '[]'::jsonb
FROM disclosure.course c JOIN disclosure.release r USING (broadcast_id) WHERE c.ended_at IS NOT NULL
"""
