"""What a host must have shown before a room opens: who they are, what they do, this year's training, their age."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.broadcast.domain.life import Refusal

YOUNGEST, OF_AGE = 16, 18


def host_refusals(hosts: Iterable[Mapping[str, Any]]) -> list[Refusal]:
    """What is still owed by the hosts of a filing. Source: 直播电商监督管理办法 第八条、第十条."""
    found = [refusal for host in hosts for refusal in _of(host)]
    return list(dict.fromkeys(found))


def _of(host: Mapping[str, Any]) -> Iterable[Refusal]:
    position = host.get("position") or "—"
    if host.get("real_name_verified") is not True:
        yield Refusal(
            f"The real name of a host ({position}) is not verified. Verify it and enter it.",
            f"主播（{position}）尚未完成实名认证，请认证后登记。",
        )
    if not host.get("position"):
        yield Refusal("A host has no position entered. Enter it.", "主播尚未登记职业身份，请补充登记。")
    if not host.get("training_passed_on"):
        yield Refusal(
            f"A host ({position}) has not passed the training. Enter the day on which they did.",
            f"主播（{position}）尚未通过培训，请登记培训合格日期。",
        )
    yield from _age(host.get("age_years"), host.get("guardian_consent"), position)


def _age(age: int | None, consent: bool | None, position: str) -> Iterable[Refusal]:
    if age is None or age < YOUNGEST:
        yield Refusal(
            f"A host ({position}) must be at least {YOUNGEST} years old, and the age entered.",
            f"主播（{position}）须年满 {YOUNGEST} 周岁，并登记年龄。",
        )
    elif age < OF_AGE and consent is not True:
        yield Refusal(
            f"A host ({position}) is under {OF_AGE}: enter the guardian's consent.",
            f"主播（{position}）未满 {OF_AGE} 周岁，须登记监护人同意。",
        )
