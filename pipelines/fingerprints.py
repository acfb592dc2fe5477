"""Fingerprints of stages: what a cached result depends on besides its input.

A fingerprint covers the sources of the stage's modules and of all project modules they import,
the versions of the packages these import, and the data files the stage reads. Equal fingerprint
and equal input mean an equal result, so it need not be computed again.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from schemas.code_lists import ASKED_BY

ROOT = Path(__file__).resolve().parent.parent
_PROJECT = ("pipelines", "schemas")
#: Import names that differ from the names of their packages.
_DISTRIBUTIONS = {"polars_hash": "polars-hash", "pdfminer": "pdfminer.six"}


@dataclass(frozen=True)
class Stage:
    """Modules a stage enters by, and the data it reads: directories below the project."""

    modules: tuple[str, ...]
    data: tuple[str, ...] = ()


#: ``extract`` depends on the file alone; ``read`` on layouts and codes too, so a new layout
#: retries what was refused; ``second`` on the second reader alone (of which ``read`` knows too);
#: ``build`` on what makes the warehouse of accepted readings.
STAGES = {
    "extract": Stage(("pipelines.extract.readers",)),
    "second": Stage(("pipelines.extract.second_reader",)),
    "read": Stage(
        ("pipelines.rooms",),
        ("schemas/layouts", "schemas/codes"),
    ),
    "build": Stage(
        ("pipelines.load.build",), ("schemas/codes", "warehouse/marts", "warehouse/macros")
    ),
}


def fingerprints(config: Path | None = None) -> dict[str, str]:
    """Fingerprint of every stage, taken once a night: what changes meanwhile is for the next."""
    return {stage: fingerprint(stage, config) for stage in STAGES}


def fingerprint(stage: str, config: Path | None = None) -> str:
    """SHA-256 of all that ``stage`` depends on, the operator's ``config`` included."""
    entered = STAGES[stage]
    files, packages = _reached(entered.modules)
    data = [f for name in entered.data for f in _files(ROOT / name)]
    if config is not None and entered.data:
        data += _files(config)
    asked = [f for f in data if f.suffix != ".csv" or stage in ASKED_BY.get(f.stem, STAGES)]
    return _digest({*files, *asked}, packages, config)


def sources_print(modules: tuple[str, ...]) -> str:
    """SHA-256 of what these modules are made of: for what is kept of them outside of readings."""
    return _digest(*_reached(modules), None)


def _digest(files: set[Path], packages: set[str], config: Path | None) -> str:
    digest = hashlib.sha256()
    for name, path in sorted((_name(path, config), path) for path in files):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for package in sorted(packages):
        digest.update(f"{package}=={_version(package)}\0".encode())
    return digest.hexdigest()


def _name(path: Path, config: Path | None) -> str:
    """A file's name in a fingerprint: the same wherever project and configuration are."""
    root = ROOT if path.is_relative_to(ROOT) else config or ROOT
    return path.relative_to(root).as_posix()


def _files(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file() and not p.name.startswith("."))


def _reached(modules: tuple[str, ...]) -> tuple[set[Path], set[str]]:
    """Source files (and grammars beside them) and packages that these modules import."""
    waiting, seen = list(modules), set[str]()
    files, packages = set[Path](), set[str]()
    while waiting:
        module = waiting.pop()
        if not module or module in seen:
            continue
        seen.add(module)
        if module.split(".")[0] not in _PROJECT:
            top = module.split(".")[0]
            if top not in sys.stdlib_module_names:
                packages.add(_DISTRIBUTIONS.get(top, top))
            continue
        path = _source(module)
        if path is None:
            continue  # a name imported from a module, not a module
        files.add(path)
        files.update(path.parent.glob("*.lark"))
        waiting += _imports(path.read_bytes())
        waiting.append(module.rpartition(".")[0])
    return files, packages


def _source(module: str) -> Path | None:
    if not module:
        return None
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


@cache
def _imports(source: bytes) -> tuple[str, ...]:
    """Absolute names that a source imports; each may be a module or a name in one."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(found)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError as error:
        raise RuntimeError(
            f"{package} is imported but no package of that name is installed; "
            "name its package in fingerprints._DISTRIBUTIONS"
        ) from error
