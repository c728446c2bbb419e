"""Request and response bodies of the broadcast service."""
