"""A raw directory to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.documents.scanned import Raw

if TYPE_CHECKING:
    from tests.conftest import Installation


@pytest.fixture
def raw(installation: Installation) -> Raw:
    return Raw(installation.settings)
