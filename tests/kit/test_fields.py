"""What a name or a text may hold."""

from typing import Literal

import pytest
from pydantic import BaseModel, ValidationError

from services.kit.fields import Name, one_line, plain
from services.kit.validation_words import in_chinese, in_english


class Parcel(BaseModel):
    """A body with a name and a choice."""

    name: Name
    way: Literal["land", "sea"]


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


@pytest.mark.parametrize("body", [{"name": "", "way": "sea"}, {"name": "x", "way": ""}])
def test_what_was_left_empty_is_called_missing_and_not_too_short_or_none_of_some_codes(body: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Parcel.model_validate(body)
    assert [in_chinese(dict(error)) for error in refused.value.errors()] == ["此项必填。"]


def test_a_choice_that_there_is_not_is_told_what_there_is() -> None:
    with pytest.raises(ValidationError) as refused:
        Parcel.model_validate({"name": "x", "way": "air"})
    assert in_english(dict(refused.value.errors()[0])) == "Must be one of 'land' or 'sea'."
