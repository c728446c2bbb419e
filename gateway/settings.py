"""What the gateway is told from outside."""

from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Self

from pydantic import Field, SecretStr, model_validator

from services.kit.settings import DEMO_SECRET, ProcessSettings, require_strong


class GatewaySettings(ProcessSettings):
    """Addresses of the services (`http://host:port` or `unix:/path`), limits, and which proxies to believe."""

    accounts_url: str = Field(default="http://127.0.0.1:8011", description="Where accounts listens.")
    catalog_url: str = Field(default="http://127.0.0.1:8012", description="Where catalog listens.")
    compliance_url: str = Field(default="http://127.0.0.1:8013", description="Where compliance listens.")
    broadcast_url: str = Field(default="http://127.0.0.1:8014", description="Where broadcast listens.")
    orders_url: str = Field(default="http://127.0.0.1:8015", description="Where orders listens.")
    disclosure_url: str = Field(default="http://127.0.0.1:8016", description="Where disclosure listens.")
    trusted_proxies: str = Field(default="", description="Networks whose X-Forwarded-For is believed, comma-separated.")
    address_limit: int = Field(
        default=3000, ge=1, description="Requests a minute from one address; generous, many phones share one."
    )
    callback_limit: int = Field(
        default=60_000, ge=1, description="Callbacks a minute from one address of a payment provider or carrier."
    )
    visitor_limit: int = Field(default=1200, ge=1, description="Requests a minute of one signed-in visitor.")
    key_limit: int = Field(default=6000, ge=1, description="Requests a minute of one platform API key.")
    report_limit: int = Field(
        default=60,
        ge=1,
        description="Steps of citizens' reports (sending, looking a code up) a minute from one address.",
    )
    reports_limit: int = Field(
        default=600, ge=1, description="Steps of citizens' reports a minute from everybody together."
    )
    cache_seconds: float = Field(default=5.0, ge=0, description="How long a public answer is kept; 0 keeps none.")
    gateway_secret: SecretStr = Field(
        default=SecretStr(DEMO_SECRET),
        description="The gateway's own secret, the same in every replica and in broadcast: it signs viewers' tokens.",
    )
    viewer_limit: int = Field(default=60, ge=1, description="Event streams a minute that one viewer's token may open.")
    newcomer_limit: int = Field(
        default=1200,
        ge=1,
        description="Event streams a minute that one address may open without a viewer's token; generous as above.",
    )
    streams_of_viewer: int = Field(default=6, ge=1, description="Event streams of one viewer open at a time.")
    streams_of_address: int = Field(
        default=4_000,
        ge=1,
        description="Event streams open at a time from one address; generous, but nobody alone fills the house.",
    )
    most_streams: int = Field(
        default=12_000, ge=1, description="Event streams of this process; the open-files limit may allow fewer."
    )
    chat_lines_a_second: int = Field(
        default=20, ge=4, description="Chat lines a second that a room shows; above it, lines are left out by sampling."
    )
    announcement_zh: str = Field(
        default="", max_length=500, description="What every page says on top, such as when the site will be closed."
    )
    announcement_en: str = Field(default="", max_length=500, description="The same in English; give both or neither.")
    background: bool = Field(default=True, description="Listen for events that empty the cache; tests switch it off.")

    @model_validator(mode="after")
    def refuse_half_an_announcement(self) -> Self:
        """Raise ValueError when an announcement is there in one language only."""
        if bool(self.announcement_zh) != bool(self.announcement_en):
            raise ValueError("Set SUNFAIR_ANNOUNCEMENT_ZH and SUNFAIR_ANNOUNCEMENT_EN together.")
        return self

    @model_validator(mode="after")
    def refuse_weak_secrets(self) -> Self:
        require_strong("SUNFAIR_GATEWAY_SECRET", self.gateway_secret, demo=self.demo)
        return self

    @property
    def services(self) -> dict[str, str]:
        """Service name → address."""
        return {
            "accounts": self.accounts_url,
            "catalog": self.catalog_url,
            "compliance": self.compliance_url,
            "broadcast": self.broadcast_url,
            "orders": self.orders_url,
            "disclosure": self.disclosure_url,
        }

    @cached_property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The trusted networks, parsed."""
        return tuple(ip_network(part.strip()) for part in self.trusted_proxies.split(",") if part.strip())

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure wherever the public comes over https."""
        return self.public_url.startswith("https://")
