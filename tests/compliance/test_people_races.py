"""Two people at the same moment: one of them acts, the other is told so."""

from asyncio import gather

from tests.apps import Tokens
from tests.compliance.cases import Case
from tests.compliance.second import PROPOSE, REASONED, named_company, proposal, proposed, reviewer
from tests.compliance.test_appeals import PATH, appellant, grounds
from tests.conftest import ServiceOf


async def test_one_of_two_proposals_is_kept(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    case = Case(await committing_service_app("compliance"), tokens)
    path = PROPOSE.format((await named_company(case))["entity_id"])
    post = case.service.client.post
    answers = await gather(
        post(path, json=proposal(), headers=reviewer(case)),
        post(path, json=proposal(), headers=reviewer(case, "third")),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_one_of_two_answers_counts(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    case = Case(await committing_service_app("compliance"), tokens)
    first = await proposed(case, (await named_company(case))["entity_id"])
    post, path = case.service.client.post, f"/overrides/{first['id']}"
    answers = await gather(
        post(f"{path}/confirm", json=REASONED, headers=reviewer(case, "second")),
        post(f"{path}/decline", json=REASONED, headers=reviewer(case, "third")),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await case.decisions("lot")) in (1, 2)


async def test_one_of_two_appeals_is_opened(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    case = Case(await committing_service_app("compliance"), tokens)
    path = PATH.format((await named_company(case))["entity_id"])
    post = case.service.client.post
    answers = await gather(
        post(path, json=grounds(), headers=appellant(case)),
        post(path, json=grounds(), headers=appellant(case, "official")),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
