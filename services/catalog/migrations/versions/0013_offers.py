"""What is asked for a kilogram now, place by place: a median is read from the middle of an index, not worked out."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE catalog.offer (
  lot_id TEXT NOT NULL,
  place TEXT NOT NULL,
  category_code TEXT NOT NULL,
  per_kilogram_fen BIGINT NOT NULL,
  CONSTRAINT pk_offer PRIMARY KEY (lot_id, place)
)""",
    "CREATE INDEX ix_offer_middle ON catalog.offer (category_code, place, per_kilogram_fen)",
    # Medians are of counties, provinces and the country; what lies between takes no room.
    """
CREATE FUNCTION catalog.median_places(path text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT DISTINCT each FROM unnest(path) WITH ORDINALITY AS given (each, at)
  WHERE at = 1 OR each LIKE '%0000' OR each NOT LIKE '%00' UNION ALL SELECT '' $$""",
    """
CREATE FUNCTION catalog.price_is_an_offer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  DELETE FROM catalog.offer WHERE lot_id = NEW.lot_id;
  IF NEW.price_fen IS NOT NULL THEN
    INSERT INTO catalog.offer (lot_id, place, category_code, per_kilogram_fen)
    SELECT NEW.lot_id, place, NEW.category_code, (NEW.price_fen * 2000 + NEW.net_grams) / (NEW.net_grams * 2)
    FROM catalog.median_places(NEW.region_path) AS place;
  END IF;
  RETURN NULL;
END $$""",
    """
CREATE TRIGGER price_change_is_an_offer AFTER INSERT ON catalog.price_change
  FOR EACH ROW EXECUTE FUNCTION catalog.price_is_an_offer()""",
    # What is on the market now.
    """
INSERT INTO catalog.offer (lot_id, place, category_code, per_kilogram_fen)
SELECT lot_id, place, category_code, (price_fen * 2000 + net_grams) / (net_grams * 2)
FROM (SELECT DISTINCT ON (lot_id) * FROM catalog.price_change ORDER BY lot_id, id DESC) latest,
  catalog.median_places(region_path) AS place
WHERE price_fen IS NOT NULL""",
    "DROP INDEX catalog.ix_price_change_category_code_lot_id_id",
    # What changed of a listing's prices is asked whenever it is decided.
    "CREATE INDEX ix_price_change_listing_id ON catalog.price_change (listing_id)",
)


def upgrade() -> None:
    """A table that the database itself keeps; the code of before still reads what it read."""
    for statement in STATEMENTS:
        op.execute(sa.text(statement.replace(":", r"\:")))
