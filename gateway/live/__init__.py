"""The live room at the door: one stream of events to each viewer, and what viewers tell of their stay."""

from gateway.live.stream import Live

__all__ = ["Live"]
