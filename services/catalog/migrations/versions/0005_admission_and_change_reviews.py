"""Producers are admitted in three steps; large changes of a listing wait for a reviewer."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Whoever stands in the register already was entered before there was an admission, and is not asked again.
    "ALTER TABLE catalog.producer ADD COLUMN admission_state TEXT NOT NULL DEFAULT 'admitted'",
    "ALTER TABLE catalog.producer ALTER COLUMN admission_state SET DEFAULT 'applied'",
    "ALTER TABLE catalog.producer ADD COLUMN admission JSONB NOT NULL DEFAULT '{}'",
    """ALTER TABLE catalog.producer ADD CONSTRAINT ck_producer_admission_state
       CHECK (admission_state IN ('applied', 'recommended', 'admitted', 'returned', 'refused'))""",
    """
CREATE TABLE catalog.change_review (
  id TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  listing_version INTEGER NOT NULL,
  region_code TEXT NOT NULL,
  region_path TEXT[] NOT NULL,
  title_zh TEXT NOT NULL,
  title_en TEXT NOT NULL,
  state TEXT NOT NULL,
  risks JSONB NOT NULL,
  asked_by_office TEXT NOT NULL,
  asked_by_person TEXT NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  decided_by_office TEXT,
  decided_by_person TEXT,
  decided_at TIMESTAMP WITH TIME ZONE,
  reason TEXT,
  CONSTRAINT pk_change_review PRIMARY KEY (id),
  CONSTRAINT ck_change_review_state CHECK (state IN ('waiting', 'approved', 'refused', 'superseded')),
  CONSTRAINT fk_change_review_listing_id_listing_version FOREIGN KEY(listing_id, listing_version)
    REFERENCES catalog.listing_version (listing_id, version)
)""",
    """CREATE UNIQUE INDEX uq_change_review_listing_id_waiting ON catalog.change_review (listing_id)
       WHERE state = 'waiting'""",
    "CREATE INDEX ix_change_review_region_path ON catalog.change_review USING gin (region_path)",
    "CREATE INDEX ix_change_review_listing_id ON catalog.change_review (listing_id)",
    "ALTER TABLE catalog.listing_version DROP CONSTRAINT ck_listing_version_state",
    """ALTER TABLE catalog.listing_version ADD CONSTRAINT ck_listing_version_state
       CHECK (state IN ('submitted', 'listed', 'in_review', 'blocked', 'refused'))""",
)


def upgrade() -> None:
    """Two columns with defaults, one table, and one more state: the code of before runs on all of it."""
    for statement in STATEMENTS:
        op.execute(statement)
