"""Functions that behave as hostile documents make readers behave; workers import them by name."""

from __future__ import annotations

import ctypes
import os
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pipelines.extract.readers import extract

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction


def double(number: int) -> int:
    return 2 * number


def pid() -> int:
    return os.getpid()


def echo(data: bytes) -> bytes:
    return data


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def segfault() -> NoReturn:
    ctypes.string_at(0)
    raise AssertionError


def abort() -> NoReturn:
    os.abort()


def work_left_behind() -> str:
    """A folder of its own, with a file in it, as a converter leaves them when it is killed."""
    folder = tempfile.mkdtemp()
    Path(folder, "half.docx").write_bytes(b"half")
    return folder


def killed() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def leave() -> NoReturn:
    os._exit(3)


def system_exit() -> NoReturn:
    raise SystemExit(3)


def hang() -> NoReturn:
    threading.Event().wait()
    raise AssertionError


def burn() -> NoReturn:
    while True:
        pass


def burn_for(seconds: float) -> float:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return seconds


def memory_bomb() -> int:
    held = [bytes(64 << 20) for _ in range(1 << 16)]
    return len(held)


def memory_bomb_of_pickle() -> Any:
    return [bytes(200 << 20), bytes(200 << 20)]


class PeculiarError(Exception):
    """Cannot be unpickled: its constructor wants what pickle does not keep."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def fail() -> NoReturn:
    raise ValueError("那是什么 / what is that")


def fail_peculiarly() -> NoReturn:
    raise PeculiarError("quite", "peculiar")


def unpicklable() -> Any:
    return lambda: None


#: By their first word, fake PDFs make ``hostile`` do these.
ACTS = {
    b"%PDF-segfault": segfault,
    b"%PDF-abort": abort,
    b"%PDF-hang": hang,
    b"%PDF-burn": burn,
    b"%PDF-memory": memory_bomb,
    b"%PDF-leave": leave,
    b"%PDF-unpicklable": unpicklable,
}


def hostile(document_id: str, data: bytes) -> Extraction:
    """Read as ``extract`` does; fake PDFs misbehave, or hold text after their first line."""
    first, _, rest = data.partition(b"\n")
    act: Any = ACTS.get(first)
    if act is not None:
        made: Extraction = act()
        return made
    if first.startswith(b"%PDF-sleep"):
        time.sleep(float(first.split()[1]))
    return extract(document_id, rest if first.startswith(b"%PDF") else data)
