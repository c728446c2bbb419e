"""HTTP operations of disclosure."""

from services.disclosure.routes.disclosures import router as disclosures
from services.disclosure.routes.files import router as files
from services.disclosure.routes.findings import router as findings
from services.disclosure.routes.ledger import router as ledger

ROUTERS = (disclosures, findings, files, ledger)
