"""What offices do to orders is written down, and told to the public log."""

from services.kit.migrate import create_acts_v1

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the trail; it begins empty."""
    create_acts_v1("orders")
