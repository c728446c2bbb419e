"""The HTTP operations of compliance."""

from services.compliance.routes.checks import router as checks
from services.compliance.routes.decisions import router as decisions
from services.compliance.routes.evidence import router as evidence
from services.compliance.routes.parameters import router as parameters
from services.compliance.routes.registry import router as registry
from services.compliance.routes.reviews import router as reviews
from services.compliance.routes.rulebook import router as rulebook

ROUTERS = [checks, decisions, parameters, rulebook, registry, evidence, reviews]
