"""Which sidecar holds for a document, and why none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.documents.archive import Archive, sha256_of
from pipelines.documents.context import DocumentContext, document_context

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = sha256_of(b"document")
OTHER = sha256_of(b"another document")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def sidecar(year: int = 2023, document: str = DOCUMENT, comment: str = "") -> bytes:
    return (
        f'# {comment}\nsha256 = "{document}"\n[fiscal_year]\nvalue = {year}\nwhy = "cover"\n'
    ).encode()


def context(archive: Archive, *sidecars: bytes) -> DocumentContext:
    hashes = tuple(sorted({archive.put(data) for data in sidecars}))
    return document_context(DOCUMENT, hashes, archive)


def year_of(found: DocumentContext) -> str | None:
    return str(found.sidecar.claims()["fiscal_year"].value) if found.sidecar else None


def test_document_without_sidecar(archive: Archive) -> None:
    assert context(archive) == DocumentContext(None, [])


def test_the_sidecar_that_holds(archive: Archive) -> None:
    found = context(archive, sidecar(2023))
    assert (year_of(found), found.problems) == ("2023", [])


def test_stale_sidecar_holds_nothing_and_says_what_differs(archive: Archive) -> None:
    found = context(archive, sidecar(document=OTHER))
    assert found.sidecar is None
    assert found.problems == [
        ("sidecar_stale", f'sha256 = "{OTHER}"', f'sha256 = "{DOCUMENT}"'),
    ]


def test_invalid_sidecar_holds_nothing_and_says_why(archive: Archive) -> None:
    found = context(archive, b"sha256 = 1")
    assert found.sidecar is None
    ((rule, said, expected),) = found.problems
    assert rule == "sidecar_invalid"
    assert said.startswith("sha256: ")
    assert "why" in expected


def test_two_that_differ_are_a_conflict_and_neither_holds(archive: Archive) -> None:
    found = context(archive, sidecar(2023), sidecar(2024))
    assert found.sidecar is None
    assert found.problems == [("sidecar_conflict", "2 sidecars", "1 sidecar")]


def test_two_that_say_the_same_in_other_bytes_hold(archive: Archive) -> None:
    found = context(archive, sidecar(2023), sidecar(2023, comment="a copy"))
    assert (year_of(found), found.problems) == ("2023", [])


@pytest.mark.parametrize(
    ("bad", "rule"), [(sidecar(document=OTHER), "sidecar_stale"), (b"[", "sidecar_invalid")]
)
def test_good_one_holds_beside_a_bad_one_which_is_told(
    archive: Archive, bad: bytes, rule: str
) -> None:
    found = context(archive, sidecar(2023), bad)
    assert year_of(found) == "2023"
    assert [problem[0] for problem in found.problems] == [rule]


def test_sidecar_missing_from_the_archive_is_a_problem_and_is_named(archive: Archive) -> None:
    context = document_context(DOCUMENT, ("0" * 64,), archive)
    ((rule_id, found, _),) = context.problems
    assert rule_id == "archive_damaged"
    assert "0" * 64 in found
    assert (context.sidecar, context.damaged) == (None, ("0" * 64,))
