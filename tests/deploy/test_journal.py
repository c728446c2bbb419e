"""The log: one readable line on the terminal, the whole of it as JSON in bounded files."""

import json
from pathlib import Path

import pytest

from deploy import journal as journals
from deploy.journal import Journal


@pytest.fixture
def shown() -> list[str]:
    return []


@pytest.fixture
def journal(tmp_path: Path, shown: list[str]) -> Journal:
    return Journal(tmp_path / "log", shown.append)


def entry(**parts: str) -> str:
    """A line as a service writes it."""
    return json.dumps({"time": "2026-03-02T01:00:00.000+00:00", "level": "INFO", "service": "catalog"} | parts)


def kept(journal: Journal, name: str) -> list[dict[str, str]]:
    """What stands in the file."""
    return [json.loads(line) for line in (journal.folder / f"{name}.log").read_text(encoding="utf-8").splitlines()]


def test_a_line_of_a_service_shows_who_and_what(journal: Journal, shown: list[str]) -> None:
    journal.write("catalog", entry(message="listing 砀山酥梨 submitted"))
    assert shown[0].endswith("catalog     listing 砀山酥梨 submitted")


def test_an_error_shows_its_trace(journal: Journal, shown: list[str]) -> None:
    journal.write("catalog", entry(level="ERROR", message="it broke", error="Traceback: here"))
    assert "error: it broke\nTraceback: here" in shown[0]


def test_what_a_service_adds_is_kept_in_the_file(journal: Journal) -> None:
    journal.write("catalog", entry(message="hello", request_id="r-1"))
    assert kept(journal, "catalog")[0]["request_id"] == "r-1"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("postgres", "LOG:  checkpoint starting: time"),
        ("postgres", 'ERROR:  duplicate key value violates unique constraint "uq_host_person_region_code"'),
        ("nats", "[7] 2026/11/23 07:01:21.838182 [INF] Starting nats-server"),
        ("nats", "[7] 2026/11/23 07:01:21.838249 [WRN] Plaintext passwords detected, use nkeys or bcrypt"),
        ("catalog", entry(logger="uvicorn.error", message="Started server process [7]")),
    ],
)
def test_everyday_words_of_the_servers_stay_in_the_file(
    journal: Journal, shown: list[str], name: str, line: str
) -> None:
    journal.write(name, line)
    assert shown == []
    assert len(kept(journal, name)) == 1


@pytest.mark.parametrize(
    ("name", "line", "end"),
    [
        ("postgres", "FATAL:  could not create shared memory", "warning: could not create shared memory"),
        ("nats", "[7] 2026/11/23 07:01:21.9 [ERR] Publish Violation", "warning: Publish Violation"),
        (
            "catalog",
            "ModuleNotFoundError: No module named 'pears'",
            "warning: ModuleNotFoundError: No module named 'pears'",
        ),
        ("seed", "12 listings", "seed        12 listings"),
    ],
)
def test_what_a_person_must_know_is_shown(journal: Journal, shown: list[str], name: str, line: str, end: str) -> None:
    journal.write(name, line)
    assert shown[0].endswith(end)


def test_a_line_that_only_looks_like_json_is_kept_as_it_is(journal: Journal) -> None:
    journal.write("catalog", "{half a line")
    assert kept(journal, "catalog")[0]["message"] == "{half a line"


def test_a_full_file_is_numbered_and_the_oldest_forgotten(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "LARGEST_FILE", 10)
    for number in range(6):
        journal.write("catalog", entry(message=f"line {number}"))
    names = sorted(path.name for path in journal.folder.iterdir())
    assert names == ["catalog.log", "catalog.log.1", "catalog.log.2", "catalog.log.3"]
    assert kept(journal, "catalog")[0]["message"] == "line 5"


def test_a_full_disk_takes_no_line_and_stops_nobody(journal: Journal, shown: list[str]) -> None:
    (journal.folder / "catalog.log").mkdir()
    journal.write("catalog", entry(level="ERROR", message="no room"))
    (journal.folder / "catalog.log").rmdir()
    journal.write("catalog", entry(message="room again"))
    assert [each["message"] for each in kept(journal, "catalog")] == ["room again"]
    assert "no room" in shown[0]


def test_a_terminal_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    def gone(_: str) -> None:
        raise BrokenPipeError

    journal = Journal(tmp_path / "log", gone)
    journal.write("catalog", entry(message="kept all the same"))
    assert kept(journal, "catalog")[0]["message"] == "kept all the same"
