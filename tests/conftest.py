"""Fixtures: an installation in an empty folder with the seed, and a night run over it."""

from __future__ import annotations

import shutil
import zlib
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import settings as drawing

from pipelines.documents.archive import sha256_of
from pipelines.night import Night
from pipelines.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from pipelines.documents.scan import ScanResult
    from pipelines.publish.checks import CheckResult

ROOT = Path(__file__).resolve().parent.parent
SEED_NAME = "000_6afdb59cfbcca0ce.txt"
SEED = ROOT / "raw" / SEED_NAME
SIDECAR = ROOT / "raw" / f"{SEED_NAME}.toml"
#: What it prints below 合计.
SEED_TOTAL = Decimal("4206600.00")

#: How many examples a property draws that does not say it itself; none is timed.
drawing.register_profile("fast", max_examples=5, deadline=None)
drawing.register_profile("long", max_examples=30, deadline=None)
drawing.load_profile("fast")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--share K/N``: a part of the tests, the same in every run; N parts are all of them."""
    parser.addoption("--share", default="1/1", metavar="K/N", help="the K-th of N parts of tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests of other shares out; their names alone decide which those are."""
    number, shares = map(int, config.getoption("--share").split("/"))
    if not 1 <= number <= shares:
        raise pytest.UsageError(f"--share {number}/{shares}: from 1/{shares} to {shares}/{shares}")
    mine, others = list[pytest.Item](), list[pytest.Item]()
    for item in items:
        is_mine = zlib.crc32(item.nodeid.encode()) % shares == number - 1
        (mine if is_mine else others).append(item)
    items[:] = mine
    config.hook.pytest_deselected(items=others)


@dataclass
class NightReport:
    """What one night did: the look at raw/, the checks, and whether a build was published."""

    scan: ScanResult
    checks: list[CheckResult]
    published: bool


class Installation:
    """A raw directory and a warehouse in a temporary folder, with short ways to use them."""

    def __init__(self, root: Path, config: Path | None = None) -> None:
        self.settings = Settings(raw=root / "raw", warehouse=root / "warehouse", config=config)
        self.settings.raw.mkdir()

    @classmethod
    def of(cls, settings: Settings) -> Installation:
        """An installation that is there already."""
        found = cls.__new__(cls)
        found.settings = settings
        return found

    def put(self, name: str, data: bytes) -> str:
        """Write a raw file; return its SHA-256."""
        path = self.settings.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return sha256_of(data)

    def put_with_sidecar(self, name: str, data: bytes, sidecar: str | None = None) -> str:
        """Write a raw file and a sidecar for it: the seed's, bound to these bytes."""
        sha256 = self.put(name, data)
        text = SIDECAR.read_text(encoding="utf-8") if sidecar is None else sidecar
        lines = [f'sha256 = "{sha256}"' if line.startswith("sha256") else line
                 for line in text.splitlines()]  # fmt: skip
        self.put(f"{name}.toml", "\n".join(lines).encode())
        return sha256

    def put_seed(self) -> str:
        """The seed with its sidecar, as shipped."""
        shutil.copy(SEED, self.settings.raw)
        shutil.copy(SIDECAR, self.settings.raw)
        return sha256_of(SEED.read_bytes())

    def run(self) -> NightReport:
        """A whole night, without Dagster."""
        with closing(Night(self.settings)) as night:
            return self._run(night)

    @staticmethod
    def _run(night: Night) -> NightReport:
        scan = night.take_in()
        for step in (night.extract, night.recognise, night.normalise, night.conform,
                     night.validate):  # fmt: skip
            step()
        build = night.build()
        if build is None:
            return NightReport(scan, [], published=False)
        checks = night.check(build)
        night.publish(build, checks)
        return NightReport(scan, checks, published=True)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the published build."""
        return self.rows_of(self.settings.published, sql)

    @staticmethod
    def rows_of(path: Path, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on a build."""
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        """The one value of a query on the published build."""
        ((value,),) = self.rows(sql)
        return value


@pytest.fixture(scope="module", name="browser")
def a_browser() -> Iterator[Browser]:
    """The browser of this machine, closed before another module opens one."""
    from tests.browser import browser

    with browser() as opened:
        yield opened


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An empty installation."""
    return Installation(tmp_path)


@pytest.fixture(scope="session")
def a_night_of_the_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation with the seed published; tests work on copies of it."""
    root = tmp_path_factory.mktemp("seeded")
    installation = Installation(root)
    installation.put_seed()
    installation.run()
    return root


@pytest.fixture
def seeded(a_night_of_the_seed: Path, tmp_path: Path) -> Installation:
    """An installation with the seed published."""
    shutil.copytree(a_night_of_the_seed, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Installation.of(Settings(raw=tmp_path / "raw", warehouse=tmp_path / "warehouse"))
