"""What the image is made of exists, is let in, and is what the rest of the project says."""

from __future__ import annotations

import re
import tomllib

import yaml

from tests.conftest import ROOT

CONTAINER = ROOT / "deploy" / "container"
TEXT = re.sub(r"\\\n\s*", "", (CONTAINER / "Containerfile").read_text("utf-8"))
LINES = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]


def _copied() -> list[str]:
    """What is copied out of this folder."""
    copies = [line.split()[1:] for line in LINES if line.startswith("COPY ")]
    return [name for words in copies if "--from" not in words[0] for name in words[:-1]]


def test_what_is_copied_exists_and_is_let_in() -> None:
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    assert all((ROOT / name).exists() for name in (*let_in, *_copied()))
    for name in _copied():
        assert any(name == path or path.startswith(f"{name}/") for path in let_in), name
    assert let_in >= {*WHEEL["packages"], *WHEEL["force-include"]}
    assert not [path for path in let_in if path in ("raw", "warehouse", "tests")]


def test_versions_are_those_of_the_project() -> None:
    (uv,) = re.findall(
        r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )
    assert f"ARG UV_VERSION={uv}" in LINES
    assert [line.split()[1] for line in LINES if line.startswith("FROM ")] == ["${BASE}"] * 2
    (base,) = [line.partition("=")[2] for line in LINES if line.startswith("ARG BASE=")]
    assert re.fullmatch(r"docker\.io/library/debian:bookworm-\d{8}-slim", base)


def test_it_runs_a_night_as_nobody_in_particular() -> None:
    last = TEXT[TEXT.rindex("FROM ") :].splitlines()
    assert "USER yusuan" in last
    assert last.index("USER yusuan") < last.index('ENTRYPOINT ["yusuan"]')
    assert last[-1] == 'CMD ["ingest"]'
    assert [line for line in last if line.endswith('CMD ["yusuan", "doctor"]')]
    assert PROJECT["project"]["scripts"] == {"yusuan": "pipelines.cli:main"}


def test_the_services_are_those_of_the_units_with_one_daemon() -> None:
    services = yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))["services"]
    units = ROOT / "deploy" / "systemd"
    assert {f"yusuan-{name}.service" for name in services} < {p.name for p in units.iterdir()}
    assert services["daemon"]["deploy"] == {"replicas": 1}
    for name, service in services.items():
        unit = (units / f"yusuan-{name}.service").read_text("utf-8")
        begun = re.sub(r"\\\n\s*", "", unit).partition("\nExecStart=")[2].splitlines()[0]
        here = " ".join([*service["entrypoint"], *service["command"]])
        words = begun.replace("/opt/yusuan/.venv/bin/", "").split()
        if name == "webserver":  # published to this machine by `ports`, so it listens to all
            words[words.index("127.0.0.1")] = "0.0.0.0"  # noqa: S104
        expected = " ".join(words).replace("/opt/yusuan/deploy/systemd/", "/etc/yusuan/")
        assert " ".join(here.split()).endswith(expected), name
    assert services["code-server"]["ports"] == ["127.0.0.1:3000:3000"]
