"""Looking at raw/: what is noted, what is archived, what is no file to read."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.documents import limits
from pipelines.documents.archive import Archive
from pipelines.documents.scan import RawDirectoryError, ScanResult, look, scan
from tests.documents.scanned import Raw, counts, events


def test_a_file_beyond_all_measure_is_not_read_and_told(
    raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 5)
    raw.put("a.txt", b"12345")
    raw.put("b.txt", b"123456")
    result = raw.scan()
    assert counts(result) == {"new": 1, "unreadable": 1}
    assert "b.txt" in result.unreadable[0]


def test_empty_directory_gives_nothing(raw: Raw) -> None:
    assert raw.scan() == ScanResult()
    assert not raw.settings.ledger.exists()


def test_missing_directory_is_an_error_that_says_what_to_do(raw: Raw) -> None:
    raw.settings.raw.rmdir()
    for use in (scan, look):
        with pytest.raises(RawDirectoryError, match=r"raw: .*--raw"):
            use(raw.settings)
    assert not raw.settings.warehouse.exists()


def test_new_file_is_noted_and_archived(raw: Raw) -> None:
    sha256 = raw.put("目录/a.txt", b"content")
    result = raw.scan()
    assert counts(result) == {"new": 1}
    (event,) = result.events
    assert (event.kind, event.sha256, event.path) == ("document_observed", sha256, "目录/a.txt")
    assert event.detail == {"byte_size": 7}
    assert event.event_id == 1
    assert Archive(raw.settings.archive).get(sha256) == b"content"


def test_events_are_in_the_order_of_paths(raw: Raw) -> None:
    for name in ("b/2.txt", "a.txt", "b/1.txt", "c.txt"):
        raw.put(name, name.encode())
    assert [path for _, path in events(raw.scan())] == ["a.txt", "b/1.txt", "b/2.txt", "c.txt"]


def test_second_look_gives_no_events(raw: Raw) -> None:
    raw.put("a.txt")
    raw.put("b.txt", b"two", old=False)
    raw.scan()
    result = raw.scan()
    assert counts(result) == {"unchanged": 2}
    assert result.events == []


def test_changed_file_is_another_document_at_the_path(raw: Raw) -> None:
    first = raw.put("a.txt", b"one")
    raw.scan()
    second = raw.put("a.txt", b"two and more")
    result = raw.scan()
    assert counts(result) == {"changed": 1}
    assert events(result) == [("document_observed", "a.txt")]
    state = raw.state()
    assert state.path_sha256 == {"a.txt": second}
    assert state.documents[first].absent_since_utc is not None
    assert state.documents[second].absent_since_utc is None
    assert Archive(raw.settings.archive).get(first) == b"one"


def test_file_that_goes_is_absent_and_stays_archived(raw: Raw) -> None:
    sha256 = raw.put("a.txt")
    raw.scan()
    raw.remove("a.txt")
    result = raw.scan()
    assert counts(result) == {"absent": 1}
    assert [(e.kind, e.sha256) for e in result.events] == [("path_absent", sha256)]
    assert raw.state().documents[sha256].absent_since_utc is not None
    assert Archive(raw.settings.archive).holds(sha256)
    assert raw.scan().events == []


def test_file_that_comes_back_is_present_again(raw: Raw) -> None:
    sha256 = raw.put("a.txt")
    raw.scan()
    raw.remove("a.txt")
    raw.scan()
    raw.put("a.txt")
    result = raw.scan()
    assert counts(result) == {"changed": 1}
    document = raw.state().documents[sha256]
    assert document.absent_since_utc is None
    assert len(document.paths) == 1


def test_move_is_another_path_of_the_same_document(raw: Raw) -> None:
    sha256 = raw.put("a.txt")
    raw.scan()
    raw.move("a.txt", "2023/b.txt")
    result = raw.scan()
    assert counts(result) == {"new": 1, "absent": 1}
    state = raw.state()
    assert list(state.documents) == [sha256]
    assert [path.path for path in state.documents[sha256].paths] == ["a.txt", "2023/b.txt"]
    assert state.documents[sha256].absent_since_utc is None


def test_second_path_is_the_same_document(raw: Raw) -> None:
    sha256 = raw.put("a.txt")
    raw.put("b.txt")
    assert counts(raw.scan()) == {"new": 2}
    raw.remove("a.txt")
    raw.scan()
    state = raw.state()
    assert state.path_sha256 == {"b.txt": sha256}
    assert state.documents[sha256].absent_since_utc is None


def test_files_that_change_places(raw: Raw) -> None:
    one, two = raw.put("a.txt", b"one"), raw.put("b.txt", b"two")
    raw.scan()
    raw.put("a.txt", b"two")
    raw.put("b.txt", b"one")
    assert counts(raw.scan()) == {"changed": 2}
    state = raw.state()
    assert state.path_sha256 == {"a.txt": two, "b.txt": one}
    assert all(document.absent_since_utc is None for document in state.documents.values())


def test_hidden_files_and_directories_are_left_out(raw: Raw) -> None:
    raw.put(".DS_Store")
    raw.put(".git/config")
    raw.put("a/.hidden.txt")
    raw.put("a/b.txt")
    assert events(raw.scan()) == [("document_observed", "a/b.txt")]


def test_look_appends_no_events(raw: Raw) -> None:
    raw.put("a.txt")
    assert counts(look(raw.settings)) == {"new": 1}
    assert not raw.settings.ledger.exists()
    assert counts(raw.scan()) == {"new": 1}


# What cannot be read


def test_unreadable_file_is_reported_and_the_others_are_taken(
    raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw.put("a.txt", b"one")
    raw.put("b.txt", b"two")
    real = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    result = raw.scan()
    assert counts(result) == {"new": 1, "unreadable": 1}
    assert result.unreadable == [f"{raw.settings.raw / 'a.txt'}: Permission denied"]
    assert events(result) == [("document_observed", "b.txt")]


def test_known_file_that_cannot_be_read_is_not_absent(
    raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = raw.put("a.txt", old=False)
    raw.scan()

    def refused(_: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", refused)
    result = raw.scan()
    assert counts(result) == {"unreadable": 1}
    assert result.events == []
    assert raw.state().documents[sha256].absent_since_utc is None


def test_dangling_link_is_reported(raw: Raw) -> None:
    (raw.settings.raw / "a.txt").symlink_to("nowhere")
    result = raw.scan()
    assert counts(result) == {"unreadable": 1}
    assert "a.txt: No such file" in result.unreadable[0]


@pytest.mark.parametrize("closed", ["", "2023"])
def test_files_below_a_directory_that_cannot_be_listed_are_not_absent(
    raw: Raw, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    raw.put("a.txt", b"one")
    sha256 = raw.put("2023/b/c.txt", b"two")
    raw.put("2023/b/c.txt.toml", b"sidecar")
    raw.scan()
    real = os.scandir

    def refused(path: Any) -> Any:
        if Path(path) == raw.settings.raw / closed:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refused)
    result = raw.scan()
    assert result.events == []
    assert result.absent == 0
    assert result.unreadable == [f"{raw.settings.raw / closed}: Permission denied"]
    monkeypatch.undo()
    assert raw.scan().events == []
    assert raw.state().documents[sha256].absent_since_utc is None


#: 决算 in GBK: no valid UTF-8.
GBK = "决算".encode("gbk")


def test_names_that_are_no_utf8_are_reported_and_the_others_are_taken(raw: Raw) -> None:
    raw.put("报表.txt", b"one")
    root = os.fsencode(raw.settings.raw)
    for name in (GBK + b".txt", GBK + b".txt.toml", "目录".encode() + GBK + b"/a.txt"):
        path = Path(os.fsdecode(root + b"/" + name))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"two")
    for _ in range(2):
        result = raw.scan()
        shown = [line.removeprefix(f"{raw.settings.raw}/") for line in result.unreadable]
        assert [line.partition(": ")[0] for line in shown] == [
            r"目录\xbe\xf6\xcb\xe3",
            r"\xbe\xf6\xcb\xe3.txt",
            r"\xbe\xf6\xcb\xe3.txt.toml",
        ]
        assert all("UTF-8" in line and "请改为" in line and "rename" in line for line in shown)
        assert "\n".join(result.unreadable).encode()
        assert result.orphan_sidecars == []
    assert list(raw.state().path_sha256) == ["报表.txt"]


def test_a_raw_directory_whose_own_name_is_no_utf8_is_looked_at(raw: Raw, tmp_path: Path) -> None:
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + GBK))
    root.mkdir()
    other = Raw(replace(raw.settings, raw=root))
    other.put("a.txt")
    (root / "b.txt").symlink_to("nowhere")
    for _ in range(2):
        result = other.scan()
        assert len(result.unreadable) == 1
        assert r"\xbe\xf6\xcb\xe3/b.txt: No such file" in result.unreadable[0]
    assert list(other.state().path_sha256) == ["a.txt"]


@pytest.mark.parametrize("name", ["a.txt", "b.txt.toml"])
@pytest.mark.parametrize("kind", ["pipe", "socket", "link to a device", "link to a pipe"])
def test_what_is_no_regular_file_is_reported_and_never_opened(
    raw: Raw, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    raw.put("b.txt", b"two")
    monkeypatch.chdir(raw.settings.raw)  # a socket's path may be about 100 characters long
    if kind == "pipe":
        os.mkfifo(name)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(name)
    elif kind == "link to a device":
        Path(name).symlink_to("/dev/zero")
    else:
        os.mkfifo(".hidden")
        Path(name).symlink_to(".hidden")
    for _ in range(2):
        (line,) = raw.scan().unreadable
        assert line.startswith(f"{raw.settings.raw / name}: 不是普通文件")
        assert "not a regular file" in line
    assert list(raw.state().path_sha256) == ["b.txt"]


def test_known_file_in_whose_place_a_pipe_is_put_is_not_absent(raw: Raw) -> None:
    sha256 = raw.put("a.txt")
    raw.scan()
    raw.remove("a.txt")
    os.mkfifo(raw.settings.raw / "a.txt")
    result = raw.scan()
    assert (counts(result), result.events) == ({"unreadable": 1}, [])
    assert raw.state().documents[sha256].absent_since_utc is None


def test_link_to_a_file_is_followed(raw: Raw, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_bytes(b"one")
    (raw.settings.raw / "a.txt").symlink_to(tmp_path / "elsewhere.txt")
    assert events(raw.scan()) == [("document_observed", "a.txt")]


def test_linked_directory_is_reported_and_not_followed(raw: Raw, tmp_path: Path) -> None:
    raw.put("2023/a.txt", b"one")
    raw.scan()
    (raw.settings.raw / "2023").rename(tmp_path / "moved")
    (raw.settings.raw / "2023").symlink_to(tmp_path / "moved", target_is_directory=True)
    (raw.settings.raw / "circle").symlink_to(".", target_is_directory=True)
    (raw.settings.raw / ".hidden").symlink_to(tmp_path, target_is_directory=True)
    result = raw.scan()
    first, second = result.unreadable
    assert first.startswith(f"{raw.settings.raw / '2023'}: 目录是符号链接")
    assert second.startswith(f"{raw.settings.raw / 'circle'}: ")
    assert "is not followed; put the directory itself here" in second
    assert result.events == []  # what is in there was not looked at, so it is not gone


def test_file_that_goes_while_it_is_looked_at_has_the_size_that_was_archived(
    raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = raw.put("a.txt", b"seven b")
    real = Archive.put

    def put_and_lose(archive: Archive, data: bytes) -> str:
        (raw.settings.raw / "a.txt").unlink()
        return real(archive, data)

    monkeypatch.setattr(Archive, "put", put_and_lose)
    raw.scan()
    assert raw.state().documents[sha256].byte_size == 7
