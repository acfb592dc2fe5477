"""Sidecars beside documents and in the context directory: which are noted, of whom, how long."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.documents.archive import Archive, sha256_of
from tests.documents.scanned import Raw, counts, events


def test_sidecar_is_noted_with_its_document_and_archived(raw: Raw) -> None:
    document = raw.put("a/b.txt")
    sidecar = raw.put("a/b.txt.toml", b"sidecar")
    result = raw.scan()
    assert counts(result) == {"new": 1}
    event = result.events[1]
    assert (event.kind, event.sha256, event.path) == ("sidecar_observed", document, "a/b.txt.toml")
    assert event.detail == {"sidecar_sha256": sidecar}
    assert Archive(raw.settings.archive).get(sidecar) == b"sidecar"
    assert raw.state().sidecar_hashes(document) == (sidecar,)


def test_sidecar_added_later_changed_and_removed(raw: Raw) -> None:
    document = raw.put("a.txt")
    raw.scan()
    first = raw.put("a.txt.toml", b"first")
    assert events(raw.scan()) == [("sidecar_observed", "a.txt.toml")]
    assert raw.state().sidecar_hashes(document) == (first,)
    second = raw.put("a.txt.toml", b"second")
    assert events(raw.scan()) == [("sidecar_observed", "a.txt.toml")]
    assert raw.state().sidecar_hashes(document) == (second,)
    raw.remove("a.txt.toml")
    assert events(raw.scan()) == [("sidecar_absent", "a.txt.toml")]
    assert raw.state().sidecar_hashes(document) == ()
    assert raw.scan().events == []


def test_orphan_sidecar_is_reported_at_every_look(raw: Raw) -> None:
    raw.put("lost.txt.toml")
    for _ in range(2):
        result = raw.scan()
        assert result.orphan_sidecars == ["lost.txt.toml"]
        assert result.events == []
    raw.put("lost.txt", b"found")
    result = raw.scan()
    assert result.orphan_sidecars == []
    assert [kind for kind, _ in events(result)] == ["document_observed", "sidecar_observed"]


def test_unreadable_sidecar_is_reported_and_stays_known(
    raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = raw.put("a.txt")
    sidecar = raw.put("a.txt.toml", b"sidecar", old=False)
    raw.scan()

    def refused(_: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", refused)
    result = raw.scan()
    assert counts(result) == {"unchanged": 1, "unreadable": 1}
    assert result.events == []
    assert raw.state().sidecar_hashes(document) == (sidecar,)


def test_sidecar_stays_with_a_document_that_is_gone(raw: Raw) -> None:
    """Its facts stay, so what they rest on stays too."""
    document = raw.put("a.txt")
    sidecar = raw.put("a.txt.toml", b"sidecar")
    raw.scan()
    raw.remove("a.txt")
    raw.remove("a.txt.toml")
    assert events(raw.scan()) == [("path_absent", "a.txt")]
    assert raw.state().sidecar_hashes(document) == (sidecar,)


def test_sidecar_that_moved_with_its_document_can_be_changed_there(raw: Raw) -> None:
    document = raw.put("a.txt")
    raw.put("a.txt.toml", b"first")
    raw.scan()
    raw.move("a.txt", "b.txt")
    raw.move("a.txt.toml", "b.txt.toml")
    raw.scan()
    second = raw.put("b.txt.toml", b"second")
    raw.scan()
    assert raw.state().sidecars[document] == {"b.txt.toml": second}


def test_sidecar_left_behind_holds_until_it_is_removed(raw: Raw) -> None:
    document = raw.put("a.txt")
    sidecar = raw.put("a.txt.toml", b"sidecar")
    raw.scan()
    raw.move("a.txt", "b.txt")
    result = raw.scan()
    assert result.orphan_sidecars == ["a.txt.toml"]
    assert raw.state().sidecar_hashes(document) == (sidecar,)
    raw.remove("a.txt.toml")
    assert events(raw.scan()) == [("sidecar_absent", "a.txt.toml")]
    assert raw.state().sidecar_hashes(document) == ()


def test_sidecar_at_a_path_that_another_document_took_is_the_others(raw: Raw) -> None:
    first = raw.put("a.txt", b"one")
    raw.put("a.txt.toml", b"of one")
    raw.scan()
    raw.move("a.txt", "b.txt")
    second = raw.put("a.txt", b"two")
    of_two = raw.put("a.txt.toml", b"of two")
    raw.scan()
    state = raw.state()
    assert state.sidecar_hashes(first) == ()
    assert state.sidecar_hashes(second) == (of_two,)


def test_sidecars_beside_two_paths_of_a_document(raw: Raw) -> None:
    document = raw.put("a.txt")
    raw.put("b.txt")
    one, two = raw.put("a.txt.toml", b"one"), raw.put("b.txt.toml", b"two")
    raw.scan()
    assert raw.state().sidecar_hashes(document) == tuple(sorted([one, two]))


# The context directory


@pytest.fixture
def with_context(raw: Raw, tmp_path: Path) -> Raw:
    context = tmp_path / "context"
    context.mkdir()
    return Raw(replace(raw.settings, context=context))


def put_context(raw: Raw, name: str, data: bytes) -> str:
    assert raw.settings.context is not None
    (raw.settings.context / name).write_bytes(data)
    return sha256_of(data)


def test_context_directory_holds_sidecars_by_file_name(with_context: Raw) -> None:
    document = with_context.put("deep/a.txt")
    sidecar = put_context(with_context, "a.txt.toml", b"context")
    put_context(with_context, "other.txt.toml", b"of no document")
    result = with_context.scan()
    assert events(result)[1:] == [("sidecar_observed", "context:a.txt.toml")]
    assert with_context.state().sidecar_hashes(document) == (sidecar,)
    assert with_context.scan().events == []


def test_context_sidecar_changed_and_removed(with_context: Raw) -> None:
    document = with_context.put("a.txt")
    put_context(with_context, "a.txt.toml", b"first")
    with_context.scan()
    second = put_context(with_context, "a.txt.toml", b"second")
    assert events(with_context.scan()) == [("sidecar_observed", "context:a.txt.toml")]
    assert with_context.state().sidecar_hashes(document) == (second,)
    assert with_context.settings.context is not None
    (with_context.settings.context / "a.txt.toml").unlink()
    assert events(with_context.scan()) == [("sidecar_absent", "context:a.txt.toml")]


def test_context_directory_that_is_no_longer_named_holds_nothing(with_context: Raw) -> None:
    document = with_context.put("a.txt")
    put_context(with_context, "a.txt.toml", b"context")
    with_context.scan()
    without = Raw(replace(with_context.settings, context=None))
    assert events(without.scan()) == [("sidecar_absent", "context:a.txt.toml")]
    assert without.state().sidecar_hashes(document) == ()


def test_context_sidecar_beside_one_in_raw(with_context: Raw) -> None:
    document = with_context.put("a.txt")
    beside = with_context.put("a.txt.toml", b"beside")
    context = put_context(with_context, "a.txt.toml", b"context")
    with_context.scan()
    assert with_context.state().sidecars[document] == {
        "a.txt.toml": beside,
        "context:a.txt.toml": context,
    }


def test_context_sidecar_of_a_document_at_two_paths_of_one_name_is_noted_once(
    with_context: Raw,
) -> None:
    with_context.put("x/a.txt")
    with_context.put("y/a.txt")
    put_context(with_context, "a.txt.toml", b"context")
    assert Counter(kind for kind, _ in events(with_context.scan())) == {
        "document_observed": 2,
        "sidecar_observed": 1,
    }
