"""Listings are found by their county, for what its producers declared to be paid at the farm gate."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Fill in a column that was empty for listings."""
    op.execute(sa.text("UPDATE disclosure.copy SET region_code = payload ->> 'region_code' WHERE kind = 'listing'"))
