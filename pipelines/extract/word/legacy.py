"""Old Word documents (.doc, .rtf): LibreOffice makes a .docx of them, which is held against them.

LibreOffice belongs to the operating system and may be absent; then the document waits and says so.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.extract.grids import Refusal, RefusedError
from pipelines.extract.word.binary import text_of_doc
from pipelines.extract.word.package import Package, W
from pipelines.extract.word.reader import read_docx

if TYPE_CHECKING:
    from pipelines.extract.grids import Extraction, PageFlag

#: Names of the program on various systems.
_PROGRAMS = ("soffice", "libreoffice")
#: Seconds on the clock for one document; a usual one takes two.
_SECONDS = 90
#: LibreOffice runs nothing that a document holds, and follows no link out of it.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
#: Where nobody listens: what asks for the network all the same finds none.
_NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "127.0.0.1:9")
_RTF_CELL = re.compile(rb"\\(?:nest)?(?:cell|row)(?![a-z])")
_EXPECTED = ".docx"


@dataclass(frozen=True)
class Printed:
    """What an old document says by itself, read without LibreOffice.

    Attributes:
        marks: Ends of cells and of rows.
        characters: How often each stands in it; none if that is not known.
    """

    marks: int
    characters: Counter[str] | None = None


def read_doc(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a .doc.

    Raises:
        RefusedError: it is damaged, LibreOffice is absent, or does not make a .docx of it.
    """
    text = text_of_doc(data)
    said = Counter("".join(text.visible.split()))
    return _read(document_id, media_type, data, ".doc", Printed(text.cell_marks, said))


def read_rtf(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a .rtf; raises as ``read_doc`` does."""
    marks = len(_RTF_CELL.findall(data))
    return _read(document_id, media_type, data, ".rtf", Printed(marks))


def _read(
    document_id: str, media_type: str, data: bytes, suffix: str, printed: Printed
) -> Extraction:
    made = _converted(data, suffix)
    read = read_docx(document_id, media_type, made)
    if read.refusal is None and _differs(printed, made):
        flag: PageFlag = "conversion_differs"
        pages = [replace(page, flags=(*page.flags, flag)) for page in read.pages]
        return replace(read, pages=pages)
    return read


def _differs(printed: Printed, made: bytes) -> bool:
    """Whether a table or a character of the document is missing from what was made of it.

    A cell that is merged in the document may be one in the .docx, so there may be fewer.
    """
    package = Package(made)
    parts = [package.xml(name) for name in package.texts]
    cells = sum(1 for part in parts for _ in part.iter(f"{W}tc", f"{W}tr"))
    if cells > printed.marks or bool(cells) != bool(printed.marks):
        return True
    if printed.characters is None:
        return False
    said = Counter("".join("".join("".join(part.itertext()) for part in parts).split()))
    return bool(printed.characters - said)


def _converted(data: bytes, suffix: str) -> bytes:
    """What LibreOffice makes of a document, in a profile and a folder of its own."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        found = f"本机没有 LibreOffice（{'、'.join(_PROGRAMS)}）/ no LibreOffice on this machine"
        raise RefusedError(Refusal("converter_missing", found, _EXPECTED))
    with tempfile.TemporaryDirectory(prefix="yusuan-") as name:
        folder = Path(name)
        source = folder / f"document{suffix}"
        source.write_bytes(data)
        user = folder / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        _run([
            program, "--headless", "--norestore", "--nolockcheck",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", "docx", "--outdir", str(folder / "made"), str(source),
        ])  # fmt: skip
        made = folder / "made" / "document.docx"
        if not made.is_file():
            found = "LibreOffice 未能转换 / LibreOffice made nothing of it"
            raise RefusedError(Refusal("unreadable_document", found, _EXPECTED))
        return made.read_bytes()


def _run(command: list[str]) -> None:
    """Run a program to its end; it, and all that it starts, ends with its time."""
    process = subprocess.Popen(  # noqa: S603 - by its full path, without a shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **_NOWHERE}, start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        found = f"LibreOffice 用时超过 {_SECONDS} 秒 / took more than {_SECONDS} seconds"
        raise RefusedError(Refusal("reader_limits", found, _EXPECTED)) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
