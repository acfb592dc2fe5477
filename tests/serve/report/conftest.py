"""Two nights: books of three years, then a page whose total is wrong and a table without a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pipelines.publish.flip import current_build_id
from pipelines.serve.report.content import Report, report
from pipelines.serve.report.page import render
from tests.conftest import SEED, Installation
from tests.generator.__main__ import write
from tests.generator.books.documents import CONFIG, documents
from tests.pdf.printed import WRONG, pdf
from tests.printing import SIDECAR

if TYPE_CHECKING:
    from pathlib import Path

#: Names as a careless or hostile person gives them.
NO_YEAR, MISTAKEN = "<script>alert(1)</script> & 无年度.txt", "错账.pdf"
#: A sidecar that says another body than the table prints: two clues, and neither decides.
AGAINST_PRINT = "另一机构.txt"
CONFLICT = SIDECAR.format(year=2023) + '[body]\nvalue = "示例市水务局"\nwhy = "测试 / test"\n'


@dataclass(frozen=True)
class Told:
    """An installation after its second night, the build of the first, and what the report says."""

    installation: Installation
    first_build: str
    report: Report

    @property
    def page(self) -> str:
        """The report as a page."""
        return render(self.report, self.installation.settings)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Made once; no test changes it."""
    root: Path = tmp_path_factory.mktemp("report")
    installation = Installation(root, config=CONFIG)
    installation.put_seed()
    write([d for place in ("guangzhou", "shili") for d in documents(1, place, 1, 3)],
          installation.settings.raw / "books")  # fmt: skip
    assert installation.run().published
    first = current_build_id(installation.settings)
    assert first is not None
    installation.put_with_sidecar(MISTAKEN, pdf(WRONG), SIDECAR.format(year=2024))
    installation.put_with_sidecar(AGAINST_PRINT, SEED.read_bytes() + b"\n\n", CONFLICT)
    installation.put(NO_YEAR.replace("/", "∕"), SEED.read_bytes() + b"\n")
    assert installation.run().published
    return Told(installation, first, report(installation.settings))
