"""What catalog is told from outside."""

from typing import Any

from pydantic import Field

from services.kit.settings import ServiceSettings


class CatalogSettings(ServiceSettings):
    """Beyond what every service needs: whose word on enterprises is taken."""

    registry_keys: dict[str, list[dict[str, Any]]] = Field(
        default_factory=dict,
        description="Registries of enterprises whose signed claims are taken: issuer → their public keys (JWK, ES256), "
        "as JSON. Empty: no register outside is asked, and counties verify producers by hand.",
    )
