"""Archives under raw/: each member is a document known by its bytes, at a path in the archive."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipelines.documents import members as members_module
from pipelines.documents import unpacked
from pipelines.documents.archive import Archive, sha256_of
from tests.documents.scanned import Raw, counts, events
from tests.zips import Entry, packed, zipped

A, B, C = b"document a", b"document b", b"document c"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each archive is opened, by its SHA-256."""
    found: Counter[str] = Counter()
    real = members_module.members

    def counted(data: bytes) -> object:
        found[sha256_of(data)] += 1
        return real(data)

    monkeypatch.setattr(unpacked, "members", counted)
    return found


def present(raw: Raw) -> dict[str, str]:
    return raw.state().path_sha256


def test_members_are_documents_with_their_chain(raw: Raw) -> None:
    inner = zipped({"丙.txt": C})
    sha256 = raw.put("年/附件.zip", zipped({"预算/甲.txt": A, "乙.txt": B, "里.zip": inner}))
    result = raw.scan()
    assert counts(result) == {"new": 4}
    assert present(raw) == {
        "年/附件.zip": sha256,
        "年/附件.zip!/预算/甲.txt": sha256_of(A),
        "年/附件.zip!/乙.txt": sha256_of(B),
        "年/附件.zip!/里.zip!/丙.txt": sha256_of(C),
    }
    assert [event.detail for event in result.events][1] == {"byte_size": len(A)}
    assert Archive(raw.settings.archive).get(sha256_of(C)) == C


def test_an_archive_that_did_not_change_is_not_opened(raw: Raw, opened: Counter[str]) -> None:
    sha256 = raw.put("a.zip", zipped({"a.txt": A}))
    raw.scan()
    again = raw.scan()
    assert (counts(again), again.events) == ({"unchanged": 2}, [])
    raw.move("a.zip", "b.zip")
    assert counts(raw.scan()) == {"new": 2, "absent": 2}
    assert opened == {sha256: 1}


def test_same_member_twice_is_one_document_with_two_paths(raw: Raw) -> None:
    raw.put("1.zip", zipped({"a.txt": A}))
    raw.put("2.zip", zipped({"其他/a.txt": A, "b.txt": B}))
    raw.put("a.txt", A)
    raw.scan()
    state = raw.state()
    assert len(state.documents) == 4
    paths = {path.path for path in state.documents[sha256_of(A)].paths}
    assert paths == {"1.zip!/a.txt", "2.zip!/其他/a.txt", "a.txt"}


def test_members_go_with_their_archive_and_come_back(raw: Raw) -> None:
    data = zipped({"a.txt": A})
    raw.put("a.zip", data)
    raw.scan()
    raw.remove("a.zip")
    assert events(raw.scan()) == [("path_absent", "a.zip"), ("path_absent", "a.zip!/a.txt")]
    assert raw.state().documents[sha256_of(A)].absent_since_utc is not None
    raw.put("a.zip", data)
    assert counts(raw.scan()) == {"changed": 2}
    assert raw.state().documents[sha256_of(A)].absent_since_utc is None


def test_another_archive_at_the_same_path(raw: Raw) -> None:
    raw.put("a.zip", zipped({"a.txt": A, "b.txt": B}))
    raw.scan()
    raw.put("a.zip", zipped({"a.txt": C, "c.txt": A}))
    assert counts(raw.scan()) == {"new": 1, "changed": 2, "absent": 1}
    assert set(present(raw)) == {"a.zip", "a.zip!/a.txt", "a.zip!/c.txt"}
    raw.put("a.zip", b"no archive any more")
    assert counts(raw.scan()) == {"changed": 1, "absent": 2}


def test_an_archive_that_cannot_be_read_loses_nothing(
    raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw.put("a.zip", zipped({"a.txt": A}))
    raw.scan()
    raw.put("a.zip", zipped({"a.txt": A, "b.txt": B}))
    real = Path.read_bytes

    def failing(path: Path) -> bytes:
        if path.name == "a.zip":
            raise OSError(5, "Input/output error")
        return real(path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", failing)
        assert counts(raw.scan()) == {"unreadable": 1}
    assert counts(raw.scan()) == {"new": 1, "changed": 1, "unchanged": 1}


def test_what_is_refused_is_no_document_and_the_others_are(raw: Raw) -> None:
    raw.put("a.zip", packed(Entry(b"../up.txt"), Entry(b"a.txt", A), Entry(b"/etc/x")))
    assert counts(raw.scan()) == {"new": 2}
    raw.put("broken.zip", b"PK\x03\x04 and no more")
    assert counts(raw.scan()) == {"new": 1, "unchanged": 2}


@pytest.mark.parametrize("damage", ["lost", "cut", "bit", "other code"])
def test_a_cache_that_cannot_be_used_is_made_again(
    raw: Raw, opened: Counter[str], damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = raw.put("a.zip", zipped({"a.txt": A}))
    raw.put("b.txt", B)
    raw.scan()
    cache = raw.settings.cache / "unpacked.json"
    kept = cache.read_bytes()
    if damage == "lost":
        cache.unlink()
    elif damage == "cut":
        cache.write_bytes(kept[: len(kept) // 2])
    elif damage == "bit":
        cache.write_bytes(kept.replace(b"a.txt", b"c.txt"))
    else:
        monkeypatch.setattr(unpacked, "_made_by", lambda: "of tomorrow")
    assert (counts(raw.scan()), opened[sha256]) == ({"unchanged": 3}, 2)
    assert raw.scan().events == []
    assert opened[sha256] == 2


def test_a_member_that_the_archive_lost_is_taken_in_again(raw: Raw) -> None:
    raw.put("a.zip", zipped({"a.txt": A}))
    raw.scan()
    (raw.settings.archive / sha256_of(A)).unlink()
    assert counts(raw.scan()) == {"unchanged": 2}
    assert Archive(raw.settings.archive).get(sha256_of(A)) == A


def test_nothing_is_unpacked_into_raw(raw: Raw) -> None:
    raw.put("a.zip", zipped({"预算/a.txt": A, "b.txt": B}))
    raw.scan()
    assert [path.name for path in raw.settings.raw.rglob("*")] == ["a.zip"]


class TestSidecars:
    """Beside a member means: in a folder named like its archive with ``!``."""

    def test_beside_a_member(self, raw: Raw) -> None:
        raw.put("附件.zip", zipped({"预算/甲.txt": A}))
        raw.put("附件.zip!/预算/甲.txt.toml", b"sidecar")
        result = raw.scan()
        assert result.orphan_sidecars == []
        assert raw.state().sidecar_hashes(sha256_of(A)) == (sha256_of(b"sidecar"),)
        raw.remove("附件.zip!/预算/甲.txt.toml")
        assert events(raw.scan()) == [("sidecar_absent", "附件.zip!/预算/甲.txt.toml")]

    def test_stays_with_a_member_whose_archive_is_gone(self, raw: Raw) -> None:
        raw.put("a.zip", zipped({"a.txt": A}))
        raw.put("a.zip!/a.txt.toml", b"sidecar")
        raw.scan()
        raw.remove("a.zip")
        result = raw.scan()
        assert result.orphan_sidecars == ["a.zip!/a.txt.toml"]
        assert raw.state().sidecar_hashes(sha256_of(A)) == (sha256_of(b"sidecar"),)

    def test_of_nobody(self, raw: Raw) -> None:
        raw.put("a.zip", zipped({"a.txt": A}))
        raw.put("a.zip!/b.txt.toml", b"sidecar")
        assert raw.scan().orphan_sidecars == ["a.zip!/b.txt.toml"]

    def test_an_archive_brings_none(self, raw: Raw) -> None:
        raw.put("a.zip", zipped({"a.txt": A, "a.txt.toml": b"sidecar"}))
        raw.scan()
        assert raw.state().sidecar_hashes(sha256_of(A)) == ()

    def test_a_file_where_a_member_is_goes_first_and_is_told(self, raw: Raw) -> None:
        raw.put("a.zip", zipped({"a.txt": A}))
        raw.put("a.zip!/a.txt", B)
        result = raw.scan()
        assert present(raw)["a.zip!/a.txt"] == sha256_of(B)
        (said,) = result.unreadable
        assert "a.zip!/a.txt" in said
