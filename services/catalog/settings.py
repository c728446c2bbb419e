"""What catalog is told from outside."""

from services.kit.settings import ServiceSettings


class CatalogSettings(ServiceSettings):
    """Nothing beyond what every service needs."""
