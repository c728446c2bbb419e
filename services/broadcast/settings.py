"""What the broadcast service is told from outside."""

from services.kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of broadcast; it needs none of its own yet."""
