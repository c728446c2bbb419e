"""Who changed what and why, and what every lot has cost since when: two tables to which rows are only ever added."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE catalog.edit (
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  record_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  action TEXT NOT NULL,
  region_code TEXT NOT NULL,
  region_path TEXT[] NOT NULL,
  changes JSONB NOT NULL,
  why TEXT,
  by_account TEXT,
  by_office TEXT,
  decision_id TEXT,
  sha256 TEXT NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_edit PRIMARY KEY (id),
  CONSTRAINT ck_edit_kind CHECK (kind IN ('producer', 'mark', 'specialty', 'listing'))
)""",
    "CREATE INDEX ix_edit_kind_record_id_id ON catalog.edit (kind, record_id, id)",
    "CREATE INDEX ix_edit_region_path ON catalog.edit USING gin (region_path)",
    """
CREATE TABLE catalog.price_change (
  id TEXT NOT NULL,
  lot_id TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  listing_version INTEGER NOT NULL,
  since_at TIMESTAMP WITH TIME ZONE NOT NULL,
  price_fen BIGINT,
  net_grams BIGINT NOT NULL,
  price_unit TEXT NOT NULL,
  region_path TEXT[] NOT NULL,
  category_code TEXT NOT NULL,
  CONSTRAINT pk_price_change PRIMARY KEY (id),
  CONSTRAINT ck_price_change_price_fen CHECK (price_fen BETWEEN 1 AND 100000000),
  CONSTRAINT fk_price_change_lot_id FOREIGN KEY(lot_id) REFERENCES catalog.lot (id)
)""",
    "CREATE INDEX ix_price_change_lot_id_id ON catalog.price_change (lot_id, id)",
    "CREATE INDEX ix_price_change_category_code_lot_id_id ON catalog.price_change (category_code, lot_id, id)",
    """
CREATE FUNCTION catalog.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME; END $$""",
    """
CREATE TRIGGER edit_is_only_added_to BEFORE UPDATE OR DELETE ON catalog.edit
  FOR EACH ROW EXECUTE FUNCTION catalog.refuse_rewriting()""",
    """
CREATE TRIGGER price_change_is_only_added_to BEFORE UPDATE OR DELETE ON catalog.price_change
  FOR EACH ROW EXECUTE FUNCTION catalog.refuse_rewriting()""",
    # What is on the market now begins its history with the version in force.
    """
INSERT INTO catalog.price_change
SELECT gen_random_uuid()::text, lv.lot_id, l.id, lv.version, coalesce(v.decided_at, v.submitted_at), lv.price_fen,
       lv.net_grams, lv.body->>'price_unit', l.region_path, l.category_code
FROM catalog.listing l
JOIN catalog.listing_version v ON v.listing_id = l.id AND v.version = l.in_force_version
JOIN catalog.lot_version lv ON lv.listing_id = l.id AND lv.version = l.in_force_version
WHERE lv.state = 'listed' AND l.state <> 'withdrawn'""",
)


def upgrade() -> None:
    """Two tables, and the triggers that let nobody rewrite them."""
    for statement in STATEMENTS:
        op.execute(statement)
