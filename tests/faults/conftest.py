"""One scenario for all tests of a file: it takes three nights to make."""

from __future__ import annotations

import pytest

from tests.faults.scenario import Brief, Scenario


@pytest.fixture(scope="module")
def module_scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Yesterday's warehouse and today's files; what an undisturbed night makes is known."""
    scenario = Scenario(tmp_path_factory.mktemp("faults") / "scenario")
    # now, since to make them the warehouse is put back
    assert scenario.today.tables != scenario.yesterday.tables
    return scenario


@pytest.fixture
def scenario(module_scenario: Scenario) -> Scenario:
    """The same, put back to yesterday's end."""
    module_scenario.put_back()
    return module_scenario


@pytest.fixture(scope="module")
def module_brief(tmp_path_factory: pytest.TempPathFactory) -> Brief:
    """A smaller one."""
    brief = Brief(tmp_path_factory.mktemp("faults") / "brief")
    # now, since to make them the warehouse is put back
    assert brief.today.tables != brief.yesterday.tables
    return brief


@pytest.fixture
def brief(module_brief: Brief) -> Brief:
    """The same, put back to yesterday's end."""
    module_brief.put_back()
    return module_brief
