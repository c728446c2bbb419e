"""Ids tell when they were made, and nothing else."""

from datetime import timedelta

import pytest

from services.kit import clock
from services.kit.ids import made_at, new_id


def test_an_id_tells_when_it_was_made() -> None:
    made = made_at(new_id())
    assert made is not None
    assert abs(made - clock.now()) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "other", ["", "account-1", "0" * 36, "c56a4180-65aa-42ec-a945-5fd21dec0538", "01A22068-7013-710D-9B59-77F11F67B02D"]
)
def test_of_anything_else_nobody_knows_when(other: str) -> None:
    assert made_at(other) is None
