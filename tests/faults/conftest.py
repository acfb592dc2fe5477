"""One scenario for all tests of a file: it takes three nights to make."""

from __future__ import annotations

import pytest

from tests.faults.scenario import Scenario


@pytest.fixture(scope="module")
def module_scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Yesterday's warehouse and today's files; what an undisturbed night makes is known."""
    scenario = Scenario(tmp_path_factory.mktemp("faults") / "scenario")
    assert scenario.today.tables != scenario.yesterday.tables
    return scenario


@pytest.fixture
def scenario(module_scenario: Scenario) -> Scenario:
    """The same, put back to yesterday's end."""
    module_scenario.put_back()
    return module_scenario
