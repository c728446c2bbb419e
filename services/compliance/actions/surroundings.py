"""What a use case needs beside the database: the deployment's secret, its file store, its settings and its key."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime

from services.compliance.actions.parameters import Revision
from services.compliance.actions.writing import DecisionWriter
from services.compliance.settings import ComplianceSettings
from services.kit import clock
from services.kit.blobs import BlobStore
from services.kit.identity import identity_token
from services.kit.tokens import SigningKey, kind_key


@dataclass(slots=True)
class Surroundings:
    """Where the service runs. `clearance_key` is there once the service has started."""

    settings: ComplianceSettings
    blobs: BlobStore
    report_files: BlobStore
    clearance_key: SigningKey | None = None
    writer: DecisionWriter = field(default_factory=DecisionWriter)
    revision: Revision | None = None

    def token(self, kind: str, value: str) -> str:
        """The token of an identifying value."""
        return identity_token(kind, value, self.settings.token_secret.get_secret_value())

    def report_key(self, purpose: str) -> bytes:
        """A key of citizens' reports, for one purpose: the database alone does not tell a code."""
        return kind_key(self.settings.token_secret.get_secret_value(), f"kind:report-{purpose}")

    def link(self, decision_id: str) -> str:
        """What lets whoever holds it read a decision that is not public."""
        key = kind_key(self.settings.token_secret.get_secret_value(), "kind:decision-link")
        return hmac.new(key, decision_id.encode(), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is asked: the business clock, and whether somebody set it."""

    now: datetime
    clock_set: bool

    @classmethod
    def present(cls) -> "Moment":
        """This moment of the business clock."""
        return cls(clock.business_now(), clock.is_set())

    @property
    def clock_at(self) -> datetime | None:
        """The set clock, for work that is done later at this moment; None when nobody set it."""
        return self.now if self.clock_set else None
