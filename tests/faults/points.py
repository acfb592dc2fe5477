"""Points of a night at which something can go wrong: every operation that changes the disk.

The product knows nothing of this: while ``Points`` is entered, the operations of the standard
library, Polars, DuckDB and filelock that change files report each call before they carry it out.
What happens then (a note, a kill, an error) is up to ``at``.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import duckdb
import filelock
import polars as pl
import pytest

from schemas.registry import tables

if TYPE_CHECKING:
    from collections.abc import Callable

    #: Carries out half of an operation; None where it is atomic.
    Half = Callable[[], None] | None
    At = Callable[["Point", Half], None]

T = TypeVar("T")
#: Names made of hashes, as they are shown: documents and sidecars, then batches and builds.
_NAMES = ((re.compile(r"[0-9a-f]{64}"), "<sha256>"), (re.compile(r"\b[0-9a-f]{16,20}\b"), "<key>"))
_WRITES = re.compile(r"\s*(INSERT|CREATE|ALTER|BEGIN|ATTACH|CHECKPOINT|DETACH)\b", re.IGNORECASE)
#: Below the block headers of a DuckDB file: nothing but headers can be written any more.
_HEADERS = 3 * 4096


@dataclass(frozen=True)
class Point:
    """An operation that is about to be carried out; ``number`` counts them in a night."""

    number: int
    step: str
    operation: str
    place: str

    @property
    def stage(self) -> str:
        """The part of a night it belongs to."""
        return _stage(self)


_STAGES = {
    "news": {"archive": "archive", "cache": "scan", "ledger": "checked"},
    "take_in": {"archive": "archive", "cache": "scan", "ledger": "ledger append"},
    "build": {"ledger": "decide"},
    "check": {"candidate": "checks", "ledger": "checks"},
    "publish": {"candidate": "candidate rename", ".current": "flip", "versions": "retention",
                "ledger": "published event"},
}  # fmt: skip


def _stage(point: Point) -> str:
    if "lock" in point.place:
        return "lock"
    area = re.split(r"[/]|(?<=\w)\.", point.place)[0]
    known = _STAGES.get(point.step, {}).get(area)
    return known or (_build_stage(point) if point.step == "build" else point.step)


def _build_stage(point: Point) -> str:
    if point.operation.startswith(("CHECKPOINT", "DETACH")):
        return "checkpoint"
    words = point.operation.split()
    name = words[-1].removeprefix("build.")
    is_mart = name in tables() and tables()[name].role == "mart"
    return "marts" if is_mart and words[0] == "INSERT" else "build"


class Points:
    """While entered, calls ``at`` before each operation; ``step`` is told by who runs the night."""

    def __init__(self, root: Path, at: At) -> None:
        """``root``: the directory that places are relative to."""
        self._root = root
        self._at = at
        self._patch = pytest.MonkeyPatch()
        self._inside = False  # operations made of operations count once
        self.trace: list[Point] = []
        self.step = "news"

    def begin(self, step: str) -> None:
        """A step of the night begins."""
        self.step = step

    def __enter__(self) -> Self:
        for name in ("replace", "symlink_to", "unlink", "write_text", "write_bytes", "touch"):
            self._wrap(Path, name, _path_half(name))
        self._wrap(shutil, "rmtree", _remove_half)
        self._wrap(shutil, "copy2", None)
        self._wrap(os, "fsync", lambda fd: os.ftruncate(fd, os.fstat(fd).st_size // 2))
        self._wrap(pl.DataFrame, "write_parquet", None, place=1)
        self._wrap(filelock.FileLock, "acquire", None)
        self._wrap(filelock.FileLock, "release", None)
        connect = duckdb.connect

        def connecting(path: str = ":memory:", *args: Any, **options: Any) -> Any:
            if options.get("read_only"):
                return connect(path, *args, **options)
            return Connection(self, connect, path, args, options)

        self._patch.setattr(duckdb, "connect", connecting)
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.undo()

    def reach(self, operation: str, place: object, do: Callable[[], T], half: Half = None) -> T:
        """An operation is about to be carried out."""
        if self._inside:
            return do()
        self._inside = True
        try:
            point = Point(len(self.trace), self.step, operation, self._shown(place))
            self.trace.append(point)
            self._at(point, half)
            return do()
        finally:
            self._inside = False

    def _shown(self, place: object) -> str:
        path = Path(f"/proc/self/fd/{place}").readlink() if isinstance(place, int) else place
        shown = str(path).removeprefix(f"{self._root}/")
        for pattern, name in _NAMES:
            shown = pattern.sub(name, shown)
        return shown

    def _wrap(
        self, owner: Any, name: str, half: Callable[..., None] | None, place: int = 0
    ) -> None:
        whole = getattr(owner, name)

        def reported(*args: Any, **options: Any) -> Any:
            where = getattr(args[place], "lock_file", args[place])
            idle = name in {"unlink", "rmtree"} and not os.path.lexists(where)
            idle = idle or (name == "release" and not args[0].is_locked)
            if idle or not self._is_ours(where):
                return whole(*args, **options)

            def carry_out() -> Any:
                return whole(*args, **options)

            def carry_out_half() -> None:
                carry_out()
                os.truncate(where, Path(where).stat().st_size // 2)

            cut = (lambda: half(*args)) if half else carry_out_half
            atomic = {"replace", "symlink_to", "unlink", "touch", "acquire", "release"}
            return self.reach(name, where, carry_out, None if name in atomic else cut)

        self._patch.setattr(owner, name, reported)

    def _is_ours(self, where: object) -> bool:
        return isinstance(where, int) or str(where).startswith(str(self._root))


class Connection:
    """A connection that writes: statements that change files, and its end, are points."""

    def __init__(
        self, points: Points, connect: Callable[..., Any], path: str, args: Any, options: Any
    ) -> None:
        self._points = points
        self._path = path

        def opening() -> Any:
            return connect(path, *args, **options)

        self._whole = opening() if path == ":memory:" else points.reach("connect", path, opening)

    def execute(self, sql: str, *parameters: Any) -> Any:
        def carry_out() -> Any:
            return self._whole.execute(sql, *parameters)

        if not _WRITES.match(sql) or " work" in " ".join(sql.split()[:4]) or ":memory:" in sql:
            return carry_out()
        if found := re.match(r"ATTACH '(.*)' AS (?:build|base)", sql):
            self._path = found[1]
        if self._path == ":memory:":
            return carry_out()
        operation = (
            " ".join(sql.split()[:3]) if "INSERT" in sql.split() else sql.split(maxsplit=1)[0]
        )
        if "event_id" in sql and parameters:
            operation = f"INSERT {', '.join(dict.fromkeys(parameters[0][2]))}"
        torn = None if operation == "DETACH" else self._torn  # all is on the disk by then
        return self._points.reach(operation, self._path, carry_out, torn)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._path == ":memory:" or self._path.endswith("yusuan.duckdb"):
            self._whole.close()
        else:
            self._points.reach("close", self._path, self._whole.close, self._torn)

    def _torn(self) -> None:
        """From here on files cannot grow: the process ends inside the library's next write."""
        limit_growth(Path(self._path))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


def limit_growth(path: Path) -> None:
    """Let the kernel end this process at the first write beyond what a database's files hold."""
    import resource
    import signal

    log = path.with_name(f"{path.name}.wal")
    written = log.stat().st_size + 100 if log.exists() else _HEADERS
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))


def _path_half(name: str) -> Callable[..., None] | None:
    if name not in {"write_text", "write_bytes"}:
        return None
    whole = getattr(Path, name)

    def half(path: Path, data: Any, *args: Any) -> None:
        whole(path, data[: len(data) // 2], *args)

    return half


def _remove_half(path: Path, *_: Any) -> None:
    files = sorted(file for file in Path(path).rglob("*") if file.is_file())
    for file in files[: (len(files) + 1) // 2]:
        with suppress(FileNotFoundError):
            os.unlink(file)  # noqa: PTH108 - Path.unlink is a point
