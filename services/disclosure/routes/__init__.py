"""HTTP operations of disclosure."""

from services.disclosure.routes.disclosures import router as disclosures
from services.disclosure.routes.feeds import router as feeds
from services.disclosure.routes.files import router as files
from services.disclosure.routes.findings import router as findings
from services.disclosure.routes.ledger import router as ledger
from services.disclosure.routes.open_data import router as open_data
from services.disclosure.routes.receipts import router as receipts
from services.disclosure.routes.replies import router as replies

ROUTERS = (disclosures, feeds, files, findings, ledger, open_data, receipts, replies)
