"""What the seed has done so far, so that a second run has nothing to do and an interrupted one goes on.

The book only saves time: without it the seed looks everything up by its natural key, and Idempotency-Keys catch what
was done but not yet noted.
"""

import json
from pathlib import Path
from typing import Any

from deploy.process import write_private


class Book:
    """Names of things that stand, with their ids, for one installation; another installation starts a new book."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.installation = ""
        self.done: dict[str, Any] = {}
        self.unsaved = 0

    def open_for(self, installation: str) -> None:
        """Read what was noted about this installation (the id of its first administrator)."""
        self.installation = installation
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return
        if kept.get("installation") == installation:
            self.done = kept["done"]

    def __contains__(self, name: str) -> bool:
        return name in self.done

    def __getitem__(self, name: str) -> Any:
        return self.done[name]

    def get(self, name: str) -> Any:
        """What was noted under the name, or None."""
        return self.done.get(name)

    def note(self, name: str, value: Any) -> None:
        """Remember it; every so often it is written down."""
        self.done[name] = value
        self.unsaved += 1
        if self.unsaved >= 20:
            self.save()

    def save(self) -> None:
        """Write it down."""
        if self.unsaved:
            self.unsaved = 0
            write_private(self.path, json.dumps({"installation": self.installation, "done": self.done}, indent=1))
