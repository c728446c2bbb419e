"""The HTTP operations of compliance."""

from services.compliance.routes.appeals import router as appeals
from services.compliance.routes.checks import asked_often
from services.compliance.routes.checks import router as checks
from services.compliance.routes.decisions import router as decisions
from services.compliance.routes.evidence import router as evidence
from services.compliance.routes.overrides import router as overrides
from services.compliance.routes.parameters import router as parameters
from services.compliance.routes.registry import router as registry
from services.compliance.routes.report_cases import router as report_cases
from services.compliance.routes.reports import by_code as reports_by_code
from services.compliance.routes.reports import router as reports
from services.compliance.routes.reviews import router as reviews
from services.compliance.routes.rulebook import router as rulebook
from services.compliance.routes.sandbox import router as sandbox
from services.compliance.routes.trail import router as trail
from services.compliance.routes.webhooks import router as webhooks

# Routes are tried one after the other: what is asked often stands before all others.
ROUTERS = [
    asked_often,
    checks,
    decisions,
    parameters,
    rulebook,
    registry,
    evidence,
    reviews,
    overrides,
    appeals,
    trail,
    sandbox,
    reports,
    reports_by_code,
    report_cases,
    webhooks,
]
