"""What compliance is told from outside."""

from pydantic import Field

from services.kit.settings import ServiceSettings


class ComplianceSettings(ServiceSettings):
    """Settings of the compliance service."""

    wait_for_listing_seconds: int = Field(
        default=30, ge=1, le=600, description="How long a filing waits for a listing version that has not arrived."
    )
    weighed_at_once: int = Field(
        default=100, ge=1, le=5000, description="Subjects that are weighed against a proposed value in one transaction."
    )
    due_at_once: int = Field(
        default=200, ge=1, le=5000, description="Questions that are asked again in one round of the standing question."
    )
