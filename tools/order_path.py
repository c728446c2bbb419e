"""The code that takes units of stock for orders, as one hash: what the published oversell test was made with."""

import hashlib
from pathlib import Path

ORDERS = Path(__file__).resolve().parent.parent / "services" / "orders"
# Who waits together, in which order they are served, and the statement that serves them.
PARTS = ("batcher.py", "domain/placing.py", "store/stock.py")
FUNCTION = " FUNCTION orders."


def order_path_sha256() -> str:
    """Hash over these files' names and contents, in order of their names."""
    paths = [ORDERS / part for part in PARTS]
    migrations = (ORDERS / "migrations" / "versions").glob("*.py")
    paths += [path for path in migrations if FUNCTION in path.read_text(encoding="utf-8")]
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ORDERS).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
