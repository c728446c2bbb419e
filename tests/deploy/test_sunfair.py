"""The task runner: it lists its tasks, answers an old Python in words, and survives an interrupted installation."""

import ast
import gettext
import subprocess
import sys
from pathlib import Path

import pytest

import sunfair

SCRIPT = Path(sunfair.__file__)


def ask(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the script as a newcomer does."""
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def test_help_names_every_task_with_what_it_does() -> None:
    lines = ask("help").stdout.splitlines()
    for name in sunfair.TASKS:
        described = [line for line in lines if line.startswith(f"  {name} ")]
        assert len(described) == 1
        assert len(described[0].split(maxsplit=1)[1]) > 10


def test_there_are_few_enough_tasks_to_remember() -> None:
    assert len(sunfair.TASKS) <= 15


def test_an_unknown_task_is_answered_with_the_list() -> None:
    answer = ask("launch")
    assert answer.returncode == 2
    assert "There is no task “launch”" in answer.stderr
    assert "up " in answer.stderr


def test_an_old_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 9, 18, "final", 0))
    assert sunfair.refusal_of_this_python() == (
        "Sunfair needs Python 3.11 or newer; this is 3.9.18. Try: python3.11 sunfair.py"
    )


def test_an_old_python_can_read_the_script_that_tells_it() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_the_script_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_an_installed_lock_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_folder(monkeypatch, tmp_path)
    ran = note_runs(monkeypatch, succeed=True)
    sunfair.install("a.lock")
    sunfair.install("a.lock")
    assert len(ran) == 1


def test_a_changed_lock_is_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_folder(monkeypatch, tmp_path)
    ran = note_runs(monkeypatch, succeed=True)
    sunfair.install("a.lock")
    (tmp_path / "a.lock").write_text("pears==2\n")
    sunfair.install("a.lock")
    assert len(ran) == 2


def test_an_installation_that_failed_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_folder(monkeypatch, tmp_path)
    note_runs(monkeypatch, succeed=False)
    with pytest.raises(sunfair.Stop, match="Run the same command again"):
        sunfair.install("a.lock")
    ran = note_runs(monkeypatch, succeed=True)
    sunfair.install("a.lock")
    assert len(ran) == 1


def test_tests_in_a_browser_say_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(sunfair.Stop, match="apt-get install chromium"):
        sunfair.test(["--browser"])


def use_folder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the script work in a folder of the test."""
    (folder / ".venv").mkdir()
    (folder / "a.lock").write_text("pears==1\n")
    monkeypatch.setattr(sunfair, "ROOT", folder)
    monkeypatch.setattr(sunfair, "VENV", folder / ".venv")


def note_runs(monkeypatch: pytest.MonkeyPatch, *, succeed: bool) -> list[str]:
    """Stand in for the package index, which tests do not reach: which locks were asked of it."""
    asked: list[str] = []

    def answer(name: str) -> bool:
        asked.append(name)
        return succeed

    monkeypatch.setattr(sunfair, "install_with_uv", lambda _name: False)
    monkeypatch.setattr(sunfair, "install_with_pip", answer)
    return asked


def test_translations_are_compiled_when_they_are_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "zh" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    source.write_text(f'{header}\nmsgid "Pears"\nmsgstr "梨"\n', encoding="utf-8")
    monkeypatch.setattr(sunfair, "LOCALES", tmp_path)
    sunfair.compile_locales()
    made = source.with_suffix(".mo")
    with made.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Pears") == "梨"
    before = made.stat().st_mtime_ns
    sunfair.compile_locales()
    assert made.stat().st_mtime_ns == before
