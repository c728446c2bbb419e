"""What compliance is told from outside."""

from pydantic import Field

from services.kit.settings import ServiceSettings


class ComplianceSettings(ServiceSettings):
    """Settings of the compliance service."""

    wait_for_listing_seconds: int = Field(
        default=30, ge=1, le=600, description="How long a filing waits for a listing version that has not arrived."
    )
    webhook_private_targets: bool = Field(
        default=False, description="Send webhooks into private networks and over http too; for trying out only."
    )
    weighed_at_once: int = Field(
        default=100, ge=1, le=5000, description="Subjects that are weighed against a proposed value in one transaction."
    )
    due_at_once: int = Field(
        default=200, ge=1, le=5000, description="Questions that are asked again in one round of the standing question."
    )
    report_kept_days: int = Field(
        default=180, ge=1, le=3650, description="Days after its decision during which a report's words and files stay."
    )
