"""What the operators of the site have to say stands on every page, in its language."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.settings import GatewaySettings
from tests.gateway.house import open_house

SAID = {
    "announcement_zh": "本站将于 11 月 29 日 2:00–3:00 维护。",
    "announcement_en": "Closed for maintenance on 29 November, 2:00–3:00.",
}


async def test_an_announcement_stands_on_every_page_in_its_language(tmp_path: Path) -> None:
    async with open_house({}, tmp_path, **SAID) as house:
        chinese, english = await house.client.get("/zh/about"), await house.client.get("/en/about")
    assert SAID["announcement_zh"] in chinese.text
    assert SAID["announcement_en"] in english.text
    assert SAID["announcement_zh"] not in english.text


async def test_without_one_no_page_has_a_place_for_it(tmp_path: Path) -> None:
    async with open_house({}, tmp_path) as house:
        assert 'aria-label="Announcement"' not in (await house.client.get("/en/about")).text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_announcement_in_one_language_is_refused_at_the_start(language: str) -> None:
    with pytest.raises(ValidationError, match="SUNFAIR_ANNOUNCEMENT_ZH and SUNFAIR_ANNOUNCEMENT_EN"):
        GatewaySettings.model_validate({"demo": True, f"announcement_{language}": "Closed."})
