"""The five contracts, read once."""

from collections.abc import Mapping

import pytest

from models.sla.contract import Contract
from models.sla.policy import load_policies


@pytest.fixture(scope="session")
def contracts() -> Mapping[str, Contract]:
    return load_policies()


@pytest.fixture(scope="session")
def heartpace(contracts: Mapping[str, Contract]) -> Contract:
    return contracts["heartpace"]


@pytest.fixture(scope="session")
def pindena(contracts: Mapping[str, Contract]) -> Contract:
    return contracts["pindena"]


@pytest.fixture(scope="session")
def softone(contracts: Mapping[str, Contract]) -> Contract:
    return contracts["softone"]


@pytest.fixture(scope="session")
def easymeeting(contracts: Mapping[str, Contract]) -> Contract:
    return contracts["easymeeting"]


@pytest.fixture(scope="session")
def pureservice(contracts: Mapping[str, Contract]) -> Contract:
    return contracts["pureservice"]
