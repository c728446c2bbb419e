"""HTTP operations of the broadcast service."""

from services.broadcast.routes.broadcasts import router as broadcasts
from services.broadcast.routes.chat import router as chat
from services.broadcast.routes.filings import router as filings
from services.broadcast.routes.live_rooms import router as live_rooms
from services.broadcast.routes.moves import router as moves
from services.broadcast.routes.notices import router as notices
from services.broadcast.routes.officials import router as officials
from services.broadcast.routes.rooms import router as rooms
from services.broadcast.routes.steps import router as steps
from services.broadcast.routes.viewing import router as viewing

ROUTERS = (officials, rooms, filings, moves, notices, broadcasts, live_rooms, viewing, chat, steps)
