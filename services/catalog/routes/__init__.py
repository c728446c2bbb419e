"""The HTTP operations of catalog, one module per theme."""

from services.catalog.routes.documents import router as documents
from services.catalog.routes.exports import router as exports
from services.catalog.routes.history import router as history
from services.catalog.routes.imports import router as imports
from services.catalog.routes.listings import read_often
from services.catalog.routes.listings import router as listings
from services.catalog.routes.places import router as places
from services.catalog.routes.producers import router as producers
from services.catalog.routes.reviews import router as reviews
from services.catalog.routes.search import router as search
from services.catalog.routes.specialties import router as specialties

ROUTERS = (read_often, places, producers, specialties, documents, listings, history, reviews, imports, exports, search)
