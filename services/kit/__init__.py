"""Plumbing that every service shares: HTTP, SQL, NATS, tokens, time. It knows nothing of produce or law."""
