"""Names the revision of the rules: a release number and a hash over all that can change an answer."""

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

from services.compliance.rules.law import LaidOver, Parameters, released_parameters
from services.compliance.rules.text.likeness import WEIGHTS
from services.contracts.workdays import calendar_version

RELEASE = "2026.11.0"
_RULES = Path(__file__).parent
_CONTRACTS = _RULES.parents[1] / "contracts"
# What only tells of the rules changes no answer.
_TELLING = ("history", "fingerprint")
_CONTRACT_FILES = (
    "regions*.csv",
    "demo_regions.csv",
    "regions.py",
    "categories.csv",
    "categories.py",
    "values.py",
    "workdays.py",
)


def ruleset_revision(parameters: Parameters | None = None) -> str:
    """The revision, with parameters published since the release if any are laid over it."""
    digest = _released_digest()
    if parameters is not None and parameters is not released_parameters():
        digest = hashlib.sha256(f"{digest} {_digest_of(parameters)}".encode()).hexdigest()
    return f"{RELEASE}+sha256:{digest[:12]}"


@functools.cache
def _released_digest() -> str:
    total = hashlib.sha256(calendar_version().encode())
    for name, content in _files():
        total.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


def _files() -> Iterator[tuple[str, bytes]]:
    own = (path for path in _RULES.rglob("*") if _decides(path))
    shared = (path for pattern in _CONTRACT_FILES for path in _CONTRACTS.glob(pattern))
    root = _RULES.parents[1]
    for path in sorted({*own, *shared}):
        yield path.relative_to(root).as_posix(), path.read_bytes()


def _decides(path: Path) -> bool:
    return path == WEIGHTS or (path.suffix in {".py", ".yaml"} and path.stem not in _TELLING)


def _digest_of(parameters: Parameters) -> str:
    return parameters.sha256 if isinstance(parameters, LaidOver) else LaidOver(parameters).sha256
