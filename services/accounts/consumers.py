"""What accounts hears: nothing beyond the keys and revocations that every service hears."""

from services.kit.bus import Handlers

HANDLERS: Handlers = {}
