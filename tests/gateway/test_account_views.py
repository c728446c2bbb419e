"""The account pages: what they list of the demonstration exists, and no password stands on them."""

from typing import Any

import yaml

from deploy.migrate import ROOT
from gateway.views.account import demo_accounts, role_word
from services.accounts.domain import ROLES


class English:
    """Speaks English without a catalogue."""

    language = "en"

    def _(self, message: str, **values: Any) -> str:
        return message % values if values else message


def test_every_demo_account_on_the_sign_in_page_is_made_by_the_demo_data() -> None:
    people = yaml.safe_load((ROOT / "deploy/seed/data/people.yaml").read_text(encoding="utf-8"))
    made = {person["username"] for person in people}
    assert {row[0] for row in demo_accounts(English())} <= made


def test_every_role_has_words_of_its_own() -> None:
    words = {role_word(English(), role) for role in ROLES}
    assert len(words) == len(ROLES)
    assert words.isdisjoint(ROLES)
