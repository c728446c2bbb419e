"""The public log in a browser: kept files are checked on the page, and later in the file that was kept, without us."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from deploy.stack import Stack

HOLDS = "ol[data-findings] li[data-good=true]"
BROKEN = "ol[data-findings] li[data-good=false]"


@pytest.fixture(scope="session")
def kept(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What a visitor kept: a decision with its proof and document, two heads and the growth between them."""
    folder = tmp_path_factory.mktemp("kept")
    with httpx.Client(base_url=f"{stack.url}/api/v1") as ask:
        leaf = ask.get("/ledger/leaves", params={"kind": "decision", "limit": 1}).json()["items"][0]
        files = {
            "leaf.tlog-proof": ask.get(f"/ledger/leaves/{leaf['place']}/proof").content,
            "document.json": ask.get(f"/ledger/documents/{leaf['sha256']}").content,
            "decision.json": ask.get(f"/decisions/{leaf['id']}").content,
            "head.txt": ask.get("/ledger/checkpoint").content,
        }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def check(page: Page, files: list[Path], key: str) -> None:
    """Fill the form and send it."""
    page.set_input_files("[type=file]", files)
    page.fill("[name=key]", key)
    page.click("form[data-verify] button")


def public_key(stack: Stack) -> str:
    """The key as the launcher wrote it down, which is not the market's own page."""
    return (stack.state / "ledger.pub").read_text(encoding="ascii")


def test_kept_files_are_checked_on_the_page(stack: Stack, phone: Page, kept: list[Path], tmp_path: Path) -> None:
    phone.goto(f"{stack.url}/en/verify")
    check(phone, kept, public_key(stack))
    expect(phone.locator(HOLDS)).to_have_count(5)
    expect(phone.locator(BROKEN)).to_have_count(0)
    forged = tmp_path / "decision.json"
    # Whatever the gate has said of it, this is something else.
    forged.write_bytes(re.sub(rb'"outcome":"\w+"', b'"outcome":"forged"', kept[2].read_bytes()))
    check(phone, [*kept[:2], forged], public_key(stack))
    expect(phone.locator(BROKEN)).to_have_count(1)


def test_the_form_works_from_a_file_without_any_network(
    stack: Stack, desk: Page, kept: list[Path], tmp_path: Path
) -> None:
    form = tmp_path / "form.html"
    form.write_bytes(httpx.get(f"{stack.url}/zh/verify/offline").content)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.goto(form.as_uri())
    check(desk, kept, public_key(stack))
    expect(desk.locator(HOLDS)).to_have_count(5)
    assert asked == [form.as_uri()]
    other = "sunfair.example/ledger+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    check(desk, kept, other)
    expect(desk.locator(BROKEN)).to_have_count(1)
