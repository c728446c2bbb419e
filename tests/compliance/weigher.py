"""A process of its own that weighs open proposals, one subject a batch, until it is killed.

`python -m tests.compliance.weigher DATABASE_URL FOLDER BATCHES`: after so many batches it says so and awaits its end.
"""

import asyncio
import sys

from services.compliance.actions.impact import ask_next_batch
from services.compliance.actions.surroundings import Surroundings
from services.compliance.settings import ComplianceSettings
from services.kit.blobs import BlobStore
from services.kit.db import Database


async def main(database_url: str, folder: str, batches: int) -> None:
    """Weigh so many batches."""
    settings = ComplianceSettings(demo=True, weighed_at_once=1, service_database_url=database_url)
    blobs = BlobStore(f"file://{folder}")
    database = Database.connect(settings.service_database_url, "compliance")
    for _ in range(batches):
        await ask_next_batch(database, Surroundings(settings, blobs, blobs))
    sys.stdout.write("weighed\n")
    sys.stdout.flush()
    await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
