"""Viewers' stays, and what an account watched lately."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(sa.text(statement))


TABLES = """
CREATE TABLE broadcast.viewer_session (
  id text NOT NULL,
  broadcast_id text NOT NULL,
  session_token text NOT NULL,
  viewer text NOT NULL,
  user_token text NOT NULL,
  watch_30d integer NOT NULL,
  device_token text NOT NULL,
  device_model text NOT NULL,
  client text NOT NULL,
  app_version text NOT NULL,
  ip_token text NOT NULL,
  ip_prefix text NOT NULL,
  join_ms bigint NOT NULL,
  last_ms bigint NOT NULL,
  heartbeats integer NOT NULL,
  interactions integer NOT NULL,
  foreground_ms bigint NOT NULL,
  referrer text NOT NULL,
  gone boolean NOT NULL,
  ended boolean NOT NULL DEFAULT false,
  CONSTRAINT pk_viewer_session PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_viewer_session_running ON broadcast.viewer_session (broadcast_id, viewer) WHERE NOT ended;
CREATE INDEX ix_viewer_session_silent ON broadcast.viewer_session (last_ms) WHERE NOT ended;
CREATE INDEX ix_viewer_session_broadcast_id ON broadcast.viewer_session (broadcast_id);
CREATE TABLE broadcast.watched (
  account_key text NOT NULL,
  broadcast_id text NOT NULL,
  watched_on date NOT NULL,
  CONSTRAINT pk_watched PRIMARY KEY (account_key, broadcast_id)
)
"""
