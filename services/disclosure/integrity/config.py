"""The thresholds of the engine: one published file, whose hash stands in every finding."""

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


class Thresholds:
    """Values by dotted name, as `config.yaml` gives them."""

    def __init__(self, source: bytes) -> None:
        self.sha256 = hashlib.sha256(source).hexdigest()
        self._values: dict[str, float] = {}
        for section, entries in yaml.safe_load(source).items():
            for name, entry in entries.items():
                self._values[f"{section}.{name}"] = float(entry["value"])

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def names(self) -> list[str]:
        """Every threshold there is."""
        return sorted(self._values)


@lru_cache
def published() -> Thresholds:
    """The thresholds that are in force."""
    return Thresholds(source())


def source() -> bytes:
    """The file itself, as published."""
    return files("services.disclosure.integrity").joinpath("config.yaml").read_bytes()


def reasons() -> dict[str, dict[str, dict[str, Any]]]:
    """Sections of thresholds with their values and the reason of each."""
    document: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(source())
    return document
