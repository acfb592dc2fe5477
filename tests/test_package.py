"""What `uv build` makes, installed elsewhere: an empty venv, an empty folder, an empty HOME."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.conftest import ROOT, SEED, SIDECAR
from tests.morning.ui import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

UV = str(ROOT / ".tools" / "uv" / "bin" / "uv")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
UNREACHABLE = ("dns error", "error sending request", "Connection refused", "timed out")


def _uv(*arguments: object) -> None:
    """Run uv; skip where it needs an index and none is reachable."""
    done = subprocess.run([UV, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True,
                          check=False)  # fmt: skip
    if done.returncode and any(sign in done.stderr for sign in UNREACHABLE):
        pytest.skip(f"软件源不可达 / no package index is reachable: {done.stderr.strip()[-300:]}")
    assert done.returncode == 0, done.stderr


def _kept(*folders: str) -> set[str]:
    """Files that git keeps, or would: what is ignored is no part of the project."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("不是 git 工作区 / no git working tree")
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).exists()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The source distribution, the wheel made of it, and the wheel made of this folder."""
    out = tmp_path_factory.mktemp("dist")
    _uv("build", "--quiet", "--out-dir", out / "both")
    _uv("build", "--quiet", "--wheel", "--out-dir", out / "tree")
    (sdist,), (wheel,) = (out / "both").glob("*.tar.gz"), (out / "both").glob("*.whl")
    return {"sdist": sdist, "wheel": wheel, "of_tree": out / "tree" / wheel.name}


def test_the_wheel_is_the_program_and_its_data_and_nothing_else(built: dict[str, Path]) -> None:
    assert built["wheel"].read_bytes() == built["of_tree"].read_bytes()
    with zipfile.ZipFile(built["wheel"]) as wheel:
        names = [name for name in wheel.namelist() if ".dist-info/" not in name]
    assert sorted(names) == sorted(_kept(*WHEEL["packages"], *WHEEL["force-include"]))
    suffixes = {Path(name).suffix for name in names}
    assert suffixes >= {".py", ".toml", ".csv", ".sql", ".lark", ".j2", ".css", ".js"}


def test_the_source_distribution_is_the_repository(built: dict[str, Path]) -> None:
    with tarfile.open(built["sdist"]) as sdist:
        names = {member.name.partition("/")[2] for member in sdist if member.isfile()}
    assert names - {"PKG-INFO"} == _kept()


def test_metadata_says_what_the_project_file_says(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built["wheel"]) as wheel:
        (name,) = [n for n in wheel.namelist() if n.endswith(".dist-info/METADATA")]
        head, _, readme = wheel.read(name).decode().partition("\n\n")
    assert f"Version: {PROJECT['project']['version']}" in head
    assert "Description-Content-Type: text/markdown" in head
    assert "License-Expression: Apache-2.0" in head
    assert readme == (ROOT / "README.md").read_text("utf-8")


@dataclass(frozen=True)
class Installed:
    """The program in a venv that cannot be written to, and a folder to run it in."""

    venv: Path
    here: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        """A program of the venv; root too must keep to what may be written."""
        bound = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
        return [*bound, str(self.venv / "bin" / arguments[0]), *arguments[1:]]

    def run(self, *arguments: str, program: str = "yusuan") -> subprocess.CompletedProcess[str]:
        """Run a program of the venv to its end."""
        return subprocess.run(self.command(program, *arguments), cwd=self.here, text=True,
                              env=self.environment, capture_output=True, check=False)  # fmt: skip

    def said(self, *arguments: str) -> str:
        """What a command prints; it must end well."""
        done = self.run(*arguments)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def files(self) -> dict[Path, tuple[int, int]]:
        """Everything in the venv, with size and time of change."""
        return {p: (s.st_size, s.st_mtime_ns) for p in sorted(self.venv.rglob("*"))
                if (s := p.lstat()) and not p.is_dir()}  # fmt: skip


@pytest.fixture(scope="module")
def installed(
    built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    """The wheel with what the lock pins; the seed in raw/."""
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root 需要 setpriv / root needs setpriv (util-linux)")
    root = tmp_path_factory.mktemp("installed")
    venv, here, home = root / "venv", root / "here", root / "home"
    (here / "raw").mkdir(parents=True)
    home.mkdir()
    for path in (SEED, SIDECAR):
        shutil.copy(path, here / "raw")
    pins = root / "pins.txt"
    _uv("export", "--quiet", "--locked", "--no-dev", "--no-hashes", "--no-emit-project", "-o", pins)
    _uv("venv", "--quiet", "--python", sys.executable, venv)
    _uv("pip", "install", "--quiet", "--compile-bytecode", "--python", venv / "bin" / "python",
        "--constraints", pins, built["wheel"])  # fmt: skip
    folders = [venv, *(p for p in venv.rglob("*") if p.is_dir() and not p.is_symlink())]
    for folder in folders:
        folder.chmod(0o555)
    yield Installed(venv, here, {"HOME": str(home), "PATH": os.defpath, "COLUMNS": "200"})
    for folder in folders:
        folder.chmod(0o755)


def test_the_wheel_runs_wherever_it_is_installed(installed: Installed) -> None:
    """From raw/ to answers and exports, in ./warehouse; the venv and HOME stay as they were."""
    before = installed.files()
    refused = installed.run("-c", f"open({str(installed.venv / 'x')!r}, 'w')", program="python")
    assert "PermissionError" in refused.stderr
    assert f"yusuan {PROJECT['project']['version']}\n" == installed.said("--version")
    assert "projects 7" in installed.said("ingest")
    assert (installed.here / "warehouse" / "ledger.duckdb").exists()
    assert "complete" in installed.said("status")
    total = installed.said("query", "select sum(amount_yuan) as t from fact_project_funding",
                           "--format", "csv")  # fmt: skip
    assert total == "t\n4206600.00\n"
    assert "财政拨款" in installed.said("ask", "7")
    assert "4,206,600.00" in installed.said("compare", "--by", "fund", "--plot", "c.svg")
    assert "房租物业管理及水电费" in installed.said("search", "物业")
    fact = installed.said("query", "select min(fact_id) as f from fact_project_funding",
                          "--format", "csv").split()[1]  # fmt: skip
    assert SEED.name in installed.said("trace", fact)
    assert "nothing waits" in installed.said("quarantine")
    installed.said("report", "--output", "r.html")
    written = [installed.here / name for name in ("warehouse/current/report.html", "r.html")]
    assert written[0].read_bytes() == written[1].read_bytes()
    assert "房租物业管理及水电费" in installed.said("ask", "13")
    installed.said("export", "csv", "out")
    assert (installed.here / "out" / "datapackage.json").exists()
    shipped = [name for name in _kept("schemas/layouts") if name.count("/") > 2]
    assert len(json.loads(installed.said("layouts", "--json"))) == len(shipped)
    assert "✓" in installed.said("verify")
    assert installed.said("doctor")
    assert "make bi" in installed.run("bi").stderr
    assert installed.files() == before
    assert not [p for p in Path(installed.environment["HOME"]).rglob("*") if p.is_file()]


def test_the_installed_interface_loads_its_definitions(installed: Installed) -> None:
    port = free_port()
    command = installed.command("yusuan", "ui", "--port", str(port))
    with (installed.here / "ui.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=installed.here, env=installed.environment,
                                   stdout=log, stderr=log, start_new_session=True)  # fmt: skip
    try:
        entries = _locations(f"http://127.0.0.1:{port}/graphql", process)
    finally:
        process.terminate()  # it alone, as a supervisor does: it starts several others
        process.wait(60)
        stays = _stays(process.pid)
    assert [entry["loadStatus"] for entry in entries] == ["LOADED"], entries
    assert entries[0]["locationOrLoadError"]["__typename"] == "RepositoryLocation", entries
    assert not stays, "what it started goes on without it"


def _stays(session: int) -> bool:
    """Whether anybody of a session is there a minute later; then they are killed."""
    until = time.monotonic() + 60
    try:
        while time.monotonic() < until:
            os.killpg(session, 0)
            time.sleep(0.5)
        os.killpg(session, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _locations(url: str, process: subprocess.Popen[bytes]) -> list[dict[str, Any]]:
    """What the web server says it has loaded, as soon as it answers."""
    query = (
        "{workspaceOrError {... on Workspace {locationEntries {loadStatus locationOrLoadError"
        " {__typename ... on PythonError {message}}}}}}"
    )
    until = time.monotonic() + 120
    while True:
        try:
            answer = requests.post(url, json={"query": query}, timeout=30).json()
        except requests.ConnectionError:
            assert process.poll() is None, "it ended by itself"
            assert time.monotonic() < until, "it does not answer"
            time.sleep(0.5)
        else:
            found: list[dict[str, Any]] = answer["data"]["workspaceOrError"]["locationEntries"]
            return found
