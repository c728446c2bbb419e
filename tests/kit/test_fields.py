"""What a name or a text may hold."""

import pytest

from services.kit.fields import one_line, plain


@pytest.mark.parametrize(
    "text",
    [
        "酥\u202e梨",
        "\u2066梨",
        "梨\u0000",
        "梨\u0007",
        "梨\ud800",
        "梨\n树",
        "\u200b",
        "\u3164\u2800",
        "\ufeff\u2060 ",
        "\u3000",
    ],
    ids=["turned", "isolated", "nul", "bell", "half", "lines", "zero width", "fillers", "marks", "wide space"],
)
def test_a_name_that_shows_something_else_or_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Must"):
        one_line(text)


@pytest.mark.parametrize("text", ["", "酥梨", "Pear No. 3", "果农👨‍👩‍👧一家", "梨\u200b树", "Ñandú", "1"])
def test_a_name_that_can_be_read_is_taken(text: str) -> None:
    assert one_line(text) == text


def test_a_text_has_lines_and_tabs_and_does_not_turn() -> None:
    assert plain("一\n二\t三\r\n") == "一\n二\t三\r\n"
    with pytest.raises(ValueError, match="direction"):
        plain("一\n\u202e二")
