"""What an operator installs: units that systemd understands, naming programs that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.commands.exports import POSTGRES_URL
from pipelines.settings import CLUSTER, ENVIRONMENT, NOTIFY, NUMBERS
from tests.conftest import ROOT

UNITS = ROOT / "deploy" / "systemd"
BIN = Path(sys.executable).parent


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """With the paths of this installation in place of /opt/yusuan."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    for path in UNITS.iterdir():
        text = path.read_text("utf-8").replace("/opt/yusuan/.venv/bin", str(BIN))
        (tmp_path / path.name).write_text(text.replace("/opt/yusuan", str(ROOT)), "utf-8")
    units = sorted(str(p) for p in tmp_path.iterdir() if p.suffix in (".service", ".timer"))
    assert len(units) == 9
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_programs_and_modules_of_the_units_exist() -> None:
    for path in UNITS.glob("*.service"):
        text = path.read_text("utf-8")
        programs = re.findall(r"/opt/yusuan/\.venv/bin/([\w-]+)", text)
        assert programs
        assert all((BIN / program).exists() for program in programs), path
        for module in re.findall(r"(?:-m|--module-name) ([\w.]+)", text):
            assert (ROOT / Path(*module.split("."))).with_suffix(".py").exists(), module


def test_every_setting_is_in_the_environment_file_and_in_the_manual() -> None:
    variables = {*ENVIRONMENT.values(), *(name for name, _ in NUMBERS.values())}
    variables |= {POSTGRES_URL, CLUSTER, NOTIFY}
    for path in (UNITS / "yusuan.env", ROOT / "docs" / "operations.md"):
        named = set(re.findall(r"YUSUAN_[A-Z_]+", path.read_text("utf-8")))
        assert named == variables, path
