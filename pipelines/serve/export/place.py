"""The directory of an export: written aside, put in its place whole; nothing else is replaced.

A directory that is there already is replaced only if it is empty, or an earlier export: it holds
the ``datapackage.json`` of one, and only files that this names, with the bytes that it states: what
a person made of an export, a workbook with a pivot table, is theirs.
"""

from __future__ import annotations

import json
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipelines.documents.archive import sha256_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DESCRIPTOR = "datapackage.json"
#: What a descriptor of ours is named.
PACKAGE_NAME = "yusuan"


class NotAnExportError(RuntimeError):
    """Where an export would go, something else is; the message says what, and what to do."""


@contextmanager
def replacing(directory: Path) -> Iterator[Path]:
    """A new directory beside this one, to write into; it becomes this one if the block ends well.

    Raises:
        NotAnExportError: there is something at ``directory`` that is no earlier export.
    """
    target = directory.expanduser().resolve()
    assert_replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    mark = secrets.token_hex(4)
    new = target.with_name(f".{target.name}.{mark}.new")
    new.mkdir()
    try:
        yield new
        assert_replaceable(target)  # a person may have put something there meanwhile
        _exchange(new, target, target.with_name(f".{target.name}.{mark}.old"))
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def assert_replaceable(target: Path) -> None:
    """Nothing is there, or an empty directory, or an earlier export and nothing besides.

    Raises:
        NotAnExportError: something else is.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise NotAnExportError(f"{target}: 是文件，不是目录 / is a file; expected a directory")
    there = {path.relative_to(target).as_posix() for path in target.rglob("*")}
    if not there:
        return
    ours = _files(target)
    if ours is None:
        raise NotAnExportError(
            f"{target}: 目录非空，且不是本程序的导出，未作改动；请另选目录 / is not empty, and no "
            "earlier export; nothing was changed: name another directory"
        )
    if others := sorted(there - set(ours)):
        raise NotAnExportError(
            f"{target}: 含有并非导出的文件，未作改动；请移走后重试 / holds files that no export "
            f"wrote; nothing was changed; move them away first: {', '.join(others[:5])}"
        )
    changed = sorted(p for p in there if ours[p] and ours[p] != file_hash(target / p))
    if changed:
        raise NotAnExportError(
            f"{target}: 有文件在导出后被改过，未作改动；请移走后重试 / holds files that somebody "
            f"changed; nothing was changed; move them away first: {', '.join(changed[:5])}"
        )


def file_hash(path: Path) -> str:
    """Hash of a file as descriptors state it."""
    return f"sha256:{sha256_of_file(path)}"


def _files(target: Path) -> dict[str, str] | None:
    """Files that the descriptor of an earlier export names, with their hashes; itself without one.

    None if there is no such descriptor.
    """
    try:
        described: Any = json.loads((target / DESCRIPTOR).read_text(encoding="utf-8"))
        if described["name"] != PACKAGE_NAME or "build_id" not in described["build"]:
            return None
        return {DESCRIPTOR: "", **{file["path"]: file["hash"] for file in described["files"]}}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _exchange(new: Path, target: Path, old: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old)
