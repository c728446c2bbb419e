"""The tasks on parameters: which were long unchecked, published values written back, generated cases."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.compliance.rules.law import _FOLDER, _parameter, released_parameters, start_of
from tools import parameters
from tools.parameters import Refused, main, show_stale, write_back

PUBLISHED: dict[str, Any] = {
    "id": "1",
    "name": "adm.suppliers.enough",
    "value": 4,
    "from_on": "2026-12-08",
    "basis": "platform",
    "source": "after the first season",
    "article": "",
    "published_on": "2026-12-01",
}
WORDS: dict[str, Any] = {
    "id": "2",
    "name": "official.organ.endorsing_words",
    "value": ["监制", "监销"],
    "from_on": "2027-01-01",
    "basis": "law",
    "source": "某某办法",
    "article": "第八条",
    "published_on": "2026-12-01",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the parameter files."""
    return Path(shutil.copytree(_FOLDER, tmp_path / "parameters"))


def test_published_values_are_written_below_the_others_and_nothing_else_changes(folder: Path) -> None:
    assert write_back([PUBLISHED, WORDS], folder) == 0
    for item, name in ((PUBLISHED, "admission.yaml"), (WORDS, "officials.yaml")):
        before, after = (_FOLDER / name).read_text("utf-8"), (folder / name).read_text("utf-8")
        added = [line for line in after.splitlines() if line not in before.splitlines()]
        assert len(added) == len(after.splitlines()) - len(before.splitlines()) == 1
        read = _parameter(item["name"], yaml.safe_load(after)[item["name"]])
        assert read.values[-1].value == item["value"]
        assert read.values[-1].since == date.fromisoformat(item["from_on"])
        assert read.values[-1].published_on == date(2026, 12, 1)
    untouched = (folder / "force_majeure.yaml").read_text("utf-8")
    assert untouched == (_FOLDER / "force_majeure.yaml").read_text("utf-8")


def test_what_the_files_say_already_is_not_written_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = released_parameters()["adm.suppliers.enough"].values[-1]
    known = PUBLISHED | {"value": value.value, "from_on": str(value.since), "source": ""}
    write_back([known], folder)
    assert "all that is published" in capsys.readouterr().out
    assert (folder / "admission.yaml").read_text("utf-8") == (_FOLDER / "admission.yaml").read_text("utf-8")


def test_a_value_that_does_not_fit_is_refused(folder: Path) -> None:
    with pytest.raises(Refused, match="no parameter"):
        write_back([PUBLISHED | {"name": "adm.suppliers.gone"}], folder)


def test_parameters_that_were_long_unchecked_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    known = released_parameters()
    checked = max(each.checked_on for each in known.values())
    assert show_stale(known, checked + timedelta(days=30), 365) == 0
    assert show_stale(known, checked + timedelta(days=366), 365) == 1
    assert "adm.suppliers.enough" in capsys.readouterr().out


def test_cases_at_the_boundary_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "quality.docs.test_days", "20"]) == 0
    said = capsys.readouterr().out
    assert "lot.certificates[1].issued_on" in said
    assert "pass → review" in said


@pytest.mark.parametrize("value", ["3.5", "three", '"4"'])
def test_a_value_that_cannot_be_law_is_refused(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "adm.suppliers.enough", value]) == 1
    assert capsys.readouterr().err


def test_a_market_that_does_not_answer_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["write", "--gateway", "http://127.0.0.1:1"]) == 1
    assert "could not be read" in capsys.readouterr().err


def test_the_documents_are_asked_as_of_the_day() -> None:
    at = start_of(date(2026, 12, 8))
    titles = {title for title, _, _ in parameters._documents(at)}
    assert titles == {"dangshan", "dangshan_before_the_door", "dangshan_afterwards"}
