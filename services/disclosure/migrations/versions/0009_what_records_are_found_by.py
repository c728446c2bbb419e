"""By what records are found: the stage of the newest release, and what it says of its products."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns and fill them from the releases that are there."""
    for statement in TABLES.split(";\n\n"):
        op.execute(sa.text(statement))


TABLES = """
ALTER TABLE disclosure.course ADD COLUMN stage text, ADD COLUMN products text;

UPDATE disclosure.course c SET stage = newest.stage, products = newest.products FROM (
  SELECT DISTINCT ON (r.broadcast_id) r.broadcast_id, r.stage,
    lower(concat_ws(' ', said.body #>> '{broadcast,title_zh}', said.body #>> '{broadcast,title_en}', goods.words))
      AS products
  FROM disclosure.release r
  CROSS JOIN LATERAL (SELECT convert_from(r.body, 'UTF8')::jsonb AS body) said
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', good ->> 'display_name', good ->> 'category_code', good ->> 'specification'), ' ')
      AS words
    FROM jsonb_array_elements(said.body -> 'goods') good) goods
  ORDER BY r.broadcast_id, r.number DESC) newest
WHERE c.broadcast_id = newest.broadcast_id
"""
