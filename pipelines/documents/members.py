"""Members of zip archives, each with its path in them: what is a document, and what is refused.

An archive in an archive is a station on the way: ``里.zip!/表.xlsx``. Nothing is written anywhere;
a name is only a name. One member is in memory at a time, and the archives that it is in.
"""

from __future__ import annotations

import stat
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.documents import limits
from pipelines.documents.media import WHOLE_FILE, ZIP, media_type
from pipelines.documents.zips import ZipError, open_zip

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Stands between the path of an archive and the path of its member.
INSIDE = "!/"
#: What systems leave in archives beside what people put there.
_LEFTOVERS = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
#: Methods that inflate in bounded memory: LZMA may ask for gigabytes.
_METHODS = {
    zipfile.ZIP_STORED: "stored",
    zipfile.ZIP_DEFLATED: "deflated",
    zipfile.ZIP_BZIP2: "bzip2",
}
_ENCRYPTED, _IS_UTF8 = 0x1, 0x800
_UNIX = 3
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """A document in an archive. ``path``: from the archive's own root."""

    path: str
    data: bytes


@dataclass(frozen=True)
class RefusedMember:
    """A member that is not read, and why: rule (schemas/codes/rules.csv), found, expected."""

    path: str
    rule_id: str
    found: str
    expected: str


class _MemberError(Exception):
    """One member is refused: rule, found, expected."""


@dataclass
class _Budget:
    """What an archive may still hold, archives in it counted too; ``at``: a member."""

    inflation: limits.Inflation
    at: str = ""
    entries: int = 0
    paths: set[str] = field(default_factory=set)

    def enter(self, path: str) -> None:
        self.at = path
        self.entries += 1
        if self.entries > limits.ENTRIES:
            raise limits.BeyondLimitError("成员 members", limits.ENTRIES)


def members(data: bytes) -> Iterator[Member | RefusedMember]:
    """Members of a zip in the order of its directory, those of archives in it in their place.

    Directories, hidden files and leftovers of systems do not come at all. At a limit of the whole
    archive it ends with a refusal of all that would follow.

    Raises:
        ZipError: the archive itself cannot be opened.
    """
    budget = _Budget(limits.Inflation(len(data)))
    try:
        yield from _within(data, "", 0, budget)
    except limits.BeyondLimitError as error:
        what, most = error.args
        yield _beyond(f"{budget.at} …", what, most)


def _within(
    data: bytes, prefix: str, depth: int, budget: _Budget
) -> Iterator[Member | RefusedMember]:
    with open_zip(data) as archive:
        named = [(_name(entry), entry) for entry in archive.infolist()]
        times = Counter(name for name, _ in named)
        for name, entry in named:
            is_folder = name.endswith("/") and not entry.file_size
            if is_folder or _is_left_out(name):
                continue
            path = prefix + name
            budget.enter(path)
            try:
                _check(name, entry, times[name])
                content = _content(archive, entry, budget)
                if media_type(content) != ZIP:
                    yield _own(path, content, budget)
                elif depth == limits.NESTING:
                    yield _beyond(path, "嵌套 nesting", limits.NESTING)
                else:
                    yield from _within(content, path + INSIDE, depth + 1, budget)
            except _MemberError as error:
                yield RefusedMember(path, *error.args)
            except ZipError as error:
                yield RefusedMember(path, "unreadable_document", str(error), WHOLE_FILE)


def _beyond(path: str, what: str, most: int) -> RefusedMember:
    return RefusedMember(path, "document_limits", f"{what} > {most:,}", f"{what} ≤ {most:,}")


def _own(path: str, content: bytes, budget: _Budget) -> Member:
    """A member, unless a path in another way leads to the same name (``a.zip!/b`` as a folder)."""
    if path in budget.paths:
        raise _MemberError("member_unsafe", "路径出现两次 / path × 2", "1")
    budget.paths.add(path)
    return Member(path, content)


def _name(entry: zipfile.ZipInfo) -> str:
    """A member's path: of archives packed in Chinese Windows the bytes are GBK, and unmarked.

    Others leave UTF-8 unmarked, so that is tried first: GBK text is hardly ever valid UTF-8.
    """
    name = entry.orig_filename
    if not entry.flag_bits & _IS_UTF8:
        written = name.encode("cp437")  # as the library decoded it, all bytes have a character
        for encoding in ("utf-8", "gb18030"):
            try:
                name = written.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _is_left_out(name: str) -> bool:
    parts = name.split("/")
    if ".." in parts:
        return False  # told
    return any(part in _LEFTOVERS or (part.startswith(".") and part != ".") for part in parts)


def _check(name: str, entry: zipfile.ZipInfo, times: int) -> None:
    """Refuse what is no plain file at a place of its own below the archive's root."""
    parts = name.split("/")
    if name.startswith("/") or name[1:2] == ":":
        raise _MemberError("member_unsafe", "绝对路径 / absolute path", _RELATIVE)
    if {"", ".", ".."} & set(parts):
        raise _MemberError(
            "member_unsafe", "路径含 .. 或空段 / .. or nothing in the path", _RELATIVE
        )
    if not name.isprintable() or len(name.encode()) > limits.PATH_BYTES:
        raise _MemberError("member_unsafe", "名称无法显示或过长 / name not printable or too long",
                           _RELATIVE)  # fmt: skip
    mode = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == _UNIX else 0
    if mode not in {0, stat.S_IFREG}:
        kind = "符号链接 / symbolic link" if mode == stat.S_IFLNK else f"mode {mode:o}"
        raise _MemberError("member_unsafe", kind, "普通文件 / a regular file")
    if times > 1:
        raise _MemberError("member_unsafe", f"名称 × {times} / name × {times}", "1")
    if entry.flag_bits & _ENCRYPTED:
        raise _MemberError("encrypted_document", "已加密 / encrypted", "无密码 / no password")
    if entry.compress_type not in _METHODS:
        raise _MemberError("member_unreadable", f"压缩方法 method {entry.compress_type}",
                           ", ".join(_METHODS.values()))  # fmt: skip


_RELATIVE = "压缩包内的相对路径 / a path below the archive's root"


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """A member's bytes."""
    try:
        chunks = list(_chunks(archive, entry, budget))
    except (_MemberError, limits.BeyondLimitError, MemoryError):
        raise
    except Exception as error:  # a damaged member raises whatever the library runs into
        said = f"{type(error).__name__}: {error}"
        raise _MemberError("member_unreadable", said, WHOLE_FILE) from error
    return b"".join(chunks)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget) -> Iterator[bytes]:
    """A member piece by piece, counted as it is inflated, whatever its header claims."""
    size = 0
    with archive.open(entry) as member:
        while chunk := member.read(_CHUNK):
            size += len(chunk)
            budget.inflation.add(len(chunk))
            if size > limits.MEMBER_BYTES:
                beyond = _beyond("", "成员字节 bytes of a member", limits.MEMBER_BYTES)
                raise _MemberError(beyond.rule_id, beyond.found, beyond.expected)
            yield chunk
