"""Fixtures of compliance."""

import pytest

from tests.apps import ServiceUnderTest, Tokens
from tests.compliance.cases import Case
from tests.conftest import ServiceOf


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    """Compliance in this process, rolled back afterwards."""
    return await service_app("compliance")


@pytest.fixture
async def case(service: ServiceUnderTest, tokens: Tokens) -> Case:
    """The Dangshan case before its first step, its papers uploaded."""
    case = Case(service, tokens)
    await case.bring_papers()
    return case
