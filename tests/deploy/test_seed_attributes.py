"""The demo lots are described as their class of produce wants it."""

from deploy.seed.data import rows
from deploy.seed.goods import described
from services.contracts.attributes import attributes_of, problems


def test_every_specialty_of_the_demo_data_is_described_by_what_its_class_knows() -> None:
    for specialty in rows("specialties"):
        code = specialty["category"]
        values = described(code).get("attributes", {})
        assert list(problems(code, values)) == []
        assert bool(values) or not attributes_of(code) or code.startswith(("meat", "livestock", "nut", "aquatic"))
