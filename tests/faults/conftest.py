"""One scenario for all tests of a file: it takes three nights to make."""

from __future__ import annotations

import pytest

from tests.faults.scenario import Brief, Scenario


@pytest.fixture(scope="module")
def module_scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Yesterday's warehouse and today's files; what an undisturbed night makes is known."""
    return Scenario(tmp_path_factory.mktemp("faults") / "scenario")


@pytest.fixture
def scenario(module_scenario: Scenario) -> Scenario:
    """The same, put back to yesterday's end."""
    module_scenario.put_back()
    return module_scenario


@pytest.fixture(scope="module")
def module_brief(tmp_path_factory: pytest.TempPathFactory) -> Brief:
    """A smaller one."""
    return Brief(tmp_path_factory.mktemp("faults") / "brief")


@pytest.fixture
def brief(module_brief: Brief) -> Brief:
    """The same, put back to yesterday's end."""
    module_brief.put_back()
    return module_brief
