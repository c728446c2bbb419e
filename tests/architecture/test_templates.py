"""Promises about the pages: no inline style or script, drawings for every category, light files, whole Chinese."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from services.contracts import categories

GATEWAY = Path(__file__).parent.parent.parent / "gateway"
LOCALES = GATEWAY / "locales"
STATIC = GATEWAY / "static"
TEMPLATES = sorted((GATEWAY / "templates").rglob("*.html"))
INLINE = (
    ("an inline style", re.compile(r"<style|[\s\"']style=", re.IGNORECASE)),
    ("an inline handler", re.compile(r"\son[a-z]+=[\"'{]", re.IGNORECASE)),
    ("an inline script", re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE)),
    ("an address elsewhere", re.compile(r"(?:src|href)=[\"']https?://", re.IGNORECASE)),
    ("a scripted address", re.compile(r"=[\"']javascript:", re.IGNORECASE)),
)

Key = tuple[str, str | None]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(GATEWAY).as_posix())
def test_a_template_holds_nothing_that_the_content_policy_forbids(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert [name for name, pattern in INLINE if pattern.search(source)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(GATEWAY).as_posix())
def test_no_page_gives_a_name_that_the_frame_gives_again(template: Path) -> None:
    # The frame's own `set` runs after that of the page, which would then link to somewhere else.
    given = re.compile(r"{%-? set (\w+) =")
    frame = GATEWAY / "templates" / "base.html"
    if template != frame:
        own = set(given.findall(template.read_text(encoding="utf-8")))
        assert own & set(given.findall(frame.read_text(encoding="utf-8"))) == set()


def table(name: str) -> str:
    """The source of a table in `components/icons.html`."""
    source = (GATEWAY / "templates" / "components" / "icons.html").read_text(encoding="utf-8")
    found = re.search(rf"{{% set {name} = {{(.*?)}} %}}", source, re.DOTALL)
    assert found is not None
    return found[1]


def test_every_category_has_a_drawing() -> None:
    grounds = set(re.findall(r'"([a-z]+)":', table("grounds")))
    drawn_as = dict(re.findall(r'"([a-z]+)": "([a-z]+)"', table("drawn_as")))
    keys = {category.illustration for category in categories.all_categories()}
    assert {key for key in keys if drawn_as.get(key, key) not in grounds} == set()
    assert {
        key for key in grounds | set(drawn_as.values()) if not (STATIC / "produce" / f"{key}.svg").is_file()
    } == set()


def test_the_style_sheet_stays_under_forty_kilobytes() -> None:
    assert (STATIC / "sunfair.css").stat().st_size < 40_000


def test_the_sheet_of_the_live_room_stays_under_twenty_kilobytes() -> None:
    assert (STATIC / "room.css").stat().st_size < 20_000


def test_every_drawing_stays_under_four_kilobytes() -> None:
    drawings = list((STATIC / "produce").glob("*.svg"))
    assert drawings
    assert [path.name for path in drawings if path.stat().st_size >= 4_000] == []


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'id="([a-z]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    named = {name for path in TEMPLATES for name in re.findall(r"icon\(\"([a-z]+)\"", path.read_text(encoding="utf-8"))}
    assert named - drawn == set()


def keys_of(catalog: Catalog) -> set[Key]:
    """What a catalogue says, each with its context."""
    return {
        (message.id if isinstance(message.id, str) else message.id[0], message.context)
        for message in catalog
        if message.id
    }


def said_on_the_pages() -> set[Key]:
    """What the code and the templates say, as pybabel finds it."""
    with (LOCALES / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # Babel ships it untyped.
    found = extract_from_dir(GATEWAY, methods, options)
    return {(text if isinstance(text, str) else text[0], context) for _, _, text, _, context in found}


def strings(message: Message) -> list[str]:
    """The translation, in each of its plural forms."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def test_the_catalogue_of_messages_is_extracted_anew_when_a_page_changes() -> None:
    with (LOCALES / "messages.pot").open("rb") as template:
        assert keys_of(read_po(template)) == said_on_the_pages(), "Run: python3 sunfair.py locales"


def test_the_chinese_of_every_page_is_complete() -> None:
    with (LOCALES / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as chinese:
        catalog = read_po(chinese, locale="zh")
    assert [message.id for message in catalog if message.id and (message.fuzzy or not all(strings(message)))] == []
    assert said_on_the_pages() <= keys_of(catalog)


def test_a_translation_keeps_every_placeholder() -> None:
    with (LOCALES / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as chinese:
        catalog = read_po(chinese, locale="zh")
    pattern = re.compile(r"%\((\w+)\)[sd]")
    differing = []
    for message in catalog:
        english = message.id if isinstance(message.id, str) else "".join(message.id)
        if any(strings(message)) and set(pattern.findall(english)) != set(pattern.findall("".join(strings(message)))):
            differing.append(english)
    assert differing == []
